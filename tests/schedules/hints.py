"""What an act of some kinds needs that no table can say: matters that must have come to a phase before it,
and keys that must fit each other.

Everything else about an act is read off its table. Where a new guard rests on another matter it is named
here; the test that every row is reached says so when it is not.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.schedules.people import TERMS, authority_key, replacements
from yeollak.procedures.kinds import Kind
from yeollak.procedures.obligation import SHAPING
from yeollak.procedures.table import Row


@dataclass(frozen=True)
class Rest:
    """What a guard asks of another matter: `fact` names a matter of the table `procedure` in `phase`. Where
    it is `needed` no act passes the guard without one.
    """

    fact: str
    procedure: str
    phase: str
    needed: bool = True


#: What the guards of this name rest on.
RESTS: Mapping[str, Rest] = {
    "agreed_nomination": Rest("nomination", "agrement", "consented", needed=False),
    "amends_in_force": Rest("amends", "agreement", "in-force", needed=False),
    "another_withdrew": Rest("", "standing", "withdrawn"),
    "names_event": Rest("parent", "obligation", "running"),
    "in_force": Rest("parent", "agreement", "in-force"),
    "read_out": Rest("parent", "agreement", "in-force"),
    "names_its_time": Rest("parent", "obligation", "running"),
    "tendered_before": Rest("retender", "note", "refused", needed=False),
}


#: Terms of obligations of each shape, all of which have a time that is called by the same day. Those of which
#: events may be named are drawn more often.
READINGS: Sequence[Mapping[str, Any]] = tuple(
    {**{fact.name: None for fact in SHAPING}, **terms}
    for terms in (
        {"shape": "dated", "by": "2018-10-22"},
        {"shape": "notice-period", "before": "flood", "notice": 3, "unit": "hours"},
        {"shape": "notice-period", "before": "fire", "notice": 2, "unit": "days"},
        {"shape": "recurring", "every": "day", "first": "2018-09-14", "closed": "kept"},
        {"shape": "standing"},
    )
)


def between(kind: Kind, parent: str, side: str, sides: Sequence[str]) -> dict[str, Any]:
    """Facts of an act that must be between the sides of its parent, which are `sides`; None: not given."""
    if kind.name == "obligation.propose":
        others = [other for other in sides if other != side]
        return {"parent": parent, "to": others or None, "bearers": list(sides)}
    if kind.name.startswith("duty."):
        return {"parent": parent, "sides": list(sides)}
    return {}


def rest_of(row: Row | None) -> Rest | None:
    """What an act by this row rests on, if on another matter."""
    return RESTS.get(row.guard.__name__) if row is not None and row.guard is not None else None


def terms_of(chance: random.Random) -> dict[str, Any]:
    """Terms for an amendment: mostly such as a charter may have."""
    return chance.choice(
        (
            {"deadline": {"default_hours": 24, "most_hours": 24 * 60}},
            {"forms": {**TERMS["forms"], "form.9": "00" * 32}},
            {"as_of_right": ["life", "flood"], "agrement": []},
            {"agrement_silence": "consent"},
            {"guarantors": {**TERMS["guarantors"], "other": {"names": {"en": "Other"}}}},
            {"observers": {"press": {"names": {"en": "Press"}}}},
            {"escrow": "nobody"},
            {"seen_seconds": 0},
        )
    )


def fitting_facts(
    chance: random.Random, kind: Kind, side: str, rotations: int, number: int
) -> dict[str, Any]:
    """Facts of a kind that must fit each other or the keys of the side; None: not given."""
    if kind.name == "key.rotate":
        key, following = authority_key(side, rotations + 1), authority_key(side, rotations + 2)
        return {"key": key.public.hex(), "next": hashlib.sha256(following.public).hexdigest()}
    if kind.name == "key.replace":
        return dict(chance.choice(replacements(side, number % 4)))
    if kind.name in ("obligation.propose", "obligation.counter"):
        return dict(chance.choice(READINGS))
    if kind.name.startswith("duty."):
        return {"occurrence": chance.choice(("2018-10-22", "2018-10-22", "never"))}
    return {}
