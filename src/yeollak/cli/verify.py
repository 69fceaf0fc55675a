"""`yeollak verify`: an export judged from its bytes alone.

No node, database or network: `record.audit` and `office.audit` do the work, and this prints what they found.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from yeollak.cli.options import read_file, shared
from yeollak.cli.output import USAGE, Output
from yeollak.errors import RecordFault
from yeollak.office.audit import Recomputed, recompute
from yeollak.record.audit import audit_export
from yeollak.record.folder import FolderFiles
from yeollak.record.policy import MAX_POLICY, Policy
from yeollak.record.report import VERDICTS, Report

_ASKS = {
    "files": "Files as the exporter signed them",
    "registers": "Registers intact",
    "receipts": "Receipts good",
    "documents": "Documents complete",
    "state": "State recomputed",
}


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--office", help="The office id (64 hex digits) that the export must be of.")
@click.option("--policy", "policy_file", type=click.Path(path_type=Path), help="Your own C2SP tlog-policy.")
@shared
def verify(out: Output, path: Path, office: str | None, policy_file: Path | None) -> int:
    """Verify the export in the folder PATH from nothing but its bytes.

    Exit code 0: every verdict is good. 1: defects, each printed with file, entry and rule. 2: the input
    cannot be read.
    """
    try:
        policy = Policy.parse(read_file(policy_file, MAX_POLICY)) if policy_file else None
        report = audit_export(FolderFiles(path), policy, office=office.lower() if office else None)
    except RecordFault as fault:
        out.fault(fault)
        return USAGE
    state = recompute(report)
    defects = [asdict(defect) for defect in report.defects]
    if state.problem:
        defects.append(
            {"verdict": "state", "rule": "recompute", "why": state.problem, "file": "charter", "entry": None}
        )
    out.result(_object(report, state, defects))
    _tell(out, report, state, defects)
    return 1 if defects else 0


def _verdicts(defects: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(defect["verdict"] == name for defect in defects) for name in (*VERDICTS, "state")}


def _object(report: Report, state: Recomputed, defects: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "absent": report.absent,
        "defects": defects,
        "enclosures": report.enclosures,
        "erased": report.erased,
        "files": report.files,
        "kind": report.kind,
        "office": report.office,
        "registers": [
            {
                "origin": register.origin,
                "receipts": {side: asdict(receipt) for side, receipt in register.receipts.items()},
                "root": register.root,
                "side": register.side,
                "size": register.size,
            }
            for register in report.registers
        ],
        "side": report.side,
        "state": {**asdict(state), "counted": dict(state.counted), "held": dict(state.held)},
        "verdicts": {name: number == 0 for name, number in _verdicts(defects).items()},
        "verified": not defects,
        "withheld": report.withheld,
    }


def _tell(out: Output, report: Report, state: Recomputed, defects: list[dict[str, Any]]) -> None:
    out.line(f"Office {report.office or 'unknown'}", "bold")
    if report.side:
        out.line(f"Exported by {report.side}: {report.kind}, {report.files} files")
    for name, number in _verdicts(defects).items():
        out.line(
            f"{_ASKS[name]}: {'yes' if not number else f'no, {number} defects'}", "red" if number else ""
        )
    for register in report.registers:
        out.line(f"Register of {register.side}: {register.size} entries, root {register.root}")
        for side, receipt in register.receipts.items():
            out.line(f"  receipted by {side} up to {receipt.size}")
    if not state.problem:
        out.line(f"{state.acts} acts count, {len(state.voids)} void, {state.overtaken} overtaken")
        for procedure, number in state.matters.items():
            out.line(f"  {procedure}: {number}")
        for void in state.voids:
            out.line(f"  void: {void.side}:{void.index}, {void.reason}")
        out.line(f"State digest {state.digest}")
    out.line(
        f"{report.enclosures} enclosures; withheld {report.withheld}, erased {report.erased}, "
        f"absent {report.absent}"
    )
    for defect in defects:
        where = ", ".join(f"{name} {defect[name]}" for name in ("file", "entry") if defect[name])
        out.line(f"Defect: {where or 'the export'}: {defect['why']} [{defect['rule']}]", "red")
    if defects:
        out.line(f"Not verified: {len(defects)} defects.", "bold red")
    else:
        out.line(
            "Verified. Compare the office id with the one that the sides have told each other.", "bold green"
        )
