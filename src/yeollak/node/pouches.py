"""Pouches of a node: packed into files, opened from files, and how it stands with them.

A pouch is written whole beside its place, put into the anchor and into the node's list, and only then gets
its name: what was packed counts as having left (rule 9). Opening may be done while the node serves and as
often as one likes. No name that stands in a pouch is ever used for a file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Final

from yeollak.errors import Fault, OurFault, RecordFault
from yeollak.line.post import Post
from yeollak.line.pouch import MAX_PIECE, Cut, Damaged, Part, framed, overhead, parts_in, piece_size
from yeollak.line.pouch_packing import Order, Packing
from yeollak.line.pouch_paper import UPPER, check_count
from yeollak.line.pouch_taking import Taken, Taking
from yeollak.node.keeper import Keeper
from yeollak.node.keyring import Unlocked
from yeollak.node.open import Node
from yeollak.node.pouch_shelf import Shelf
from yeollak.storage import disk, reading
from yeollak.storage.pouches import PouchHoldings, note_pouch

#: Why nothing of our own register is packed, and the other side is asked instead (rule 9).
_BEHIND: Final = frozenset({"behind-anchor", "anchor-missing"})
#: What an own act may fail by that keeps no pouch from being packed or opened.
_SILENT: Final = _BEHIND | {"forked-register", "register-waits", "act-void"}
#: The piece of a pouch that is one file: a damaged place costs so much.
_PIECE: Final = 1024 * 1024
_LARGEST: Final = overhead(12) + MAX_PIECE
#: Draws lines of text, each a part, with its number and how many there are, as a document.
Drawing = Callable[[Sequence[Part]], bytes]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a pouch is to be packed: into files of at most `upper` bytes below a folder, into one file without;
    by `drawing` on paper; with large `enclosures`, with `receipts`; with questions (`ask`).
    """

    upper: int | None = None
    drawing: Drawing | None = None
    enclosures: bool = True
    receipts: bool = True
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """A pouch that was packed: its id, parts, bytes and files, and what is in it (`Packing`). `behind` is why
    nothing of our own register is, or empty.
    """

    pouch: str
    parts: int
    size: int
    files: int
    first: int
    last: int
    receipts: int
    enclosures: int
    asks: bool
    behind: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A pouch of which parts were given, or that waited. `missing` are the numbers of the parts that are not
    here; where there are none `taken` says what has come of it, or `fault` why nothing has.
    """

    pouch: str
    of: int
    missing: tuple[int, ...] = ()
    office: str = ""
    taken: Taken | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A damaged part: in which file, at which byte or line, from 1, and the number that it gives itself, or
    0. A file without any part has `where` 0.
    """

    file: str
    where: int
    number: int


@dataclass(slots=True)
class Opening:
    """What has come of one command."""

    pouches: list[Opened] = field(default_factory=list)
    damaged: list[Spoilt] = field(default_factory=list)


def post_of(node: Node, office: str, passphrase: str) -> Post:
    """Our end of the line in an office. Raises what the keyring does."""
    view = reading.office_view(node.alias, office)
    keys = Unlocked(node.keyring, view.charter, view.side, passphrase)
    return Post(view.charter, view.side, keys, lambda: reading.office_view(node.alias, office).office)


def shelf_of(node: Node) -> Shelf:
    """Where parts wait."""
    return Shelf(node.config.folder / "pouches")


# packing


def pack(node: Node, post: Post, peer: str, path: Path, wish: Wish) -> Packed:
    """Pack everything that `peer` has not receipted into the new file or folder `path`.

    Raises OurFault(`file-exists`, `file-unwritable`, `disk-full`, `pouch-parts`, `pouch-paper`,
    `pouch-empty`).
    """
    office = post.charter.office
    if os.path.lexists(path):
        raise OurFault("file-exists", file=str(path))
    behind = _catch_up(node, post)
    paper, asks = wish.drawing is not None, wish.ask or behind in _BEHIND
    order = Order(not behind, not paper, wish.enclosures and not paper, wish.receipts, asks)
    port = PouchHoldings(node.journal, office)
    packing = Packing(post, port, peer, order, node.clock.now())
    with _beside(path) as beside:
        content = beside / "content"
        with _writing(content) as file:
            for parcel in packing.parcels():
                file.write(framed(parcel))
        size = content.stat().st_size
        if not size:
            raise OurFault("pouch-empty", side=peer)
        cut = Cut(partial(_read, content), size, _piece(size, wish))
        if paper:
            check_count(cut.of)
        files = _write(beside / "made", cut, wish)
        note_pouch(
            node.journal,
            office,
            "out",
            cut.id,
            peer,
            packing.now,
            parts=cut.of,
            size=size,
            first=packing.first,
            last=packing.last,
            receipts=packing.receipts,
            enclosures=packing.enclosures,
        )
        port.keep_dues(peer, packing.dues)
        _hand_out(beside / "made", path)
    return Packed(
        cut.id,
        cut.of,
        size,
        files,
        packing.first,
        packing.last,
        packing.receipts,
        packing.enclosures,
        asks,
        behind,
    )


def _catch_up(node: Node, post: Post) -> str:
    """Do first what the node would do by itself. Returns why nothing more of our register may leave, or
    empty: whatever else keeps it from speaking, what was appended goes out all the same.
    """
    code = ""
    try:
        Keeper(node, post).step(at_once=True)
    except OurFault as fault:
        if fault.code not in _SILENT:
            raise
        code = fault.code
    # Pages learn of it too: where no server runs, nobody else tells them.
    _fold(node, post.charter.office)
    return code if code in _BEHIND or code == "forked-register" else ""


def _piece(size: int, wish: Wish) -> int:
    if wish.drawing is not None:
        return piece_size(size, UPPER)
    if wish.upper is not None:
        return piece_size(size, wish.upper)
    return _PIECE if size <= _PIECE * 4096 else MAX_PIECE


def _write(made: Path, cut: Cut, wish: Wish) -> int:
    """Write the parts; returns into how many files."""
    if wish.drawing is not None:
        with _writing(made) as file:
            file.write(wish.drawing(list(cut.parts())))
        return 1
    if wish.upper is None:
        with _writing(made) as file:
            for part in cut.parts():
                file.write(part.encode())
        return 1
    # Where more may be in a file than a part ever has, several parts share one.
    share = max(1, wish.upper // _LARGEST)
    files = -(-cut.of // share)
    made.mkdir()
    for number in range(1, files + 1):
        name = f"{number:0{len(str(files))}}-of-{files}.pouch"
        with _writing(made / name) as file:
            for at in range((number - 1) * share + 1, min(number * share, cut.of) + 1):
                file.write(cut.part(at).encode())
    disk.sync_folder(made)
    return files


def _read(content: Path, offset: int, length: int) -> bytes:
    with content.open("rb") as file:
        file.seek(offset)
        return file.read(length)


@contextmanager
def _writing(path: Path) -> Iterator[IO[bytes]]:
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A folder beside the place of `path`, which is gone in the end."""
    try:
        with tempfile.TemporaryDirectory(
            prefix=f".{path.name}.", suffix=".part", dir=path.parent, ignore_cleanup_errors=True
        ) as place:
            yield Path(place)
    except OSError as problem:
        raise disk.trouble(problem, path) from None


def _hand_out(made: Path, path: Path) -> None:
    if os.path.lexists(path):
        raise OurFault("file-exists", file=str(path))
    made.rename(path)
    disk.sync_folder(path.parent)


# opening


def open_pouches(node: Node, posts: Sequence[Post], paths: Sequence[Path]) -> Opening:
    """Open what lies in these files, together with what waits here; without files, what waits.

    A damaged part, a part that is missing and a pouch that is not for us are told and keep nothing else back.
    Raises OurFault(`pouch-none`, `pouch-damaged`) for files in which nothing is, and where this node cannot
    go on.
    """
    opening, shelf = Opening(), shelf_of(node)
    given = _shelved(shelf, paths, opening) if paths else shelf.pouches()
    for pouch in given:
        try:
            of, missing = shelf.missing(pouch)
            if missing:
                opening.pouches.append(Opened(pouch, of, tuple(missing)))
            else:
                opening.pouches.append(_open(node, shelf, posts, pouch, of))
        except RecordFault as fault:
            shelf.drop(pouch)
            opening.pouches.append(Opened(pouch, 0, fault=fault))
    return opening


def _shelved(shelf: Shelf, paths: Sequence[Path], opening: Opening) -> list[str]:
    """Keep the parts in these files; returns the pouches that they belong to, as they came."""
    given: dict[str, None] = {}
    faults: list[OurFault] = []
    for path in _files(paths):
        damaged, good = 0, 0
        try:
            with path.open("rb") as file:
                for part in parts_in(file):
                    if isinstance(part, Damaged):
                        damaged += 1
                        opening.damaged.append(Spoilt(str(path), part.where, part.number))
                    else:
                        good += 1
                        shelf.keep(part)
                        given[part.id] = None
        except OSError as problem:
            raise OurFault("file-unreadable", file=str(path), why=problem.strerror or "no access") from None
        if damaged and not good:
            faults.append(OurFault("pouch-damaged", file=str(path), count=damaged))
        elif not good:
            faults.append(OurFault("pouch-none", file=str(path)))
            opening.damaged.append(Spoilt(str(path), 0, 0))
    if faults and not given:
        raise faults[0]
    if not given:
        raise OurFault("pouch-none", file=str(paths[0]))
    return list(given)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that are meant: of a folder those that lie in it. Raises OurFault(`file-unreadable`)."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.iterdir() if one.is_file())
        elif path.exists() and not path.is_file():
            # A device may never end.
            raise OurFault("file-unreadable", file=str(path), why="it is not a file")
        else:
            yield path


def _open(node: Node, shelf: Shelf, posts: Sequence[Post], pouch: str, of: int) -> Opened:
    parcels = shelf.opened(pouch)
    for post in posts:
        office = post.charter.office
        taking = Taking(
            post,
            PouchHoldings(node.journal, office),
            parcels,
            node.clock.now(),
            partial(_fold, node, office),
            partial(_keep_answer, node, office),
        )
        taken = taking.take()
        if not taken.sender:
            continue
        note_pouch(
            node.journal,
            office,
            "in",
            pouch,
            taken.sender,
            node.clock.now(),
            parts=of,
            size=parcels.size,
            first=taken.first,
            last=taken.last,
            receipts=taken.receipts,
            enclosures=taken.enclosures,
            waits=taken.waits,
        )
        if not taken.waits:
            shelf.drop(pouch)
        _anchor_again(node, post)
        _catch_up(node, post)
        return Opened(pouch, of, office=office, taken=taken)
    shelf.drop(pouch)
    return Opened(pouch, of, fault=OurFault("pouch-otherwise", pouch=pouch))


def _fold(node: Node, office: str) -> None:
    node.journal.fold(office, node.clock.now())


def _keep_answer(node: Node, office: str, side: str, data: bytes) -> None:
    """Where a side's word may be all there is, it is kept as it was signed (clarifications 33)."""
    folder = node.config.folder / "answers"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{office[:16]}-{side}-{node.clock.now():%Y%m%dT%H%M%SZ}.parcel"
    disk.write_whole(folder / name, data, mode=0o600)


def _anchor_again(node: Node, post: Post) -> None:
    """Begin a lost anchor anew once every other side has answered by pouch what it holds of our register."""
    anchor, office = node.journal.anchor, post.charter.office
    with suppress(OurFault):
        if anchor is None or anchor.read(office) is not None:
            return
        port = PouchHoldings(node.journal, office)
        if all(port.dues(side).answered for side in post.charter.sides if side != post.side):
            node.journal.anchor_again(office)
