"""The fourth verdict of an audit: the state recomputed from nothing but the bytes of an export.

`record.audit` finds whether registers are intact, receipts good and documents complete. This counts and
folds what it found, by the tables that this software carries, and says what the office has come to, which
keys its acts bring, and whether every checkpoint and receipt is by keys that were in force there: only the
fold knows which acts stand. A recomputation does not repair anything: where an export is defective, what is
here is only what the sound part of it comes to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from yeollak.errors import Datum, Fault
from yeollak.office import side_keys
from yeollak.office.audit_fold import Fold
from yeollak.office.claims import claimed
from yeollak.office.disowning import left_out
from yeollak.office.office import Office
from yeollak.office.packed import Spool
from yeollak.procedures.catalogue import table
from yeollak.record import statement as form
from yeollak.record.audit import ReadHere, Reading, audit_export, read_through
from yeollak.record.audit_keys import Entries, Later
from yeollak.record.audit_reading import ReadEntry
from yeollak.record.audit_register import ReadRegister
from yeollak.record.audit_tree import Tree
from yeollak.record.document import Act
from yeollak.record.folder import Files, MemoryFiles, names_of
from yeollak.record.policy import Policy
from yeollak.record.report import DEFECTS, Defect, Register, Report, Signed, Verdict
from yeollak.record.tiles import WIDTH


@dataclass(frozen=True, slots=True)
class VoidAct:
    """An act that has no effect in the record, and why: a finding, not a defect."""

    side: str
    index: int
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Disowned:
    """A receipt that its side has left out of what it owns to: given by keys that it has retired, for more
    than the act that retired them says that it had seen. The receipt counts, and this is told of `by`, whose
    word it is or who has let another have its key: a finding, not a defect.

    side, size     whose register it is for, and for how many entries
    acknowledged   how many of them the retiring act had seen; it stands at `retired` in the register of `by`
    file           where in the export the receipt stands
    """

    by: str
    side: str
    size: int
    acknowledged: int
    retired: int
    file: str


@dataclass(frozen=True, slots=True)
class Doubted:
    """A claim of the state (rule 11), by the act of `side` at `index`, that is not what the act's past comes
    to: `claimed` is not `found`, both state digests. Where the newest claim of a side differs, this is the
    first that does as far as was looked. Told of that side, whose word it is: a finding, not a defect.
    """

    side: str
    index: int
    claimed: str
    found: str


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What an export comes to.

    counted     how many entries of each register count, by side; `held` how many there are
    matters     how many matters there are by procedure
    overtaken   allowed acts without effect, because a crossing act stands before them
    unsettled   matters that a crossing act may still change
    digest      the state digest over everything counted (rule 11)
    keys        checkpoints and receipts by keys that were not in force there, as defects of the export
    disowned    receipts by keys that their side has retired with less than it had acknowledged
    doubted     claims of the state that differ from what is recomputed, no more than one of a side
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
    disowned: tuple[Disowned, ...] = ()
    doubted: tuple[Doubted, ...] = ()


def audit(
    files: Files | Mapping[str, bytes],
    policy: Policy | None = None,
    *,
    office: str | None = None,
    reading: Reading | None = None,
    spool: Spool | None = None,
    keep: bool = True,
) -> tuple[Report, Recomputed]:
    """The whole audit of an export, its fold among it: `record.audit.audit_export` with the fold's word for
    which keys the acts bring, and what the export comes to. With another `reading` the outcome is the same,
    and comes sooner; with a `spool` elsewhere than in memory, and where entries are not to be kept, it needs
    little memory. Raises RecordFault(`unreadable`) alone.
    """
    made: list[Fold] = []

    def folding(charter: bytes, trees: Mapping[str, Tree]) -> Fold | None:
        try:
            made.append(Fold(charter, trees, spool))
        except Fault:
            return None  # said below
        return made[0]

    source: Files = MemoryFiles(files) if isinstance(files, Mapping) else files
    report = audit_export(source, policy, office=office, folding=folding, reading=reading, keep=keep)
    verified = {register.side for register in report.registers}
    if made and made[0].sides <= verified:
        return report, _outcome(lambda: made[0], report)
    return report, _outcome(lambda: _again(source, report, verified), report)


def recompute(report: Report) -> Recomputed:
    """Count and fold the registers of an audited export, of which everything was kept. Never raises for what
    a hostile export may hold.
    """
    return _outcome(lambda: _folded(report.charter or b"", _entries(report)), report)


def brought(charter: bytes, entries: Entries) -> Later:
    """The keys that the acts among these entries bring, as far as they count, and those of the acts behind
    that may bring some: none where the charter is none. Never raises for what they may hold.
    """
    try:
        return _folded(charter, entries).later()
    except Fault:
        return {}  # said by the recomputation


def _folded(charter: bytes, entries: Entries) -> Fold:
    """The fold of these entries."""
    trees = {side: _tree([raw for raw, _ in rows]) for side, rows in entries.items()}
    fold = Fold(charter, trees)
    for side, rows in entries.items():
        fold.take(side, [ReadEntry(raw, None, document, _act(document)) for raw, document in rows])
    return fold


def _tree(statements: Sequence[bytes]) -> Tree:
    leaves = [form.leaf_hash(raw) for raw in statements]
    return Tree([b"".join(leaves[at : at + WIDTH]) for at in range(0, len(leaves), WIDTH)])


def _act(document: bytes | None) -> Act | None:
    try:
        return None if document is None else Act.parse(document)
    except Fault:
        return None


def _again(files: Files, report: Report, sides: Collection[str]) -> Fold:
    """The fold of the registers that verify alone: others had been taken in too."""
    read = {register.side: ReadRegister(keep=False) for register in report.registers}
    fold = Fold(report.charter or b"", {side: register.tree for side, register in read.items()})
    read_through(files, names_of(files), str(report.office), read, fold, ReadHere(), lambda *_: None)
    return fold


def _outcome(made: Callable[[], Fold], report: Report) -> Recomputed:
    try:
        return _recomputed(made(), report.registers)
    except Fault as fault:
        return Recomputed({}, {}, 0, {}, (), 0, 0, "", str(fault))


def _recomputed(fold: Fold, found: Sequence[Register]) -> Recomputed:
    """What a fold comes to under the registers that an audit has found."""
    office = fold.office
    registers = [register for register in found if register.side in office.charter.places]
    keys = tuple(
        defect
        for register in registers
        for defect in (*_ranges(office, register), *_retired(office, register))
    )
    disowned = tuple(one for register in registers for one in _disowned(office, register))
    return replace(_summary(found, fold), keys=keys, disowned=disowned, doubted=tuple(_doubted(fold)))


def _doubted(fold: Fold) -> Iterator[Doubted]:
    """Claims that are not what the pasts of their acts come to."""
    for act in fold.doubted():
        yield Doubted(act.side, act.index, str(claimed(act)), fold.office.digest(act.vector))


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
    """Receipts by keys that their side had retired for so many entries: one of those below has the retiring
    act in its past, so that they were given after it (docs/spec/09-keys-and-cards.md).

    None is told that the side has covered since by a receipt as far with keys that count.
    """
    for cosigner in _others(office, register):
        reached, beyond = 0, list[Signed]()
        for signed in register.signed:
            keys = signed.receipts.get(cosigner, frozenset())
            good = side_keys.receipt_pairs(office, cosigner, register.side, signed.size)
            if not keys.isdisjoint(pair[0].raw for pair in good):
                reached = max(reached, signed.size)
            elif keys:
                beyond.append(signed)
        for signed in beyond:
            if signed.size > reached:
                yield _defect("receipts", "receipt-range", signed, peer=cosigner, size=signed.size)


def _disowned(office: Office, register: Register) -> Iterator[Disowned]:
    """Receipts that count and that their side does not own to by its keys any more (`office.disowning`)."""
    files = {signed.size: signed.file for signed in register.signed}
    for cosigner in _others(office, register):
        held = ((signed.size, signed.receipts.get(cosigner, ())) for signed in register.signed)
        for one in left_out(office, cosigner, register.side, held):
            file = files[one.size]
            yield Disowned(cosigner, register.side, one.size, one.acknowledged, one.retired, file)


def _others(office: Office, register: Register) -> list[str]:
    return [side for side in office.parties if side != register.side]


def _defect(verdict: Verdict, rule: str, signed: Signed, **data: Datum) -> Defect:
    return Defect(verdict, rule, DEFECTS[rule], signed.file, data=tuple(sorted(data.items())))


def _entries(report: Report) -> Entries:
    return {
        register.side: [(raw, _document(report, raw)) for raw in register.statements]
        for register in report.registers
    }


def _document(report: Report, raw: bytes) -> bytes | None:
    try:
        return report.documents.get(form.parse(raw).act_id)
    except Fault:
        return None


def _summary(registers: Sequence[Register], fold: Fold) -> Recomputed:
    office, ledger = fold.office, fold.ledger
    sides, matters = office.parties, list(ledger.matters())
    counted = {side: ledger.counted(place) for place, side in enumerate(sides)}
    families = Counter(table(ledger.procedure(matter)).family for matter in matters)
    voids = (VoidAct(sides[place], index, act, void) for place, index, act, void in ledger.voids())
    return Recomputed(
        counted=counted,
        held={register.side: register.size for register in registers},
        acts=sum(counted.values()),
        matters=dict(sorted(families.items())),
        voids=tuple(voids),
        overtaken=sum(office.closed(matter).marks for matter in matters),
        unsettled=sum(not office.settled(matter) for matter in matters),
        digest=office.digest(),
    )
