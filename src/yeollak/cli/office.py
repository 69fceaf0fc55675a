"""`yeollak office`: a charter drafted over cards, and shown for what it is."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import click

from yeollak.cli.options import read_file, shared, write_file
from yeollak.cli.output import Output
from yeollak.errors import OurFault
from yeollak.office import charter as charters
from yeollak.record.audit import MAX_CHARTER
from yeollak.record.card import MAX_CARD, Card

_MAX_TERMS = 256 * 1024


@click.group()
def office() -> None:
    """Offices: the charter that founds one."""


@office.command()
@click.argument("cards", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", "target", required=True, type=click.Path(path_type=Path), help="Where the draft goes.")
@click.option("--terms", type=click.Path(path_type=Path), help="TOML with the tables [office] and [terms].")
@shared
def draft(out: Output, cards: tuple[Path, ...], target: Path, terms: Path | None) -> None:
    """Draft a charter over CARDS, in their order. Every side signs exactly these bytes."""
    held = [Card.parse(read_file(path, MAX_CARD)) for path in cards]
    said = _toml(terms) if terms else {}
    data = charters.draft(held, said.get("office", {}), said.get("terms", {}))
    made = charters.Charter.parse(data)
    write_file(target, data)
    out.result({"file": str(target), "office": made.office, "sides": list(made.sides)})
    out.line(f"Drafted {target}: office {made.office}", "bold")
    out.line("Both heads read this id to each other by another route before they sign.")


@office.command()
@click.argument("charter", type=click.Path(path_type=Path))
@shared
def show(out: Output, charter: Path) -> None:
    """Show the charter in the file CHARTER."""
    data = read_file(charter, MAX_CHARTER)
    held = charters.Charter.parse(data)
    out.result({"charter": json.loads(data), "office": held.office, "sides": list(held.sides)})
    out.line(f"Office {held.office}", "bold")
    if held.demonstration:
        out.line("A demonstration, signed with demonstration keys.", "bold red")
    rows = [(party.side, party.names.get("en", party.side), party.time_zone) for party in held.parties]
    out.table(("side", "name", "time zone"), rows)
    out.table(("term", "value"), sorted((name, json.dumps(value)) for name, value in held.terms.items()))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_file(path, _MAX_TERMS).decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise OurFault("file-unreadable", file=str(path), why="it is not TOML") from None
