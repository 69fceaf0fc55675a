"""`yeollak card`: what a side hands over before an office is founded, read and checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from yeollak.cli.options import read_file, shared
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
