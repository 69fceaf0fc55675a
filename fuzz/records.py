"""Targets of the record: everything whose bytes must be the one encoding of what they say."""

from __future__ import annotations

from functools import cache

from fuzz.held import holds, same, tried
from tests.office.statistics.test_checking import small
from tests.office.world import keys_of
from tests.record import world as exports
from yeollak.office import audit
from yeollak.office.charter import Charter
from yeollak.office.statistics import checking
from yeollak.office.texts import instrument
from yeollak.record import (
    canon,
    card,
    enclosure,
    exhibit,
    keyfile,
    manifest,
    merkle,
    parcel,
    statement,
    tiles,
)
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.document import MAX_DOCUMENT, Act
from yeollak.record.folder import MemoryFiles
from yeollak.record.keys import SealKey, xwing_public
from yeollak.record.note import MAX_NOTE, Note, Signature, VerifierKey
from yeollak.record.policy import Policy
from yeollak.record.proof import Proof
from yeollak.record.signing import Request, read_answer
from yeollak.record.treehead import Checkpoint


def canonical(data: bytes) -> None:
    """Canonical JSON."""
    value = tried(lambda: canon.decode(data, limit=MAX_DOCUMENT))
    if value is not None:
        same(canon.encode(value), data)


def document(data: bytes) -> None:
    """An act document."""
    act = tried(lambda: Act.parse(data))
    if act is not None:
        same(act.encode(), data)


def statements(data: bytes) -> None:
    """A statement."""
    read = tried(lambda: statement.parse(data))
    if read is not None:
        same(statement.assemble(read.protected, read.payload, read.signature), data)
        tried(lambda: statement.verify(read, keys_of("south").officers["duty"].public))


def note(data: bytes) -> None:
    """A signed note, and each of its lines."""
    read = tried(lambda: Note.parse(data))
    if read is not None:
        same(read.format(), data)
        holds(len(data) <= MAX_NOTE, "a note above its limit was read")
        for line in read.signatures:
            same(Signature.parse(line.format()), line)


def checkpoint(data: bytes) -> None:
    """A checkpoint in its note, and the head that its text states."""
    found = tried(lambda: read_checkpoint(data))
    if found is not None:
        point, parsed = found
        same(point.text(), parsed.text)
    text = data.decode("utf-8", "surrogateescape")
    head = tried(lambda: Checkpoint.from_text(text))
    if head is not None:
        same(head.text(), text)


def key(data: bytes) -> None:
    """A verifier key."""
    text = data.decode("utf-8", "surrogateescape")
    read = tried(lambda: VerifierKey.parse(text))
    if read is not None:
        same(read.format(), text)


def policy(data: bytes) -> None:
    """A policy, which may have comments and other spaces than we write."""
    read = tried(lambda: Policy.parse(data))
    if read is not None:
        same(Policy.parse(read.format()), read)


def proof(data: bytes) -> None:
    """A proof, and whether it proves anything by accident."""
    read = tried(lambda: Proof.parse(data))
    if read is not None:
        same(read.format(), data)
        tried(lambda: merkle.verify_inclusion(bytes(32), read.index, read.index + 1, read.path, bytes(32)))


def trees(data: bytes) -> None:
    """A frontier, and proofs of any lengths."""
    read = tried(lambda: merkle.Frontier.decode(data))
    if read is not None:
        same(read.encode(), data)
        read.root()
    old, new = int.from_bytes(data[:3], "big"), int.from_bytes(data[3:6], "big")
    path = [data[at : at + 32] for at in range(6, len(data), 32)]
    tried(lambda: merkle.verify_consistency(old, data[:32], new, data[-32:], path))
    tried(lambda: merkle.verify_inclusion(data[:32], old, new, path, data[-32:]))


def bundle(data: bytes) -> None:
    """A bundle of entries, and the path of a tile."""
    width = data[0] + 1 if data else 0
    read = tried(lambda: tiles.decode_bundle(data[1:], width))
    if read is not None:
        same(tiles.encode_bundle(read), data[1:])
    text = data.decode("utf-8", "surrogateescape")
    tried(lambda: tiles.parse_path(text))


def cards(data: bytes) -> None:
    """A card: all of it is read before its signature is asked for."""
    read = tried(lambda: card.Card.parse(data))
    if read is not None:
        same(read.to_bytes(), data)


def charter(data: bytes) -> None:
    """A charter."""
    read = tried(lambda: Charter.parse(data))
    if read is not None:
        same(read.raw, data)
        same(canon.encode(canon.decode(data, limit=len(data))), data)


@cache
def _recipient() -> tuple[SealKey, bytes]:
    seal = keys_of("north").seal
    return seal, seal.public


def parcels(data: bytes) -> None:
    """What stands inside a seal, properly sealed to us; the same bytes as a parcel; and as a header."""
    seal, public = _recipient()
    known = (keys_of("south").register.public,)
    tried(lambda: parcel.open_parcel(data, [seal], lambda _: known))
    sealed = parcel.SUITE.encrypt(data, xwing_public(public), info=b"yeollak/parcel/1")
    opened = tried(lambda: parcel.open_parcel(sealed, [seal], lambda _: known))
    if opened is not None:
        holds(data.endswith(opened.body), "a body that was not sent")
    tried(lambda: parcel.open_card(sealed, seal))
    header = tried(lambda: parcel.Header.parse(data))
    if header is not None:
        same(header.encode(), data)


@cache
def _export() -> tuple[tuple[str, ...], dict[str, bytes]]:
    files = exports.World().fill(3).export()
    return tuple(sorted(files)), files


def folder(data: bytes) -> None:
    """A manifest; and an export of which one file, named by the first byte, is other bytes."""
    found = tried(lambda: manifest.Manifest.read(data))
    if found is not None:
        read, signed = found
        same(read.text(), signed.text)
    names, files = _export()
    name = names[data[0] % len(names)] if data else names[0]
    audited = tried(lambda: audit.audit(MemoryFiles({**files, name: data[1:]})))
    holds(
        audited is None or data[1:] == files[name] or bool(audited[0].defects), f"{name} was altered unseen"
    )


def archive(data: bytes) -> None:
    """An exhibit: an archive of a stranger's, and what is found in it."""
    files = tried(lambda: exhibit.unpack(data))
    if files is None:
        return
    holds(sum(map(len, files.values())) <= exhibit.MAX_EXHIBIT, "an exhibit above its limit")
    same(exhibit.unpack(exhibit.pack(files)), files)
    tried(lambda: exhibit.audit_exhibit(files))


def enclosures(data: bytes) -> None:
    """The wrapper of a private enclosure, and a blob."""
    read = tried(lambda: enclosure.unwrap_private(data))
    if read is not None:
        wrapped = enclosure.strip(data)
        same(enclosure.wrap_private(read.lang, read.name, read.type, read.content), wrapped)
    tried(lambda: enclosure.open_blob("0" * 64, "south", "0" * 64, data))


def keyfiles(data: bytes) -> None:
    """A key file, as far as it is read without a passphrase."""
    kind = tried(lambda: keyfile.kind_of(data))
    holds(kind is None or len(kind) < 100, "a kind without end")


def requests(data: bytes) -> None:
    """A request to sign elsewhere, and an answer to one."""
    read = tried(lambda: Request.parse(data))
    if read is not None:
        same(read.to_bytes(), data)
    tried(lambda: read_answer(data, data, keys_of("south").officers["duty"].public))


def texts(data: bytes) -> None:
    """A joint text."""
    read = tried(lambda: instrument.read(data))
    if read is not None:
        same(canon.encode(canon.decode(data, limit=len(data))), data)
        for language in read.languages:
            read.version(language)


def figures(data: bytes) -> None:
    """Joint figures, held against an office of our own."""
    office, index, _ = small()
    tried(lambda: checking.check(data, office, index))
