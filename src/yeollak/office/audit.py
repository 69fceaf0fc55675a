"""The fourth verdict of an audit: the state recomputed from nothing but the bytes of an export.

`record.audit` finds whether registers are intact, receipts good and documents complete. This counts and
folds what it found, by the tables that this software carries, says what the office has come to, and whether
every checkpoint and receipt is by keys that were in force there: only the fold knows which acts stand. A
recomputation does not repair anything: where an export is defective, what is here is only what the sound
part of it comes to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from yeollak.errors import Datum, Fault
from yeollak.office import side_keys
from yeollak.office.charter import Charter
from yeollak.office.ledger import Counted, Entry, MemoryLedger
from yeollak.office.office import Office
from yeollak.record import statement as form
from yeollak.record.report import DEFECTS, Defect, Register, Report, Signed, Verdict


@dataclass(frozen=True, slots=True)
class VoidAct:
    """An act that has no effect in the record, and why: a finding, not a defect."""

    side: str
    index: int
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What an export comes to.

    counted     how many entries of each register count, by side; `held` how many there are
    matters     how many matters there are by procedure
    overtaken   allowed acts without effect, because a crossing act stands before them
    unsettled   matters that a crossing act may still change
    digest      the state digest over everything counted (rule 11)
    keys        checkpoints and receipts by keys that were not in force there, as defects of the export
    problem     why nothing could be recomputed, else the empty string
    """

    counted: Mapping[str, int]
    held: Mapping[str, int]
    acts: int
    matters: Mapping[str, int]
    voids: tuple[VoidAct, ...]
    overtaken: int
    unsettled: int
    digest: str
    problem: str = ""
    keys: tuple[Defect, ...] = ()


def recompute(report: Report) -> Recomputed:
    """Count and fold the registers of an audited export. Never raises for what a hostile export may hold."""
    try:
        charter = Charter.parse(report.charter or b"")
        charter.check_rules()
        return _recompute(report, charter)
    except Fault as fault:
        return Recomputed({}, {}, 0, {}, (), 0, 0, "", str(fault))


def _recompute(report: Report, charter: Charter) -> Recomputed:
    ledger = MemoryLedger(len(charter.sides))
    for register in report.registers:
        place = charter.places.get(register.side)
        if place is None:
            continue
        for statement, document in _entries(report, register.statements):
            if document is None:
                break  # what lies behind a missing document cannot be folded, and the audit has named it
            ledger.append(place, Entry(statement, document))
    office = Office(charter, ledger)
    office.count()
    keys = tuple(
        defect
        for register in report.registers
        if register.side in charter.places
        for defect in (*_ranges(office, register), *_retired(office, register))
    )
    return replace(_summary(report, office, ledger), keys=keys)


def _ranges(office: Office, register: Register) -> Iterator[Defect]:
    """Checkpoints that the generation in force at their size has not signed. Where entries wait, what they
    may bring is not known yet, and their keys are taken too.
    """
    for signed in register.signed:
        good = side_keys.register_pairs(office, register.side, signed.size)
        good += side_keys.coming_pairs(office, register.side, signed.size)[0]
        if signed.register.isdisjoint(pair[0].raw for pair in good):
            yield _defect("registers", "key-range", signed, size=signed.size)


def _retired(office: Office, register: Register) -> Iterator[Defect]:
    """Receipts by keys that their side had retired, above what the retirement had seen: that is how a side
    disowns what it has acknowledged (attacks 2.10).

    None is told that the side has covered since by a receipt as far with keys that stand, nor while the
    register's own side has not said that it has seen the retirement: until then there was nothing to cover
    it with.
    """
    for cosigner in (side for side in office.parties if side != register.side):
        reached, beyond = 0, list[Signed]()
        for signed in register.signed:
            keys = signed.receipts.get(cosigner, frozenset())
            good = side_keys.receipt_pairs(office, cosigner, register.side, signed.size)
            if not keys.isdisjoint(pair[0].raw for pair in good):
                reached = max(reached, signed.size)
            elif not keys <= _untold(office, register.side, cosigner):
                beyond.append(signed)
        for signed in beyond:
            if signed.size > reached:
                yield _defect("receipts", "receipt-range", signed, peer=cosigner, size=signed.size)


def _untold(office: Office, side: str, cosigner: str) -> frozenset[bytes]:
    """The cosigner's receipt keys of which `side` has not said that it has seen them retired."""
    known = side_keys.generations(office, cosigner, "receipt")
    seen = office.seen_by(office.charter.places[side])[office.charter.places[cosigner]]
    return frozenset(one.key for one, later in pairwise(known) if later.since >= seen)


def _defect(verdict: Verdict, rule: str, signed: Signed, **data: Datum) -> Defect:
    return Defect(verdict, rule, DEFECTS[rule], signed.file, data=tuple(sorted(data.items())))


def _entries(report: Report, statements: tuple[bytes, ...]) -> list[tuple[bytes, bytes | None]]:
    found: list[tuple[bytes, bytes | None]] = []
    for raw in statements:
        try:
            document = report.documents.get(form.parse(raw).act_id)
        except Fault:
            document = None
        found.append((raw, document))
    return found


def _summary(report: Report, office: Office, ledger: MemoryLedger) -> Recomputed:
    sides = office.parties
    findings = [
        ledger.finding(place, index) for place in range(len(sides)) for index in range(ledger.counted(place))
    ]
    matters = list(ledger.matters())
    families = Counter(office.procedure(_first(ledger, matter)).family for matter in matters)
    return Recomputed(
        counted={side: ledger.counted(place) for place, side in enumerate(sides)},
        held={register.side: register.size for register in report.registers},
        acts=len(findings),
        matters=dict(sorted(families.items())),
        voids=tuple(VoidAct(f.side, f.index, f.id, f.void) for f in findings if f.void),
        overtaken=sum(len(office.state(matter).marks) for matter in matters),
        unsettled=sum(not office.settled(matter) for matter in matters),
        digest=office.digest(),
    )


def _first(ledger: MemoryLedger, matter: str) -> Counted:
    return next(act for act in ledger.matter(matter) if not act.void)
