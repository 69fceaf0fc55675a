"""`yeollak matter`: the pieces of business of an office and what each has come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yeollak.cli import offering
from yeollak.cli.opened import chosen, node_option, office_option, opened
from yeollak.cli.options import shared
from yeollak.cli.output import Output, Said
from yeollak.errors import OurFault, RecordFault
from yeollak.office.offers import why_not
from yeollak.procedures.kinds import COMMON
from yeollak.record.document import Act
from yeollak.storage import disk
from yeollak.words.consequences import refusal as words_of
from yeollak.words.labels import procedure_word, state_word, void_word

if TYPE_CHECKING:
    from yeollak.storage.reading import OfficeView


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
    yes, no = out.phrase("yes"), out.phrase("no")
    out.tabulate(
        [
            (
                row.matter,
                procedure_word(out.lang, row.procedure),
                state_word(out.lang, row.procedure, row.phase, json.loads(row.slots)),
                yes if row.settled else no,
            )
            for row in rows
        ],
        "matter",
        "procedure",
        "state",
        "settled",
    )


@matter.command()
@click.argument("matter_id", metavar="MATTER")
@click.option(
    "--save", type=click.Path(path_type=Path), help="Write what is enclosed and held here to this new folder."
)
@node_option
@office_option
@shared
def show(out: Output, matter_id: str, save: Path | None, folder: Path, office_id: str | None) -> None:
    """Show one MATTER: its state, its slots, its acts and what they enclose."""
    node = opened(folder)
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    row = next((row for row in reading.matters(view) if row.matter == matter_id.lower()), None)
    if row is None:
        raise OurFault("no-such-matter", matter=matter_id[:64])
    slots, marks = json.loads(row.slots), json.loads(row.marks)
    acts = [_act(view, act, marks) for act in view.ledger.matter(row.matter)]
    saved = [] if save is None else _save(view, row.matter, acts, save)
    told = {"matter": row.matter, "phase": row.phase, "procedure": row.procedure, "settled": row.settled}
    tellings = offering.tellings_of(view, row.matter)
    offers = offering.offered(view, row.matter, node.clock.now())
    out.result(
        {
            "acts": acts,
            "offers": offering.as_json(offers),
            "saved": saved,
            "slots": slots,
            "tellings": offering.as_json(tellings),
            **told,
        }
    )
    out.say(
        "{procedure} {matter}: {state}",
        "bold",
        procedure=procedure_word(out.lang, row.procedure),
        matter=row.matter,
        state=state_word(out.lang, row.procedure, row.phase, slots),
    )
    offering.tell(out, view, tellings)
    if not row.settled and not any(one.mark != "void" for one in tellings):
        out.say("It is not settled: an act of the other side that crossed may still change it.", "yellow")
    _acts(out, acts)
    _enclosures(out, acts)
    out.tabulate(
        sorted((name, json.dumps(value, ensure_ascii=False)) for name, value in slots.items()),
        "slot",
        "value",
    )
    own = [offer.kind.name for offer in offers if offer.kind.name not in COMMON]
    if own:
        out.say("Our officers may do next: {kinds}", kinds=" ".join(own))
    for path in saved:
        out.say("Written: {file}", file=path)


@matter.command()
@click.argument("matter_id", metavar="MATTER", required=False)
@click.option("--officer", help="The officer's key id, where several of ours have their keys here.")
@click.option("--why", metavar="KIND", help="Say why this kind is not offered.")
@node_option
@office_option
@shared
def offers(
    out: Output,
    matter_id: str | None,
    officer: str | None,
    why: str | None,
    folder: Path,
    office_id: str | None,
) -> None:
    """Say what an officer may do next in a MATTER, or which matters he may open, and what follows from it."""
    node = opened(folder)
    from yeollak.node import drafting
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    kid = drafting.officer_of(node, view, officer)
    named = matter_id.lower() if matter_id is not None else None
    now = node.clock.now()
    if why is not None:
        function = offering.function_of(view, named, kid)
        refusal = why_not(view.office, view.side, function, named, why, now)
        out.result(
            {"refusal": None if refusal is None else {"code": refusal.code, "data": dict(refusal.data)}}
        )
        if refusal is None:
            out.say("It is offered.")
        else:
            said = words_of(offering.reader_of(out, view), refusal.code, refusal.data)
            out.say("{kind}: {told}", kind=why, told=Said(said))
        return
    offering.list_to(out, view, named, now, kid)


def _act(view: OfficeView, act: Any, marks: dict[str, str]) -> dict[str, Any]:
    from yeollak.storage import reading

    row: dict[str, Any] = {
        "act": act.id,
        "at": None,
        "due": None,
        "enclosures": [],
        "facts": {},
        "index": act.index,
        "kind": None,
        "mark": marks.get(act.id, ""),
        "officer": None,
        "side": act.side,
        "void": act.void,
    }
    document = reading.document(view, act.id)
    try:
        read = None if document is None else Act.parse(document)
    except RecordFault:
        read = None
    if read is not None:
        row |= {"at": read.at, "due": read.due, "facts": dict(read.facts), "kind": read.kind}
        row |= {"enclosures": [item.to_json() for item in read.enclosures], "officer": read.officer}
    return row


def _acts(out: Output, acts: list[dict[str, Any]]) -> None:
    stands, overtaken = out.phrase("stands"), out.phrase("overtaken")
    out.tabulate(
        [
            (
                str(act["side"]),
                str(act["index"]),
                str(act["at"] or ""),
                str(act["kind"] or ""),
                void_word(out.lang, act["void"]) if act["void"] else overtaken if act["mark"] else stands,
                str(act["act"]),
            )
            for act in acts
        ],
        "side",
        "entry",
        "at",
        "kind",
        "standing",
        "act",
    )
    facts = [
        (str(act["kind"]), name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for act in acts
        for name, value in sorted(act["facts"].items())
    ]
    if facts:
        out.tabulate(facts, "kind", "fact", "value")


def _enclosures(out: Output, acts: list[dict[str, Any]]) -> None:
    rows = [
        (
            str(act["kind"]),
            item["release"],
            item["type"],
            item.get("lang", ""),
            str(item.get("size", item.get("class", ""))),
            item.get("name", ""),
            item["digest"],
        )
        for act in acts
        for item in act["enclosures"]
    ]
    if rows:
        out.tabulate(rows, "kind", "release", "type", "language", "bytes", "name", "enclosure")


def _save(view: OfficeView, matter_id: str, acts: list[dict[str, Any]], folder: Path) -> list[str]:
    """Write what is held, each as `<number>-<first digits of its digest>`: no name of the other side is one
    of ours.
    """
    from yeollak.node.drafting import read_enclosure
    from yeollak.record.enclosure import Enclosed

    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise OurFault("file-exists", file=str(folder)) from None
    except OSError as problem:
        raise disk.trouble(problem, folder) from None
    saved: dict[str, str] = {}
    for act in acts:
        for item in act["enclosures"]:
            named = Enclosed.from_json(item)
            found = None if named.digest in saved else read_enclosure(view, matter_id, act["side"], named)
            if found is not None:
                path = folder / f"{len(saved) + 1}-{named.digest[:16]}"
                disk.write_whole(path, found[1])
                saved[named.digest] = str(path)
    return list(saved.values())
