"""`yeollak exhibit`: one act with everything that shows it, in one file that `yeollak verify` judges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened
from yeollak.cli.options import shared, write_file
from yeollak.cli.output import USAGE, Output, Said
from yeollak.errors import RecordFault
from yeollak.words import say, sentence
from yeollak.words.acts import kind_word

if TYPE_CHECKING:
    from yeollak.record.exhibit import Shown

#: The context of `record.report.DEFECTS` in the catalogues.
_DEFECT = "defect"


@click.command()
@click.argument("act")
@click.argument("path", type=click.Path(path_type=Path))
@node_option
@office_option
@shared
def exhibit(out: Output, act: str, path: Path, folder: Path, office_id: str | None) -> None:
    """Write the exhibit of the act with the id ACT to the new file PATH."""
    node = opened(folder)
    from yeollak.storage import reading
    from yeollak.storage.exhibiting import exhibit_of

    view = reading.office_view(node.alias, chosen(node, office_id))
    data = exhibit_of(view, act.lower())
    write_file(path, data)
    out.result({"act": act.lower(), "bytes": len(data), "office": view.id, "path": str(path)})
    out.say("Wrote the exhibit to {path}", "bold", path=str(path))
    out.say("Next: yeollak verify {path}", path=str(path))


def verify_exhibit(out: Output, data: bytes, office: str | None) -> int:
    """What `yeollak verify` says of an exhibit. 0: it is good. 1: defects. 2: it cannot be read."""
    from yeollak.record.exhibit import audit_exhibit, unpack

    try:
        shown = audit_exhibit(unpack(data), office=office)
    except RecordFault as fault:
        out.fault(fault)
        return USAGE
    told = [_defect(out, shown, number) for number in range(len(shown.defects))]
    out.result(_object(shown, told))
    _tell(out, shown)
    for one in told:
        fields = {name: one[name] or "-" for name in ("why", "rule", "file", "entry")}
        out.say("Defect in {file}, entry {entry}: {why} [{rule}]", "red", **fields)
    if told:
        out.say("Not verified. Defects: {count}", "bold red", count=len(told))
        return 1
    out.say("Verified. Compare the office id with the one that the sides have told each other.", "bold green")
    return 0


def _defect(out: Output, shown: Shown, number: int) -> dict[str, Any]:
    defect = shown.defects[number]
    if defect.fault:
        why = Said(sentence(RecordFault(defect.rule, **dict(defect.data)), out.lang).sentence)
    else:
        why = out.filled(say(out.lang, defect.message, context=_DEFECT), dict(defect.data))
    return {
        "entry": defect.entry,
        "file": defect.file,
        "rule": defect.rule,
        "verdict": defect.verdict,
        "why": why,
    }


def _object(shown: Shown, told: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "act": shown.act_id,
        "absent": shown.absent,
        "defects": told,
        "enclosures": shown.enclosures,
        "index": shown.index,
        "kind": "exhibit",
        "office": shown.office,
        "officer": shown.officer,
        "receipts": {
            side: {"size": one.size, "time": one.time} for side, one in sorted(shown.receipts.items())
        },
        "root": shown.root,
        "side": shown.side,
        "size": shown.size,
        "verified": not told,
    }


def _tell(out: Output, shown: Shown) -> None:
    if shown.office:
        out.say("Office {office}", "bold", office=shown.office)
    if shown.act is not None:
        out.say(
            "Exhibit of {side}:{index}: {word}, signed {at}",
            side=shown.side,
            index=shown.index,
            word=kind_word(out.lang, shown.act.kind),
            at=shown.act.at,
        )
    if shown.act_id:
        out.say("Act {act}", act=shown.act_id)
        out.say(
            "It stands in the register of {side}: entries {size}, root {root}",
            side=shown.side,
            size=shown.size,
            root=shown.root,
        )
    for side, receipt in sorted(shown.receipts.items()):
        out.say("Receipted by {side} up to {size}", side=side, size=receipt.size)
    if shown.act is not None and not shown.receipts:
        out.say("No other side’s receipt is in it.", "yellow")
    if shown.act is not None and not shown.officer:
        out.say("The key of the officer who signed it is not in it.", "yellow")
    out.say("Enclosures: {here}. Not here: {absent}.", here=shown.enclosures, absent=shown.absent)
    out.say("Whether the act counts or is void, only the whole record shows.")
