"""`yeollak verify`: an export judged from its bytes alone.

No node, database or network: `office.audit` and `record.audit` do the work, and this prints what they found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from yeollak.cli.auditing import audit_folder
from yeollak.cli.options import read_file, shared
from yeollak.cli.output import USAGE, Output, Said
from yeollak.cli.usage import Misuse
from yeollak.errors import OurFault, RecordFault
from yeollak.office.audit import Recomputed
from yeollak.record.policy import MAX_POLICY, Policy
from yeollak.record.report import VERDICTS, Defect, Register, Report
from yeollak.words import say, sentence
from yeollak.words.labels import procedure_word, void_word

#: The context of `record.report.DEFECTS` in the catalogues.
_DEFECT = "defect"
_ID = re.compile(r"[0-9A-Fa-f]{64}")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--office", help="The office id (64 hex digits) that the export must be of.")
@click.option("--policy", "policy_file", type=click.Path(path_type=Path), help="Your own C2SP tlog-policy.")
@shared
def verify(out: Output, path: Path, office: str | None, policy_file: Path | None) -> int:
    """Verify the export in the folder PATH, or the exhibit in the file PATH, from nothing but its bytes.

    Exit code 0: every verdict is good. 1: defects, each printed with file, entry and rule. 2: the input
    cannot be read.
    """
    if office is not None and not _ID.fullmatch(office):
        raise Misuse("An office id has 64 hex digits.")
    if path.is_file():
        from yeollak.cli.exhibit import verify_exhibit
        from yeollak.record.exhibit import MAX_EXHIBIT

        return verify_exhibit(out, read_file(path, 2 * MAX_EXHIBIT), office.lower() if office else None)
    try:
        policy = Policy.parse(read_file(policy_file, MAX_POLICY)) if policy_file else None
        report, state = audit_folder(path, policy, office=office.lower() if office else None)
    except (RecordFault, OurFault) as fault:
        out.fault(fault)
        return USAGE
    defects = [
        *report.defects,
        *state.keys,
        *((Defect("files", "recompute", state.problem, "charter"),) if state.problem else ()),
    ]
    told = [_defect(out, defect) for defect in defects]
    out.result(_object(report, state, told))
    _tell(out, report, state)
    for defect in told:
        _tell_defect(out, defect)
    if told:
        out.say("Not verified. Defects: {count}", "bold red", count=len(told))
    else:
        out.say(
            "Verified. Compare the office id with the one that the sides have told each other.", "bold green"
        )
    return 1 if told else 0


def _defect(out: Output, defect: Defect) -> dict[str, Any]:
    """A defect as one object, worded in the reader's language; `why` is filled with cleaned data."""
    if defect.fault:
        why = Said(sentence(RecordFault(defect.rule, **dict(defect.data)), out.lang).sentence)
    else:
        why = out.filled(say(out.lang, defect.message, context=_DEFECT), dict(defect.data))
    verdict = "state" if defect.rule == "recompute" else defect.verdict
    return {"entry": defect.entry, "file": defect.file, "rule": defect.rule, "verdict": verdict, "why": why}


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
        "state": {**_state(state), "counted": dict(state.counted), "held": dict(state.held)},
        "verdicts": {
            name: not any(defect["verdict"] == name for defect in defects) for name in (*VERDICTS, "state")
        },
        "verified": not defects,
        "withheld": report.withheld,
    }


def _state(state: Recomputed) -> dict[str, Any]:
    """The recomputed state without its defects, which stand among the others."""
    return {name: value for name, value in asdict(state).items() if name != "keys"}


def _tell(out: Output, report: Report, state: Recomputed) -> None:
    if report.office:
        out.say("Office {office}", "bold", office=report.office)
    if report.side and report.kind:
        kind = {"full": out.phrase("full"), "selected": out.phrase("selected"), "log": out.phrase("log only")}
        out.say(
            "Exported by {side}: {kind}. Files: {files}",
            side=report.side,
            kind=kind[report.kind],
            files=report.files,
        )
    _tell_verdicts(out, (*report.defects, *state.keys), state)
    for register in report.registers:
        out.say(
            "Register of {side}: entries {size}, root {root}",
            side=register.side,
            size=register.size,
            root=register.root,
        )
        _tell_receipts(out, report, register)
    _tell_disowned(out, state)
    _tell_doubted(out, state)
    if not state.problem:
        _tell_state(out, state)
    out.say(
        "Enclosures: {here}. Withheld: {withheld}. Erased: {erased}. Not here: {absent}.",
        here=report.enclosures,
        withheld=report.withheld,
        erased=report.erased,
        absent=report.absent,
    )


def _tell_verdicts(out: Output, defects: Sequence[Defect], state: Recomputed) -> None:
    asked = {
        "files": out.phrase("Files as the exporter signed them"),
        "registers": out.phrase("Registers intact"),
        "receipts": out.phrase("Receipts good"),
        "documents": out.phrase("Documents complete"),
        "state": out.phrase("State recomputed"),
    }
    for name, question in asked.items():
        count = sum(defect.verdict == name for defect in defects)
        if name == "state":
            count = 1 if state.problem else 0
        if count:
            out.say("{verdict}: no. Defects: {count}", "red", verdict=question, count=count)
        else:
            out.say("{verdict}: yes", verdict=question)


def _tell_receipts(out: Output, report: Report, register: Register) -> None:
    for side in (other.side for other in report.registers if other.side != register.side):
        receipt = register.receipts.get(side)
        size = 0 if receipt is None else receipt.size
        # A tail that nobody has receipted yet is no defect: it is said where it can be seen.
        style = "" if size == register.size else "yellow"
        fields: dict[str, str | int] = {"side": side, "size": size, "whole": register.size}
        out.say("Receipted by {side} up to {size} of {whole}", style, **fields)


def _tell_disowned(out: Output, state: Recomputed) -> None:
    """Told of the side that has left out what it acknowledged, and no defect of the export, which has kept
    it.
    """
    for one in state.disowned:
        out.say(
            "Disowned by {by}: its receipt for {size} entries of {side} counts, but entry {retired} retires "
            "its keys with {acknowledged}",
            "yellow",
            by=one.by,
            size=one.size,
            side=one.side,
            retired=f"{one.by}:{one.retired}",
            acknowledged=one.acknowledged,
        )


def _tell_doubted(out: Output, state: Recomputed) -> None:
    """Told of the side whose word it is, and no defect of the export, which has kept it."""
    for one in state.doubted:
        out.say(
            "Views differ: by entry {entry} {side} has folded the acts before it to another state, {digest}",
            "yellow",
            entry=f"{one.side}:{one.index}",
            side=one.side,
            digest=one.claimed,
        )


def _tell_state(out: Output, state: Recomputed) -> None:
    out.say(
        "Acts that count: {acts}. Void: {voids}. Overtaken: {overtaken}.",
        acts=state.acts,
        voids=len(state.voids),
        overtaken=state.overtaken,
    )
    for side, held in state.held.items():
        if state.counted[side] != held:
            out.say(
                "Entries of {side} that wait for what they have seen: {count}",
                "yellow",
                side=side,
                count=held - state.counted[side],
            )
    for procedure, number in state.matters.items():
        out.say("Matters, {procedure}: {count}", procedure=procedure_word(out.lang, procedure), count=number)
    for void in state.voids:
        out.say(
            "Void: {side}:{index}, {reason}",
            side=void.side,
            index=void.index,
            reason=void_word(out.lang, void.reason),
        )
    out.say("State digest {digest}", digest=state.digest)


def _tell_defect(out: Output, defect: dict[str, Any]) -> None:
    fields = {"why": defect["why"], "rule": defect["rule"], "file": defect["file"], "entry": defect["entry"]}
    if defect["file"] and defect["entry"]:
        out.say("Defect in {file}, entry {entry}: {why} [{rule}]", "red", **fields)
    elif defect["entry"]:
        out.say("Defect in entry {entry}: {why} [{rule}]", "red", **fields)
    else:
        out.say("Defect in {file}: {why} [{rule}]", "red", **fields)
