"""How the cost of a step grows with the record: each is measured at several sizes, within one run.

The findings of the offices here are made as values, unsigned: counting is measured in `stages`, and what
folding reads is findings alone. But for the act that comes to a long matter folds are not remembered, so each
figure is that of a node that has just started.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench import Run, Step, fixed
from tests.office.world import charter_of, seed
from yeollak.office.fold import fold
from yeollak.office.folds import MatterFolds
from yeollak.office.ledger import Counted, MemoryLedger
from yeollak.office.office import Office
from yeollak.procedures.catalogue import table
from yeollak.procedures.table import Move
from yeollak.record.merkle import Frontier, inclusion_proof, leaf_hash, reader_of, verify_inclusion

SIDES = ("south", "north")
#: A short matter: a notice as of right, read, shown to the principal and answered.
KINDS = ("note.send", "note.read", "note.shown", "note.answer")
_AT = "2018-09-14T01:00:00Z"
_REPEAT = 100


def findings(kinds: Sequence[str]) -> list[Counted]:
    """The findings of an office in which each act has seen all before it, a new matter at each `note.send`.

    The first side sends and the other does the rest, as the table of notes has it.
    """
    sizes, found, matter = [0, 0], list[Counted](), ""
    for number, kind in enumerate(kinds):
        identity, place = seed("act", number).hex(), 0 if kind == "note.send" else 1
        matter = identity if kind == "note.send" else matter
        facts = {"class": "flood", "subject": {"en": "Discharge"}} if kind == "note.send" else {}
        move = Move(id=identity, side=SIDES[place], kind=kind, at=_AT, facts=facts, function="duty")
        found.append(
            Counted(
                side=SIDES[place],
                place=place,
                index=sizes[place],
                id=identity,
                matter=matter,
                procedure="note",
                turn=number + 1,
                vector=(sizes[0], sizes[1]),
                void="",
                move=move,
            )
        )
        sizes[place] += 1
    return found


def tree_steps(size: int) -> list[Step]:
    """Appending to, and proving entries of, a register of this size."""
    leaves = [leaf_hash(seed("leaf", index)) for index in range(size)]
    tree, reader = Frontier().extend(leaves), reader_of(leaves)
    root, chosen = tree.root(), [seed("leaf", index)[0] * size // 256 for index in range(_REPEAT)]
    inclusion_proof(reader, 0, size)  # hashes the levels, which a register keeps as tiles

    def append() -> None:
        grown = tree
        for index in chosen:
            grown = grown.append(leaves[index])
            grown.root()

    def prove() -> None:
        for index in chosen:
            verify_inclusion(leaves[index], index, size, inclusion_proof(reader, index, size), root)

    return [
        Step(f"append and root/{size}", _REPEAT, fixed(append)),
        Step(f"inclusion proof and its check/{size}", _REPEAT, fixed(prove)),
    ]


def office_steps(size: int) -> list[Step]:
    """Folding one short matter of an office of this many acts, its state digest, and one matter that long."""
    ledger, charter = MemoryLedger(len(SIDES)), charter_of(SIDES)
    for item in findings([KINDS[index % len(KINDS)] for index in range(size)]):
        ledger.add(item)
    matters = list(ledger.matters())
    chosen = [matters[seed("matter", index)[0] * len(matters) // 256] for index in range(_REPEAT)]
    long = findings(["note.send", *("note.read",) * (size - 1)])
    procedure = table("note")

    def fold_each() -> None:
        for matter in chosen:
            Office(charter, ledger).state(matter)

    def digest() -> Run:
        return Office(charter, ledger).digest

    def one_more() -> Run:
        folds = MatterFolds(SIDES)
        folds.read(long)
        folds.at((1, size - 2))
        return lambda: folds.at((1, size - 1))

    return [
        Step(f"fold of one matter of {len(KINDS)}/{size}", _REPEAT, fixed(fold_each)),
        Step(f"fold of one matter that long/{size}", 1, fixed(lambda: fold(procedure, long, SIDES))),
        Step(f"one more act of it/{size}", 1, one_more),
        Step(f"state digest/{size}", 1, digest),
    ]


def growth(sizes: Sequence[int]) -> list[Step]:
    """Every step at every size, named `step/size`."""
    return [step for size in sizes for step in (*tree_steps(size), *office_steps(size))]
