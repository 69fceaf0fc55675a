"""Posting: who acts for a side, where its people are, and who has the watch.

A side's postings are its own affair: the other side may remark on them and nothing more. An officer is
known to the record by key and function; the name stands in an enclosure. Only where the charter asks for
agrément must the others have consented to whoever takes up such a post, before he is posted. That a key is
new to its side and that the act lies in the right positions is judged by the office, since it needs the
register and not the matter.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import ABOUT, PLACE, REASON, UNTIL, WHEN, named_officer
from yeollak.procedures.skeletons import CLOCK, over
from yeollak.procedures.table import NONE, Join, Key, Move, Past, Procedure, Role, Row, State, Void, Write

#: What an officer may be. `node` signs line.* and enclosure.* only (clarifications 13).
FUNCTIONS = ("co-head", "deputy-head", "liaison", "duty", "interpreter", "technical", "node")
HEADS = frozenset({"authority", "co-head"})
OFFICER = Fact("officer", "token", purpose="The officer, by the 16 hex digits of the key.")


def posted_key(state: State, move: Move, past: Past) -> None:
    """Where it names a key, that must be the one posted in this matter (void `other-key`)."""
    if move.facts.get("key", state.slots.get("key")) != state.slots.get("key"):
        raise Void("other-key")


def agreed_nomination(state: State, move: Move, past: Past) -> None:
    """Where the charter asks for agrément for the function, a nomination of this key for it must have been
    consented to in the act's past, or have lapsed where the charter takes silence for consent (void
    `no-agrement`). Nobody is silent who was not asked: each of the others must say in its own register that
    it has had the nomination, for no less than the charter's default deadline before the time was over. Nor
    who has spoken: each must have seen the lapse, and have signed no objection before, which a lapse that had
    not seen it would overtake. A nomination that was taken back asks nobody.
    """
    function = move.facts["function"]
    if function not in past.terms.get("agrement", ()):
        return
    matter = str(move.facts.get("nomination", ""))
    nomination = past.state(matter, "agrement")
    stated = (nomination.opener, nomination.slots.get("nominated"), nomination.slots.get("key"))
    agreed = nomination.phase == "consented" or (
        nomination.phase == "lapsed"
        and past.terms.get("agrement_silence") == "consent"
        and _all_silent(matter, nomination, past)
    )
    if stated != (move.side, function, move.facts["key"]) or not agreed:
        raise Void("no-agrement")


def _all_silent(matter: str, nomination: State, past: Past) -> bool:
    if "unnamed" in nomination.slots:
        return False
    wait = timedelta(hours=int(past.terms.get("deadline", {}).get("default_hours", 48)))
    end = datetime.fromisoformat(str(nomination.slots["due"]))
    lapse = str(nomination.slots["lapse"])
    for side in nomination.counterparts:
        had = past.seen(matter, side)
        if had is None or end - datetime.fromisoformat(had) < wait:
            return False
        if not past.knows(side, lapse, nomination.opener) or "posting.object" in past.said(matter, side):
            return False
    return True


_FUNCTION = Fact("function", "token", choices=FUNCTIONS, purpose="What the officer may sign.")
_TITLE = Fact("title", "words", required=False, purpose="The title in each language.")

POSTING = Procedure(
    name="posting",
    family="posting",
    skeleton="status",
    purpose="Posts an officer of a side with a key and a function, and recalls him.",
    kinds=(
        Kind(
            "posting.appoint",
            "Posts an officer: from the next entry on, acts signed with this key are this side's.",
            facts=(
                Fact("key", "key", purpose="The officer's signing key."),
                Fact("seal", "hex", required=False, purpose="The officer's key for sealed texts."),
                _FUNCTION,
                _TITLE,
                Fact("replaces", "digest", required=False, purpose="The posting that this one replaces."),
                Fact("nomination", "digest", required=False, purpose="The nomination that was consented to."),
                Fact("from", "moment", required=False, purpose="When the officer takes up the post."),
            ),
            functions=HEADS,
        ),
        Kind(
            "posting.recall",
            "Recalls the officer: this entry is the last that the key may have signed.",
            facts=(
                Fact(
                    "key",
                    "key",
                    required=False,
                    purpose="The key that is recalled, for those who read one act.",
                ),
                REASON,
                WHEN,
            ),
            functions=HEADS,
        ),
    ),
    rows={
        NONE: {
            "posting.appoint": Row(
                Role.OPENER,
                to="appointed",
                writes=(
                    Write("key", "fact:key", once=True),
                    Write("function", "fact:function", once=True),
                    Write("from", "fact:from", once=True),
                ),
                guard=agreed_nomination,
            )
        },
        "appointed": {"posting.recall": Row(Role.OPENER, to="recalled", guard=posted_key)},
        "recalled": {},
    },
)

_LAPSE = Row(Role.OPENER, to="lapsed", lapses=True, answers="waits", writes=(Write("lapse"),))
_OBJECT = Row(
    Role.COUNTERPART,
    to="objected",
    writes=(Write("objected", each=True, once=True),),
    free="consented",
)
_ANSWERS = ("posting.consent", "posting.object")

AGREMENT = Procedure(
    name="agrement",
    family="posting",
    skeleton="ask/answer",
    purpose="Asks the other sides whether they will have a person in a post, before the person is posted.",
    kinds=(
        Kind(
            "posting.nominate",
            "Names a person for a post, in an enclosure, and asks for the others' consent.",
            facts=(
                Fact("key", "key", purpose="The key that the person will sign with."),
                _FUNCTION,
                _TITLE,
                Fact("from", "moment", required=False, purpose="From when."),
                WHEN,
            ),
            due=Due.MUST,
            functions=HEADS,
        ),
        Kind("posting.consent", "Consents to the person in the post.", facts=(WHEN,), functions=HEADS),
        Kind(
            "posting.object",
            "Does not consent; no reason is needed.",
            facts=(REASON, WHEN),
            functions=HEADS,
        ),
        Kind("posting.unname", "Withdraws the nomination.", facts=(REASON,), functions=HEADS),
        Kind(
            "posting.lapse",
            "States that the time is over without what was waited for.",
            facts=(ABOUT,),
            functions=HEADS,
        ),
    ),
    rows={
        NONE: {
            "posting.nominate": Row(
                Role.OPENER,
                to="nominated",
                writes=(
                    *CLOCK,
                    Write("nominated", "fact:function"),
                    Write("key", "fact:key"),
                    Write("consented", each=True),
                ),
            )
        },
        "nominated": {
            "posting.consent": Row(Role.COUNTERPART, writes=(Write("consented", each=True, once=True),)),
            "posting.object": _OBJECT,
            "posting.unname": Row(Role.OPENER, to="withdrawn", writes=(Write("unnamed"),)),
            "posting.lapse": _LAPSE,
        },
        "withdrawn": {"posting.lapse": _LAPSE},
        "consented": {},
        # With several counterparts each has its own say, whoever came first.
        "objected": {"posting.object": _OBJECT},
        "lapsed": {},
    },
    pairs=(
        *over(("posting.lapse",), Role.OPENER, _ANSWERS, Role.COUNTERPART),
        *over(_ANSWERS, Role.COUNTERPART, ("posting.unname",), Role.OPENER),
        *over(("posting.object",), Role.COUNTERPART, ("posting.consent",), Role.COUNTERPART),
    ),
    joins=(Join("nominated", "consented", "consented"),),
)

_PRESENT = Row(
    Role.OPENER, to="kept", writes=(Write("day", "fact:state", keyed="date"),), guard=named_officer
)
PRESENCE = Procedure(
    name="presence",
    family="posting",
    skeleton="status",
    purpose="Says day by day whether an officer is at the office.",
    kinds=(
        Kind(
            "posting.presence",
            "States whether an officer is present on a day.",
            facts=(
                OFFICER,
                Fact("date", "date", purpose="The day."),
                Fact("state", "token", choices=("present", "absent", "leave"), purpose="Present or not."),
                PLACE,
            ),
        ),
    ),
    rows={NONE: {"posting.presence": _PRESENT}, "kept": {"posting.presence": _PRESENT}},
    key=Key(parts=("side", "officer"), prefix="presence/", owned=True),
)

_TAKES = Row(
    Role.OPENER,
    to="on-watch",
    writes=(Write("officer", "fact:officer"), Write("since", "at")),
    guard=named_officer,
)
WATCH = Procedure(
    name="watch",
    family="posting",
    skeleton="status",
    purpose="Says who of a side has the watch, and how it was handed over.",
    kinds=(
        Kind(
            "posting.watch",
            "Takes the watch.",
            facts=(OFFICER, WHEN, UNTIL),
        ),
        Kind(
            "posting.handover",
            "Hands the watch over, with a note of what is pending for those who come after.",
            facts=(
                Fact(
                    "next",
                    "token",
                    required=False,
                    purpose="Who takes over, by the 16 hex digits of the key.",
                ),
                WHEN,
            ),
        ),
    ),
    rows={
        NONE: {"posting.watch": _TAKES},
        "on-watch": {
            "posting.watch": _TAKES,
            "posting.handover": Row(
                Role.OPENER,
                to="handed-over",
                clears=("officer",),
                writes=(Write("since", "at"),),
                guard=named_officer,
            ),
        },
        "handed-over": {"posting.watch": _TAKES},
    },
    key=Key(parts=("side",), prefix="watch/", owned=True),
)

TABLES = (POSTING, AGREMENT, PRESENCE, WATCH)
