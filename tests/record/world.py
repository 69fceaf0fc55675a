"""A small office for the tests: two parties with fixed keys, registers with real statements, receipts, and
its export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from yeollak.record import canon, checkpoint, cosign, enclosure, merkle, statement, tiles
from yeollak.record.audit import key_files, policy_file, read_parties
from yeollak.record.audit_checkpoints import Parties
from yeollak.record.audit_keys import Entries, Later
from yeollak.record.audit_reading import Asked, read_bundle
from yeollak.record.checkpoint import Checkpoint, origin_of, read_checkpoint
from yeollak.record.document import Act, Enclosed
from yeollak.record.folder import BLOBS, Files, MemoryFiles
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.record.manifest import Kind, Manifest
from yeollak.record.merkle import leaf_hash
from yeollak.record.note import MAX_NOTE

TIME = 1_540_170_000


def seed(*words: str) -> bytes:
    return hashlib.sha256("/".join(words).encode()).digest()


@dataclass(frozen=True)
class Keys:
    side: str
    authority: SigningKey
    register: SigningKey
    register_pq: PostQuantumKey
    receipt: SigningKey
    receipt_pq: PostQuantumKey
    seal: SealKey
    officer: SigningKey

    def public(self) -> dict[str, bytes]:
        return {
            "authority": self.authority.public,
            "authority_next": seed(self.side, "next"),
            "register": self.register.public,
            "register_pq": self.register_pq.public,
            "receipt": self.receipt.public,
            "receipt_pq": self.receipt_pq.public,
            "seal": self.seal.public,
        }


@cache
def keys_of(side: str) -> Keys:
    return Keys(
        side,
        SigningKey(seed(side, "authority")),
        SigningKey(seed(side, "register")),
        PostQuantumKey(seed(side, "register")),
        SigningKey(seed(side, "receipt")),
        PostQuantumKey(seed(side, "receipt")),
        SealKey(seed(side, "seal")),
        SigningKey(seed(side, "officer")),
    )


@dataclass(frozen=True, slots=True)
class Exported:
    """One register to export: the note of its head with receipts, its entries, and older receipted notes by
    size.
    """

    checkpoint: bytes
    entries: Sequence[bytes]
    older: Mapping[int, bytes] = field(default_factory=dict)


#: What a charter and entries bring, by a fold (`office.audit.brought`).
Brought = Callable[[bytes, Entries], Later]


def of_export(files: Files, charter: bytes, parties: Parties, brought: Brought) -> Parties:
    """The parties with every generation of keys that the registers in `files` bring, by the word of
    `brought`, as whoever exports them finds it.
    """
    entries = {}
    for side in parties.register:
        size = read_checkpoint(files.read(f"{side}/checkpoint", MAX_NOTE))[0].size
        asked = (Asked(side, n, width, {}) for n, width in tiles.bundle_widths(size))
        found = [read_bundle(files, parties.office, one) for one in asked]
        entries[side] = [(one.statement, one.document) for part in found if part for one in part.entries]
    return replace(parties, later=brought(charter, entries))


def export_files(
    charter: bytes,
    registers: Mapping[str, Exported],
    blobs: Mapping[str, bytes],
    *,
    side: str,
    kind: Kind,
    signer: SigningKey,
    brought: Brought | None = None,
) -> dict[str, bytes]:
    """Every file of the export by path, the manifest signed by `side`'s register key `signer`.

    `brought` says which keys the acts bring; without it there are those of the charter alone.
    `blobs` by digest: a document's bytes, an enclosure's salt and content. Raises RecordFault for a charter
    that names no parties.
    """
    files = {"charter": charter, **{BLOBS + digest: data for digest, data in blobs.items()}}
    for name, register in registers.items():
        files[f"{name}/checkpoint"] = register.checkpoint
        made = {
            **tiles.bundles_of(register.entries),
            **tiles.tiles_of([leaf_hash(entry) for entry in register.entries]),
        }
        files.update({f"{name}/{path}": data for path, data in made.items()})
        files.update({f"receipts/{name}/{size}": note for size, note in register.older.items()})
    parties = read_parties(charter)
    if brought is not None:
        parties = of_export(MemoryFiles(files), charter, parties, brought)
    files.update(key_files(parties))
    files["policy"] = policy_file(parties)
    files["manifest"] = Manifest.of(parties.office, side, kind, files).sign(signer)
    return files


@dataclass
class World:
    """Registers and blobs that a test may change before `export`."""

    sides: tuple[str, ...] = ("south", "north")
    entries: dict[str, list[bytes]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entries = {side: [] for side in self.sides}

    @property
    def charter(self) -> bytes:
        parties = [
            {
                "keys": {role: raw.hex() for role, raw in keys_of(side).public().items()},
                "names": {"en": side},
                "nonce": seed(side, "nonce").hex(),
                "side": side,
            }
            for side in self.sides
        ]
        return canon.encode({"parties": parties, "v": 1})

    @property
    def office(self) -> str:
        return hashlib.sha256(self.charter).hexdigest()

    def act(self, side: str, number: int, **other: object) -> Act:
        values: dict[str, object] = {
            "office": self.office,
            "side": side,
            "officer": keys_of(side).officer.kid,
            "kind": "note.remark",
            "at": "2018-10-22T01:00:00Z",
            "seen": {name: (0, merkle.EMPTY_ROOT.hex()) for name in self.sides if name != side},
            "salt": seed(side, "salt", str(number)).hex()[:32],
            "facts": {"text": f"남측 통지 {number}"},
            **other,
        }
        return Act(**values)  # type: ignore[arg-type]  # any field

    def enclose(self, side: str, content: bytes, **other: object) -> Enclosed:
        salt = seed(side, "enclosure", content.hex())[:16]
        digest = enclosure.digest(self.office, side, salt, content).hex()
        self.blobs[digest] = enclosure.blob(salt, content)
        values: dict[str, object] = {
            "type": "text/plain",
            "lang": "ko",
            "release": "right",
            "size": len(content),
        }
        return Enclosed(digest, **{**values, **other})  # type: ignore[arg-type]  # any field

    def add(self, side: str, document: bytes) -> bytes:
        digest = hashlib.sha256(document).digest()
        self.blobs[digest.hex()] = document
        entry = statement.sign(
            keys_of(side).officer, origin_of(side, self.office), seed("matter").hex(), digest
        )
        self.entries[side].append(entry)
        return entry

    def fill(self, count: int) -> World:
        for side in self.sides:
            for number in range(count):
                enclosures = (self.enclose(side, f"붙임 {number}".encode()),) if number % 2 == 0 else ()
                self.add(side, self.act(side, number, enclosures=enclosures).encode())
        return self

    def note(self, side: str, size: int, *, receipts: bool = True, fork: bool = False) -> bytes:
        leaves = [merkle.leaf_hash(entry) for entry in self.entries[side][:size]]
        root = seed("fork") if fork else merkle.root_of(leaves)
        head = Checkpoint(origin_of(side, self.office), size, root)
        own = keys_of(side)
        data = checkpoint.sign(head, own.register, own.register_pq, TIME)
        for other in self.sides if receipts else ():
            if other != side:
                theirs = keys_of(other)
                name = cosign.receipt_name(origin_of(other, self.office))
                lines = cosign.cosign(head, name, theirs.receipt, theirs.receipt_pq, TIME + 5)
                data = checkpoint.add_lines(data, lines)
        return data

    def exported(self) -> dict[str, Exported]:
        return {
            side: Exported(
                self.note(side, len(entries)),
                entries,
                {size: self.note(side, size) for size in (1, len(entries) // 2) if size},
            )
            for side, entries in self.entries.items()
        }

    def export(self, kind: Kind = "full", registers: dict[str, Exported] | None = None) -> dict[str, bytes]:
        return export_files(
            self.charter,
            registers or self.exported(),
            self.blobs if kind != "log" else {},
            side="south",
            kind=kind,
            signer=keys_of("south").register,
        )
