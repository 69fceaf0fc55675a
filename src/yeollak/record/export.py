"""The files of an export, made from a record held in memory.

One function lays out the tree, so that what is written and what the audit expects are the same by
construction. It checks nothing and writes nothing; whoever exports runs the audit over the result. Source:
docs/spec/10-export.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yeollak.record import tiles
from yeollak.record.audit import key_files, read_parties
from yeollak.record.audit_documents import BLOBS
from yeollak.record.keys import SigningKey
from yeollak.record.manifest import Kind, Manifest
from yeollak.record.merkle import leaf_hash
from yeollak.record.policy import policy_of


@dataclass(frozen=True, slots=True)
class Exported:
    """One register to export: the note of its head with receipts, its entries, and older receipted notes by
    size.
    """

    checkpoint: bytes
    entries: Sequence[bytes]
    older: Mapping[int, bytes] = field(default_factory=dict)


def export_files(
    charter: bytes,
    registers: Mapping[str, Exported],
    blobs: Mapping[str, bytes],
    *,
    side: str,
    kind: Kind,
    signer: SigningKey,
) -> dict[str, bytes]:
    """Every file of the export by path, the manifest signed by `side`'s register key `signer`.

    `blobs` by digest: a document's bytes, an enclosure's salt and content. Raises RecordFault for a charter
    that names no parties.
    """
    parties = read_parties(charter)
    files = {
        "charter": charter,
        "policy": policy_of(parties.register, parties.receipt).format(),
        **key_files(parties),
        **{BLOBS + digest: data for digest, data in blobs.items()},
    }
    for name, register in registers.items():
        files[f"{name}/checkpoint"] = register.checkpoint
        made = {
            **tiles.bundles_of(register.entries),
            **tiles.tiles_of([leaf_hash(entry) for entry in register.entries]),
        }
        files.update({f"{name}/{path}": data for path, data in made.items()})
        files.update({f"receipts/{name}/{size}": note for size, note in register.older.items()})
    office = next(iter(parties.register.values()))[0].name.partition("/")[2]
    files["manifest"] = Manifest.of(office, side, kind, files).sign(signer)
    return files
