"""The audit of the documents and enclosures of an export.

What must be there follows from the registers: every statement names its document by digest, every document
its enclosures. An act that is void is audited like any other; a document that does not parse names no
enclosure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.record import enclosure
from yeollak.record.audit_reading import ReadEntry, promised
from yeollak.record.audit_register import CHANGED, Findings
from yeollak.record.audit_tree import Tree
from yeollak.record.document import MAX_DOCUMENT, MAX_ENCLOSURES, Act
from yeollak.record.folder import BLOBS, Files, Names, shown
from yeollak.record.manifest import Listing, listed
from yeollak.record.report import Register

#: The largest enclosure that an audit reads; a larger one is named as unread.
MAX_BLOB: Final = 1024**3
_ERASED: Final = "enclosure.erased"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


#: How the place of an enclosure among all of its register is kept with its size, which is below 2^41.
_AT: Final = 41
_CONTENT: Final = (1 << _AT) - 1


@dataclass(slots=True)
class Documents:
    """What was found: documents by id where they are kept, and how much is not here, by reason."""

    held: dict[str, bytes] = field(default_factory=dict)
    enclosures: int = 0
    withheld: int = 0
    erased: int = 0
    absent: int = 0


@dataclass(frozen=True, slots=True)
class _Named:
    side: str
    enclosed: enclosure.Enclosed
    entry: str


class Seen:
    """What the acts of one side have said of another's register: sizes with their roots."""

    def __init__(self) -> None:
        self.most = 0
        #: By size: 1 where the last root that was named for it is another than that of the register, 2 where
        #: it is that.
        self._agrees = bytearray()
        self._waiting: dict[int, str] = {}

    def add(self, size: int, root: str, tree: Tree) -> None:
        """Take in what an act says; `tree` is what is known of the other register so far."""
        self.most = max(self.most, size)
        if size > tree.size:
            self._waiting[size] = root
            return
        self._waiting.pop(size, None)
        if len(self._agrees) <= size:
            self._agrees.extend(bytes(size + 1 - len(self._agrees)))
        self._agrees[size] = 1 + (tree.root(size).hex() == root)

    def proven(self, above: int, tree: Tree) -> int:
        """The largest size above `above` that was named with the root that the whole register has there, or
        0.
        """
        waiting = (size for size in self._waiting if above < size <= tree.size)
        right = (size for size in waiting if tree.root(size).hex() == self._waiting[size])
        return max(0, self._agrees.rfind(2, above + 1), *right)


class _OfSide:
    """What the entries of one register name, until it is known whether that verifies.

    documents  positions and digests of documents that were not good
    good       by digest (32 bytes) the enclosures that were: the first place that names it, and its size
    plain      places of enclosures that were not good, or were not read
    together   of acts whose `right` enclosures may be too large together, these: their places and digests
    erased     digests (hex) that acts say this side has erased, with the positions of these acts
    seen       what its acts say of other registers
    held       documents by id, where they are kept

    The place of an enclosure is a number that grows with its act's position and with its place in the act.
    """

    def __init__(self) -> None:
        self.documents: list[tuple[int, bytes]] = []
        self.good: dict[bytes, int] = {}
        self.plain: list[tuple[int, enclosure.Enclosed]] = []
        self.together: list[list[tuple[int, bytes]]] = []
        self.erased: list[tuple[int, str]] = []
        self.seen: dict[str, Seen] = {}
        self.held: dict[str, bytes] = {}


class DocumentsAudit:
    """The documents and enclosures that the registers of an office name. Entries are taken in as they are
    read; what was good then is counted, and what was not is looked at when it is known which registers
    verify.
    """

    def __init__(
        self,
        names: Names,
        office: str,
        kind: str,
        sides: Sequence[str],
        listing: Listing | None,
        *,
        keep: bool,
    ) -> None:
        self._names, self._office, self._kind, self._keep = names, office, kind, keep
        self._listing = listing
        self._sides = {side: _OfSide() for side in sides}
        #: The blobs that nothing has named yet.
        self._strays = set(names.blobs)

    def take(self, side: str, start: int, entries: Sequence[ReadEntry], trees: Mapping[str, Tree]) -> None:
        """Take in the entries of a register from a position on; `trees` are those of all as far as known."""
        held = self._sides[side]
        for index, one in enumerate(entries, start):
            if one.payload is None:
                continue  # said by the audit of the register
            self._strays.discard(one.payload)
            if one.document is None:
                held.documents.append((index, one.payload))
                continue
            self._confirm(one.payload, len(one.document), one.payload)
            if self._keep:
                held.held[one.payload.hex()] = one.document
            if one.act is not None:
                self._act(held, side, index, one.act, one.enclosed, trees)

    def _confirm(self, digest: bytes, size: int, sha256: bytes) -> None:
        """A blob has been read: where that is what the manifest lists, it is not looked at again."""
        lines = None if self._listing is None else self._listing.blobs
        if lines is not None and lines.get(digest) == listed(digest, size, sha256):
            del lines[digest]

    def _act(
        self,
        held: _OfSide,
        side: str,
        index: int,
        act: Act,
        enclosed: Sequence[tuple[int, bytes]],
        trees: Mapping[str, Tree],
    ) -> None:
        if (act.office, act.side) != (self._office, side):
            return  # void, and the word of nobody here
        if act.kind == _ERASED:
            held.erased += ((index, digest) for digest in _digests(act.facts))
        for other, (size, root) in act.seen.items():
            if other in trees:
                held.seen.setdefault(other, Seen()).add(size, root, trees[other])
        if not act.enclosures:
            return
        right, unsure = 0, False
        for at, (item, (size, sha256)) in enumerate(zip(act.enclosures, enclosed, strict=True)):
            digest, place = bytes.fromhex(item.digest), index * MAX_ENCLOSURES + at
            self._strays.discard(digest)
            if size < 0:
                held.plain.append((place, item))
                unsure = unsure or item.release == "right"
                continue
            self._confirm(digest, size, sha256)
            content = size - enclosure.SALT
            held.good.setdefault(digest, place << _AT | content)
            right += content if item.release == "right" else 0
        if unsure or right > enclosure.SMALL_RIGHT:
            held.together.append(
                [
                    (index * MAX_ENCLOSURES + at, bytes.fromhex(item.digest))
                    for at, item in enumerate(act.enclosures)
                    if item.release == "right"
                ]
            )

    def seen(self, side: str, other: str) -> Seen:
        """What the acts of a side have said of another's register."""
        return self._sides[side].seen.get(other, Seen())

    def finish(
        self,
        files: Files,
        registers: Sequence[Register],
        findings: Findings,
        *,
        whole: bool,
        exporter: str | None = None,
        is_void: Callable[[str, int], bool] = lambda _side, _index: False,
    ) -> Documents:
        """What was found under the `registers` that verify, which are all of them where they are `whole`:
        then every blob that nothing names is a defect. That an enclosure was erased, only the `exporter`
        himself can say of his copy, where it is known who he is; `is_void` says, by side and position, which
        acts say nothing.
        """
        found, sides = Documents(), {register.side: self._sides[register.side] for register in registers}
        for side, held in sides.items():
            found.held |= held.held
            for index, payload in held.documents:
                self._document(files, f"{side}:{index}", payload, found, findings)
        erased = {
            digest
            for side, held in sides.items()
            if exporter in (None, side)
            for index, digest in held.erased
            if not is_void(side, index)
        }
        sizes = self._enclosures(files, sides, erased, found, findings)
        self._right_together(sides, sizes, findings)
        rule = "stray-log" if self._kind == "log" else "stray-blob"
        for path in self._unnamed(whole, findings):
            findings.add("documents", rule, file=shown(path))
        findings.expected.update(name for name in self._names.others if name.startswith(BLOBS))
        return found

    def _unnamed(self, whole: bool, findings: Findings) -> list[str]:
        """Blobs that nothing names, in their order: in a log, which has none, every blob."""
        log, others = self._kind == "log", [name for name in self._names.others if name.startswith(BLOBS)]
        if not (log or whole):
            return []
        blobs = self._names.blobs if log else self._strays
        others = [name for name in others if log or name not in findings.expected]
        return sorted([*others, *(f"{BLOBS}{digest.hex()}" for digest in blobs)])

    def _document(
        self, files: Files, entry: str, payload: bytes, found: Documents, findings: Findings
    ) -> None:
        """Say what is wrong with a document that was not good when it was read."""
        path = f"{BLOBS}{payload.hex()}"
        if path in self._names.others:
            findings.expected.add(path)
        if path not in self._names:
            if self._kind == "full":
                findings.add("documents", "document-missing", file=path, entry=entry)
            else:
                found.withheld += 1
            return
        try:
            if hashlib.sha256(files.read(path, MAX_DOCUMENT)).digest() == payload:
                raise RecordFault("unreadable", what=path, why=CHANGED, file=path)
        except RecordFault as fault:
            findings.fault("documents", fault, file=path, entry=entry)
            return
        findings.add("documents", "document", file=path, entry=entry)

    def _enclosures(
        self,
        files: Files,
        sides: Mapping[str, _OfSide],
        erased: set[str],
        found: Documents,
        findings: Findings,
    ) -> dict[bytes, int]:
        """Count the enclosures, and look at those that were not good by any act that names them. Returns the
        sizes of the contents of these that are.
        """
        goods = [held.good for held in sides.values()]
        for number, good in enumerate(goods):
            found.enclosures += sum(not any(digest in other for other in goods[:number]) for digest in good)
        named: dict[str, list[_Named]] = {}
        for side, held in sides.items():
            for place, item in held.plain:
                digest = bytes.fromhex(item.digest)
                if not any(digest in good for good in goods):
                    entry = f"{side}:{place // MAX_ENCLOSURES}"
                    named.setdefault(item.digest, []).append(_Named(side, item, entry))
        sizes = {}
        for name in sorted(named):
            size = self._enclosure(files, name, named[name], erased, found, findings)
            if size is not None:
                sizes[bytes.fromhex(name)] = size
        return sizes

    def _enclosure(
        self,
        files: Files,
        digest: str,
        named: list[_Named],
        erased: set[str],
        found: Documents,
        findings: Findings,
    ) -> int | None:
        path, entry = f"{BLOBS}{digest}", named[0].entry
        if path in self._names.others:
            findings.expected.add(path)
        if path not in self._names:
            due = [item for item in named if item.enclosed.release == "right"]
            if digest in erased:
                found.erased += 1
            elif due and self._kind == "full":
                findings.add("documents", "enclosure-missing", file=path, entry=due[0].entry)
            elif due:
                found.withheld += 1
            else:
                found.absent += 1
            return None
        most = max(promised(item.enclosed) for item in named)
        try:
            data = files.read(path, min(MAX_BLOB, enclosure.SALT + most))
        except RecordFault as fault:
            findings.fault("documents", fault, file=path, entry=entry)
            return None
        for side in {item.side for item in named}:
            try:
                enclosure.open_blob(self._office, side, digest, data)
            except RecordFault:
                continue
            found.enclosures += 1
            return len(data) - enclosure.SALT
        findings.add("documents", "enclosure", file=path, entry=entry)
        return None

    def _right_together(
        self, sides: Mapping[str, _OfSide], sizes: Mapping[bytes, int], findings: Findings
    ) -> None:
        """A receipt covers an act's `right` enclosures because they are small: together at most 48 KiB.

        Acts are named in the order in which their enclosures were first named.
        """
        numbered = list(enumerate(sides.items()))

        def content(digest: bytes) -> int:
            kept = (held.good[digest] for held in sides.values() if digest in held.good)
            return next((one & _CONTENT for one in kept), sizes.get(digest, 0))

        together = [
            (number, side, items, sum(content(digest) for _, digest in items))
            for number, (side, held) in numbered
            for items in held.together
        ]
        too_large = [one for one in together if one[3] > enclosure.SMALL_RIGHT]
        if not too_large:
            return
        first = {
            bytes.fromhex(item.digest): (number, place)
            for number, (_, held) in reversed(numbered)
            for place, item in reversed(held.plain)
        }
        for number, (_, held) in numbered:
            for digest in {digest for _, _, items, _ in too_large for _, digest in items} & held.good.keys():
                found = (number, held.good[digest] >> _AT)
                first[digest] = min(first.get(digest, found), found)

        def order(one: tuple[int, str, list[tuple[int, bytes]], int]) -> tuple[tuple[int, int], ...]:
            return min((first[digest], (one[0], place)) for place, digest in one[2])

        for _, side, items, size in sorted(too_large, key=order):
            entry = f"{side}:{items[0][0] // MAX_ENCLOSURES}"
            findings.add("documents", "right-too-large", entry=entry, size=size)


def _digests(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if _DIGEST.fullmatch(value) else []
    if isinstance(value, dict):
        return [digest for item in value.values() for digest in _digests(item)]
    if isinstance(value, list):
        return [digest for item in value for digest in _digests(item)]
    return []
