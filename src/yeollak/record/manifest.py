"""The manifest of an export: every file with its size and SHA-256, signed by the exporting side's register.

It shows that an export is whole and as its exporter made it; it is no proof that the exporter left nothing
out of a `selected` one, and no proof of the record, which the checkpoints are. Its first line is no origin
and its second no size, so a manifest can never be read as a checkpoint of the key that signs both. Source:
docs/spec/10-export.md.
"""

from __future__ import annotations

import hashlib
import re
from binascii import unhexlify
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from operator import lt
from typing import Final, Literal, cast, get_args

from yeollak.errors import RecordFault
from yeollak.record import canon, keys
from yeollak.record.folder import BLOBS, digest_in
from yeollak.record.note import Note, VerifierKey, sign_text, verify_text
from yeollak.record.treehead import decimal, origin_of

Kind = Literal["full", "selected", "log"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
MAX_MANIFEST: Final = 256 * 1024 * 1024
MAX_PATH: Final = 255
_FIRST: Final = "yeollak/manifest/1"
_WHAT: Final = "the manifest"
_SEGMENT: Final = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_PATH: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_LINE: Final = re.compile(r"([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) (\S+)")
#: The line of a blob, but for sizes that could be beyond 2^53-1, and how long it is without its size.
_BLOB_LINE: Final = re.compile(rf"([0-9a-f]{{64}}) (0|[1-9][0-9]{{0,14}}) {BLOBS}([0-9a-f]{{64}})\n")
_BLOB_LINE_REST: Final = 64 + 2 + len(BLOBS) + 64 + 1
#: How much is read together, and in how much the first four lines must end, in characters.
_PART: Final = 65536
_HEAD: Final = 512


def check_path(path: str, what: str = _WHAT) -> str:
    """`path` when it stays below the export's folder and means one file everywhere. Raises
    RecordFault(`malformed`).

    Letters, digits, dot, hyphen and underscore between slashes; nothing begins with a dot, so no `..` can
    occur.
    """
    if len(path) > MAX_PATH or not _PATH.fullmatch(path):
        raise RecordFault(
            "malformed", what=what, why=f"it names a file {path[:80]!a} that cannot stand in an export"
        )
    return path


@dataclass(frozen=True, slots=True)
class File:
    """One line: `path` below the export, `size` in bytes, `sha256` as 64 hex digits."""

    path: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        check_path(self.path)
        canon.natural(self.size, f"the size of {self.path}")
        canon.hexadecimal(self.sha256, 64, f"the digest of {self.path}")

    @classmethod
    def of(cls, path: str, data: bytes) -> File:
        """The line for a file's bytes."""
        return cls(path, len(data), hashlib.sha256(data).hexdigest())


def _file(line: str) -> File:
    match = _LINE.fullmatch(line)
    if match is None:
        raise RecordFault("malformed", what=_WHAT, why=f"it has the line {line[:100]!a}")
    return File(match[3], decimal(match[2], "a size in the manifest"), match[1])


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds. `office` 64 hex, `side` the exporter, `files` in the order of their paths, each
    once.

    `kind`: `full` (every document and enclosure as of right), `selected` (some), `log` (none).
    """

    office: str
    side: str
    kind: Kind
    files: tuple[File, ...]

    def __post_init__(self) -> None:
        canon.hexadecimal(self.office, 64, "the office of the manifest")
        canon.side_name(self.side, "the side of the manifest")
        if self.kind not in KINDS:
            raise RecordFault("malformed", what=_WHAT, why="its kind is not full, selected or log")
        paths = [file.path for file in self.files]
        if any(before >= after for before, after in pairwise(paths)):
            raise RecordFault("malformed", what=_WHAT, why="its files are not in order, each once")
        if "manifest" in paths:
            raise RecordFault("malformed", what=_WHAT, why="it lists itself")

    @classmethod
    def of(cls, office: str, side: str, kind: Kind, files: Mapping[str, bytes] | Iterable[File]) -> Manifest:
        """The manifest over these files."""
        items = [File.of(*item) for item in files.items()] if isinstance(files, Mapping) else list(files)
        return cls(office, side, kind, tuple(sorted(items, key=lambda file: file.path)))

    def text(self) -> str:
        """The text that is signed."""
        lines = [_FIRST, self.office, self.side, self.kind]
        lines += [f"{file.sha256} {file.size} {file.path}" for file in self.files]
        return "\n".join(lines) + "\n"

    def sign(self, key: keys.SigningKey) -> bytes:
        """The manifest's bytes, signed by the register key of `side` (type 01)."""
        text = self.text()
        return Note(text, (sign_text(text, origin_of(self.side, self.office), key),)).format()

    @classmethod
    def read(cls, data: bytes) -> tuple[Manifest, Note]:
        """The manifest in `data` and its note, nothing verified.

        Raises RecordFault(`too-large`) or (`malformed`).
        """
        note = Note.parse(data, _WHAT, limit=MAX_MANIFEST)
        lines = note.text[:-1].split("\n")
        if len(lines) < 4 or lines[0] != _FIRST:
            raise RecordFault("malformed", what=_WHAT, why=f"it does not begin with {_FIRST}")
        files = tuple(_file(line) for line in lines[4:])
        return cls(lines[1], lines[2], cast(Kind, lines[3]), files), note

    @classmethod
    def open(cls, data: bytes, key: VerifierKey) -> Manifest:
        """The manifest in `data`, signed by `key`, the register key (01) of the side that it names.

        Raises RecordFault(`malformed`, `origin-mismatch`, `signature-missing`, `signature-wrong`).
        """
        manifest, note = cls.read(data)
        origin = origin_of(manifest.side, manifest.office)
        if key.name != origin:
            raise RecordFault("origin-mismatch", what=_WHAT, found=origin, expected=key.name)
        verify_text(note, key, _WHAT)
        return manifest


@dataclass(frozen=True, slots=True)
class Listing:
    """What a manifest says, with the little of each blob that an audit of a long record can keep: by the
    digest in its name (32 bytes) what `listed` makes of its line. `others` are the lines of all other files.
    """

    office: str
    side: str
    kind: Kind
    blobs: dict[bytes, bytes]
    others: Mapping[str, File]

    @classmethod
    def read(cls, data: bytes) -> tuple[Listing, Note]:
        """As `Manifest.read`, with the same faults."""
        note = Note.parse(data, _WHAT, limit=MAX_MANIFEST)
        found = _quickly(note)
        if found is None:
            manifest, note = Manifest.read(data)
            blobs, others = _listing(manifest.files)
            lines = {file.path: file for file in others}
            found = cls(manifest.office, manifest.side, manifest.kind, blobs, lines)
        return found, note

    def line(self, name: str) -> tuple[int, str] | None:
        """Size and SHA-256 (hex) of a file as it is listed; None where it is not, or not any more."""
        digest = digest_in(name)
        if digest is None:
            file = self.others.get(name)
            return None if file is None else (file.size, file.sha256)
        held = self.blobs.get(digest)
        return None if held is None else (int.from_bytes(held[:8], "big"), (held[8:] or digest).hex())


def listed(digest: bytes, size: int, sha256: bytes) -> bytes:
    """What is kept of the line of a blob: its size, and its SHA-256 where its name is another digest."""
    return size.to_bytes(8, "big") if sha256 == digest else size.to_bytes(8, "big") + sha256


def _listing(files: Iterable[File]) -> tuple[dict[bytes, bytes], list[File]]:
    """What a listing keeps of these files: of the blobs, and of all others."""
    blobs, others = dict[bytes, bytes](), list[File]()
    for file in files:
        digest = digest_in(file.path)
        if digest is None:
            others.append(file)
        else:
            blobs[digest] = listed(digest, file.size, bytes.fromhex(file.sha256))
    return blobs, others


def _quickly(note: Note) -> Listing | None:
    """The listing of a manifest in due form, a part at a time; None where a line looks otherwise or stands
    out of order: what is wrong with it, `Manifest.read` says.
    """
    text, head = note.text, note.text[:_HEAD].split("\n")[:4]
    if len(head) < 4 or head[0] != _FIRST or head[3] not in KINDS:
        return None
    at, before = sum(map(len, head)) + len(head), ""
    blobs, others = dict[bytes, bytes](), list[File]()
    try:
        while at < len(text):
            end = text.index("\n", min(at + _PART, len(text) - 1)) + 1
            part, at = text[at:end], end
            found = _BLOB_LINE.findall(part)
            if sum(len(size) for _, size, _ in found) + len(found) * _BLOB_LINE_REST == len(part):
                paths = [f"{BLOBS}{name}" for _, _, name in found]
                for sha256, size, name in found:
                    digest = unhexlify(name)
                    blobs[digest] = listed(digest, int(size), digest if sha256 == name else unhexlify(sha256))
            else:
                files = [_file(line) for line in part[:-1].split("\n")]
                paths = [file.path for file in files]
                made = _listing(files)
                blobs |= made[0]
                others += made[1]
            if not all(map(lt, (before, *paths), paths)):
                return None
            before = paths[-1]
        manifest = Manifest(head[1], head[2], cast(Kind, head[3]), tuple(others))
    except (ValueError, RecordFault):
        return None
    return Listing(manifest.office, manifest.side, manifest.kind, blobs, {file.path: file for file in others})
