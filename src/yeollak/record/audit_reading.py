"""What an audit reads of the entries of a register: every file once, and all that its bytes alone can tell.

A bundle is read with the documents and enclosures that its entries name: hashed, parsed and verified here, by
whichever process does it. What comes back says only what was good. Whatever was not is looked at again by
the audit itself, which then names what is wrong with it. So nothing here finds a defect, and what a hostile
export can make of it is work for the plain way.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Mapping
from sys import intern
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from yeollak.errors import RecordFault
from yeollak.record import enclosure, keys, statement, tiles
from yeollak.record.document import MAX_DOCUMENT, Act
from yeollak.record.enclosure import Enclosed
from yeollak.record.folder import BLOBS, Files
from yeollak.record.merkle import leaf_hash
from yeollak.record.statement import Statement

MAX_BUNDLE: Final = tiles.WIDTH * (statement.MAX_STATEMENT + 2)
#: Enclosures that may be larger are left to the plain way: several processes would hold them at once.
_LARGE: Final = 1024 * 1024
_NOTHING: Final = (-1, b"")
_NO_FACTS: Final[Mapping[str, Any]] = MappingProxyType({})


class Asked(NamedTuple):
    """A bundle to be read: of which register, its number and width; and, by key id, the keys that may have
    signed its entries.
    """

    side: str
    n: int
    width: int
    keys: Mapping[str, bytes]

    @property
    def path(self) -> str:
        """Where it is below the export's root."""
        return f"{self.side}/{tiles.entry_path(self.n, self.width)}"


class ReadEntry(NamedTuple):
    """An entry as it was read.

    statement  its bytes
    payload    the digest of its document (32 bytes); None where the statement is outside the profile
    document   the bytes of the document, where they are here and have that digest
    act        what the document says, where it is in due form
    key        the key by which the statement was signed, where it was one of those given; else empty
    enclosed   of each enclosure of the act size and SHA-256 of its file, where that is what the act commits
               to: else (-1, empty)
    """

    statement: bytes
    payload: bytes | None = None
    document: bytes | None = None
    act: Act | None = None
    key: bytes = b""
    enclosed: tuple[tuple[int, bytes], ...] = ()


class ReadBundle(NamedTuple):
    """The entries of a bundle and their leaf hashes, one after the other."""

    entries: list[ReadEntry]
    leaves: bytes


def read_bundle(files: Files, office: str, asked: Asked) -> ReadBundle | None:
    """The bundle that is asked for, as ReadEntry has it; None where it cannot be read."""
    path = asked.path
    try:
        raws = tiles.decode_bundle(files.read(path, MAX_BUNDLE), asked.width, path)
    except RecordFault:
        return None
    entries = [_entry(files, office, asked, raw) for raw in raws]
    return ReadBundle(entries, b"".join(map(leaf_hash, raws)))


def _entry(files: Files, office: str, asked: Asked, raw: bytes) -> ReadEntry:
    try:
        stated = statement.parse(raw)
    except RecordFault:
        return ReadEntry(raw)
    payload = stated.payload
    try:
        document = files.read(f"{BLOBS}{payload.hex()}", MAX_DOCUMENT)
    except RecordFault:
        return ReadEntry(raw, payload)
    if hashlib.sha256(document).digest() != payload:
        return ReadEntry(raw, payload)
    try:
        act = Act.parse(document)
    except RecordFault:
        return ReadEntry(raw, payload, document)
    key = asked.keys.get(stated.kid, b"")
    if key and not _signed(stated, key):
        key = b""
    ours = act.enclosures and (act.office, act.side) == (office, asked.side)
    enclosed = tuple(_enclosed(files, act, item) for item in act.enclosures) if ours else ()
    return ReadEntry(raw, payload, document, act, key, enclosed)


def _signed(stated: Statement, key: bytes) -> bool:
    """Whether `statement.verify` would pass; every statement of a record is met once, so that none is looked
    for among those that were good before.
    """
    try:
        message = statement.to_be_signed(stated.protected, stated.payload)
        keys.verify_ed25519(key, message, stated.signature, what="the statement")
    except RecordFault:
        return False
    return keys.kid(key) == stated.kid


def _enclosed(files: Files, act: Act, item: Enclosed) -> tuple[int, bytes]:
    if (most := promised(item)) > _LARGE:
        return _NOTHING
    try:
        data = files.read(f"{BLOBS}{item.digest}", enclosure.SALT + most)
        enclosure.open_blob(act.office, act.side, item.digest, data)
    except RecordFault:
        return _NOTHING
    return len(data), hashlib.sha256(data).digest()


def promised(item: Enclosed) -> int:
    """How many bytes of content an act promises of an enclosure at most."""
    return max(item.size or 0, item.size_class or 0)


# between processes


def packed(found: ReadBundle | None) -> bytes:
    """A bundle for another process, which trusts this one: plain bytes by marshal. Of an act it is said only
    that its document has been read, since that is the shortest way in which it could be said.
    """
    if found is None:
        return marshal.dumps(None)
    entries = [
        (one.statement, one.payload, one.document, one.act is not None, one.key, one.enclosed)
        for one in found.entries
    ]
    return marshal.dumps((entries, found.leaves))


def unpacked(data: bytes) -> ReadBundle | None:
    """The bundle that `packed` has packed."""
    found = marshal.loads(data)  # noqa: S302 (by a process of our own)
    if found is None:
        return None
    entries, leaves = found
    return ReadBundle(
        [
            ReadEntry(raw, payload, document, parsed_before(document) if read else None, key, enclosed)
            for raw, payload, document, read, key, enclosed in entries
        ],
        leaves,
    )


def parsed_before(document: bytes) -> Act:
    """What `Act.parse` has made of a document: nothing that was checked then is checked again. What stands in
    many acts is one object in all of them.
    """
    value = _DECODER.decode(document)
    act = object.__new__(Act)
    _OFFICE(act, intern(value["office"]))
    _SIDE(act, intern(value["side"]))
    _OFFICER(act, intern(value["officer"]))
    _KIND(act, intern(value["kind"]))
    _AT(act, value["at"])
    _SEEN(act, {intern(side): (size, root) for side, (size, root) in value["seen"].items()})
    _SALT(act, value["salt"])
    _MATTER(act, value.get("matter"))
    _DUE(act, value.get("due"))
    _PRECEDENCE(act, intern(value["precedence"]))
    _RE(act, tuple(value.get("re", ())))
    _FACTS(act, value.get("facts", _NO_FACTS))
    _ENCLOSURES(act, tuple(map(_enclosure, value.get("enclosures", ()))))
    _V(act, 1)
    return act


def _enclosure(value: Mapping[str, Any]) -> Enclosed:
    item = object.__new__(Enclosed)
    for write, name in _ENCLOSED:
        write(item, value.get(name))
    return item


def _writer(kind: type, name: str) -> Callable[[Any, Any], None]:
    """What writes a field of a frozen value that is being made, without its checks."""
    written: Callable[[Any, Any], None] = getattr(kind, name).__set__
    return written


_DECODER: Final = msgspec.json.Decoder()
(
    _OFFICE,
    _SIDE,
    _OFFICER,
    _KIND,
    _AT,
    _SEEN,
    _SALT,
    _MATTER,
    _DUE,
    _PRECEDENCE,
    _RE,
    _FACTS,
    _ENCLOSURES,
    _V,
) = (
    _writer(Act, name)
    for name in (
        *("office", "side", "officer", "kind", "at", "seen", "salt"),
        *("matter", "due", "precedence", "re", "facts", "enclosures", "v"),
    )
)
_ENCLOSED: Final = [
    (_writer(Enclosed, "size_class" if name == "class" else name), name)
    for name in ("digest", "type", "lang", "release", "size", "class", "name")
]
