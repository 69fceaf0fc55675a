"""Facts that several procedures share, so that one thing has one name and one type everywhere.

Nothing here decides anything; a table picks what it needs. Facts name functions, classes and moments, and
never a person: names stand in enclosures, which can be withheld or erased (design §2).
"""

from __future__ import annotations

from typing import Final

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Kind
from yeollak.procedures.table import NONE, Move, Past, Role, Row, State, Void, Write

SUBJECT = Fact("subject", "words", purpose="What it is about, short enough for a list.")
ABOUT = Fact("subject", "words", required=False, purpose="What it is about, short enough for a list.")
REASON = Fact("reason", "words", required=False, purpose="The reason, where one is given.")
WHEN = Fact(
    "when", "moment", required=False, purpose="When it happened, where that is not the time of signing."
)
UNTIL = Fact("until", "moment", required=False, purpose="When it ended.")
START = Fact("start", "moment", required=False, purpose="When it is to begin.")
PLACE = Fact("place", "words", required=False, purpose="Where.")
TO_ONE = Fact(
    "to", "side", required=False, purpose="The side that it goes to; needed with three parties or more."
)
TO_MANY = Fact(
    "to", "side", required=False, many=True, purpose="The sides that it goes to; all others if absent."
)
TEXT = Fact("text", "digest", purpose="The digest of the standing text: an enclosure that every side holds.")
FORM = Fact("form", "token", required=False, purpose="The agreed form that was filled in, with its version.")
FROM_TITLE = Fact(
    "from_title", "words", required=False, purpose="In whose name it is: a function and a title."
)
TO_TITLE = Fact("to_title", "words", required=False, purpose="For whom it is: a function and a title.")
PARENT = Fact("parent", "digest", purpose="The matter that this one belongs to.")
EMBARGO = Fact("embargo", "instant", required=False, purpose="Not to be published before.")
CLASS = Fact("class", "token", required=False, purpose="The class of subject, as the charter lists them.")


STAGE = Fact("stage", "token", choices=("sight", "rough", "official"), purpose="How far it was worked.")
LANGUAGE = Fact("language", "token", purpose="The language, by its tag.")


#: The media type of a form that was filled in.
FILLED_FORM: Final = "application/vnd.yeollak.form+json"


def translated(stem: str) -> Kind:
    """The kind with which a side states that it has translated a text."""
    return Kind(
        stem + "translated",
        "States that the text was translated; the translation may be enclosed.",
        facts=(STAGE, LANGUAGE, WHEN),
    )


#: What a translation of a joint text leaves: each side's own, by stage.
TRANSLATION = Row(Role.EITHER, writes=(Write("translated", each=True, keyed="stage"),))


def standing_text(state: State, move: Move, past: Past) -> None:
    """The text that it signs must be the one that stands (void `other-text`)."""
    if move.facts.get("text") != state.slots.get("text"):
        raise Void("other-text")


def tendered_text(state: State, move: Move, past: Past) -> None:
    """It must deliver exactly the enclosures that were tendered (void `other-text`; clarifications 14)."""
    if sorted(move.enclosures) != state.slots.get("text"):
        raise Void("other-text")


def decided(after: State, move: Move, past: Past) -> None:
    """Its parent must be a meeting whose minutes list this outcome and are signed by every side of the matter
    as it will be: minutes of two decide nothing for a third (void `no-such-outcome`).
    """
    minutes = past.state(str(move.facts.get("parent", "")), "meeting")
    listed = minutes.slots.get("outcomes", ()) if minutes.phase == "signed" else ()
    sides = [side for side in (after.opener, *after.counterparts) if side]
    if move.facts["outcome"] not in listed or any(minutes.of("signed", side) is None for side in sides):
        raise Void("no-such-outcome")


def same_text(state: State, move: Move, past: Past) -> None:
    """Where it calls the words identical it must name their digest, and one that the matter has committed to
    where there is any (void `other-text`): identity is proved by the digest, or it is a paraphrase.
    """
    if move.facts.get("copy") != "identical":
        return
    text, held = move.facts.get("text"), state.slots.get("text")
    if text is None or (held and text not in held):
        raise Void("other-text")


def as_of_right(state: State, move: Move, past: Past) -> None:
    """Its class must be one that the charter lets go as of right (void `not-as-of-right`)."""
    if move.facts.get("class") not in past.terms.get("as_of_right", ()):
        raise Void("not-as-of-right")


def adopted(form: str, past: Past) -> bool:
    """Whether a form is one of the charter, or one that every side has adopted."""
    state = past.state(past.natural("form", f"form/{form}"), "form")
    return state.phase == "adopted" or form in past.terms.get("forms", ())


def agreed_form(state: State, move: Move, past: Past) -> None:
    """Its class must go as of right (void `not-as-of-right`), or its form be one of the charter or one that
    every side has adopted; then it must bring the form, filled in (void `enclosures`).
    """
    if move.facts.get("class") in past.terms.get("as_of_right", ()):
        return
    form = move.facts.get("form")
    if form is None or not adopted(form, past):
        raise Void("not-as-of-right")
    if FILLED_FORM not in move.types.values():
        raise Void("enclosures")


def tendered_before(state: State, move: Move, past: Past) -> None:
    """Where it is tendered again, the earlier tender must be this side's and have come to nothing (void
    `no-such-tender`).
    """
    if "retender" not in move.facts:
        return
    before = past.state(str(move.facts["retender"]), "note", "request")
    if before.opener != move.side or before.phase not in ("refused", "lapsed", "withdrawn", "undelivered"):
        raise Void("no-such-tender")


def in_force(state: State, move: Move, past: Past) -> None:
    """Its parent must be an agreement in force (void `not-in-force`)."""
    if past.state(str(move.facts["parent"]), "agreement").phase != "in-force":
        raise Void("not-in-force")


def known_matters(state: State, move: Move, past: Past) -> None:
    """Every matter that it touches must be open in its past (void `no-such-matter`)."""
    if any(past.state(str(matter)).phase == NONE for matter in move.facts.get("touches", ())):
        raise Void("no-such-matter")


def routed_first(state: State, move: Move, past: Past) -> None:
    """Where it opens the matter it must say what it is about (void `facts`), and prove what it calls
    identical (void `other-text`).
    """
    if "subject" not in move.facts:
        raise Void("facts")
    same_text(state, move, past)


def named_officer(state: State, move: Move, past: Past) -> None:
    """The officer that it names must be posted by its side (void `no-such-officer`)."""
    named = move.facts.get("officer", move.facts.get("next"))
    if named is not None and past.posted(move.side, str(named)) is None:
        raise Void("no-such-officer")
