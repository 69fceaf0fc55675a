"""`yeollak matter`: the pieces of business of an office and what each has come to."""

from __future__ import annotations

import json
from pathlib import Path

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened
from yeollak.cli.options import shared
from yeollak.cli.output import Output
from yeollak.errors import OurFault


@click.group()
def matter() -> None:
    """Matters: the acts under one procedure that belong together."""


@matter.command("list")
@node_option
@office_option
@shared
def list_(out: Output, folder: Path, office_id: str | None) -> None:
    """List the matters of an office in the order of their opening."""
    node = opened(folder)
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    rows = reading.matters(view)
    out.result(
        {
            "matters": [
                {"matter": row.matter, "phase": row.phase, "procedure": row.procedure, "settled": row.settled}
                for row in rows
            ]
        }
    )
    out.table(
        ("matter", "procedure", "phase", "settled"),
        [(row.matter, row.procedure, row.phase, "yes" if row.settled else "no") for row in rows],
    )


@matter.command()
@click.argument("matter_id", metavar="MATTER")
@node_option
@office_option
@shared
def show(out: Output, matter_id: str, folder: Path, office_id: str | None) -> None:
    """Show one MATTER: its phase, its slots and its acts."""
    node = opened(folder)
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    row = next((row for row in reading.matters(view) if row.matter == matter_id.lower()), None)
    if row is None:
        raise OurFault("no-such-matter", matter=matter_id[:64])
    slots, marks = json.loads(row.slots), json.loads(row.marks)
    acts = [
        {"act": act.id, "index": act.index, "mark": marks.get(act.id, ""), "side": act.side, "void": act.void}
        for act in view.ledger.matter(row.matter)
    ]
    out.result(
        {
            "acts": acts,
            "matter": row.matter,
            "phase": row.phase,
            "procedure": row.procedure,
            "settled": row.settled,
            "slots": slots,
        }
    )
    out.line(f"{row.procedure} {row.matter}: {row.phase}{'' if row.settled else ', not settled'}", "bold")
    out.table(("slot", "value"), sorted((name, json.dumps(value)) for name, value in slots.items()))
    out.table(
        ("side", "entry", "act", "standing"),
        [(a["side"], str(a["index"]), a["act"], a["void"] or a["mark"] or "stands") for a in acts],
    )
