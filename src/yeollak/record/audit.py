"""The audit: an export verified from nothing but its bytes.

It needs no node, database or network. Every file is accounted for, every register made again from its
entries, every signature checked against the keys that the charter names and those that acts have put in their
place, and all defects are named, not the first alone. It does not fold: what the acts amount to is the
office's audit, whose word it takes for which of them bring keys. That the charter is the one meant, only its
id tells, which the reader compares with what the sides have told each other. Source: docs/spec/10-export.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record import canon
from yeollak.record.audit_documents import Documents, audit_documents
from yeollak.record.audit_keys import Brought, of_export
from yeollak.record.audit_register import Findings, Parties, RegisterAudit
from yeollak.record.card import check_party_keys, read_keys
from yeollak.record.cosign import receipt_name
from yeollak.record.folder import BLOBS, Files, MemoryFiles, shown
from yeollak.record.manifest import MAX_MANIFEST, Manifest, check_path
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.record.note import COSIGNATURE, ED25519, MAX_NOTE, MLDSA44, Note, VerifierKey, verify_text
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


def audit_export(
    files: Files | Mapping[str, bytes],
    policy: Policy | None = None,
    *,
    office: str | None = None,
    brought: Brought | None = None,
) -> Report:
    """Everything that can be said of the export in `files`.

    `policy` is the auditor's own, required of every register's newest checkpoint; `office` the id (64 hex)
    that it must be of; `brought` says which keys the acts bring (`office.audit`): without it those of the
    charter alone are known, and whatever later ones have signed is a defect. Defects are in the report.
    Raises RecordFault(`unreadable`) alone, when there is no export to audit.
    """
    source: Files = MemoryFiles(files) if isinstance(files, Mapping) else files
    names = source.names()
    if not {"charter", "manifest"} & set(names):
        raise RecordFault("unreadable", what="the export", why="it has neither a charter nor a manifest")
    findings = Findings()
    charter = _read(source, "charter", MAX_CHARTER, findings)
    found = None if charter is None else hashlib.sha256(charter).hexdigest()
    if office is not None and found != office:
        findings.add("files", "office", file="charter", office=office)
    parties = None if charter is None or found is None else _parties(charter, found, findings)
    if parties is not None and charter is not None and brought is not None:
        parties = of_export(source, charter, parties, brought)
    manifest = _manifest(source, names, found, parties, findings)
    kind = manifest.kind if manifest else "full"
    registers: list[Register] = []
    documents = Documents()
    if parties is not None and found is not None:
        _keys(source, parties, findings)
        for side in parties.register:
            register = RegisterAudit(source, side, parties, findings).run()
            if register is not None:
                registers.append(register)
        _policies(source, parties, registers, policy, findings)
        documents = audit_documents(
            source, found, kind, registers, findings, whole=len(registers) == len(parties.register)
        )
        _receipts(registers, documents, manifest.side if manifest else None, findings)
        _strays(names, findings)
    return Report(
        office=found,
        side=manifest.side if manifest else None,
        kind=manifest.kind if manifest else None,
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


def _manifest(
    source: Files, names: tuple[str, ...], office: str | None, parties: Parties | None, findings: Findings
) -> Manifest | None:
    data = _read(source, "manifest", MAX_MANIFEST, findings)
    if data is None:
        return None
    try:
        manifest, note = Manifest.read(data)
    except RecordFault as fault:
        findings.fault("files", fault, file="manifest")
        return None
    try:
        if office is not None and manifest.office != office:
            raise RecordFault("origin-mismatch", what="the manifest", found=manifest.office, expected=office)
        if parties is not None:
            if manifest.side not in parties.register:
                raise RecordFault("malformed", what="the manifest", why="its side is not a party")
            _check_signed(note, [pair[0] for pair in parties.registers(manifest.side)])
    except RecordFault as fault:
        # What it lists is compared all the same: an altered charter changes every key, and only this names
        # the charter.
        findings.fault("files", fault, file="manifest")
    listed = {file.path: file for file in manifest.files}
    for name in sorted({*names, *listed} - {"manifest"}):
        if name not in listed:
            findings.add("files", "unlisted", file=shown(name))
            continue
        try:
            size, digest = source.digest(name, listed[name].size)
        except RecordFault as fault:
            findings.fault("files", fault, file=name)
            continue
        if size != listed[name].size:
            findings.add("files", "size", file=name, size=size, listed=listed[name].size)
        elif digest != listed[name].sha256:
            findings.add("files", "digest-mismatch", file=name)
    return manifest


def _check_signed(note: Note, keys: list[VerifierKey]) -> None:
    """By the exporter's register key of any generation: the record itself does not rest on the manifest."""
    while len(keys) > 1:
        try:
            verify_text(note, keys.pop(), "the manifest")
        except RecordFault:
            continue
        return
    verify_text(note, keys[0], "the manifest")


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
    registers: list[Register], documents: Documents, exporter: str | None, findings: Findings
) -> None:
    """Receipts reach as far as the record itself proves that they must.

    Who names a register up to a size in `seen` of an act of its own has held that much, and has receipted it
    (rules 1 and 2). Entries above are an unreceipted tail, which is told and is no defect. An exporter holds
    the receipts of its own register and those that it gave: between two others there is nothing to ask.
    """
    for register in registers:
        for peer in registers:
            if peer.side == register.side or exporter not in {None, register.side, peer.side}:
                continue
            receipt = register.receipts.get(peer.side)
            size = 0 if receipt is None else receipt.size
            named = documents.seen.get((peer.side, register.side), {})
            path = f"{register.side}/checkpoint"
            seen = _proven(register, named, size)
            if seen > size:
                findings.add("receipts", "receipt-missing", file=path, peer=peer.side, seen=seen, size=size)
            most = max(named, default=0)
            if peer.side == exporter and most > register.size:
                # Its own acts say that it held more. What another side names beyond is that side's word.
                held = register.size
                findings.add("registers", "cut-short", file=path, peer=peer.side, seen=most, size=held)


def _proven(register: Register, seen: dict[int, str], above: int) -> int:
    """The largest size above `above` that was named with the root that the register has there, or 0."""
    tree, proven = Frontier(), 0
    for size in sorted(size for size in seen if above < size <= register.size):
        tree = tree.extend(leaf_hash(entry) for entry in register.statements[tree.size : size])
        if tree.root().hex() == seen[size]:
            proven = size
    return proven


def _strays(names: tuple[str, ...], findings: Findings) -> None:
    """Files that no rule of an export accounts for, whether the manifest lists them or not."""
    for name in names:
        if name not in findings.expected:
            findings.add("files", "stray", file=shown(name))
        elif not name.startswith(BLOBS):
            try:
                check_path(name)
            except RecordFault as fault:
                findings.fault("files", fault, file=shown(name))
