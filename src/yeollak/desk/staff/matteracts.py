"""What may be done next in a matter, each act with its consequences, and what was done: a table of its acts.

Buttons lead to where an act is composed; the words of what follows are `words.consequences`. An act that has
no effect stays in the table, struck, with the reason in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.clocks import clocks, reader_of
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.matterpage import precedence_word, receipts_of
from yeollak.desk.staff.titles import act_word
from yeollak.desk.staff.values import Part, Stated, Voice, stated
from yeollak.errors import RecordFault
from yeollak.office.crossing import told
from yeollak.office.ledger import Counted
from yeollak.office.offers import Offer, offers, why_not
from yeollak.office.waiting import waiting
from yeollak.procedures.kinds import COMMON
from yeollak.procedures.posting import FUNCTIONS
from yeollak.procedures.table import NONE
from yeollak.record.document import Act
from yeollak.storage.reading import OfficeView
from yeollak.words import say
from yeollak.words.consequences import consequence, refusal
from yeollak.words.deeds import deed_word
from yeollak.words.facts import value_word
from yeollak.words.labels import void_word
from yeollak.words.naming import Reader
from yeollak.words.tellings import outcome

#: How many acts stand on one page of a matter.
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class OfferShown:
    """One act that may be done: `style` is `go` for the expected one, `stop` for one that ends the matter and
    cannot be taken back; `hour` until when it cannot be signed yet. `by` are those who may sign it.
    """

    kind: str
    deed: str
    url: str
    style: str
    hour: Part | None
    short: str
    more: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """What may be done now. `who` is the function for which it is told; empty where the reader is no posted
    officer: then it is what any officer of our side may do.
    """

    offers: tuple[OfferShown, ...]
    common: tuple[OfferShown, ...]
    who: str
    may: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A kind that is not offered, and why."""

    kind: str
    deed: str
    why: str


@dataclass(frozen=True, slots=True)
class ActShown:
    """One act of the table. `mark` is empty for one that stands, else void, beaten or superseded; `receipt`
    who has receipted it first, and when.
    """

    act: str
    url: str
    side: Part
    index: int
    word: str
    kind: str
    at: Part | None
    due: Part | None
    precedence: str
    prec: str
    facts: tuple[Stated, ...]
    enclosures: int
    mark: str
    why: tuple[str, ...]
    receipt: tuple[Part, Part] | None


def next_of(desk: Desk, matter: str, voice: Voice) -> Next:
    """What the reader, or any officer of our side, may do in a matter now."""
    view, reader = desk.view, reader_of(desk)
    calendar, outages = clocks(view)
    found: dict[str, Offer] = {}
    for function in functions_of(desk):
        for offer in offers(
            view.office,
            view.side,
            function,
            matter,
            desk.now,
            officer=desk.officer,
            propose=lambda kind, at: calendar.due(at, kind),
        ):
            found.setdefault(offer.kind.name, offer)
    waits = waiting(view.office, desk.now, calendar, outages=outages, matters=[matter])
    answers = [kind for one in waits if one.awaited == view.side for kind in one.answers]
    expected = next((kind for kind in answers if kind in found and found[kind].ready), "")
    shown = [_offer(desk, reader, voice, one, expected) for one in found.values()]
    shown.sort(key=lambda one: ({"go": 0, "": 1, "stop": 2}[one.style], one.hour is not None))
    function = desk.function
    return Next(
        tuple(one for one in shown if one.kind not in COMMON),
        tuple(one for one in shown if one.kind in COMMON),
        (value_word(desk.lang, "function", function) or function) if function else "",
        bool(desk.officer) and desk.may(Permission.DRAFT),
    )


def functions_of(desk: Desk) -> list[str]:
    """The functions for which it is told what may be done: the reader's, else all of our side's."""
    posted = {one.function for one in desk.view.office.officers(desk.view.place).values()}
    return [desk.function] if desk.function else sorted(posted - {"node"})


def refused_of(desk: Desk, matter: str, offered: Sequence[str]) -> tuple[Refused, ...]:
    """Why the other kinds of the matter's procedure are not offered."""
    reader, found = reader_of(desk), []
    procedure = desk.view.office.folds(matter).procedure
    function = next(iter(functions_of(desk)), "")
    for kind in procedure.kinds:
        # What only opens such a matter has no place in one that is open.
        opens = not any(kind.name in rows for phase, rows in procedure.rows.items() if phase != NONE)
        if opens or kind.name in offered:
            continue
        why = why_not(desk.view.office, desk.view.side, function, matter, kind.name, desk.now)
        if why is not None:
            data = dict(why.data)
            if why.code == "unauthorised":
                data["functions"] = [
                    value_word(desk.lang, "function", one) or one for one in data["functions"]
                ]
            words = refusal(reader, why.code, data)
            found.append(Refused(kind.name, deed_word(desk.lang, kind.name), words))
    return tuple(found)


def compose_url(desk: Desk, kind: str, matter: str = "", **more: str) -> str:
    """Where an act of a kind is composed."""
    asked = urlencode({**({"matter": matter} if matter else {}), **more})
    return f"/{desk.number}/compose/{kind}/{'?' if asked else ''}{asked}"


def acts_of(desk: Desk, matter: str, voice: Voice, before: int | None = None) -> tuple[list[ActShown], int]:
    """A page of the acts of a matter in the order of counting, ending before the `before`th (the newest,
    where none is given), and how many acts stand before it.
    """
    view, reader = desk.view, reader_of(desk)
    acts = view.ledger.matter(matter)
    end = len(acts) if before is None else max(0, min(before, len(acts)))
    start = max(0, end - PAGE)
    marks = view.office.state(matter).marks
    some = acts[start:end]
    tellings: Mapping[str, Any] = {}
    if any(act.id in marks or act.void for act in some):
        tellings = {one.act.act: one.to_json() for one in told(view.office, view.side, matter)}
    receipts = receipts_of(view, some)
    return [_act(desk, act, marks, tellings, receipts.get(act.id), voice, reader) for act in some], start


def document_of(view: OfficeView, act: Counted) -> Act | None:
    """The document of an act, or None where it cannot be read."""
    try:
        return Act.parse(view.ledger.entry(act.place, act.index).document)
    except RecordFault:
        return None


def _offer(desk: Desk, reader: Reader, voice: Voice, offer: Offer, expected: str) -> OfferShown:
    told_of = consequence(reader, offer.to_json())
    ends = any(outcome.ends for outcome in offer.outcomes)
    style = "go" if offer.kind.name == expected else "stop" if ends and not offer.taken_back_by else ""
    short = told_of.short
    waits = offer.not_before is not None and not offer.ready
    return OfferShown(
        offer.kind.name,
        deed_word(desk.lang, offer.kind.name),
        compose_url(desk, offer.kind.name, offer.matter or ""),
        style,
        voice.time(offer.not_before) if waits and offer.not_before is not None else None,
        short,
        tuple(one for one in told_of.all if one not in short),
        tuple(value_word(desk.lang, "function", one) or one for one in offer.functions if one in FUNCTIONS),
    )


def _act(
    desk: Desk,
    act: Counted,
    marks: Mapping[str, str],
    tellings: Mapping[str, Any],
    receipt: tuple[str, str] | None,
    voice: Voice,
    reader: Reader,
) -> ActShown:
    view = desk.view
    read = document_of(view, act)
    mark = "void" if act.void else marks.get(act.id, "")
    why: tuple[str, ...] = ()
    if act.void:
        why = (say(desk.lang, "Void: {why}.", why=void_word(desk.lang, act.void)),)
    elif mark:
        why = outcome(reader, tellings[act.id]) if act.id in tellings else ()
        why = why or (say(desk.lang, "Overtaken: an act that crossed it stands before it."),)
    kind = None
    if read is not None and act.procedure:
        kind = view.office.procedure(act).kind(read.kind)
    return ActShown(
        act.id,
        desk.url("act", act.id),
        voice.side(act.side),
        act.index,
        act_word(desk.lang, act),
        read.kind if read is not None else "",
        voice.time(read.at) if read is not None else None,
        voice.time(read.due) if read is not None and read.due is not None else None,
        read.precedence if read is not None else "",
        precedence_word(desk.lang, read.precedence) if read is not None else "",
        stated(kind, read.facts, voice) if read is not None and not act.void else (),
        len(read.enclosures) if read is not None else 0,
        mark,
        why,
        None if receipt is None else (voice.side(receipt[0]), voice.time(receipt[1])),
    )
