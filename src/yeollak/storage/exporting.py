"""Writing an export: the record as files, as tools written by others expect them (design §5).

An export is made from the entries as stored, never from a projection, in a folder beside the target that
is renamed when it is whole: there is no half-made export. Two exports of the same record are equal but for
the manifest's signer. Private enclosures that no act has released are left out; whoever gets an export
could otherwise read them before their time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from yeollak.errors import OurFault, RecordFault
from yeollak.office import side_keys
from yeollak.office.audit import brought
from yeollak.record import checkpoint, tiles
from yeollak.record.audit import key_files, policy_file, read_parties
from yeollak.record.audit_checkpoints import Parties
from yeollak.record.document import Act, act_id
from yeollak.record.generations import ROLES, key_matter
from yeollak.record.manifest import File, Manifest
from yeollak.record.merkle import leaf_hash
from yeollak.record.note import Note, Signature
from yeollak.storage import models
from yeollak.storage.disk import sync_folder, trouble
from yeollak.storage.reading import OfficeView, blob, blobs, office_view
from yeollak.storage.signer import RegisterSigner, kept

#: What goes along with an act or follows it of itself; the others wait for an act that releases them.
_RELEASED = frozenset({"right", "large"})
#: By side: size and note of the checkpoint that its register ends at, and the older ones by size.
Notes = dict[str, tuple[tuple[int, bytes] | None, dict[int, bytes]]]


def write_export(alias: str, office: str, folder: Path, signer: RegisterSigner) -> Manifest:
    """Write the whole record of an office to `folder`, which must not exist or be empty; returns its
    manifest.

    Raises OurFault(`export-empty`, `export-exists`, `disk-full`, `export-impossible`). On any failure nothing
    is left behind.
    """
    view = office_view(alias, office)
    for side, end in ends_of(view).items():
        if not end:
            raise OurFault("export-empty", side=side)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise OurFault("export-exists", path=str(folder))
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
        beside.chmod(0o755)
    except OSError as problem:
        raise _impossible(problem, folder) from None
    try:
        manifest = _write(view, beside, signer)
        # Takes the place of an empty folder, and of no other.
        beside.rename(folder)
        sync_folder(folder.parent)
    except OSError as problem:
        raise _impossible(problem, folder) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest


def ends_of(view: OfficeView) -> dict[str, int]:
    """The size of every register's newest checkpoint: where an export of it ends, 0 where it has none."""
    rows = view.rows(models.Checkpoint).order_by("place", "size").values_list("place", "size")
    return dict.fromkeys(view.charter.sides, 0) | {view.charter.sides[place]: size for place, size in rows}


def _impossible(problem: OSError, folder: Path) -> OurFault:
    fault = trouble(problem, folder)
    if fault.code == "disk-full":
        return fault
    return OurFault("export-impossible", why=problem.strerror or type(problem).__name__)


def files_of(view: OfficeView) -> Iterator[tuple[str, bytes]]:
    """Every file of a full export but the manifest, as (path, bytes), in no particular order, each once."""
    return _files(view, _all_notes(view))


def _files(view: OfficeView, notes: Notes) -> Iterator[tuple[str, bytes]]:
    charter = view.charter
    parties = _parties(view, notes)
    yield "charter", charter.raw
    yield from key_files(parties).items()
    yield "policy", policy_file(parties)
    written: set[bytes] = set()
    for side in charter.sides:
        newest, older = notes[side]
        if newest is None:
            continue
        size, note = newest
        yield f"{side}/checkpoint", note
        for at, cosigned in older.items():
            yield f"receipts/{side}/{at}", cosigned
        leaves: list[bytes] = []
        for n, width in tiles.bundle_widths(size):
            # A bundle at a time: a long register is never whole in memory.
            held = view.ledger.entries(charter.places[side], n * tiles.WIDTH, n * tiles.WIDTH + width)
            yield f"{side}/{tiles.entry_path(n, width)}", tiles.encode_bundle([one.statement for one in held])
            leaves.extend(leaf_hash(one.statement) for one in held)
            for name, data in _blobs(view, side, [one.document for one in held]):
                if (raw := bytes.fromhex(name)) not in written:
                    written.add(raw)
                    yield f"blobs/{name}", data
        for path, data in tiles.tiles_of(leaves).items():
            yield f"{side}/{path}", data


def _write(view: OfficeView, root: Path, signer: RegisterSigner) -> Manifest:
    files = []
    # Once, before anything is read: a node that runs may cover more of a register in the meantime.
    notes = _all_notes(view)
    for path, data in _files(view, notes):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        files.append(File.of(path, data))
    manifest = Manifest.of(view.id, view.side, "full", files)
    due = side_keys.in_force(view.office, view.side, "register", _end(notes, view.side))
    (root / "manifest").write_bytes(manifest.sign(kept(signer.pairs, due, view.side).key))
    return manifest


def _parties(view: OfficeView, notes: Notes) -> Parties:
    """The parties with every generation of keys that the exported part of their registers brings, as whoever
    audits the export will find it: from what is counted here, and folded anew where an act that may bring
    keys does not count yet.
    """
    parties = read_parties(view.charter.raw)
    ends = {side: _end(notes, side) for side in view.charter.sides}
    if not any(_may_bring(view, side, end) for side, end in ends.items()):
        found = {
            side: {role: side_keys.generations(view.office, side, role, end)[1:] for role in ROLES}
            for side, end in ends.items()
        }
        return replace(parties, later=found)
    entries = {
        side: [
            (entry.statement, entry.document)
            for entry in view.ledger.entries(view.charter.places[side], 0, end)
        ]
        for side, end in ends.items()
    }
    return replace(parties, later=brought(view.charter.raw, entries))


def _may_bring(view: OfficeView, side: str, end: int) -> bool:
    """Whether a register holds an entry below `end` that does not count yet and may bring keys."""
    place = view.charter.places[side]
    rows = view.rows(models.Entry).filter(place=place, index__lt=end, matter=key_matter(view.id, side))
    waits: bool = rows.filter(index__gte=view.ledger.counted(place)).exists()
    return waits


def _all_notes(view: OfficeView) -> Notes:
    return {side: _checkpoints(view, side) for side in view.charter.sides}


def _end(notes: Notes, side: str) -> int:
    newest = notes[side][0]
    return 0 if newest is None else newest[0]


def _checkpoints(view: OfficeView, side: str) -> tuple[tuple[int, bytes] | None, dict[int, bytes]]:
    """The checkpoint that an export of a register ends at, and the older ones that others have receipted.

    The end is the newest that is held, with every receipt for it; where not all parties have receipted
    that, it still is the end, and the older receipts show how far they have.
    """
    place = view.charter.places[side]
    lines: dict[int, list[Signature]] = {}
    for row in view.rows(models.Receipt).filter(place=place).order_by("size", "cosigner"):
        names = [f"{view.charter.origin(view.charter.sides[row.cosigner])}/receipt"]
        signed = Note.parse(bytes(row.note)).signatures
        lines.setdefault(row.size, []).extend(line for line in signed if line.name in names)
    notes = view.rows(models.Checkpoint).filter(place=place).order_by("size").values_list("size", "note")
    made = {size: checkpoint.add_lines(bytes(note), lines.get(size, ())) for size, note in notes}
    if not made:
        return None, {}
    newest = max(made)
    return (newest, made[newest]), {
        size: note for size, note in made.items() if size in lines and size < newest
    }


def _blobs(view: OfficeView, side: str, documents: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Documents of a register with the enclosures that they have released and that are held here."""
    released = dict[str, None]()
    for document in documents:
        yield act_id(document), document
        try:
            act = Act.parse(document)
        except RecordFault:
            continue
        if (act.office, act.side) == (view.id, side):
            released.update((item.digest, None) for item in act.enclosures if item.release in _RELEASED)
    # Of that side's own alone: an act that names another's digest releases nothing.
    found = blobs(view, released, side)
    for digest in released:
        # Of a large one the bytes are a file.
        if digest in found and (data := found[digest] or blob(view, digest, side)) is not None:
            yield digest, data
