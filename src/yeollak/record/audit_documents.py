"""The audit of the documents and enclosures of an export.

What must be there follows from the registers: every statement names its document by digest, every document
its enclosures. An act that is void is audited like any other; a document that does not parse names no
enclosure.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.record import enclosure, statement
from yeollak.record.audit_register import Findings
from yeollak.record.document import MAX_DOCUMENT, Act
from yeollak.record.folder import BLOBS, Files, shown
from yeollak.record.report import Register

#: The largest enclosure that an audit reads; a larger one is named as unread.
MAX_BLOB: Final = 1024**3
_ERASED: Final = "enclosure.erased"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class Documents:
    """What was found: documents by id, and how much is not here, by reason."""

    held: dict[str, bytes] = field(default_factory=dict)
    enclosures: int = 0
    withheld: int = 0
    erased: int = 0
    absent: int = 0
    #: (who, whose register) -> the sizes that who has counted of it by its own acts, with their roots (hex)
    seen: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Named:
    side: str
    enclosed: enclosure.Enclosed
    entry: str


def audit_documents(
    files: Files, office: str, kind: str, registers: Sequence[Register], findings: Findings, *, whole: bool
) -> Documents:
    """The documents and enclosures that `registers` name, read and checked; every blob
    that nothing names is a defect, provided that the registers are `whole`: all of them.
    """
    found = Documents()
    present = {name[len(BLOBS) :] for name in files.names() if name.startswith(BLOBS)}
    named: dict[str, list[_Named]] = {}
    erased: set[str] = set()
    sizes: dict[str, int] = {}
    for register in registers:
        for index, raw in enumerate(register.statements):
            act = _document(files, present, kind, f"{register.side}:{index}", raw, found, findings)
            if act is None:
                continue
            if act.kind == _ERASED:
                erased |= set(_digests(act.facts))
            if (act.office, act.side) == (office, register.side):
                for other, (named_size, root) in act.seen.items():
                    found.seen.setdefault((register.side, other), {})[named_size] = root
                for item in act.enclosures:
                    named.setdefault(item.digest, []).append(
                        _Named(act.side, item, f"{register.side}:{index}")
                    )
    for digest in sorted(named):
        size = _enclosure(files, present, office, kind, digest, named[digest], erased, found, findings)
        if size is not None:
            sizes[digest] = size
    _right_together(named, sizes, findings)
    for path in sorted(f"{BLOBS}{digest}" for digest in present):
        if kind == "log" or (whole and path not in findings.expected):
            rule = "stray-log" if kind == "log" else "stray-blob"
            findings.add("documents", rule, file=shown(path))
        findings.expected.add(path)
    return found


def _document(
    files: Files, present: set[str], kind: str, entry: str, raw: bytes, found: Documents, findings: Findings
) -> Act | None:
    try:
        digest = statement.parse(raw).act_id
    except RecordFault:
        return None  # said by the audit of the register
    path = f"{BLOBS}{digest}"
    findings.expected.add(path)
    if digest not in present:
        if kind == "full":
            findings.add("documents", "document-missing", file=path, entry=entry)
        else:
            found.withheld += 1
        return None
    try:
        data = files.read(path, MAX_DOCUMENT)
    except RecordFault as fault:
        findings.fault("documents", fault, file=path, entry=entry)
        return None
    if hashlib.sha256(data).hexdigest() != digest:
        findings.add("documents", "document", file=path, entry=entry)
        return None
    found.held[digest] = data
    try:
        return Act.parse(data)
    except RecordFault:
        return None  # void (`malformed`), which is for the fold to say


def _enclosure(
    files: Files,
    present: set[str],
    office: str,
    kind: str,
    digest: str,
    named: list[_Named],
    erased: set[str],
    found: Documents,
    findings: Findings,
) -> int | None:
    path, entry = f"{BLOBS}{digest}", named[0].entry
    findings.expected.add(path)
    if digest not in present:
        due = [item for item in named if item.enclosed.release == "right"]
        if digest in erased:
            found.erased += 1
        elif due and kind == "full":
            findings.add("documents", "enclosure-missing", file=path, entry=due[0].entry)
        elif due:
            found.withheld += 1
        else:
            found.absent += 1
        return None
    try:
        data = files.read(path, min(MAX_BLOB, enclosure.SALT + max(_promised(item) for item in named)))
    except RecordFault as fault:
        findings.fault("documents", fault, file=path, entry=entry)
        return None
    for side in {item.side for item in named}:
        try:
            enclosure.open_blob(office, side, digest, data)
        except RecordFault:
            continue
        found.enclosures += 1
        return len(data) - enclosure.SALT
    findings.add("documents", "enclosure", file=path, entry=entry)
    return None


def _promised(item: _Named) -> int:
    """How many bytes of content an act promises at most."""
    return max(item.enclosed.size or 0, item.enclosed.size_class or 0)


def _right_together(named: dict[str, list[_Named]], sizes: dict[str, int], findings: Findings) -> None:
    """A receipt covers an act's `right` enclosures because they are small: together at most 48 KiB."""
    together: Counter[str] = Counter()
    for digest, items in named.items():
        for item in items:
            if item.enclosed.release == "right":
                together[item.entry] += sizes.get(digest, 0)
    for entry, size in together.items():
        if size > enclosure.SMALL_RIGHT:
            findings.add("documents", "right-too-large", entry=entry, size=size)


def _digests(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if _DIGEST.fullmatch(value) else []
    if isinstance(value, dict):
        return [digest for item in value.values() for digest in _digests(item)]
    if isinstance(value, list):
        return [digest for item in value for digest in _digests(item)]
    return []
