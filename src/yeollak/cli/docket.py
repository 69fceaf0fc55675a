"""`yeollak docket`: who waits for whom, since and until when, which word holds of it and why; and which
duties fall due or have passed in silence.

Times are shown on the clock of the office and in UTC. With `--matter` it tells of the lapses of one matter
instead: what receipts say of each, and what was in time all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yeollak.cli import duties as owed
from yeollak.cli import offering
from yeollak.cli.opened import chosen, node_option, office_option, opened
from yeollak.cli.options import shared
from yeollak.cli.output import Output, Said
from yeollak.cli.usage import Misuse
from yeollak.errors import OurFault
from yeollak.office.silence import Contested, Receipt, Silence
from yeollak.office.waiting import Waiting
from yeollak.record.canon import format_instant, parse_instant
from yeollak.words.acts import kind_word, slot_word
from yeollak.words.docket import default_words, docket_word, mark_words, reason
from yeollak.words.labels import procedure_word, state_word
from yeollak.words.naming import Reader

if TYPE_CHECKING:
    from yeollak.node.docket import Docket, LateNotice
    from yeollak.office.calendar import Calendar
    from yeollak.storage.reading import OfficeView

DAY: Final = click.DateTime(formats=["%Y-%m-%d"])
_STYLES: Final = {"overdue": "yellow", "unanswered": "red", "line-down": "yellow"}


@click.command()
@click.option("--side", type=click.Choice(["ours", "theirs"]), help="Only what this side has to answer.")
@click.option(
    "--since",
    type=DAY,
    help="From which day on calls, duties and notices are looked through; else a week back.",
)
@click.option("--all", "everything", is_flag=True, help="All that waits, however much it is.")
@click.option("--matter", "matter_id", help="The lapses of this matter and what receipts say of them.")
@node_option
@office_option
@shared
def docket(
    out: Output,
    side: str | None,
    since: datetime | None,
    everything: bool,
    matter_id: str | None,
    folder: Path,
    office_id: str | None,
) -> None:
    """Show what waits, for whom and until when, the most urgent first; then duties that fall due within a
    week or have passed in silence, calls that nobody has entered, and notices that came later than the
    charter asks.
    """
    if matter_id is not None and (side, since) != (None, None):
        raise Misuse("--matter goes with neither --side nor --since.")
    node = opened(folder)
    from yeollak.node import docket as reads
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    if matter_id is not None:
        meant = matter_id.lower()
        if not any(not act.void for act in view.ledger.matter(meant)):
            raise OurFault("no-such-matter", matter=matter_id[:64])
        told = reads.silences_of(view, meant)
        out.result({"matter": meant, "office": view.id, "silences": silences_json(told)})
        show_silences(out, view, told)
        return
    most = None if everything else reads.MOST
    found = reads.docket(view, node.clock.now(), None if since is None else since.date(), most)
    _show(out, view, found, [item for item in found.waiting if _of(view, side, item)], side)


def _reader(out: Output, view: OfficeView, calendar: Calendar) -> Reader:
    """For whom the docket speaks: our side, on the clock of the office."""
    return replace(offering.reader_of(out, view), zone=calendar.where)


def _of(view: OfficeView, side: str | None, item: Waiting) -> bool:
    return side is None or (item.awaited == view.side) == (side == "ours")


def _show(out: Output, view: OfficeView, found: Docket, items: Sequence[Waiting], side: str | None) -> None:
    calls = [call for call in found.calls if _of(view, side, call)]
    duties = [one for one in found.duties if owed.concerns(view.side, side, one)]
    notices = [one for one in found.notices if side is None or (one.side == view.side) == (side == "ours")]
    calendar, beyond = found.calendar, _beyond(view, found, side)
    out.result(
        {
            "beyond": beyond,
            "calls": [{**_item(view, calendar, call), **_call(view, call)} for call in calls],
            "duties": [owed.as_json(view.side, calendar, one) for one in duties],
            "missing_zones": list(calendar.missing_zones),
            "notices": [_notice(one) for one in notices],
            "now": format_instant(found.now),
            "office": view.id,
            "since": found.since.isoformat(),
            "side": view.side,
            "waiting": [_item(view, calendar, item) for item in items],
            "zone": str(calendar.where),
        }
    )
    reader = _reader(out, view, calendar)
    for item in items:
        _block(out, view, reader, item)
    for name, many in beyond.items():
        out.say("More that wait for {side}: {n}. --all shows them.", side=reader.name(name), n=str(many))
    if not items:
        out.say("Nothing waits.")
    if duties:
        out.say("Duties that fall due soon, or have passed in silence:", "bold")
        owed.show(out, reader, duties)
    if calls:
        out.say("Calls that have not been entered since {day}:", "bold", day=found.since.isoformat())
        rows = [_call_row(out, view, reader, call) for call in calls]
        out.tabulate(rows, "day", "call", "side", "state", "why", "until")
    if notices:
        out.say("Told later than the charter asks:", "bold")
        rows = [
            (
                reader.name(one.side),
                kind_word(out.lang, one.kind),
                one.day,
                one.given,
                one.latest,
                one.act,
            )
            for one in notices
        ]
        out.tabulate(rows, "side", "kind", "day", "told", "at the latest", "act")
    for zone in calendar.missing_zones:
        out.say("This machine does not know the time zone {zone} and reads it as UTC.", "yellow", zone=zone)


def _beyond(view: OfficeView, found: Docket, side: str | None) -> dict[str, int]:
    """How many matters more wait, by the side that they wait for."""
    return {
        name: many
        for name, many in found.beyond.items()
        if side is None or (name == view.side) == (side == "ours")
    }


def _call_row(out: Output, view: OfficeView, reader: Reader, call: Waiting) -> tuple[str, ...]:
    day = _call(view, call)
    return (
        day["date"],
        slot_word(out.lang, day["slot"]),
        reader.name(call.awaited),
        docket_word(out.lang, call.word, call=True),
        " ".join(reason(reader, one.code, one.by, one.until) for one in call.why),
        reader.when(call.until),
    )


def _call(view: OfficeView, call: Waiting) -> dict[str, str]:
    """The day and the slot of a call, which its matter id is a digest of."""
    from yeollak.node.docket import kept
    from yeollak.office.calls import call_matter

    calendar = kept(view)[0]
    day = calendar.day(parse_instant(call.since))
    slot = next((name for name in calendar.slots if call_matter(view.office, day, name) == call.matter), "")
    return {"date": day.isoformat(), "slot": slot}


def _block(out: Output, view: OfficeView, reader: Reader, item: Waiting) -> None:
    state = view.office.state(item.matter).state
    out.say(
        "{word}: {procedure} {matter} ({state})",
        _STYLES.get(item.word, "bold"),
        word=docket_word(out.lang, item.word),
        procedure=procedure_word(out.lang, item.procedure),
        matter=item.matter,
        state=state_word(out.lang, item.procedure, item.phase, state.slots),
    )
    waiting = reader.sides(item.waiting or item.lapse.by if item.lapse else item.waiting)
    if item.since:
        out.say(
            "{waiting} waits for {awaited} since {since}, until {until} ({utc}).",
            waiting=waiting,
            awaited=reader.name(item.awaited),
            since=reader.when(item.since),
            until=reader.when(item.until),
            utc=item.until,
        )
    else:
        out.say(
            "{waiting} waits for {awaited} until {until} ({utc}).",
            waiting=waiting,
            awaited=reader.name(item.awaited),
            until=reader.when(item.until),
            utc=item.until,
        )
    if item.precedence != "routine":
        out.say("Precedence: {precedence}", precedence=_precedence(out, item.precedence))
    for why in item.why:
        out.say("Why: {told}", told=Said(reason(reader, why.code, why.by, why.until)))
    if item.default is not None:
        told = default_words(reader, item.default.means, item.default.items)
        out.say("What silence means: {told}", told=Said(told))
    if item.lapse is not None:
        out.say(
            "From {start} on {sides} may sign: {kind} ({code}).",
            start=reader.when(item.lapse.start),
            sides=reader.sides(item.lapse.by),
            kind=kind_word(out.lang, item.lapse.kind),
            code=item.lapse.kind,
        )
    if item.answers:
        out.say("It is ended by: {kinds}", kinds=" ".join(item.answers))


def _precedence(out: Output, precedence: str) -> str:
    from yeollak.words import has_term, term

    return term(precedence, out.lang) if has_term(precedence) else precedence


def _item(view: OfficeView, calendar: Calendar, item: Waiting) -> dict[str, Any]:
    return {
        "answers": list(item.answers),
        "awaited": item.awaited,
        "default": None
        if item.default is None
        else {"items": list(item.default.items), "means": item.default.means},
        "lapse": None
        if item.lapse is None
        else {
            "by": list(item.lapse.by),
            "kind": item.lapse.kind,
            "re": item.lapse.re,
            "start": item.lapse.start,
        },
        "matter": item.matter,
        "opened": item.opened,
        "ours": item.awaited == view.side,
        "phase": item.phase,
        "precedence": item.precedence,
        "procedure": item.procedure,
        "reasons": [{"by": list(one.by), "code": one.code, "until": one.until} for one in item.why],
        "since": item.since,
        "since_local": _local(calendar, item.since),
        "until": item.until,
        "until_local": _local(calendar, item.until),
        "waiting": list(item.waiting),
        "word": str(item.word),
    }


def _local(calendar: Calendar, at: str) -> str | None:
    """An instant on the clock of the office, with its offset then."""
    return None if not at else parse_instant(at).astimezone(calendar.where).isoformat()


def _notice(one: LateNotice) -> dict[str, str]:
    return {
        "act": one.act,
        "day": one.day,
        "given": one.given,
        "kind": one.kind,
        "latest": one.latest,
        "matter": one.matter,
        "side": one.side,
        "what": one.what,
    }


def silences_json(told: Sequence[Silence]) -> list[dict[str, Any]]:
    """The lapses of a matter as data."""
    return [
        {
            "act": one.act,
            "against": [_against(each) for each in one.against],
            "at": one.at,
            "awaited": list(one.awaited),
            "default": None
            if one.default is None
            else {"items": list(one.default.items), "means": one.default.means},
            "due": one.due,
            "mark": one.mark,
            "opened": one.opened,
            "overtaken": one.overtaken,
            "proof": [_receipt(each) for each in one.proof],
            "side": one.side,
        }
        for one in told
    ]


def _receipt(one: Receipt) -> dict[str, Any]:
    return {"cosigner": one.cosigner, "size": one.size, "time": format_instant(one.time)}


def _against(one: Contested) -> dict[str, Any]:
    return {"act": one.act, "receipt": _receipt(one.receipt), "side": one.side}


def show_silences(out: Output, view: OfficeView, told: Sequence[Silence]) -> None:
    """Tell of the lapses of a matter, for people: what each says, what receipts say, what speaks against."""
    from yeollak.node.docket import kept

    reader = _reader(out, view, kept(view)[0])
    if not told:
        out.say("Nobody has declared a lapse in this matter.")
    for one in told:
        out.say(
            "{side} declared at {at} that the time until {due} was over: act {act}",
            "bold",
            side=reader.name(one.side),
            at=reader.when(one.at),
            due=reader.when(one.due),
            act=one.act,
        )
        if one.overtaken:
            out.say("It was overtaken and has no effect.")
        style = "red" if one.mark == "false-on-its-face" else ""
        out.say("Receipts: {told}", style, told=Said(mark_words(out.lang, one.mark)))
        for receipt in one.proof:
            out.say(
                "{side} had receipted it at {time}, when the register had this many entries: {size}.",
                side=reader.name(receipt.cosigner),
                size=receipt.size,
                time=reader.when(format_instant(receipt.time)),
            )
        for each in one.against:
            out.say(
                "The act {act} of {side} was in time: {cosigner} itself had receipted it at {time}.",
                "red",
                act=each.act,
                side=reader.name(each.side),
                cosigner=reader.name(each.receipt.cosigner),
                time=reader.when(format_instant(each.receipt.time)),
            )
        if one.default is not None:
            told_of = default_words(reader, one.default.means, one.default.items)
            out.say("What silence means: {told}", told=Said(told_of))
