"""`yeollak office`: a charter drafted over cards, and shown for what it is."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from yeollak.cli.auditing import audit_folder
from yeollak.cli.opened import chosen, node_option, office_option, opened, passphrase_option
from yeollak.cli.options import pairs, read_file, shared, write_file
from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse
from yeollak.errors import OurFault
from yeollak.office import charter as charters
from yeollak.record.audit import MAX_CHARTER, MAX_PARTIES
from yeollak.record.card import MAX_CARD, Card
from yeollak.words.own import pick

_MAX_TERMS = 256 * 1024


@click.group()
def office() -> None:
    """Offices: the charter that founds one."""


@office.command()
@click.argument("cards", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", "target", required=True, type=click.Path(path_type=Path), help="Where the draft goes.")
@click.option(
    "--name", "names", multiple=True, required=True, help="LANG=NAME of the office; once a language."
)
@click.option("--terms", type=click.Path(path_type=Path), help="TOML with the tables [office] and [terms].")
@click.option(
    "--predecessor",
    "before",
    type=click.Path(path_type=Path),
    help="The folder of an export of the office that this one succeeds; it is verified first.",
)
@shared
def draft(
    out: Output,
    cards: tuple[Path, ...],
    target: Path,
    names: tuple[str, ...],
    terms: Path | None,
    before: Path | None,
) -> None:
    """Draft a charter over CARDS, in their order. Every side signs exactly these bytes."""
    from yeollak.node.founding import newest_cards

    held = [Card.parse(read_file(path, MAX_CARD)) for path in cards]
    if not 2 <= len(newest_cards(held)) <= MAX_PARTIES:
        raise Misuse("A charter has 2 to 16 parties: give the card of each.")
    said = _toml(terms) if terms else {}
    data = charters.draft(
        held,
        {**said.get("office", {}), "name": pairs(names, "--name")},
        said.get("terms", {}),
        predecessor=_ended(before) if before else None,
    )
    made = charters.Charter.parse(data)
    write_file(target, data)
    out.result({"file": str(target), "office": made.office, "sides": list(made.sides)})
    out.say("Drafted {file}: office {office}", "bold", file=str(target), office=made.office)
    out.say("The heads of the sides read this id to each other by another route before they sign.")


@office.command()
@click.argument("charter", type=click.Path(path_type=Path))
@shared
def show(out: Output, charter: Path) -> None:
    """Show the charter in the file CHARTER."""
    data = read_file(charter, MAX_CHARTER)
    held = charters.Charter.parse(data)
    out.result({"charter": json.loads(data), "office": held.office, "sides": list(held.sides)})
    out.say("Office {office}", "bold", office=held.office)
    if held.demonstration:
        out.say("A demonstration, signed with demonstration keys.", "bold red")
    if held.predecessor is not None:
        out.say("It succeeds the office {office}", office=held.predecessor.office)
        for side, (size, root) in held.predecessor.registers.items():
            out.say("Register of {side}: entries {size}, root {root}", side=side, size=size, root=root)
    out.tabulate(sorted((lang, str(name)) for lang, name in held.about["name"].items()), "language", "name")
    rows = [(party.side, pick(party.names, out.lang), party.time_zone) for party in held.parties]
    out.tabulate(rows, "side", "name", "time zone")
    out.tabulate(
        sorted((name, json.dumps(value, ensure_ascii=False)) for name, value in held.terms.items()),
        "term",
        "value",
    )


def _ended(folder: Path) -> charters.Predecessor:
    """Where the registers of an office ended, as an export of it has them. Raises RecordFault(`audit-failed`,
    `unreadable`): what does not verify is nothing to take the place of.
    """
    report, state = audit_folder(folder)
    replace(report, defects=(*report.defects, *state.keys)).require()
    ends = {register.side: (register.size, register.root) for register in report.registers}
    return charters.Predecessor(str(report.office), ends)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_file(path, _MAX_TERMS).decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise OurFault("file-unreadable", file=str(path), why="it is not TOML") from None


@office.command()
@click.argument("charter", type=click.Path(path_type=Path))
@click.argument("cards", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--office", "expected", help="The office id (64 hex digits) as another route told it.")
@node_option
@shared
def found(out: Output, charter: Path, cards: tuple[Path, ...], expected: str | None, folder: Path) -> None:
    """Take the CHARTER over into this node, compared with the CARDS as they reached it."""
    from yeollak.node.founding import adopt

    held = [Card.parse(read_file(path, MAX_CARD)) for path in cards]
    meant = expected.lower() if expected else None
    taken = adopt(opened(folder), read_file(charter, MAX_CHARTER), held, expected=meant)
    out.result({"office": taken.office, "sides": list(taken.sides)})
    out.say("This node holds the office {office}", "bold", office=taken.office)
    out.say("Next: compare this id with the other heads by another route, then yeollak office sign")


@office.command()
@click.option(
    "--checked",
    required=True,
    type=click.Choice(["in-person", "by-phone", "not-checked"]),
    help="How the heads compared the office id.",
)
@node_option
@office_option
@passphrase_option
@shared
def sign(out: Output, checked: str, folder: Path, office_id: str | None, passphrase: str) -> None:
    """Sign the charter by this side's authority key."""
    from yeollak.node.founding import sign_charter

    node = opened(folder)
    meant = chosen(node, office_id)
    act = sign_charter(node, meant, passphrase, checked)
    out.result({"act": act, "office": meant})
    out.say("Signed the charter of the office {office}: act {act}", "bold", office=meant, act=act)
    out.say("Next: yeollak serve, on every side")


@office.command("list")
@node_option
@shared
def list_(out: Output, folder: Path) -> None:
    """List the offices of this node and where their registers stand."""
    node = opened(folder)
    from yeollak.storage import reading

    views = [reading.office_view(node.alias, held) for held in reading.offices(node.alias)]
    out.result(
        {
            "offices": [
                {
                    "alarms": [alarm.code for alarm in reading.alarms(view)],
                    "office": view.id,
                    "registers": [
                        {"counted": row.counted, "root": row.root, "side": row.side, "size": row.size}
                        for row in reading.heads(view)
                    ],
                    "side": view.side,
                }
                for view in views
            ]
        }
    )
    for view in views:
        out.say("Office {office}, our side {side}", "bold", office=view.id, side=view.side)
        out.tabulate(
            [(row.side, str(row.size), str(row.counted), row.root) for row in reading.heads(view)],
            "register",
            "entries",
            "counted",
            "root",
        )
        for alarm in reading.alarms(view):
            out.say("Alarm: {code}", "red", code=alarm.code)
    if not views:
        out.say("This node has no office yet.")
        out.say("Next: yeollak card new")
