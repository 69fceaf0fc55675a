"""Counting as docs/spec/11 says it, word for word and without any care for its cost.

The past of an act is a set here, gathered from what its register and every register that it has seen hold
below, and not a vector that is carried along: `Office.count` is held against this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from yeollak.errors import RecordFault
from yeollak.office.charter import Charter
from yeollak.office.counting import Evidence
from yeollak.office.ledger import Entry
from yeollak.record.document import Act
from yeollak.record.merkle import EMPTY_ROOT, Frontier, leaf_hash

#: An entry, by place and position.
At = tuple[int, int]


@dataclass
class Model:
    """What counting comes to: how far each register counts, and of each entry that counts its past and its
    turn.

    given_up   entries that a later one of the same register gives up evidence   what names a root that is
    not that of the register
    """

    counted: list[int]
    past: dict[At, frozenset[At]] = field(default_factory=dict)
    turn: dict[At, int] = field(default_factory=dict)
    given_up: set[At] = field(default_factory=set)
    evidence: set[Evidence] = field(default_factory=set)


def named(charter: Charter, place: int, entry: Entry) -> Act | None:
    """The act of an entry, or None where it names nothing: it does not parse, or its `seen` names others
    than the other parties.
    """
    try:
        act = Act.parse(entry.document)
    except RecordFault:
        return None
    others = {side for side, at in charter.places.items() if at != place}
    return act if set(act.seen) == others else None


def model(
    charter: Charter, registers: Sequence[Sequence[Entry]], reopens: Callable[[int, int, Entry], bool]
) -> Model:
    """Count whole registers. `reopens(place, at, entry)` says whether an entry is the act of a side's
    authority that gives up its register from `at` on.
    """
    roots = [_roots(register) for register in registers]
    found = Model([0] * len(registers))
    moved = True
    while moved:
        moved = False
        for place, register in enumerate(registers):
            index = found.counted[place]
            if index >= len(register):
                continue
            act = named(charter, place, register[index])
            wrong, waits = [], False
            for side, (size, root) in act.seen.items() if act is not None else ():
                other = charter.places[side]
                if size > found.counted[other]:
                    waits = True
                elif roots[other][size].hex() != root:
                    wrong.append(Evidence(charter.sides[place], index, side, size, root))
            if wrong:
                found.evidence |= set(wrong)
                after = [at for at in range(index + 1, len(register)) if reopens(place, index, register[at])]
                for given_up in range(index, after[0] if after else index):
                    found.given_up.add((place, given_up))
                    _count(found, charter, place, given_up, None)
                    moved = True
            elif not waits:
                _count(found, charter, place, index, act)
                moved = True
    return found


def _count(found: Model, charter: Charter, place: int, index: int, act: Act | None) -> None:
    below = {(place, at) for at in range(index)}
    for side, (size, _root) in act.seen.items() if act is not None else ():
        below |= {(charter.places[side], at) for at in range(size)}
    past = frozenset(below.union(*(found.past[at] for at in below)))
    found.past[place, index] = past
    found.turn[place, index] = 1 + max((found.turn[at] for at in past), default=0)
    found.counted[place] = index + 1


def _roots(register: Sequence[Entry]) -> list[bytes]:
    """The root of every prefix of a register."""
    tree, roots = Frontier(), [EMPTY_ROOT]
    for entry in register:
        tree = tree.append(leaf_hash(entry.statement))
        roots.append(tree.root())
    return roots


def state_digest(lines: Sequence[str]) -> str:
    """SHA-256 over sorted lines."""
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
