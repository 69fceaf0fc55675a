"""The keys that an export's registers bring after the charter's, found before anything is verified by them.

Only statements and documents are read here, and only of the acts by which a side replaces its keys: the
authority's signature on each says that they are that side's word. That the entries stand in the register that
was signed is found by the audit of the register, with these keys among others. Source:
docs/spec/10-export.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from yeollak.errors import RecordFault
from yeollak.record import tiles
from yeollak.record.audit_documents import BLOBS
from yeollak.record.audit_register import MAX_BUNDLE, MAX_ENTRIES, Parties
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.document import MAX_DOCUMENT
from yeollak.record.folder import Files
from yeollak.record.generations import ROLES, first, replacements, succeed
from yeollak.record.note import MAX_NOTE


def with_later(
    parties: Parties,
    entries: Callable[[str], Iterable[tuple[int, bytes]]],
    document: Callable[[str], bytes | None],
) -> Parties:
    """The parties with every generation of keys that their registers bring: `entries` gives the positions and
    statements of a side's register, `document` an act's document by its id.
    """
    taken = frozenset(raw for given in parties.keys.values() for raw in given.values())
    later = {}
    for side, given in parties.keys.items():
        authority, enrolled = given["authority"], given["authority_next"].hex()
        found = list(
            replacements(
                parties.office, side, authority, enrolled, entries(side), lambda _index, act: document(act)
            )
        )
        if found:
            later[side] = {role: succeed(first(role, given), role, taken, found)[1:] for role in ROLES}
    return replace(parties, later=later) if later else parties


def of_export(files: Files, parties: Parties) -> Parties:
    """The same from the registers in `files`. What cannot be read is passed over: the audit names it."""

    def document(act: str) -> bytes | None:
        try:
            return files.read(f"{BLOBS}{act}", MAX_DOCUMENT)
        except RecordFault:
            return None

    return with_later(parties, lambda side: _entries(files, side), document)


def _entries(files: Files, side: str) -> Iterator[tuple[int, bytes]]:
    """Positions and statements of a register, up to the size that its checkpoint states."""
    try:
        size = read_checkpoint(files.read(f"{side}/checkpoint", MAX_NOTE))[0].size
        for n, width in tiles.bundle_widths(min(size, MAX_ENTRIES)):
            path = f"{side}/{tiles.entry_path(n, width)}"
            bundle = tiles.decode_bundle(files.read(path, MAX_BUNDLE), width, path)
            yield from enumerate(bundle, start=n * tiles.WIDTH)
    except RecordFault:
        return
