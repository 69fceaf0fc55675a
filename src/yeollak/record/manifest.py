"""The manifest of an export: every file with its size and SHA-256, signed by the exporting side's register.

It shows that an export is whole and as its exporter made it; it is no proof that the exporter left nothing
out of a `selected` one, and no proof of the record, which the checkpoints are. Its first line is no origin
and its second no size, so a manifest can never be read as a checkpoint of the key that signs both. Source:
docs/spec/10-export.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, cast, get_args

from yeollak.errors import RecordFault
from yeollak.record import canon, keys
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
        files = []
        for line in lines[4:]:
            match = _LINE.fullmatch(line)
            if match is None:
                raise RecordFault("malformed", what=_WHAT, why=f"it has the line {line[:100]!a}")
            files.append(File(match[3], decimal(match[2], "a size in the manifest"), match[1]))
        return cls(lines[1], lines[2], cast(Kind, lines[3]), tuple(files)), note

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
