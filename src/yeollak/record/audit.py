"""The audit: an export verified from nothing but its bytes.

It needs no node, database or network. Every file is accounted for, every register made again from its
entries, every signature checked against the keys that the charter names and those that acts have put in their
place, and all defects are named, not the first alone. It does not fold: what the acts amount to is the
office's audit, whose word it takes for which of them bring keys. That the charter is the one meant, only its
id tells, which the reader compares with what the sides have told each other. Source: docs/spec/10-export.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from yeollak.errors import RecordFault
from yeollak.record import canon, tiles
from yeollak.record.audit_checkpoints import Opened, Parties
from yeollak.record.audit_documents import Documents, DocumentsAudit
from yeollak.record.audit_keys import Later
from yeollak.record.audit_manifest import ManifestAudit
from yeollak.record.audit_reading import Asked, ReadBundle, ReadEntry, read_bundle
from yeollak.record.audit_register import MAX_ENTRIES, Findings, ReadRegister, RegisterAudit
from yeollak.record.audit_tree import Tree
from yeollak.record.card import check_party_keys, read_keys
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.cosign import receipt_name
from yeollak.record.folder import BLOBS, Files, MemoryFiles, Names, names_of, shown
from yeollak.record.manifest import check_path
from yeollak.record.note import COSIGNATURE, ED25519, MAX_NOTE, MLDSA44, VerifierKey
from yeollak.record.policy import MAX_POLICY, Policy, policy_of
from yeollak.record.report import Register, Report
from yeollak.record.treehead import origin_of

MAX_CHARTER: Final = 256 * 1024
MAX_VKEY: Final = 4096
MAX_PARTIES: Final = 16
#: The keys of an export: role in the file's name -> (role in the charter, type).
KEY_FILES: Final = {
    "register": ("register", ED25519),
    "register_pq": ("register_pq", MLDSA44),
    "receipt": ("receipt", COSIGNATURE),
    "receipt_pq": ("receipt_pq", MLDSA44),
}


class Reading(Protocol):
    """Who reads an export for its audit."""

    def bundles(
        self, files: Files, office: str, asked: Iterable[Asked]
    ) -> Iterator[tuple[Asked, ReadBundle | None]]:
        """What is asked for, in that order; a bundle that cannot be read is None. The next is asked as late
        as can be: which keys are known then depends on what has been taken in before.
        """

    def checkpoints(self, parties: Parties, names: Iterable[str]) -> Iterator[tuple[str, Opened | None]]:
        """The older checkpoints among the files of these names, by register and in their order, each opened
        where it is good; none where the audit itself may as well open them.
        """


class ReadHere:
    """A Reading by this process, one file after the other."""

    def bundles(
        self, files: Files, office: str, asked: Iterable[Asked]
    ) -> Iterator[tuple[Asked, ReadBundle | None]]:
        """See Reading."""
        for one in asked:
            yield one, read_bundle(files, office, one)

    def checkpoints(self, parties: Parties, names: Iterable[str]) -> Iterator[tuple[str, Opened | None]]:
        """See Reading: none."""
        return iter(())


class Folding(Protocol):
    """Who counts and folds the entries of an export as they are read (`office.audit`)."""

    def keys(self, side: str) -> Mapping[str, bytes]:
        """The keys that may sign the next entries of a register, by key id, as far as it is known now: what
        is verified by one of them need not be verified again.
        """

    def take(self, side: str, entries: Sequence[ReadEntry] | None) -> None:
        """Take in the next entries of a register; None where they could not be read."""

    def later(self) -> Later:
        """The generations of keys that the entries taken in have brought."""

    def is_void(self, side: str, index: int) -> bool:
        """Whether an entry counts and is void, so that what its act says is nobody's word."""


def audit_export(
    files: Files | Mapping[str, bytes],
    policy: Policy | None = None,
    *,
    office: str | None = None,
    folding: Callable[[bytes, Mapping[str, Tree]], Folding | None] | None = None,
    reading: Reading | None = None,
    keep: bool = True,
) -> Report:
    """Everything that can be said of the export in `files`.

    `policy` is the auditor's own, required of every register's newest checkpoint; `office` the id (64 hex)
    that it must be of; `folding` gives, by the charter and the trees of the registers as they are read, who
    says which keys the acts bring (`office.audit`): without it those of the charter alone are known, and
    whatever later ones have signed is a defect. `reading` reads the entries; where they are not to be kept,
    the report has neither statements nor documents, and the audit of a long record needs little memory.
    Defects are in the report.

    Raises RecordFault(`unreadable`) alone, when there is no export to audit.
    """
    source: Files = MemoryFiles(files) if isinstance(files, Mapping) else files
    reading = ReadHere() if reading is None else reading
    names = names_of(source)
    if "charter" not in names and "manifest" not in names:
        raise RecordFault("unreadable", what="the export", why="it has neither a charter nor a manifest")
    findings = Findings()
    charter = _read(source, "charter", MAX_CHARTER, findings)
    found = None if charter is None else hashlib.sha256(charter).hexdigest()
    if office is not None and found != office:
        findings.add("files", "office", file="charter", office=office)
    parties = None if charter is None or found is None else _parties(charter, found, findings)
    manifest = ManifestAudit(source, names, findings)
    kind = manifest.kind or "full"
    registers: list[Register] = []
    documents = Documents()
    if parties is None or found is None or charter is None:
        manifest.finish(found, parties)
    else:
        manifest.verify(parties)
        read = {side: ReadRegister(keep=keep) for side in parties.register}
        trees = {side: register.tree for side, register in read.items()}
        folder = None if folding is None else folding(charter, trees)
        named = DocumentsAudit(names, found, kind, list(parties.register), manifest.listing, keep=keep)
        read_through(source, names, found, read, folder, reading, named.take)
        if folder is not None:
            parties = replace(parties, later=folder.later())
        manifest.finish(found, parties)
        _keys(source, parties, findings)
        good = reading.checkpoints(parties, names.others)
        for side in parties.register:
            register = RegisterAudit(
                source, side, parties, findings, read=read[side], good=good, names=names.others
            ).run()
            if register is not None:
                registers.append(register)
        _policies(source, parties, registers, policy, findings)
        documents = named.finish(
            source,
            registers,
            findings,
            whole=len(registers) == len(parties.register),
            exporter=manifest.side,
            is_void=(lambda _side, _index: False) if folder is None else folder.is_void,
        )
        _receipts(registers, read, named, manifest.side, findings)
        _strays(names, findings)
    return Report(
        office=found,
        side=manifest.side,
        kind=manifest.kind,
        registers=tuple(registers),
        defects=tuple(findings.defects),
        charter=charter,
        documents=documents.held,
        files=len(names),
        enclosures=documents.enclosures,
        withheld=documents.withheld,
        erased=documents.erased,
        absent=documents.absent,
    )


def read_through(
    files: Files,
    names: Names,
    office: str,
    registers: Mapping[str, ReadRegister],
    folding: Folding | None,
    reading: Reading,
    take: Callable[[str, int, Sequence[ReadEntry], Mapping[str, Tree]], None],
) -> None:
    """Read the entries of all registers, up to the size that the checkpoint of each states; those as far
    along in theirs come together, since one waits for what it has seen of the others.
    """
    trees = {side: register.tree for side, register in registers.items()}
    sizes = {side: _stated(files, side) for side in registers}

    def asked() -> Iterator[Asked]:
        for side, n, width in _bundles(sizes):
            one = Asked(side, n, width, {} if folding is None else folding.keys(side))
            # A checkpoint may state what it likes: nobody is asked for what is not there.
            if one.path in names.others:
                yield one

    following = dict.fromkeys(registers, 0)
    for one, found in reading.bundles(files, office, asked()):
        registers[one.side].take(one.n, found)
        if found is not None:
            take(one.side, one.n * tiles.WIDTH, found.entries, trees)
        if folding is not None:
            follows = found is not None and one.n == following[one.side]
            folding.take(one.side, found.entries if found is not None and follows else None)
        following[one.side] = one.n + 1


def _stated(files: Files, side: str) -> int:
    """The size that the checkpoint of a register states; nothing is verified yet."""
    try:
        return min(read_checkpoint(files.read(f"{side}/checkpoint", MAX_NOTE))[0].size, MAX_ENTRIES)
    except RecordFault:
        return 0


def _bundles(sizes: Mapping[str, int]) -> Iterator[tuple[str, int, int]]:
    """Side, number and width of the entry bundles of all registers, as far along in each together."""
    whole = max(sizes.values(), default=0)
    queues = {side: tiles.bundle_widths(size) for side, size in sizes.items()}
    following = {side: next(queue, None) for side, queue in queues.items()}
    for reached in range(0, whole + tiles.WIDTH, tiles.WIDTH):
        for side, queue in queues.items():
            while (one := following[side]) is not None and one[0] * tiles.WIDTH * whole <= reached * sizes[
                side
            ]:
                yield side, *one
                following[side] = next(queue, None)


def read_parties(charter: bytes) -> Parties:
    """The register and receipt keys of the parties that a charter names, in its order.

    Only the part of a charter that an audit needs: the whole is read by the office. Raises
    RecordFault(`malformed`, `key-refused`).
    """
    value = canon.decode(charter, limit=MAX_CHARTER, what="the charter")
    listed = value.get("parties") if isinstance(value, dict) else None
    if not isinstance(listed, list) or not 2 <= len(listed) <= MAX_PARTIES:
        raise RecordFault("malformed", what="the charter", why="it does not name 2 to 16 parties")
    office = hashlib.sha256(charter).hexdigest()
    register, receipt, held = {}, {}, {}
    for item in listed:
        if not isinstance(item, dict) or not {"side", "keys"} <= item.keys():
            raise RecordFault("malformed", what="the charter", why="a party has no name or no keys")
        side = canon.side_name(item["side"], "a side in the charter")
        keys = read_keys(item["keys"], "the charter")
        check_party_keys(keys, "the charter")
        if side in register:
            raise RecordFault("malformed", what="the charter", why="a side stands in it twice")
        made = {
            name: VerifierKey(_name(side, office, role), type_, keys[role])
            for name, (role, type_) in KEY_FILES.items()
        }
        register[side] = made["register"], made["register_pq"]
        receipt[side] = made["receipt"], made["receipt_pq"]
        held[side] = keys
    return Parties(register, receipt, office, held)


def key_files(parties: Parties) -> dict[str, bytes]:
    """The files below `keys/` that an export of these parties has, by path: of the charter's keys, and of
    every later generation with its number.
    """
    made = {}
    for side in parties.register:
        for stem, pairs in (("register", parties.registers(side)), ("receipt", parties.receipts(side))):
            for number, pair in enumerate(pairs):
                part = f".{number}" if number else ""
                for role, key in zip((stem, f"{stem}_pq"), pair, strict=True):
                    made[f"keys/{side}.{role}{part}.vkey"] = key.format().encode() + b"\n"
    return made


def policy_file(parties: Parties) -> bytes:
    """The policy that an export of these parties has: every generation of their keys."""
    registers, receipts = (
        {side: tuple(key for pair in pairs(side) for key in pair) for side in parties.register}
        for pairs in (parties.registers, parties.receipts)
    )
    return policy_of(registers, receipts).format()


def _name(side: str, office: str, role: str) -> str:
    origin = origin_of(side, office)
    return receipt_name(origin) if role.startswith("receipt") else origin


def _read(source: Files, path: str, limit: int, findings: Findings) -> bytes | None:
    findings.expected.add(path)
    try:
        return source.read(path, limit)
    except RecordFault as fault:
        findings.fault("files", fault, file=path)
        return None


def _parties(charter: bytes, office: str, findings: Findings) -> Parties | None:
    try:
        return read_parties(charter)
    except RecordFault as fault:
        findings.fault("files", fault, file="charter")
        return None


def _keys(source: Files, parties: Parties, findings: Findings) -> None:
    for path, expected in key_files(parties).items():
        data = _read(source, path, MAX_VKEY, findings)
        if data is not None and data != expected:
            findings.add("files", "key", file=path)


def _policies(
    source: Files, parties: Parties, registers: list[Register], own: Policy | None, findings: Findings
) -> None:
    """The export's policy must be the one that follows from charter and registers; the auditor's own, where
    he has one, is put to every register's newest checkpoint.
    """
    data = _read(source, "policy", MAX_POLICY, findings)
    if data is not None and data != policy_file(parties):
        findings.add("files", "policy", file="policy")
    if own is None:
        return
    for register in registers:
        path = f"{register.side}/checkpoint"
        try:
            own.check(source.read(path, MAX_NOTE), path)
        except RecordFault as fault:
            findings.fault("receipts", fault, file=path)


def _receipts(
    registers: list[Register],
    read: Mapping[str, ReadRegister],
    documents: DocumentsAudit,
    exporter: str | None,
    findings: Findings,
) -> None:
    """Receipts reach as far as the record itself proves that they must.

    Who names a register up to a size in `seen` of an act of its own has held that much, and has receipted it
    (rules 1 and 2). Entries above are an unreceipted tail, which is told and is no defect. An exporter holds
    the receipts of its own register and those that it gave: between two others there is nothing to ask.
    """
    for register in registers:
        tree = read[register.side].whole(register.size)
        for peer in registers:
            if peer.side == register.side or exporter not in {None, register.side, peer.side}:
                continue
            receipt = register.receipts.get(peer.side)
            size = 0 if receipt is None else receipt.size
            named = documents.seen(peer.side, register.side)
            path = f"{register.side}/checkpoint"
            seen = named.proven(size, tree)
            if seen > size:
                findings.add("receipts", "receipt-missing", file=path, peer=peer.side, seen=seen, size=size)
            if peer.side == exporter and named.most > register.size:
                # Its own acts say that it held more. What another side names beyond is that side's word.
                held = register.size
                findings.add("registers", "cut-short", file=path, peer=peer.side, seen=named.most, size=held)


def _strays(names: Names, findings: Findings) -> None:
    """Files that no rule of an export accounts for, whether the manifest lists them or not. Those of blobs
    have been named.
    """
    for name in names.others:
        if name not in findings.expected:
            findings.add("files", "stray", file=shown(name))
        elif not name.startswith(BLOBS):
            try:
                check_path(name)
            except RecordFault as fault:
                findings.fault("files", fault, file=shown(name))
