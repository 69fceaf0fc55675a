"""Facts that several procedures share, so that one thing has one name and one type everywhere.

Nothing here decides anything; a table picks what it needs. Facts name functions, classes and moments, and
never a person: names stand in enclosures, which can be withheld or erased (design §2).
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.table import Move, Past, State, Void

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
CLASS = Fact("class", "token", required=False, purpose="The class of subject, as the charter lists them.")


def standing_text(state: State, move: Move, past: Past) -> None:
    """The text that it signs must be the one that stands (void `other-text`)."""
    if move.facts.get("text") != state.slots.get("text"):
        raise Void("other-text")


def tendered_text(state: State, move: Move, past: Past) -> None:
    """It must deliver exactly the enclosures that were tendered (void `other-text`; clarifications 14)."""
    if sorted(move.enclosures) != state.slots.get("text"):
        raise Void("other-text")


def as_of_right(state: State, move: Move, past: Past) -> None:
    """Its class must be one that the charter lets go as of right (void `not-as-of-right`)."""
    if move.facts.get("class") not in past.terms.get("as_of_right", ()):
        raise Void("not-as-of-right")


def agreed_form(state: State, move: Move, past: Past) -> None:
    """Its class must go as of right, or its form be one that both sides adopted (void `not-as-of-right`)."""
    if move.facts.get("form") not in past.terms.get("forms", ()):
        as_of_right(state, move, past)


def stated_subject(state: State, move: Move, past: Past) -> None:
    """Where it opens the matter it must say what it is about (void `facts`)."""
    if "subject" not in move.facts:
        raise Void("facts")
