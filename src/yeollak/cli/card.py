"""`yeollak card`: what a side hands over before an office is founded, read and checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from yeollak.cli.opened import node_option, opened, passphrase_option
from yeollak.cli.options import pairs, read_file, shared, write_file
from yeollak.cli.output import Output
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
    out.line(f"Card of {held.side}, issued {held.issued}", "bold")
    out.table(("language", "name"), sorted(held.names.items()))
    out.table(("key", "raw public key"), sorted((role, raw.hex()[:64]) for role, raw in held.keys.items()))
    out.line(f"Address: {held.address.url if held.address else 'none'}")
    out.line(f"SHA-256 of the card: {hashlib.sha256(data).hexdigest()}")


@card.command()
@click.argument("file", type=click.Path(path_type=Path))
@shared
def check(out: Output, file: Path) -> None:
    """Check that the card in FILE is one, and signed by its own authority key."""
    data = read_file(file, MAX_CARD)
    held = Card.parse(data)
    digest = hashlib.sha256(data).hexdigest()
    out.result({"good": True, "issued": held.issued, "sha256": digest, "side": held.side})
    out.line(f"A good card of {held.side}. That it is theirs, only another route tells: {digest}", "green")


@card.command()
@click.option("--name", "names", multiple=True, required=True, help="LANG=NAME of the side; once a language.")
@click.option("--short", "shorts", multiple=True, help="LANG=NAME, short.")
@click.option("--time-zone", default="UTC", show_default=True, help="An IANA time zone.")
@click.option("--out", "target", type=click.Path(path_type=Path), help="Write the card here too.")
@node_option
@passphrase_option
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

    made = make_card(opened(folder), pairs(names, "--name"), pairs(shorts, "--short"), time_zone, passphrase)
    kept = folder / "cards" / f"{made.nonce}.card"
    if target is not None:
        write_file(target, made.to_bytes())
    out.result({"file": str(target or kept), "kept": str(kept), "side": made.side})
    out.line(f"Made a card of {made.side}: {target or kept}", "bold")
