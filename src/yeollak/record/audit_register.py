"""The audit of one register of an export: tiles, entries, checkpoint, receipts.

Everything is made again from the entry bundles and compared, so that whatever was changed is named: the entry
where an entry differs from its leaf, the tile where a tile does. Bad statements beyond their shape (a foreign
issuer, a bad signature) are no defect of a register: they make an act void, which the fold says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from yeollak.errors import CODES, Datum, RecordFault
from yeollak.record import statement, tiles
from yeollak.record.audit_checkpoints import Opened, Parties, open_checkpoint
from yeollak.record.audit_reading import MAX_BUNDLE, ReadBundle
from yeollak.record.audit_tree import Tree, tiles_above
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.folder import Files, names_of
from yeollak.record.generations import Pair
from yeollak.record.merkle import HASH, leaf_hash
from yeollak.record.note import MAX_NOTE, VerifierKey
from yeollak.record.report import DEFECTS, Defect, Receipt, Register, Signed, Verdict
from yeollak.record.treehead import decimal

#: More entries than any office makes in centuries; a checkpoint that claims more is not worth the work.
MAX_ENTRIES = 50_000_000
#: What is said of a file that could be read after it could not.
CHANGED = "it has changed while it was read"


@dataclass(slots=True)
class Findings:
    """Defects as they are found, each at most once, and the files that were accounted for."""

    defects: dict[Defect, None] = field(default_factory=dict)
    expected: set[str] = field(default_factory=set)

    def add(
        self,
        verdict: Verdict,
        rule: str,
        *,
        file: str | None = None,
        entry: str | None = None,
        **data: Datum,
    ) -> None:
        """Note one defect: a rule of `report.DEFECTS` that is not kept, with the data of its message."""
        told = tuple(sorted(data.items()))
        self.defects[Defect(verdict, rule, DEFECTS[rule], file, entry, told)] = None

    def fault(
        self, verdict: Verdict, fault: RecordFault, *, file: str | None = None, entry: str | None = None
    ) -> None:
        """Note a defect for a fault that was raised; its code is the rule."""
        message, told = CODES[fault.code][0], tuple(sorted(fault.data.items()))
        self.defects[Defect(verdict, fault.code, message, file, entry, told, fault=True)] = None


class ReadRegister:
    """What has been read of a register, a bundle after the other in its order.

    leaves      the leaf hashes of each bundle that could be read, by its number
    malformed   by bundle the entries that are no statements, each with its position
    tree        over the bundles before the first that could not be read
    kept        by bundle the entries' bytes, if they are to be kept
    """

    def __init__(self, *, keep: bool) -> None:
        self.leaves: dict[int, bytes] = {}
        self.malformed: dict[int, list[tuple[int, bytes]]] = {}
        self.tree = Tree()
        self.kept: dict[int, list[bytes]] | None = {} if keep else None

    def take(self, n: int, found: ReadBundle | None) -> None:
        """Take in the next bundle; None where it could not be read."""
        if found is None:
            return
        if self.kept is not None:
            self.kept[n] = [one.statement for one in found.entries]
        self.leaves[n] = found.leaves
        if self.tree.size == n * tiles.WIDTH:
            self.tree.add(found.leaves)
        for at, one in enumerate(found.entries):
            if one.payload is None:
                self.malformed.setdefault(n, []).append((n * tiles.WIDTH + at, one.statement))

    def statements(self, size: int) -> tuple[bytes, ...]:
        """Those of as many entries, empty where they could not be read; nothing where none are kept."""
        if self.kept is None:
            return ()
        parts = (self.kept.get(n, [b""] * width) for n, width in tiles.bundle_widths(size))
        return tuple(entry for part in parts for entry in part)

    def whole(self, size: int) -> Tree:
        """The tree over as many entries, those that could not be read being taken for empty ones."""
        if self.tree.size == size:
            return self.tree
        empty = leaf_hash(b"")
        return Tree([self.leaves.get(n) or empty * width for n, width in tiles.bundle_widths(size)])


class RegisterAudit:
    """The audit of the register of `side`.

    `statements` False audits a log whose entries are of some other kind. `read` is what has been read of it
    already; of `good`, older checkpoints in the order of the files' names, each opened where it was good, as
    many are taken as are needed; `names` are those of the files, where they are known.
    """

    def __init__(
        self,
        files: Files,
        side: str,
        parties: Parties,
        findings: Findings,
        *,
        statements: bool = True,
        read: ReadRegister | None = None,
        good: Iterator[tuple[str, Opened | None]] = iter(()),  # noqa: B008 (it stays empty)
        names: Iterable[str] | None = None,
    ) -> None:
        self.files, self.side, self.parties, self.findings = files, side, parties, findings
        self.statements, self.read, self.good = statements, read, good
        known = list(names_of(files).others if names is None else names)
        self.names = [name for name in known if name.startswith(f"{side}/")]
        self.receipts = [name for name in known if name.startswith(f"receipts/{side}/")]
        self.leaves: list[bytes | None] = []
        self.signed: list[Signed] = []

    def run(self) -> Register | None:
        """The register as found; None when its checkpoint does not verify, so that there is nothing to
        compare with.
        """
        checkpoint, receipts = self._head()
        if checkpoint is None:
            # Without a head nothing says which files there should be; the head is the defect, not each of
            # them.
            self.findings.expected.update(self.names)
            return None
        self._bundles(checkpoint.size)
        tree, sizes = self._tree(checkpoint), self._receipt_sizes()
        if tree.root(checkpoint.size) != checkpoint.root:
            self.findings.add("registers", "root", file=f"{self.side}/checkpoint")
        receipts = self._older(checkpoint, sizes, tree.root, receipts)
        return Register(
            side=self.side,
            origin=checkpoint.origin,
            size=checkpoint.size,
            root=checkpoint.root.hex(),
            receipts=receipts,
            statements=() if self.read is None else self.read.statements(checkpoint.size),
            signed=tuple(self.signed),
        )

    def _read(self, path: str, limit: int) -> bytes | None:
        self.findings.expected.add(path)
        try:
            return self.files.read(path, limit)
        except RecordFault as fault:
            self.findings.fault("registers", fault, file=path)
            return None

    def _open(
        self, data: bytes, path: str, verdict: Verdict
    ) -> tuple[Checkpoint, dict[VerifierKey, int]] | None:
        """A checkpoint signed by a generation that the register below it brings, and who else has signed."""
        try:
            found = open_checkpoint(self.parties, self.side, data, path)
        except RecordFault as fault:
            self.findings.fault(verdict, fault, file=path)
            return None
        return self._opened(path, *found)

    def _opened(
        self, path: str, checkpoint: Checkpoint, by: Iterable[Pair], signed: dict[VerifierKey, int]
    ) -> tuple[Checkpoint, dict[VerifierKey, int]]:
        receipts = {
            side: frozenset(pair[0].raw for pair in self.parties.receipts(side) if signed.keys() >= set(pair))
            for side in self.parties.receipt
            if side != self.side
        }
        register = frozenset(pair[0].raw for pair in by)
        self.signed.append(Signed(path, checkpoint.size, register, receipts))
        return checkpoint, signed

    def _head(self) -> tuple[Checkpoint | None, dict[str, Receipt]]:
        path = f"{self.side}/checkpoint"
        data = self._read(path, MAX_NOTE)
        opened = None if data is None else self._open(data, path, "registers")
        if opened is None:
            return None, {}
        checkpoint, signed = opened
        if checkpoint.size > MAX_ENTRIES:
            self.findings.add("registers", "too-many", file=path, count=checkpoint.size)
            return None, {}
        return checkpoint, self._receipts(checkpoint, signed, path)

    def _receipts(
        self, checkpoint: Checkpoint, signed: Mapping[VerifierKey, int], path: str
    ) -> dict[str, Receipt]:
        """The other parties whose 04 and 06 of one generation both stand on a checkpoint that has been
        opened.
        """
        found: dict[str, Receipt] = {}
        for side in self.parties.receipt:
            if side == self.side:
                continue
            for pair in self.parties.receipts(side):
                times = [signed[key] for key in pair if key in signed]
                if len(times) == len(pair) and min(times) > 0:
                    before = found[side].time if side in found else 0
                    found[side] = Receipt(checkpoint.size, max(before, *times))
                elif times:
                    self.findings.add("receipts", "receipt-half", file=path, peer=side)
        return found

    def _bundles(self, size: int) -> None:
        for n, width in tiles.bundle_widths(size):
            path = f"{self.side}/{tiles.entry_path(n, width)}"
            self.findings.expected.add(path)
            leaves = None if self.read is None else self.read.leaves.get(n)
            if leaves is None:
                leaves = self._bundle(path, n, width)
            elif self.read is not None:
                for index, entry in self.read.malformed.get(n, ()):
                    self._profile(entry, path, f"{self.side}:{index}")
            self.leaves.append(leaves)

    def _bundle(self, path: str, n: int, width: int) -> bytes | None:
        """The leaf hashes of a bundle that has not been read; what it lacks is named."""
        data = self._read(path, MAX_BUNDLE)
        try:
            part = None if data is None else tiles.decode_bundle(data, width, path)
            if part is not None and self.read is not None:
                raise RecordFault("unreadable", what=path, why=CHANGED, file=path)
        except RecordFault as fault:
            self.findings.fault("registers", fault, file=path)
            return None
        for at, entry in enumerate(part or ()):
            if self.statements:
                self._profile(entry, path, f"{self.side}:{n * tiles.WIDTH + at}")
        return None if part is None else b"".join(map(leaf_hash, part))

    def _profile(self, entry: bytes, path: str, name: str) -> None:
        try:
            statement.parse(entry, f"the entry {name}")
        except RecordFault as fault:
            self.findings.fault("registers", fault, file=path, entry=name)

    def _tree(self, checkpoint: Checkpoint) -> Tree:
        """The tree of the register, from its entries or, where those are wrong, from its tiles.

        Whichever makes the root that was signed is right and the other is named; when neither does, the
        entries stand and every difference is named.
        """
        size = checkpoint.size
        stored = self._tiles(size)
        widths = list(tiles.bundle_widths(size))
        held = [stored.get(f"{self.side}/{tiles.tile_path(0, n, width)}") for n, width in widths]
        pairs = list(zip(self.leaves, held, (width for _, width in widths), strict=True))
        parts = [own or other or bytes(HASH * width) for own, other, width in pairs]
        differing = [n for n, (own, other, _) in enumerate(pairs) if own and other and own != other]
        tree = self.read.tree if self.read is not None and self.read.tree.size == size else Tree(parts)
        if differing and tree.root(size) != checkpoint.root:
            stated = [other or own or bytes(HASH * width) for own, other, width in pairs]
            from_tiles = Tree(stated)
            if from_tiles.root(size) == checkpoint.root:
                self._altered(differing, parts, stated)
                tree, parts = from_tiles, stated
        for level, n, data in tiles_above(parts):
            full = f"{self.side}/{tiles.tile_path(level, n, len(data) // HASH)}"
            if full in stored and stored[full] != data:
                self.findings.add("registers", "tile", file=full)
        return tree

    def _altered(self, differing: list[int], made: list[bytes], stated: list[bytes]) -> None:
        """Name the entries that are not those of their leaves."""
        for n in differing:
            path = f"{self.side}/{tiles.entry_path(n, len(made[n]) // HASH)}"
            for at in range(0, len(made[n]), HASH):
                if made[n][at : at + HASH] != stated[n][at : at + HASH]:
                    name = f"{self.side}:{n * tiles.WIDTH + at // HASH}"
                    self.findings.add("registers", "leaf", file=path, entry=name)

    def _tiles(self, size: int) -> dict[str, bytes]:
        stored: dict[str, bytes] = {}
        for level, n, width in tiles.tile_widths(size):
            path = f"{self.side}/{tiles.tile_path(level, n, width)}"
            data = self._read(path, tiles.WIDTH * HASH)
            if data is not None and len(data) != width * HASH:
                self.findings.add("registers", "tile-size", file=path, count=width)
            elif data is not None:
                stored[path] = data
        return stored

    def _receipt_sizes(self) -> dict[str, int]:
        prefix, sizes = f"receipts/{self.side}/", {}
        for name in self.receipts:
            try:
                sizes[name] = decimal(name[len(prefix) :], name)
            except RecordFault as fault:
                self.findings.fault("receipts", fault, file=name)
                self.findings.expected.add(name)
        return sizes

    def _good(self, path: str) -> Opened | None:
        return next((opened for known, opened in self.good if known == path), None)

    def _older(
        self,
        head: Checkpoint,
        sizes: Mapping[str, int],
        root_at: Callable[[int], bytes],
        receipts: dict[str, Receipt],
    ) -> dict[str, Receipt]:
        """Receipts on older checkpoints; the result has the furthest of every side."""
        furthest = dict(receipts)
        for path, size in sizes.items():
            if (known := self._good(path)) is not None:
                self.findings.expected.add(path)
                opened: tuple[Checkpoint, dict[VerifierKey, int]] | None = self._opened(path, *known)
            else:
                data = self._read(path, MAX_NOTE)
                opened = None if data is None else self._open(data, path, "receipts")
            if opened is None:
                continue
            checkpoint, signed = opened
            if checkpoint.size != size:
                self.findings.add("receipts", "size-in-name", file=path, size=checkpoint.size)
            elif size > head.size or checkpoint.root != root_at(size):
                # Both are signed by the register: this is evidence of two views, and worth more than the
                # rest.
                self.findings.add("receipts", "two-views", file=path)
            found = self._receipts(checkpoint, signed, path)
            if not found:
                self.findings.add("receipts", "receipt", file=path)
            for side, receipt in found.items():
                if side not in furthest or receipt.size > furthest[side].size:
                    furthest[side] = receipt
        return furthest
