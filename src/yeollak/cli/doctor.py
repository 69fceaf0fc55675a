"""`yeollak doctor`: what is right and what is wrong with a node's folder, a line a check."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yeollak.cli.opened import node_option, opened, passphrase_of
from yeollak.cli.options import shared
from yeollak.cli.output import Output, Said
from yeollak.errors import OurFault
from yeollak.words import sentence

if TYPE_CHECKING:
    from yeollak.node.checkup import Check


@click.command()
@click.option("--online", is_flag=True, help="Ask the lines of the other sides too.")
@click.option("--deep", is_flag=True, help="Count and fold the whole record anew and compare.")
@click.option("--recount", is_flag=True, help="Throw away stored counts that are wrong, to be made anew.")
@click.option(
    "--passphrase-file",
    "secret_file",
    type=click.Path(path_type=Path),
    help="A file with the operator's passphrase, or YEOLLAK_PASSPHRASE; without it keys are not opened.",
)
@node_option
@shared
def doctor(
    out: Output, online: bool, deep: bool, recount: bool, secret_file: Path | None, folder: Path
) -> int:
    """Check a node's folder: a line for each check, and what to do about it.

    Exit code 0: no fault, though there may be notes. 3: at least one fault.
    """
    from yeollak.node.doctor import examine

    secret = None
    if secret_file is not None or os.environ.get("YEOLLAK_PASSPHRASE"):
        secret = passphrase_of("passphrase", secret_file, out)
    checks = []
    for check in examine(folder, secret, online=online, deep=deep):
        checks.append(check)
        _tell(out, check)
    wrong = [check for check in checks if check.found is not None and check.found.code == "counts-unequal"]
    if recount and wrong:
        _recount(out, folder, list(dict.fromkeys(check.office for check in wrong)))
    faults = sum(check.state == "fault" for check in checks)
    notes = sum(check.state == "note" for check in checks)
    out.result({"checks": [_object(out, check) for check in checks], "faults": faults, "notes": notes})
    out.say("Faults: {faults}. Notes: {notes}.", "bold", faults=faults, notes=notes)
    return OurFault.exit_status if faults else 0


def _recount(out: Output, folder: Path, offices: list[str]) -> None:
    node = opened(folder)
    from yeollak.storage import tallying

    for office in offices:
        tallying.recount(node.alias, office)
        out.say("Thrown away, to be counted anew: what was stored of office {office}", office=office)


def _tell(out: Output, check: Check) -> None:
    title = _title(out, check.name)
    if check.found is None:
        out.say("ok: {check}", "green", check=title)
        return
    said = sentence(check.found, out.lang)
    # Worded from the catalogues, with data that was cleaned there.
    told, then = Said(said.sentence), Said(said.next_step)
    fields = {"check": title, "sentence": told, "then": then, "code": said.code}
    if check.state == "note":
        out.say("note: {check}: {sentence} {then} [{code}]", "yellow", **fields)
    else:
        out.say("fault: {check}: {sentence} {then} [{code}]", "red", **fields)


def _object(out: Output, check: Check) -> dict[str, object]:
    told: dict[str, object] = {"check": check.name, "state": check.state}
    if check.office:
        told["office"] = check.office
    if check.found is not None:
        said = sentence(check.found, out.lang)
        told |= {
            "code": said.code,
            "data": dict(check.found.data),
            "next_step": said.next_step,
            "sentence": said.sentence,
        }
    return told


def _title(out: Output, name: str) -> Said:
    titles = {
        "settings": out.phrase("settings"),
        "folder": out.phrase("access to the folder"),
        "space": out.phrase("free space"),
        "line-certificate": out.phrase("certificate of the line"),
        "ports": out.phrase("ports free, or held by our own server"),
        "database": out.phrase("database"),
        "guards": out.phrase("the database refuses changes to the record"),
        "keys": out.phrase("keys"),
        "authority": out.phrase("keys of authority, which may be kept elsewhere"),
        "certificate": out.phrase("certificate and card"),
        "registers": out.phrase("registers and their roots"),
        "anchor": out.phrase("anchor"),
        "clock": out.phrase("clock"),
        "clocks": out.phrase("clocks of both sides"),
        "counting": out.phrase("everything held counts"),
        "counts": out.phrase("counts that are stored, by a sample"),
        "receipts": out.phrase("everything of ours is receipted"),
        "alarms": out.phrase("alarms"),
        "peers": out.phrase("addresses of the other sides"),
        "line": out.phrase("lines of the other sides"),
        "projections": out.phrase("pages and record agree"),
    }
    return titles[name]
