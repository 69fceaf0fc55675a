"""The keys that an export's registers bring after the charter's, found before anything is verified by them.

Which acts bring keys, only a fold can say: a void one brings none. The layer above, which folds, answers for
the entries that are read here, and its word is taken for the whole audit, so that the audit and a node never
differ on which keys are in force. That the entries stand in the register that was signed is found by the
audit of the register, with these keys among others. Source: docs/spec/10-export.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from yeollak.errors import RecordFault
from yeollak.record import statement, tiles
from yeollak.record.audit_register import MAX_BUNDLE, MAX_ENTRIES, Parties
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.document import MAX_DOCUMENT
from yeollak.record.folder import BLOBS, Files
from yeollak.record.generations import Generation, names_keys
from yeollak.record.note import MAX_NOTE

#: By side and role the generations after the charter's, oldest first.
Later = Mapping[str, Mapping[str, tuple[Generation, ...]]]
#: By side the entries of its register in their order: statements, each with its document where it is here.
Entries = Mapping[str, Sequence[tuple[bytes, bytes | None]]]
#: What the charter (its bytes) and these entries bring, by a fold. It never raises for what they may hold.
Brought = Callable[[bytes, Entries], Later]


def of_export(files: Files, charter: bytes, parties: Parties, brought: Brought) -> Parties:
    """The parties with every generation of keys that the registers in `files` bring, by the word of
    `brought`, which is asked only where an act names the keys of its side. What cannot be read is passed
    over: the audit names it.
    """
    stated = {side: list(_statements(files, side)) for side in parties.register}
    if not any(names_keys(parties.office, side, raw) for side, rows in stated.items() for raw in rows):
        return parties
    entries = {side: [(raw, _document(files, raw)) for raw in rows] for side, rows in stated.items()}
    return replace(parties, later=brought(charter, entries))


def _statements(files: Files, side: str) -> Iterator[bytes]:
    """The statements of a register, up to the size that its checkpoint states."""
    try:
        size = read_checkpoint(files.read(f"{side}/checkpoint", MAX_NOTE))[0].size
        for n, width in tiles.bundle_widths(min(size, MAX_ENTRIES)):
            path = f"{side}/{tiles.entry_path(n, width)}"
            yield from tiles.decode_bundle(files.read(path, MAX_BUNDLE), width, path)
    except RecordFault:
        return


def _document(files: Files, raw: bytes) -> bytes | None:
    try:
        act = statement.parse(raw).act_id
        data = files.read(f"{BLOBS}{act}", MAX_DOCUMENT)
    except RecordFault:
        return None
    return data if hashlib.sha256(data).hexdigest() == act else None
