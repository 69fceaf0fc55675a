"""Project: joint undertakings, and works on premises and equipment.

A joint project starts when every side agrees to one text. A side's own works need nobody's agreement: they
are its own account of its own works, under its own name, and the other may inspect and accept them.
Milestones, costs and who bears them are stated by side, and totals are computed.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import (
    ABOUT,
    PLACE,
    REASON,
    START,
    SUBJECT,
    TEXT,
    TO_MANY,
    UNTIL,
    WHEN,
    standing_text,
)
from yeollak.procedures.skeletons import everywhere, merge, offer, over
from yeollak.procedures.table import NONE, Join, Key, Procedure, Role, Row, Write

CLASS = Fact("class", "token", choices=("project", "works"), purpose="A common project, or works.")
PERCENT = Fact("percent", "whole", required=False, purpose="How much of it is done.")

_OFFER = offer("project.", agreed="under-way", text=True)
_FACTS = {
    "project.report": Row(
        Role.EITHER, writes=(Write("milestone", "fact:state", each=True, keyed="milestone"),)
    ),
    "project.cost": Row(Role.EITHER),
    "project.inspect": Row(Role.EITHER, writes=(Write("inspected", "fact:result", each=True),)),
}
_SAID = Write("stage", "fact:stage", each=True, once=True)
_RESUME = Write("resumed", each=True, once=True)
_DONE = Write("done", each=True, once=True)
_ACCEPT = Write("accepted", each=True, once=True)

PROJECT = Procedure(
    name="project",
    family="project",
    skeleton="joint text",
    purpose="A joint project, or works of one side or of both, from its beginning to its acceptance.",
    kinds=(
        Kind(
            "project.propose",
            "Proposes a joint project over one text.",
            facts=(TO_MANY, CLASS, SUBJECT, TEXT, PLACE, START, WHEN),
            due=Due.MUST,
        ),
        Kind("project.counter", "Proposes it otherwise.", facts=(TEXT, ABOUT, START, WHEN), due=Due.MUST),
        Kind("project.agree", "Agrees to the text that stands.", facts=(TEXT, WHEN)),
        Kind("project.decline", "Declines the proposal that stands.", facts=(REASON, WHEN)),
        Kind("project.withdraw", "Withdraws one's own proposal.", facts=(REASON,)),
        Kind("project.lapse", "States that the time for agreeing is over.", facts=(ABOUT,)),
        Kind(
            "project.enter",
            "States, as one's own account, how a common project or common works stand; it binds nobody.",
            facts=(
                TO_MANY,
                CLASS,
                SUBJECT,
                Fact(
                    "stage",
                    "token",
                    choices=("discussed", "agreed", "begun", "done"),
                    purpose="How far the sides are said to have come with it.",
                ),
                PLACE,
                START,
                WHEN,
                UNTIL,
            ),
        ),
        Kind(
            "project.begin",
            "States that the side has begun works of its own.",
            facts=(CLASS, SUBJECT, PLACE, WHEN, UNTIL),
        ),
        Kind(
            "project.report",
            "States how far the work has come.",
            facts=(
                ABOUT,
                Fact("milestone", "token", required=False, purpose="The milestone, by a short name."),
                Fact(
                    "state",
                    "token",
                    required=False,
                    choices=("planned", "begun", "reached", "missed"),
                    purpose="What has become of the milestone.",
                ),
                PERCENT,
                WHEN,
                UNTIL,
            ),
        ),
        Kind(
            "project.cost",
            "States a cost, what it was for and who bears it.",
            facts=(
                Fact("amount", "amount", purpose="The amount."),
                Fact("for", "words", purpose="What it was for."),
                Fact("borne_by", "side", required=False, purpose="The side that bears it."),
                Fact(
                    "restates",
                    "digest",
                    required=False,
                    purpose="The act that gives this cost in another currency or by another report.",
                ),
                WHEN,
            ),
        ),
        Kind(
            "project.inspect",
            "States what an inspection found.",
            facts=(
                Fact(
                    "result", "token", choices=("good", "repairs-needed", "refused-entry"), purpose="Finding."
                ),
                ABOUT,
                WHEN,
            ),
        ),
        Kind("project.suspend", "Suspends the work.", facts=(REASON, WHEN)),
        Kind("project.resume", "Agrees that the work goes on.", facts=(WHEN,)),
        Kind("project.complete", "States that the work is done.", facts=(ABOUT, WHEN)),
        Kind("project.accept", "Accepts the work that is done.", facts=(REASON, WHEN)),
    ),
    rows=merge(
        {
            phase: {
                kind: Row(row.by, writes=row.writes, answers=row.answers, guard=standing_text)
                if kind == "project.agree"
                else row
                for kind, row in rows.items()
            }
            for phase, rows in _OFFER.rows.items()
        },
        {
            NONE: {
                "project.begin": Row(Role.OPENER, to="works", writes=(Write("begun"),)),
                "project.enter": Row(Role.OPENER, to="reported", writes=(_SAID,)),
            },
            "reported": {"project.enter": Row(Role.COUNTERPART, writes=(_SAID,))},
            "under-way": {
                "project.suspend": Row(Role.EITHER, to="suspended", clears=("resumed/*",), cross="same"),
                "project.complete": Row(Role.EITHER, writes=(_DONE,)),
            },
            "suspended": {"project.resume": Row(Role.EITHER, writes=(_RESUME,))},
            "completed": {"project.accept": Row(Role.EITHER, writes=(_ACCEPT,))},
            "accepted": {},
            "works": {
                "project.suspend": Row(Role.OPENER, to="works-suspended"),
                "project.complete": Row(Role.OPENER, to="works-completed", writes=(_DONE, _ACCEPT)),
            },
            "works-suspended": {"project.resume": Row(Role.OPENER, to="works")},
            "works-completed": {"project.accept": Row(Role.COUNTERPART, writes=(_ACCEPT,))},
        },
        everywhere(
            (
                "reported",
                "under-way",
                "suspended",
                "completed",
                "accepted",
                "works",
                "works-suspended",
                "works-completed",
            ),
            _FACTS,
        ),
    ),
    pairs=(
        *_OFFER.pairs,
        *over(("project.complete",), Role.EITHER, ("project.suspend",), Role.EITHER),
    ),
    joins=(
        *_OFFER.joins,
        Join("suspended", "resumed", "under-way", optional=True),
        Join("under-way", "done", "completed", optional=True),
        Join("completed", "accepted", "accepted"),
        Join("works-completed", "accepted", "accepted"),
    ),
)

_ASSET_NAME = Fact("asset", "token", purpose="The thing, by a short name in the side's list.")
_LISTED = Row(Role.OPENER, to="listed", writes=(Write("listed"), Write("count", "fact:count")))
_ASSET = {
    "asset.state": Row(Role.OPENER, to="listed", writes=(Write("state", "fact:state"),)),
    "asset.use": Row(Role.OPENER, writes=(Write("use", "fact:extent", each=True, keyed="users"),)),
    "asset.remove": Row(Role.OPENER, to="removed"),
}

ASSET = Procedure(
    name="asset",
    family="project",
    skeleton="status",
    purpose="A thing that a side has at the office or put to common use, and who may use it.",
    kinds=(
        Kind(
            "asset.list",
            "Enters a thing in the side's list.",
            facts=(
                _ASSET_NAME,
                SUBJECT,
                Fact("count", "whole", required=False, purpose="How many."),
                Fact("value", "amount", required=False, purpose="What it is worth."),
                PLACE,
                WHEN,
            ),
        ),
        Kind(
            "asset.state",
            "States where the thing is and what has become of it.",
            facts=(
                _ASSET_NAME,
                Fact(
                    "state",
                    "token",
                    choices=("in-use", "stored", "left-behind", "damaged", "lost", "returned"),
                    purpose="What has become of it.",
                ),
                PLACE,
                REASON,
                WHEN,
            ),
        ),
        Kind(
            "asset.use",
            "Says who may use the thing.",
            facts=(
                _ASSET_NAME,
                Fact("users", "side", many=True, purpose="The sides."),
                Fact("extent", "token", choices=("may-use", "may-not-use"), purpose="Whether they may."),
                ABOUT,
                UNTIL,
            ),
        ),
        Kind("asset.remove", "Takes the thing off the list.", facts=(_ASSET_NAME, REASON, WHEN)),
    ),
    rows={
        NONE: {"asset.list": _LISTED},
        "listed": {"asset.list": _LISTED, **_ASSET},
        "removed": {"asset.list": _LISTED},
    },
    key=Key(parts=("side", "asset"), prefix="asset/", owned=True),
)

TABLES = (PROJECT, ASSET)
