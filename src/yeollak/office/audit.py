"""The fourth verdict of an audit: the state recomputed from nothing but the bytes of an export.

`record.audit` finds whether registers are intact, receipts good and documents complete. This counts and
folds what it found, by the tables that this software carries, and says what the office has come to, which
keys its acts bring, and whether every checkpoint and receipt is by keys that were in force there: only the
fold knows which acts stand. A recomputation does not repair anything: where an export is defective, what is
here is only what the sound part of it comes to.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from yeollak.errors import Datum, Fault
from yeollak.office import side_keys
from yeollak.office.charter import Charter
from yeollak.office.disowning import left_out
from yeollak.office.judge import Judge, Verify
from yeollak.office.ledger import Counted, Entry, Ledger, MemoryLedger
from yeollak.office.office import Office
from yeollak.record import statement as form
from yeollak.record.audit import audit_export
from yeollak.record.audit_keys import Entries, Later
from yeollak.record.folder import Files
from yeollak.record.policy import Policy
from yeollak.record.report import DEFECTS, Defect, Register, Report, Signed, Verdict

#: Entries of a register in their order: statements, each with its document where it is here.
Rows = Iterable[tuple[bytes, bytes | None]]


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
class Recomputed:
    """What an export comes to.

    counted     how many entries of each register count, by side; `held` how many there are
    matters     how many matters there are by procedure
    overtaken   allowed acts without effect, because a crossing act stands before them
    unsettled   matters that a crossing act may still change
    digest      the state digest over everything counted (rule 11)
    keys        checkpoints and receipts by keys that were not in force there, as defects of the export
    disowned    receipts by keys that their side has retired with less than it had acknowledged
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


class Aside(Protocol):
    """Somebody who folds the same export meanwhile. Its word is taken only for what it has folded: `said` is
    `Fold.said` of that.
    """

    def later(self, said: str) -> Later | None:
        """The keys that the entries bring; None where it has folded others, or nothing."""

    def recomputed(self, said: str, registers: Sequence[Register]) -> Recomputed | None:
        """What they come to under these registers, whose statements are left out; None as above."""


def audit(
    files: Files | Mapping[str, bytes],
    policy: Policy | None = None,
    *,
    office: str | None = None,
    aside: Aside | None = None,
) -> tuple[Report, Recomputed]:
    """The whole audit of an export, its fold among it: `record.audit.audit_export` with the fold's word for
    which keys the acts bring, and what the export comes to. With `aside` the outcome is the same, and comes
    sooner. Raises RecordFault(`unreadable`) alone.
    """
    folded = _Folded(aside)
    report = audit_export(files, policy, office=office, brought=folded.brought)
    return report, folded.recompute(report)


def recompute(report: Report) -> Recomputed:
    """Count and fold the registers of an audited export. Never raises for what a hostile export may hold."""
    return _Folded().recompute(report)


def brought(charter: bytes, entries: Entries) -> Later:
    """The keys that the acts among these entries bring, as far as they count, and those of the acts behind
    that may bring some: none where the charter is none. Never raises for what they may hold.
    """
    return _Folded().brought(charter, entries)


class Said:
    """A digest over the charter and the entries that a fold takes in, whichever register comes first."""

    def __init__(self, charter: bytes, sides: Sequence[str]) -> None:
        self._charter = charter
        self._parts = {side: hashlib.sha256() for side in sides}

    def add(self, side: str, statement: bytes, document: bytes) -> None:
        """Take in the next entry of a register."""
        lengths = b"%d %d " % (len(statement), len(document))
        self._parts[side].update(b"".join((lengths, statement, document)))

    def __str__(self) -> str:
        parts = (hashlib.sha256(self._charter), *self._parts.values())
        return hashlib.sha256(b"".join(part.digest() for part in parts)).hexdigest()


class _Checked(Office):
    """An office that has signatures verified as it is told."""

    def __init__(self, charter: Charter, ledger: MemoryLedger, verify: Verify) -> None:
        super().__init__(charter, ledger)
        self._judge = Judge(self, verify)


class Fold:
    """The office that the entries of an export make, counted as they come, in whatever order the registers
    do. `verify` is asked for every signature, and answers as `statement.verify` does.

    Raises RecordFault for a charter that is none or whose rules are not known here.
    """

    def __init__(self, charter: bytes, verify: Verify = form.verify) -> None:
        parsed = Charter.parse(charter)
        parsed.check_rules()
        self._ledger = MemoryLedger(len(parsed.sides))
        self.office: Office = _Checked(parsed, self._ledger, verify)
        self.said = Said(charter, parsed.sides)

    def add(self, side: str, rows: Rows) -> bool:
        """Take in the next entries of a register, each with its document. Returns whether it goes on: what
        lies behind a missing document cannot be folded, and the audit has named it.
        """
        place = self.office.charter.places[side]
        for statement, document in rows:
            if document is None:
                return False
            self.said.add(side, statement, document)
            self._ledger.append(place, Entry(statement, document))
        return True

    def count(self) -> None:
        """Count what can count of what has been taken in."""
        self.office.count()


def _said(raw: bytes, entries: Entries) -> str:
    """What the `said` of a fold comes to that has taken these entries in."""
    charter = Charter.parse(raw)
    said = Said(raw, charter.sides)
    for side in charter.sides:
        for statement, document in entries.get(side, ()):
            if document is None:
                break
            said.add(side, statement, document)
    return str(said)


class _Folded:
    """The office that the entries of an export make, kept so that nothing is counted twice."""

    def __init__(self, aside: Aside | None = None) -> None:
        self._aside = aside
        self._from: tuple[bytes, Entries] | None = None
        self._fold: Fold | None = None

    def brought(self, charter: bytes, entries: Entries) -> Later:
        try:
            later = None if self._aside is None else self._aside.later(_said(charter, entries))
            return side_keys.later(self._made(charter, entries).office) if later is None else later
        except Fault:
            return {}  # said by the recomputation

    def recompute(self, report: Report) -> Recomputed:
        try:
            charter = report.charter or b""
            entries = {register.side: _entries(report, register.statements) for register in report.registers}
            if self._aside is not None:
                bare = [replace(register, statements=()) for register in report.registers]
                found = self._aside.recomputed(_said(charter, entries), bare)
                if found is not None:
                    return found
            return recomputed(self._made(charter, entries).office, report.registers)
        except Fault as fault:
            return Recomputed({}, {}, 0, {}, (), 0, 0, "", str(fault))

    def _made(self, charter: bytes, entries: Entries) -> Fold:
        if self._fold is None or self._from != (charter, entries):
            self._fold, self._from = Fold(charter), (charter, entries)
            for side, rows in entries.items():
                if side in self._fold.office.charter.places:
                    self._fold.add(side, rows)
            self._fold.count()
        return self._fold


def recomputed(office: Office, found: Sequence[Register]) -> Recomputed:
    """What a folded office comes to under the registers that an audit has found; nothing is asked of their
    statements.
    """
    registers = [register for register in found if register.side in office.charter.places]
    keys = tuple(
        defect
        for register in registers
        for defect in (*_ranges(office, register), *_retired(office, register))
    )
    disowned = tuple(one for register in registers for one in _disowned(office, register))
    return replace(_summary(found, office), keys=keys, disowned=disowned)


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


def _entries(report: Report, statements: tuple[bytes, ...]) -> Sequence[tuple[bytes, bytes | None]]:
    found: list[tuple[bytes, bytes | None]] = []
    for raw in statements:
        try:
            document = report.documents.get(form.parse(raw).act_id)
        except Fault:
            document = None
        found.append((raw, document))
    return found


def _summary(registers: Sequence[Register], office: Office) -> Recomputed:
    sides, ledger = office.parties, office.ledger
    findings = [
        ledger.finding(place, index) for place in range(len(sides)) for index in range(ledger.counted(place))
    ]
    matters = list(ledger.matters())
    families = Counter(office.procedure(_first(ledger, matter)).family for matter in matters)
    return Recomputed(
        counted={side: ledger.counted(place) for place, side in enumerate(sides)},
        held={register.side: register.size for register in registers},
        acts=len(findings),
        matters=dict(sorted(families.items())),
        voids=tuple(VoidAct(f.side, f.index, f.id, f.void) for f in findings if f.void),
        overtaken=sum(len(office.state(matter).marks) for matter in matters),
        unsettled=sum(not office.settled(matter) for matter in matters),
        digest=office.digest(),
    )


def _first(ledger: Ledger, matter: str) -> Counted:
    return next(act for act in ledger.matter(matter) if not act.void)
