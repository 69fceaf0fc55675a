"""Note: correspondence and formatted notices, by consent and as of right.

By consent the content travels only after the addressee has said that he takes it; silence and refusal are
answers of their own. Agreed classes (life, flood, disease, rescue, military incident) go as of right and
cannot be refused. What happens to a text afterwards, who read it, whom it was shown to, each stage of
translation, is signed step by step.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import (
    ABOUT,
    CLASS,
    FORM,
    FROM_TITLE,
    REASON,
    SUBJECT,
    TO_MANY,
    TO_ONE,
    TO_TITLE,
    WHEN,
    as_of_right,
    named_officer,
    routed_first,
    same_text,
    tendered_before,
    translated,
)
from yeollak.procedures.skeletons import CLOCK, consent, everywhere, merge, over
from yeollak.procedures.table import NONE, Procedure, Role, Row, Write

TO_WHOM = Fact("title", "words", required=False, purpose="To whom, by title.")
OFFICER = Fact(
    "officer",
    "token",
    required=False,
    purpose="Which officer, by the 16 hex digits of the key, where that is not the one who signs.",
)

GROUNDS = ("content", "name", "rank", "channel", "no-instruction")
ROUTES = ("phone", "fax", "military-line", "third-party", "press", "radio", "courier")
GROUND = Fact("ground", "token", choices=GROUNDS, purpose="Why it is not taken.")
RETENDER = Fact("retender", "digest", required=False, purpose="The matter in which it was tendered before.")
ROUTE_FACTS = (
    Fact("route", "token", choices=ROUTES, purpose="The other route."),
    Fact("copy", "token", choices=("paraphrase", "identical"), purpose="Whether the words are the same."),
    Fact("text", "digest", required=False, purpose="The digest of what went by the other route."),
)
#: The acts around consent, the same for a note and for a request.
CONSENT_FACTS = (FROM_TITLE, TO_TITLE, SUBJECT, CLASS, FORM, RETENDER)


def consent_kinds(
    stem: str, noun: str, route: tuple[Fact, ...], offered: tuple[Fact, ...] = ()
) -> tuple[Kind, ...]:
    """The kinds of the consent skeleton, worded for a note or a request; `route` are further facts of its
    route, `offered` of its tender.
    """
    return (
        Kind(
            stem + "tender",
            f"Offers a {noun}: who to whom and about what, with its content committed to but withheld.",
            facts=(TO_ONE, *CONSENT_FACTS, *offered, WHEN),
            due=Due.MUST,
            releases=frozenset({"consent"}),
        ),
        Kind(stem + "take", f"Takes up the {noun}, which may now be delivered.", (WHEN,), due=Due.MUST),
        Kind(stem + "refuse", f"Refuses to take the {noun}, on a ground.", facts=(GROUND, REASON, WHEN)),
        Kind(stem + "withdraw", f"Withdraws the {noun}.", facts=(REASON,)),
        Kind(stem + "lapse", "States that the time is over without what was waited for.", facts=(ABOUT,)),
        Kind(stem + "urge", "Asks again and sets a new time.", facts=(ABOUT, WHEN), due=Due.MUST),
        Kind(
            stem + "route",
            "States that the same content went by another route.",
            # Needed only where it opens the matter, which its guard sees to.
            facts=(
                *(ABOUT if fact is SUBJECT else fact for fact in CONSENT_FACTS),
                *ROUTE_FACTS,
                *route,
                WHEN,
            ),
            due=Due.MAY,
        ),
    )


def stages(stem: str, noun: str) -> tuple[tuple[Kind, ...], dict[str, Row]]:
    """What becomes of a text at the side that has it, step by step: received, read, shown, translated. The
    kinds, and their rows for every phase in which the text is held.
    """
    kinds = (
        Kind(stem + "received", f"States that the {noun} has reached an officer.", facts=(OFFICER, WHEN)),
        Kind(stem + "read", "States that an officer has read the text.", facts=(OFFICER, WHEN)),
        Kind(stem + "shown", "States that the text was shown to the principal.", facts=(TO_WHOM, WHEN)),
        translated(stem),
    )
    rows = {
        stem + stage: Row(Role.COUNTERPART, writes=(Write(stage, each=True),), guard=named_officer)
        for stage in ("received", "read")
    }
    rows[stem + "shown"] = Row(Role.COUNTERPART, writes=(Write("shown", each=True),))
    rows[stem + "translated"] = Row(Role.COUNTERPART, writes=(Write("translated", each=True, keyed="stage"),))
    return kinds, rows


_STAGE_KINDS, _STAGES = stages("note.", "note")
_CONSENT = consent("note.", "note.deliver", "delivered", tender_guard=tendered_before)
_OPEN = {
    "note.answer": Row(Role.COUNTERPART, to="answered", writes=(Write("answer", each=True),)),
    "note.hold": Row(Role.COUNTERPART, writes=CLOCK, answers="waits", cross="first"),
    "note.lapse": Row(Role.OPENER, to="unanswered", lapses=True, answers="waits"),
    "note.urge": Row(Role.OPENER, writes=CLOCK),
}
_LATE = {"note.answer": Row(Role.COUNTERPART, to="answered", writes=(Write("answer", each=True),))}
_ROUTED = {
    "note.route": Row(
        Role.EITHER, writes=(Write("route", "fact:copy", each=True, keyed="route"),), guard=same_text
    )
}
_HELD = ("delivered", "routed", "unanswered", "answered")

NOTE = Procedure(
    name="note",
    family="note",
    skeleton="ask/answer",
    purpose="A letter or a notice from one side to another.",
    kinds=(
        *consent_kinds("note.", "note", (TO_MANY,)),
        Kind(
            "note.deliver",
            "Delivers what was tendered and taken up: the same enclosures, now released.",
            facts=(WHEN,),
            due=Due.MAY,
            releases=frozenset({"right", "large"}),
        ),
        Kind(
            "note.send",
            "Delivers a notice of a class that goes as of right.",
            facts=(
                TO_MANY,
                FROM_TITLE,
                TO_TITLE,
                SUBJECT,
                Fact("class", "token", purpose="The class, as the charter lists them."),
                FORM,
                WHEN,
            ),
            due=Due.MAY,
        ),
        *_STAGE_KINDS,
        Kind("note.hold", "Says that an answer will come, and by when.", facts=(ABOUT,), due=Due.MUST),
        Kind("note.answer", "Answers the note.", facts=(ABOUT, FROM_TITLE, TO_TITLE, WHEN)),
    ),
    rows=merge(
        _CONSENT.rows,
        {
            NONE: {
                "note.send": Row(
                    Role.OPENER, to="delivered", writes=(Write("text", "digests"), *CLOCK), guard=as_of_right
                ),
                "note.route": Row(
                    Role.OPENER,
                    to="routed",
                    writes=(*CLOCK, Write("route", "fact:copy", each=True, keyed="route")),
                    guard=routed_first,
                ),
            },
            "delivered": _OPEN,
            "routed": _OPEN,
            "unanswered": _LATE,
            "answered": _LATE,
        },
        everywhere(_HELD, _STAGES),
        everywhere(("tendered", "taken", "refused", "withdrawn", "lapsed", "undelivered", *_HELD), _ROUTED),
    ),
    pairs=(
        *_CONSENT.pairs,
        *over(("note.lapse",), Role.OPENER, ("note.answer", "note.hold"), Role.COUNTERPART),
        *over(("note.answer",), Role.COUNTERPART, ("note.hold",), Role.COUNTERPART),
        *over(("note.answer", "note.hold"), Role.COUNTERPART, ("note.urge",), Role.OPENER),
    ),
)

TABLES = (NOTE,)
