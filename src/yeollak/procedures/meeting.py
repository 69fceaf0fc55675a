"""Meeting: talks proposed, agreed and held, and minutes over one digest.

A contact that nobody proposed is entered by whoever was there. That it was held, or that somebody stayed
away, is each side's own account, written once; what came of it binds only as minutes that every side has
signed. A weekly series is the parent of its meetings.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import (
    ABOUT,
    PLACE,
    REASON,
    START,
    TEXT,
    TO_MANY,
    TRANSLATION,
    UNTIL,
    WHEN,
    translated,
)
from yeollak.procedures.skeletons import everywhere, joint_text, merge, offer, over
from yeollak.procedures.table import NONE, Procedure, Role, Row, Write

LEVELS = ("heads", "deputy-heads", "high-level", "working", "delegation", "liaison", "ad-hoc")
LEVEL = Fact("level", "token", required=False, choices=LEVELS, purpose="At what level.")
TOPIC = Fact("topic", "words", required=False, purpose="What it is about.")
SERIES = Fact("series", "token", required=False, purpose="The standing series that it belongs to.")
_OFFERED = (TOPIC, PLACE, START, UNTIL, SERIES, WHEN)
_SAT = Fact(
    "sat",
    "token",
    required=False,
    many=True,
    purpose="Who sat for whom, as SIDE.FUNCTION: a stand-in is not the head.",
)
_REPORTED = (LEVEL, TOPIC, PLACE, SERIES, WHEN, UNTIL)

OUTCOMES = Fact(
    "outcomes",
    "token",
    required=False,
    many=True,
    purpose="What the minutes decide, by short names: an agreement or a project can then be opened on it.",
)

_OFFER = offer("meeting.")
_MINUTES = joint_text(
    "meeting.",
    draft="meeting.minutes",
    start="reported",
    during="minuted",
    signed="signed",
    lapsed="reported",
    withdraw=False,
    also=(Write("outcomes", "fact:outcomes"),),
)
_ACCOUNTS = ("meeting.held", "meeting.absent", "meeting.not-held")


def _account(kind: str, role: Role) -> Row:
    # The phase says that somebody has reported, and never whose report is right.
    return Row(
        role,
        to="reported",
        writes=(Write("account", f"={kind.removeprefix('meeting.')}", each=True, once=True),),
    )


# Whether it was agreed or only heard of: it is held, or somebody stays away, or it is called off.
_EXPECTED = {
    **{kind: _account(kind, Role.EITHER) for kind in _ACCOUNTS},
    "meeting.cancel": Row(Role.EITHER, to="cancelled", cross="same"),
}


def _later(kind: str) -> Row:
    row = _account(kind, Role.EITHER)
    return Row(row.by, writes=row.writes)


#: A delegation is a fact about its side, which nothing that crosses it undoes.
_OPENED = (*sorted({*_OFFER.rows, *_MINUTES.rows} - {NONE}), "agreed", "planned", "cancelled", "signed")
_DELEGATION = Row(Role.EITHER, writes=(Write("delegation", each=True),))

MEETING = Procedure(
    name="meeting",
    family="meeting",
    skeleton="ask/answer",
    purpose="A meeting: proposed and agreed, held or not, with minutes that every side signs.",
    kinds=(
        Kind(
            "meeting.propose",
            "Proposes a meeting; the agenda and the delegation stand in enclosures.",
            facts=(TO_MANY, Fact("level", "token", choices=LEVELS, purpose="At what level."), *_OFFERED),
            due=Due.MUST,
        ),
        Kind("meeting.counter", "Proposes it otherwise.", facts=(LEVEL, *_OFFERED), due=Due.MUST),
        Kind("meeting.agree", "Agrees to the proposal that stands.", facts=(WHEN,)),
        Kind("meeting.decline", "Declines the proposal that stands.", facts=(REASON, WHEN)),
        Kind("meeting.withdraw", "Withdraws one's own proposal.", facts=(REASON,)),
        Kind("meeting.lapse", "States that the time for agreeing or signing is over.", facts=(ABOUT,)),
        Kind("meeting.cancel", "Calls an expected meeting off.", facts=(REASON, WHEN)),
        Kind(
            "meeting.planned",
            "States that a meeting is planned, and nothing of whether it was held.",
            facts=(TO_MANY, *_REPORTED, START),
        ),
        Kind("meeting.held", "States that the meeting was held.", facts=(TO_MANY, *_REPORTED, _SAT)),
        Kind(
            "meeting.absent",
            "States that a side did not come.",
            facts=(
                TO_MANY,
                *_REPORTED,
                Fact("absent", "side", many=True, purpose="Who did not come."),
                Fact(
                    "notified",
                    "token",
                    required=False,
                    choices=("beforehand", "late", "no"),
                    purpose="Whether the absence was notified.",
                ),
                REASON,
            ),
        ),
        Kind(
            "meeting.not-held",
            "States that the meeting was not held.",
            facts=(TO_MANY, *_REPORTED, REASON),
        ),
        Kind(
            "meeting.delegation",
            "Names the side's delegation; the persons stand in an enclosure.",
            facts=(
                Fact("head", "token", required=False, purpose="The function of its head."),
                Fact("count", "whole", required=False, purpose="How many people."),
                WHEN,
            ),
        ),
        Kind(
            "meeting.minutes",
            "Drafts the minutes: one text for all.",
            facts=(TEXT, OUTCOMES, WHEN),
            due=Due.MUST,
        ),
        Kind(
            "meeting.redraft",
            "Drafts the minutes otherwise.",
            facts=(TEXT, OUTCOMES, WHEN),
            due=Due.MUST,
        ),
        translated("meeting."),
        Kind("meeting.sign", "Signs the minutes.", facts=(TEXT, WHEN)),
        Kind("meeting.retract", "Takes one's own signature back.", facts=(REASON,)),
    ),
    rows=merge(
        _OFFER.rows,
        _MINUTES.rows,
        {
            NONE: {
                "meeting.planned": Row(Role.OPENER, to="planned"),
                **{kind: _account(kind, Role.OPENER) for kind in _ACCOUNTS},
            },
            "planned": _EXPECTED,
            "agreed": _EXPECTED,
            "cancelled": {},
            "signed": {},
        },
        everywhere(("reported", "minuted", "signed"), {kind: _later(kind) for kind in _ACCOUNTS}),
        everywhere(_OPENED, {"meeting.delegation": _DELEGATION}),
        everywhere(("minuted", "signed", "reported"), {"meeting.translated": TRANSLATION}),
    ),
    pairs=(
        *_OFFER.pairs,
        *_MINUTES.pairs,
        *over(_ACCOUNTS, Role.EITHER, ("meeting.cancel",), Role.EITHER),
    ),
    joins=(*_OFFER.joins, *_MINUTES.joins),
)

_SERIES = offer("series.", agreed="standing")
_CADENCE = (
    Fact("level", "token", choices=LEVELS, purpose="At what level."),
    Fact("every", "token", choices=("day", "week", "month", "quarter"), purpose="How often."),
    Fact(
        "weekday",
        "token",
        required=False,
        choices=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        purpose="On which day of the week.",
    ),
    Fact("time", "time", required=False, purpose="At what time, in the office's zone."),
    TOPIC,
    PLACE,
    START,
    UNTIL,
)

SERIES_TABLE = Procedure(
    name="series",
    family="meeting",
    skeleton="ask/answer",
    purpose="A standing series of meetings, the parent of each of them.",
    kinds=(
        Kind("series.propose", "Proposes a standing series.", facts=(TO_MANY, *_CADENCE), due=Due.MUST),
        Kind("series.counter", "Proposes it otherwise.", facts=_CADENCE, due=Due.MUST),
        Kind("series.agree", "Agrees to the series that is proposed.", facts=(WHEN,)),
        Kind("series.decline", "Declines the series that is proposed.", facts=(REASON, WHEN)),
        Kind("series.withdraw", "Withdraws one's own proposal.", facts=(REASON,)),
        Kind("series.lapse", "States that the time for agreeing is over.", facts=(ABOUT,)),
        Kind("series.end", "Ends the series.", facts=(REASON, WHEN)),
    ),
    rows=merge(
        _SERIES.rows,
        {"standing": {"series.end": Row(Role.EITHER, to="ended", cross="same")}, "ended": {}},
    ),
    pairs=_SERIES.pairs,
    joins=_SERIES.joins,
)

TABLES = (MEETING, SERIES_TABLE)
