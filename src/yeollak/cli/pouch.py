"""`yeollak pouch`: what the line would carry, carried by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened, passphrase_option
from yeollak.cli.options import shared
from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse
from yeollak.errors import OurFault, TheirFault
from yeollak.words import direction

if TYPE_CHECKING:
    from yeollak.line.post import Post
    from yeollak.line.pouch import Part
    from yeollak.node.open import Node
    from yeollak.node.pouches import Opened, Opening, Packed, Wish

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
#: The least that a file of parts may have (docs/spec/41-pouch.md), and more than any medium holds.
_LEAST, _MOST = 1024, 1 << 40


class Size(click.ParamType):  # type: ignore[type-arg]  # not generic in every version of click
    """A number of bytes: 4096, 512K, 4M, 1G."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes that are meant; a usage error for anything else."""
        found = re.fullmatch(r"([1-9][0-9]{0,12})([KMG]?)", str(value).upper())
        size = int(found[1]) * _UNITS[found[2]] if found else 0
        if not _LEAST <= size <= _MOST:
            raise Misuse("{size} is not a size such as 4M, of at least 1024 bytes.", size=str(value)[:40])
        return size


@click.group()
def pouch() -> None:
    """The pouch: what the line would carry, by hand."""


@pouch.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", "to", help="The side that it is for, where there is more than one.")
@click.option(
    "--part-size",
    type=Size(),
    help="Write numbered files of at most so many bytes (4096, 512K, 4M) into the new folder PATH.",
)
@click.option("--qr", is_flag=True, help="Write a page of QR codes to print, without large enclosures.")
@click.option("--no-enclosures", is_flag=True, help="Leave large enclosures for another pouch.")
@click.option("--no-receipts", is_flag=True, help="Leave the receipt out, so that a page has fewer codes.")
@click.option("--ask", is_flag=True, help="Ask for everything that this node lacks, as after a restore.")
@node_option
@office_option
@passphrase_option
@shared
def pack(
    out: Output,
    path: Path,
    to: str | None,
    part_size: int | None,
    qr: bool,
    no_enclosures: bool,
    no_receipts: bool,
    ask: bool,
    folder: Path,
    office_id: str | None,
    passphrase: str,
) -> None:
    """Pack what the other side has not receipted, and the receipts that are due, into the new file PATH."""
    if qr and part_size is not None:
        raise Misuse("--qr and --part-size do not go together.")
    node = opened(folder)
    from yeollak.node.pouches import Wish, post_of

    post = post_of(node, chosen(node, office_id), passphrase)
    peer = _peer(post, to)
    drawing = None
    if qr:

        def drawing(parts: Sequence[Part]) -> bytes:
            return _drawn(out, parts)

    wish = Wish(part_size, drawing, not no_enclosures, not no_receipts, ask)
    out.result(_packed(out, node, post, peer, path, wish))


def _packed(out: Output, node: Node, post: Post, peer: str, path: Path, wish: Wish) -> dict[str, Any]:
    """Pack, and tell people of it."""
    from yeollak.node.pouches import pack as packed

    done = packed(node, post, peer, path, wish)
    out.say("Packed the pouch {pouch}", "bold", pouch=done.pouch)
    out.say("For {side}, in {path}", side=peer, path=str(path))
    out.say(
        "Parts: {parts}. Files: {files}. Bytes: {bytes}.", parts=done.parts, files=done.files, bytes=done.size
    )
    _tell_content(out, done)
    if wish.drawing is not None:
        out.say("Next: print the page, and scan every code into one text file on the other side.")
    else:
        out.say("Next, on the other side: yeollak pouch open, with every file of it")
    return {
        "asks": done.asks,
        "behind": done.behind or None,
        "bytes": done.size,
        "enclosures": done.enclosures,
        "files": done.files,
        "first": done.first,
        "last": done.last,
        "office": post.charter.office,
        "parts": done.parts,
        "path": str(path),
        "pouch": done.pouch,
        "receipts": done.receipts,
        "to": peer,
    }


def _tell_content(out: Output, done: Packed) -> None:
    out.say(
        "Entries of our register: {count}. Large enclosures: {enclosures}. Receipted of theirs: {receipts}.",
        count=done.last - done.first,
        enclosures=done.enclosures,
        receipts=done.receipts,
    )
    if done.behind == "forked-register":
        out.say("Nothing of our register is in it: two courses of it are out.", "yellow")
    elif done.behind:
        out.say("This node lacks what has left it: the pouch asks for that, and holds nothing new.", "yellow")
    elif done.asks:
        out.say("The pouch asks for everything that is missing here.")


@pouch.command("open")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--return",
    "back",
    type=click.Path(path_type=Path),
    help="Pack a pouch with the receipts for it, and all else that is owed, into this new file.",
)
@node_option
@office_option
@passphrase_option
@shared
def open_(
    out: Output,
    paths: tuple[Path, ...],
    back: Path | None,
    folder: Path,
    office_id: str | None,
    passphrase: str,
) -> int:
    """Open the pouch whose parts are in the files PATHS, in any order; without files, what waits here.

    A file holds parts as they were packed, or lines of text as a scanner reads them from paper; of a folder
    every file is read. Exit code 1: at least one part was damaged.
    """
    node = opened(folder)
    from yeollak.node.pouches import Wish, open_pouches, post_of
    from yeollak.storage import reading

    offices = [chosen(node, office_id)] if office_id is not None else reading.offices(node.alias)
    if not offices:
        raise OurFault("office-none")
    posts = [post_of(node, office, passphrase) for office in offices]
    opening = open_pouches(node, posts, paths)
    faults = [one.fault for one in opening.pouches if one.fault is not None]
    if faults and len(faults) == len(opening.pouches):
        raise faults[0]
    told: dict[str, Any] = {
        "damaged": [{"file": one.file, "number": one.number, "where": one.where} for one in opening.damaged],
        "pouches": [_object(one) for one in opening.pouches],
    }
    _tell(out, opening)
    if back is None and any(one.taken is not None and one.taken.entries for one in opening.pouches):
        out.say("Next: yeollak pouch pack, which takes the receipt back")
    if back is not None:
        told["return"] = _returned(out, node, posts, opening, back, Wish())
    out.result(told)
    return 1 if opening.damaged or faults else 0


def _returned(
    out: Output, node: Node, posts: Sequence[Post], opening: Opening, path: Path, wish: Wish
) -> dict[str, Any] | None:
    """Pack what goes back to whom the first pouch is from."""
    for one in opening.pouches:
        for post in posts:
            if one.taken is not None and post.charter.office == one.office:
                return _packed(out, node, post, one.taken.sender, path, wish)
    out.say("No pouch is whole yet: nothing was packed in return.", "yellow")
    return None


@pouch.command()
@node_option
@office_option
@shared
def status(out: Output, folder: Path, office_id: str | None) -> None:
    """What is owed to each side and by it, what has left by which pouch, and what of it is receipted."""
    node = opened(folder)
    from yeollak.node.pouch_status import incomplete
    from yeollak.node.pouch_status import status as status_of

    office = chosen(node, office_id)
    sides, waiting = status_of(node, office), incomplete(node)
    out.result({"incomplete": waiting, "office": office, "sides": sides})
    for side in sides:
        _tell_side(out, side)
    for one in waiting:
        _tell_missing(out, one["pouch"], one["parts"], one["missing"])


def _peer(post: Post, to: str | None) -> str:
    """The side that is named, or the only other one."""
    others = [side for side in post.charter.sides if side != post.side]
    if to is None and len(others) == 1:
        return others[0]
    if to is None:
        raise Misuse("Name the side that the pouch is for: --to.")
    if to not in others:
        raise TheirFault("no-such-side", side=to[:64])
    return to


def _drawn(out: Output, parts: Sequence[Part]) -> bytes:
    from yeollak.line.pouch_paper import pages

    captions = [
        out.phrase("Part {number} of {of}, pouch {pouch}", number=part.number, of=part.of, pouch=part.id[:8])
        for part in parts
    ]
    title = out.phrase("Pouch {pouch}", pouch=parts[0].id)
    return pages([part.line() for part in parts], captions, title, out.lang, direction(out.lang))


def _object(one: Opened) -> dict[str, Any]:
    taken = one.taken
    found: dict[str, Any] = {"missing": list(one.missing), "parts": one.of, "pouch": one.pouch}
    if one.fault is not None:
        return {**found, "code": one.fault.code}
    if taken is None:
        return found
    return {
        **found,
        "answered": taken.answered,
        "back": taken.back,
        "enclosures": taken.enclosures,
        "entries": taken.entries,
        "from": taken.sender,
        "held": taken.held,
        "lacks": taken.lacks,
        "newly_receipted": taken.newly,
        "office": one.office,
        "passed_over": dict(sorted(taken.passed.items())),
        "receipted": taken.receipted,
        "refused": dict(sorted(taken.refused.items())),
        "told": taken.told,
        "waits": taken.waits,
    }


def _tell(out: Output, opening: Opening) -> None:
    for spoilt in opening.damaged:
        if not spoilt.where:
            out.say("There is no part of a pouch in {file}.", "red", file=spoilt.file)
            continue
        out.say(
            "Damaged: part {number} in {file}, at {where}",
            "red",
            number=spoilt.number or "?",
            file=spoilt.file,
            where=spoilt.where,
        )
    if not opening.pouches:
        out.say("No pouch waits here.")
    for one in opening.pouches:
        if one.missing:
            _tell_missing(out, one.pouch, one.of, one.missing)
        elif one.taken is not None:
            _tell_taken(out, one)
        elif one.fault is not None and not out.json:
            out.fault(one.fault)


def _tell_missing(out: Output, pouch: str, of: int, missing: Sequence[int]) -> None:
    out.say("The pouch {pouch} is not whole yet.", "yellow", pouch=pouch)
    out.say("Missing of {of} parts: {numbers}", of=of, numbers=ranges(missing))


def _tell_taken(out: Output, one: Opened) -> None:
    taken = one.taken
    assert taken is not None, "the caller has looked"
    out.say("Opened the pouch {pouch} from {side}", "bold", pouch=one.pouch, side=taken.sender)
    out.say(
        "New entries: {count}, {held} are held now. Large enclosures: {enclosures}.",
        count=taken.entries,
        held=taken.held,
        enclosures=taken.enclosures,
    )
    out.say("Newly receipted of our register: {count}, up to {size}", count=taken.newly, size=taken.receipted)
    if taken.back:
        out.say("Entries of our own register that have come back: {count}", count=taken.back)
    if taken.waits:
        out.say("The quota of the day is spent: the rest waits here. Run this again tomorrow.", "yellow")
    for code, many in sorted(taken.refused.items()):
        if code != "quota":
            out.say("Refused, with the code {code}: {count}", "red", code=code, count=many)
    for code in taken.told:
        out.say(
            "{side} has refused what we sent, with the code {code}", "yellow", side=taken.sender, code=code
        )
    for code, many in sorted(taken.passed.items()):
        out.say("Passed over, with the code {code}: {count}", "yellow", code=code, count=many)
    if taken.lacks:
        out.say("This node lacks more than the pouch holds: the next pouch asks for it.", "yellow")


def _tell_side(out: Output, side: dict[str, Any]) -> None:
    out.say("To {side}", "bold", side=side["side"])
    out.say(
        "Entries not receipted: {count}, in no pouch: {left}. Large enclosures still owed: {enclosures}.",
        count=side["not_receipted"],
        left=side["not_left"],
        enclosures=side["enclosures_owed"],
    )
    out.say(
        "Receipt given up to {given}, of {held} held; by pouch up to {carried}",
        given=side["receipt_given"],
        held=side["entries_held"],
        carried=side["receipt_carried"],
    )
    if side["refused"]:
        out.say(
            "{side} has refused what we sent, with the code {code}",
            "red",
            side=side["side"],
            code=side["refused"],
        )
    if side["asked"]:
        out.say("A question of ours has no answer yet.", "yellow")
    rows = [(way, row) for way in ("out", "in") for row in side[way]]
    if rows:
        words = {"out": out.phrase("to them"), "in": out.phrase("from them")}
        out.tabulate(
            [
                (
                    row["pouch"],
                    words[way],
                    row["at"],
                    str(row["parts"]),
                    f"{row['first']}-{row['last']}" if row["last"] > row["first"] else "-",
                    _reached(out, row),
                )
                for way, row in rows
            ],
            "pouch",
            "direction",
            "at",
            "parts",
            "entries",
            "receipted",
        )


def _reached(out: Output, row: dict[str, Any]) -> str:
    if row["last"] == row["first"]:
        return "-"
    return out.phrase("yes") if row["receipted"] and not row["waits"] else out.phrase("not yet")


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers as people write them: 1-3, 7."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
