"""`yeollak record`: the acts of an export, listed as they stand in its registers."""

from __future__ import annotations

from pathlib import Path

import click

from yeollak.cli.options import shared
from yeollak.cli.output import USAGE, Output
from yeollak.errors import Fault, RecordFault
from yeollak.office.audit import audit
from yeollak.record import statement
from yeollak.record.document import Act
from yeollak.record.folder import FolderFiles
from yeollak.record.report import Report


@click.group()
def record() -> None:
    """The record: every side's register with its documents."""


@record.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--side", help="Only the register of this side.")
@shared
def show(out: Output, path: Path, side: str | None) -> int:
    """List the acts of the export in the folder PATH, after verifying it."""
    try:
        report, _ = audit(FolderFiles(path))
    except RecordFault as fault:
        out.fault(fault)
        return USAGE
    acts = [row for row in _acts(report) if side in (None, row["side"])]
    out.result({"acts": acts, "defects": len(report.defects), "office": report.office})
    out.tabulate(
        [[_cell(row[name]) for name in ("side", "index", "at", "kind", "act")] for row in acts],
        "side",
        "entry",
        "at",
        "kind",
        "act",
    )
    if report.defects:
        count = len(report.defects)
        out.say("The export is defective: see `yeollak verify`. Defects: {count}", "bold red", count=count)
    return 1 if report.defects else 0


def _acts(report: Report) -> list[dict[str, str | int | None]]:
    rows: list[dict[str, str | int | None]] = []
    for register in report.registers:
        for index, raw in enumerate(register.statements):
            row: dict[str, str | int | None] = {
                "act": None,
                "at": None,
                "index": index,
                "kind": None,
                "matter": None,
                "side": register.side,
            }
            try:
                row["act"] = statement.parse(raw).act_id
                document = report.documents.get(str(row["act"]))
                if document is not None:
                    act = Act.parse(document)
                    row |= {"at": act.at, "kind": act.kind, "matter": act.matter}
            except Fault:
                # Malformed acts are receipted and void (rule 1): they stand in the list as what they are.
                row["kind"] = "malformed"
            rows.append(row)
    return rows


def _cell(value: str | int | None) -> str:
    return "" if value is None else str(value)
