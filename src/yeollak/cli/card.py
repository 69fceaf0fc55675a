"""`yeollak card`: what a side hands over before an office is founded, read and checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from yeollak.cli.opened import new_passphrase_option, node_option, opened
from yeollak.cli.options import pairs, read_file, shared, write_file
from yeollak.cli.output import Output
from yeollak.errors import OurFault
from yeollak.record.card import MAX_CARD, Card


@click.group()
def card() -> None:
    """Cards: the names, keys and address that a side hands over."""


@card.command()
@click.argument("file", type=click.Path(path_type=Path))
@shared
def show(out: Output, file: Path) -> None:
    """Show the card in FILE, once its signature is verified."""
    data = read_file(file, MAX_CARD)
    held = Card.parse(data)
    out.result({"card": held.to_json(), "sha256": hashlib.sha256(data).hexdigest()})
    out.say("Card of {side}, issued {issued}.", "bold", side=held.side, issued=held.issued)
    out.tabulate(sorted(held.names.items()), "language", "name")
    keys = sorted((role, hashlib.sha256(raw).hexdigest()) for role, raw in held.keys.items())
    out.tabulate(keys, "key", "SHA-256 of the raw key")
    if held.address is None:
        out.say("It names no address.")
    else:
        out.say("Its line answers at {url}.", url=held.address.url)
    out.say("SHA-256 of the card: {digest}", digest=hashlib.sha256(data).hexdigest())


@card.command()
@click.argument("file", type=click.Path(path_type=Path))
@shared
def check(out: Output, file: Path) -> None:
    """Check that the card in FILE is one, and signed by its own authority key."""
    data = read_file(file, MAX_CARD)
    held = Card.parse(data)
    digest = hashlib.sha256(data).hexdigest()
    out.result({"good": True, "issued": held.issued, "sha256": digest, "side": held.side})
    out.say(
        "A good card of {side}. That it is theirs, only another route tells: compare {digest}.",
        "green",
        side=held.side,
        digest=digest,
    )


@card.command()
@click.option("--name", "names", multiple=True, required=True, help="LANG=NAME of the side; once a language.")
@click.option("--short", "shorts", multiple=True, help="LANG=NAME, short.")
@click.option("--time-zone", default="UTC", show_default=True, help="An IANA time zone.")
@click.option("--out", "target", type=click.Path(path_type=Path), help="Write the card here too.")
@node_option
@new_passphrase_option("passphrase", "operator's")
@shared
def new(
    out: Output,
    names: tuple[str, ...],
    shorts: tuple[str, ...],
    time_zone: str,
    target: Path | None,
    folder: Path,
    passphrase: str,
) -> None:
    """Make fresh keys for one office to come, and the card that names them."""
    from yeollak.node.founding import make_card

    if target is not None and target.exists():
        raise OurFault("file-exists", file=str(target))
    made = make_card(opened(folder), pairs(names, "--name"), pairs(shorts, "--short"), time_zone, passphrase)
    kept = folder / "cards" / f"{made.nonce}.card"
    if target is not None:
        write_file(target, made.to_bytes())
    digest = hashlib.sha256(made.to_bytes()).hexdigest()
    out.result({"file": str(target or kept), "kept": str(kept), "sha256": digest, "side": made.side})
    out.say("Made a card of {side}: {file}", "bold", side=made.side, file=str(target or kept))
    out.say("SHA-256 of the card: {digest}", digest=digest)
    out.say("Next: hand it to the other sides, and take theirs; then `yeollak office draft`.")
