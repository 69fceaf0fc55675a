"""Facts for acts of any kind of any table: mostly what the kind asks for, drawn from what the record holds.

Everything is read off the typed facts of a kind, off the slots of its matter and off what else was said in
the office; nothing here knows a table by name.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.office.world import seed
from tests.schedules.hints import terms_of
from tests.schedules.people import FORMS
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import EVERYWHERE, Kind
from yeollak.procedures.table import Row, State

_DIGEST = re.compile(r"[0-9a-f]{64}")
TEXTS = tuple(seed("text of a schedule", number).hex() for number in range(4))
DAYS = ("2018-10-22", "2018-10-23", "2019-03-22")
INSTANTS = ("2018-10-22T00:30:00Z", "2019-02-28T05:00:00Z", "2020-06-16T05:49:00Z")
#: What facts without a list of choices are given: several of each, so that acts meet and miss each other.
TOKENS = {
    "slot": ("opening", "closing"),
    "items": ("1", "2"),
    "outcomes": ("a", "b"),
    "outcome": ("a", "b"),
    "language": ("en", "ko", "ar"),
    "lines": ("east", "west"),
    "line": ("east", "west"),
    "form": (*FORMS, "form.9"),
}
WRONG: tuple[Any, ...] = (
    "",
    "NO",
    -1,
    2**53 - 1,
    True,
    [],
    {},
    "2018-13-40",
    ["a", "a"],
    {"en": ""},
    "z" * 600,
)


@dataclass
class Known:
    """What whoever drafts an act may draw on."""

    side: str
    parties: Sequence[str]
    office: str
    terms: Mapping[str, Any]
    matters: Sequence[str] = ()
    acts: Sequence[str] = ()
    officers: Sequence[str] = ()
    fresh_key: str = ""
    used_keys: Sequence[str] = ()
    state_digest: str = ""
    enclosures: list[str] = field(default_factory=list)
    #: the fact by which the row's guard rests on another matter, and the matters that it may rest on
    rest: str = ""
    fitting: Sequence[str] = ()


def is_digest(value: Any) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def digests_in(state: State, side: str) -> list[str]:
    """Every digest that a slot of the matter holds, those of this side's own slots first."""
    own: list[str] = []
    others: list[str] = []
    for name, value in sorted(state.slots.items()):
        listed = value if isinstance(value, list) else [value]
        (own if name.endswith("/" + side) else others).extend(item for item in listed if is_digest(item))
    return own + others


def lists_in(state: State, side: str) -> list[list[str]]:
    """Every list of digests that a slot holds, those of this side's own slots last."""
    found = [
        (name.endswith("/" + side), name, list(value))
        for name, value in state.slots.items()
        if isinstance(value, list) and value and all(map(is_digest, value))
    ]
    return [value for _own, _name, value in sorted(found)]


def _keys_of_slots(state: State, stem: str) -> list[str]:
    return sorted({name.split("/")[1] for name in state.slots if name.startswith(stem + "/")})


def value_of(
    chance: random.Random, fact: Fact, kind: Kind, row: Row | None, state: State, known: Known
) -> Any:
    """One value of the type of the fact, likely to be one that the matter can do something with."""
    if fact.many:
        count = chance.choice((1, 1, 2, 3))
        values: list[Any] = []
        for _ in range(count):
            item = _one(chance, fact, row, state, known)
            values += [item] if item not in values else []
        listed = state.slots.get(fact.name)
        if isinstance(listed, list) and fact.name != "to" and chance.random() < 0.8:
            return chance.choice([list(listed), chance.sample(list(listed), chance.randint(1, len(listed)))])
        return values
    return _one(chance, fact, row, state, known)


def _one(chance: random.Random, fact: Fact, row: Row | None, state: State, known: Known) -> Any:
    if fact.choices:
        return chance.choice(fact.choices)
    held = state.slots.get(fact.name)
    if held is not None and not isinstance(held, list) and chance.random() < (0.9 if _reads(row) else 0.5):
        return held
    maker = _MAKERS.get(fact.type)
    if maker is None:
        raise NotImplementedError(f"no values are known for facts of type {fact.type}")
    return maker(chance, fact, row, state, known)


def _reads(row: Row | None) -> bool:
    return row is not None and (row.guard is not None or row.answers is not None)


def _digest(chance: random.Random, fact: Fact, row: Row | None, state: State, known: Known) -> str:
    if fact.name == "charter":
        return known.office if chance.random() < 0.95 else TEXTS[0]
    if fact.name == "state":
        return known.state_digest if chance.random() < 0.9 else TEXTS[1]
    if fact.name == known.rest and known.fitting and chance.random() < 0.9:
        return chance.choice(known.fitting)
    pools: list[Sequence[str]] = [TEXTS, TEXTS, known.matters[-6:], known.acts[-6:], known.enclosures[-4:]]
    if _reads(row):
        pools += [digests_in(state, known.side)] * 4
    return chance.choice(chance.choice([pool for pool in pools if pool]))


def _key(chance: random.Random, fact: Fact, row: Row | None, state: State, known: Known) -> str:
    draw = chance.random()
    if draw < 0.2 and known.used_keys:
        return chance.choice(known.used_keys)
    if draw < 0.25:
        return chance.choice(("ff" * 32, "00" * 32, "01" + "00" * 31))
    return known.fresh_key


def _token(chance: random.Random, fact: Fact, row: Row | None, state: State, known: Known) -> str:
    if fact.name == "class":
        allowed = known.terms.get("as_of_right") or ["general"]
        return str(chance.choice(allowed)) if chance.random() < 0.75 else "general"
    if fact.name in ("officer", "next") and known.officers:
        return chance.choice(known.officers)
    if fact.name in TOKENS:
        return chance.choice(TOKENS[fact.name])
    stems = [write.slot for write in row.writes if write.keyed == fact.name] if row is not None else []
    named = [key for stem in stems for key in _keys_of_slots(state, stem)]
    return chance.choice([*named, "a", "b"])


def _side(chance: random.Random, fact: Fact, row: Row | None, state: State, known: Known) -> str:
    others = [party for party in known.parties if party != known.side]
    return (
        chance.choice(others) if fact.name == "to" or chance.random() < 0.8 else chance.choice(known.parties)
    )


_MAKERS: Mapping[str, Any] = {
    "amount": lambda chance, *_: {"currency": chance.choice(("KRW", "USD")), "value": chance.randint(0, 999)},
    "date": lambda chance, *_: chance.choice(DAYS),
    "digest": _digest,
    "flag": lambda chance, *_: chance.random() < 0.5,
    "hex": lambda chance, *_: chance.randbytes(2).hex(),
    "instant": lambda chance, *_: chance.choice(INSTANTS),
    "key": _key,
    "moment": lambda chance, *_: chance.choice(DAYS + INSTANTS),
    "side": _side,
    "terms": lambda chance, *_: terms_of(chance),
    "text": lambda chance, *_: chance.choice(("one", "other")),
    "time": lambda chance, *_: chance.choice(("09:00", "17:00")),
    "token": _token,
    "whole": lambda chance, *_: chance.randint(0, 3),
    "words": lambda chance, *_: {chance.choice(("en", "ko")): chance.choice(("Forestry", "Dam"))},
}


def _wanted(fact: Fact, kind: Kind, row: Row | None, state: State, known: Known) -> float:
    """How likely an optional fact is given."""
    if fact.name == known.rest and known.fitting:
        return 0.6
    if fact.name == "to":
        return 1.0 if not fact.many and len(known.parties) > 2 and not state.slots else 0.2
    if fact in EVERYWHERE:
        return 0.05
    if row is not None:
        named = {write.keyed for write in row.writes} | {
            write.value.removeprefix("fact:") for write in row.writes
        }
        if fact.name in named:
            return 0.9
        if row.guard is not None:
            return 0.6
    return 0.1


def facts_of(
    chance: random.Random, kind: Kind, row: Row | None, state: State, known: Known
) -> dict[str, Any]:
    """The facts of an act of this kind in this state of its matter."""
    return {
        fact.name: value_of(chance, fact, kind, row, state, known)
        for fact in kind.takes
        if fact.required or chance.random() < _wanted(fact, kind, row, state, known)
    }


def spoiled(chance: random.Random, facts: Mapping[str, Any], sorts: Iterable[Fact]) -> dict[str, Any]:
    """The same facts with something wrong about them."""
    given, names = dict(facts), [fact.name for fact in sorts]
    way = chance.randrange(3)
    if way == 0 and given:
        del given[chance.choice(sorted(given))]
    elif way == 1 and names:
        given[chance.choice(names)] = chance.choice(WRONG)
    else:
        given["surplus"] = 1
    return given
