"""`yeollak deposit`: a text of a simultaneous exchange that lies, sealed, with the guarantor.

The guarantor opens it with his seal key and needs no node; what he gives out is held against what the side
has committed to, by him and by whoever takes it over.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened, passphrase_of, passphrase_option
from yeollak.cli.options import read_file, shared, write_file
from yeollak.cli.output import Output
from yeollak.errors import OurFault, RecordFault
from yeollak.record import canon, enclosure, keyfile
from yeollak.record.deposit import open_deposit
from yeollak.record.keys import SealKey

_MAX: Final = 64 * 1024 * 1024


@click.group()
def deposit() -> None:
    """Deposits: what a side left, sealed, with the guarantor that the charter names as escrow."""


@deposit.command()
@click.option("--matter", required=True, help="The exchange.")
@click.option("--of", "side", required=True, help="The side that has deposited its text.")
@click.option(
    "-o", "--out", "target", required=True, type=click.Path(path_type=Path), help="A new folder for it."
)
@node_option
@office_option
@shared
def give(out: Output, matter: str, side: str, target: Path, folder: Path, office_id: str | None) -> None:
    """Write what a side has deposited into a new folder, still sealed, to be handed to the guarantor; and
    what he needs besides to open it.
    """
    node = opened(folder)
    from yeollak.node import escrow
    from yeollak.storage import disk, reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    meant = matter.lower()
    digests = escrow.commitments(view, meant, side)
    sealed = escrow.deposits(view, meant, side)
    try:
        target.mkdir(parents=True)
    except FileExistsError:
        raise OurFault("file-exists", file=str(target)) from None
    except OSError as problem:
        raise disk.trouble(problem, target) from None
    files = [target / f"{number}.deposit" for number in range(1, len(sealed) + 1)]
    for path, data in zip(files, sealed, strict=True):
        write_file(path, data)
    out.result(
        {"digests": list(digests), "files": [str(path) for path in files], "of": side, "office": view.id}
    )
    for path in files:
        out.say("Written: {file}", file=str(path))
    out.say("The guarantor needs the office id besides: {office}", office=view.id)
    for digest in digests:
        out.say("What {side} has committed to: {digest}", side=side, digest=digest)


@deposit.command("open")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key", "key_file", required=True, type=click.Path(path_type=Path), help="The guarantor's seal.key."
)
@click.option("--office", required=True, help="The office id (64 hex digits).")
@click.option("--of", "side", required=True, help="The side that has deposited it.")
@click.option(
    "--digest",
    "digests",
    multiple=True,
    required=True,
    help="What the side has committed to (64 hex digits); once for each text.",
)
@click.option(
    "-o", "--out", "target", required=True, type=click.Path(path_type=Path), help="Where the text goes."
)
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    help="Write the text itself here too, to be read: without salt and header.",
)
@passphrase_option
@shared
def open_(
    out: Output,
    file: Path,
    key_file: Path,
    office: str,
    side: str,
    digests: tuple[str, ...],
    target: Path,
    content: Path | None,
    passphrase: str,
) -> None:
    """Open the deposit in FILE, for the guarantor. What is written is checked against --digest first; the
    other side takes it over with `yeollak deposit take`.
    """
    wanted = [canon.hexadecimal(digest.lower(), 64, "--digest") for digest in digests]
    meant = canon.hexadecimal(office.lower(), 64, "--office")
    kind, seed = keyfile.open(read_file(key_file, keyfile.MAX_KEYFILE), passphrase)
    if kind != "seal":
        raise OurFault("key-otherwise", file=str(key_file), found=kind, wanted="seal")
    data, key = read_file(file, _MAX), SealKey(seed)
    digest, blob = _opened(data, key, meant, canon.side_name(side, "--of"), wanted)
    inside = enclosure.unwrap_private(blob[enclosure.SALT :])
    if content is not None and (content.exists() or content == target):
        raise OurFault("file-exists", file=str(content))
    write_file(target, blob)
    if content is not None:
        write_file(content, inside.content)
    out.result(
        {
            "bytes": len(inside.content),
            "content": None if content is None else str(content),
            "digest": digest,
            "file": str(target),
            "language": inside.lang,
            "name": inside.name,
            "type": inside.type,
        }
    )
    out.say("Opened: {file}, the text that {side} has committed to", "bold", file=str(target), side=side)
    out.say("Its digest is {digest}", digest=digest)
    if content is not None:
        out.say("Written: {file}", file=str(content))


def _opened(data: bytes, key: SealKey, office: str, side: str, digests: list[str]) -> tuple[str, bytes]:
    """The digest and the stored enclosure of a deposit: it holds one of several texts."""
    for last, digest in enumerate(digests, 1 - len(digests)):
        try:
            return digest, open_deposit(data, key, office, side, digest)
        except RecordFault as fault:
            if fault.code != "digest-mismatch" or not last:
                raise
    raise AssertionError("there is one digest at least")


@deposit.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--matter", required=True, help="The exchange.")
@click.option("--of", "side", required=True, help="The side that kept its text back.")
@click.option("--officer", help="The officer's key id, where several of ours have their keys here.")
@click.option(
    "--officer-passphrase-file",
    "secret_file",
    type=click.Path(path_type=Path),
    help="A file with the officer's passphrase; else YEOLLAK_OFFICER_PASSPHRASE, else you are asked.",
)
@node_option
@office_option
@shared
def take(
    out: Output,
    files: tuple[Path, ...],
    matter: str,
    side: str,
    officer: str | None,
    secret_file: Path | None,
    folder: Path,
    office_id: str | None,
) -> None:
    """Take over the FILES that the guarantor gave out: all texts that the side has committed to. They are
    checked, kept, and stated as received.
    """
    node = opened(folder)
    from yeollak.node import drafting, escrow
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    meant = matter.lower()
    digests = escrow.commitments(view, meant, side)
    given = [(str(path), read_file(path, _MAX)) for path in files]
    found = [escrow.matched(view.id, side, digests, data, what) for what, data in given]
    kid = drafting.officer_of(node, view, officer)
    drafting.check_clock(node, view)
    key = node.keyring.officer(kid, passphrase_of("officer_passphrase", secret_file, out))
    made = escrow.take(node, view, key, meant, side, given)
    out.result({"act": made, "digests": found, "matter": meant, "of": side, "office": view.id})
    out.say("Taken over: the text of {side}, as it had committed to it", "bold", side=side)
    out.say("Done: {kind}, act {act}", kind="exchange.received", act=made)
    out.say("`yeollak matter show` with --save writes it.")
