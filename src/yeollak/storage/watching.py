"""Watching: what has arrived that must be seen at once, who has seen it, how the line goes, and whether
anything has changed.

An urgent act is an allowed act of another side with the precedence flash or immediate. It rings until
somebody here acknowledges it, which is a local note and no act: no record says who looked at what.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import local
from typing import Final

from django.db.models import Count, Max, Min, Q, Sum

from yeollak.errors import OurFault
from yeollak.office.calendar import Calendar
from yeollak.office.counting import parse
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.office.periods import Period
from yeollak.record.document import PRECEDENCES
from yeollak.storage import models, plain, pulse
from yeollak.storage.local import Acknowledged, DeskDraft, Escalation
from yeollak.storage.reading import OfficeView
from yeollak.storage.staffing import Person
from yeollak.storage.writer import Writer

#: The precedences that ring, the most urgent first.
RINGS: Final = ("flash", "immediate")
#: The result of an attempt to reach somebody that went well.
SENT: Final = "sent"
#: An act that arrived longer ago does not ring any more: by then it is a matter that is overdue.
RECENT: Final = timedelta(days=30)
#: The handling time of a precedence where the charter has none.
HANDLING: Final[Mapping[str, Period]] = {
    "flash": Period("minutes", 10),
    "immediate": Period("minutes", 60),
}
#: The most urgent acts of one side and one precedence that are kept in mind: a side may sign as many as its
#: quota allows, and drowns nobody's but its own.
_MOST: Final = 250
_MARKS: Final = tuple(f'"precedence":"{one}"'.encode() for one in RINGS)

_kept = local()


@dataclass(frozen=True, slots=True)
class Urgent:
    """An urgent act of another side: `arrived` when this node counted it, `at` what the act itself says."""

    act: str
    matter: str
    kind: str
    side: str
    index: int
    precedence: str
    at: str
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """That somebody here has seen an urgent act: under which name, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to reach somebody about an urgent act; `result` is `sent` or why it was not."""

    channel: str
    at: datetime
    result: str


@dataclass(frozen=True, slots=True)
class Tried:
    """How many attempts to reach somebody went well, and how many did not."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """How the line to a peer went from an instant on: attempts that went well, or that did not."""

    up: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Going:
    """How the line to a peer goes now, and since when; None where that is longer than `RECENT` ago."""

    up: bool
    since: datetime | None


class _Found:
    """The urgent acts that one thread has found in an office, and how far it has looked."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.read: list[int] | None = None
        self.acts: list[Urgent] = []


def urgent(view: OfficeView, now: datetime) -> list[Urgent]:
    """The urgent acts of the last thirty days, the most urgent and then the oldest first, seen or not.

    Reads only what is new since the same thread asked last.
    """
    held: dict[tuple[str, str], _Found] = _kept.__dict__.setdefault("held", {})
    found = held.get((view.alias, view.id))
    if found is None or found.office is not view.office:
        found = held[view.alias, view.id] = _Found(view.office)
    if found.read is None:
        found.acts, found.read = _standing(view, now), list(view.ledger.shown)
    for place, start in enumerate(found.read):
        end = view.ledger.counted(place)
        if place != view.place and end > start:
            found.acts += _marked(view, place, start, end)
        found.read[place] = end
    found.acts = _bounded(one for one in found.acts if now - one.arrived <= RECENT)
    return sorted(found.acts, key=lambda one: (RINGS.index(one.precedence), one.arrived, one.act))


def seen(view: OfficeView, acts: Iterable[str]) -> dict[str, Seen]:
    """Who has acknowledged these acts, by act."""
    rows = Acknowledged.objects.using(view.alias).filter(office=view.id, act__in=list(acts))
    return {row.act: Seen(row.account.shown, row.at) for row in rows.select_related("account")}


def unseen(view: OfficeView, now: datetime) -> list[Urgent]:
    """The urgent acts that nobody has acknowledged, in the order of `urgent`."""
    acts = urgent(view, now)
    known = seen(view, [one.act for one in acts]) if acts else {}
    return [one for one in acts if one.act not in known]


def handled_by(calendar: Calendar, one: Urgent) -> datetime:
    """By when an urgent act must have been acknowledged: the handling time of its precedence from its
    arrival, as the charter has it, else as `HANDLING`.
    """
    return calendar.after(one.arrived, calendar.handling.get(one.precedence) or HANDLING[one.precedence])


def tries(view: OfficeView, act: str) -> list[Try]:
    """The attempts to reach somebody about an act, oldest first."""
    rows = Escalation.objects.using(view.alias).filter(office=view.id, act=act).order_by("id")
    return [Try(row.channel, row.at, row.result) for row in rows]


def tried(view: OfficeView, acts: Iterable[str]) -> dict[str, Tried]:
    """How often somebody was reached about acts, and how often not, for those of which it was tried."""
    rows = Escalation.objects.using(view.alias).filter(office=view.id, act__in=list(acts))
    sent, all_ = Count("pk", filter=Q(result=SENT)), Count("pk")
    counted = rows.order_by().values_list("act").annotate(sent=sent, many=all_)
    return {act: Tried(well, many - well) for act, well, many in counted}


def going(view: OfficeView, peer: str, now: datetime) -> Going | None:
    """How the line to a peer goes now and since when, by the attempts of this node; None before the first.

    Looks no further back than `RECENT`.
    """
    rows = view.rows(models.Attempt).filter(peer=peer)
    newest = rows.order_by("-at", "-id").first()
    if newest is None:
        return None
    up, lately = not newest.outcome, rows.filter(at__gte=now - RECENT)
    same, others = lately.filter(outcome=""), lately.exclude(outcome="")
    if not up:
        same, others = others, same
    turned = others.aggregate(most=Max("at"))["most"]
    if turned is None and rows.filter(at__lt=now - RECENT).exists():
        return Going(up, None)
    since = (same if turned is None else same.filter(at__gte=turned)).aggregate(least=Min("at"))["least"]
    return Going(up, since)


def stretches(view: OfficeView, peer: str, start: datetime, end: datetime) -> list[Stretch]:
    """How the line to a peer went between two instants: the stretch at the first, where one is known, and
    every change after it. An empty list where nothing was tried until `end`.
    """
    rows = view.rows(models.Attempt).filter(peer=peer)
    before = rows.filter(at__lt=start).order_by("-at", "-id").values_list("outcome", flat=True).first()
    found = [] if before is None else [Stretch(not before, start)]
    within = rows.filter(at__gte=start, at__lte=end).order_by("at", "id")
    for at, outcome in within.values_list("at", "outcome"):
        if not found or found[-1].up != (not outcome):
            found.append(Stretch(not outcome, at))
    return found


def signature(alias: str) -> str:
    """16 hex digits that are others once anything has changed that a page of the desk shows live: the record,
    receipts, alarms, evidence, acknowledgements, drafts, and whether the lines are up. Sessions that are used
    and attempts that end like the one before leave them as they are.
    """
    grown = (
        models.Office,
        models.Entry,
        models.Finding,
        models.Receipt,
        models.Large,
        models.Alarm,
        models.Evidence,
        Acknowledged,
        Escalation,
    )
    newest: list[object] = [model.objects.using(alias).aggregate(most=Max("pk"))["most"] for model in grown]
    cleared = models.Alarm.objects.using(alias).aggregate(many=Count("cleared_at"))["many"]
    drafts = DeskDraft.objects.using(alias).aggregate(many=Count("pk"), last=Max("updated"))
    lines = models.Outbox.objects.using(alias).order_by("id").values_list("office", "peer", "last_error")
    # What has been counted may be shown a moment later, in a transaction of its own.
    shown = models.Head.objects.using(alias).aggregate(many=Sum("shown"))["many"]
    found = (pulse.moved(alias), *newest, shown, cleared, drafts["many"], drafts["last"], *lines)
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]


class Watching(Writer):
    """The writer of acknowledgements and of the log of escalations."""

    def acknowledge(self, view: OfficeView, act: str, person: Person, now: datetime) -> bool:
        """Note that a person has seen an urgent act; whether nobody had before. The first stays.

        Raises OurFault(`no-such-alarm`) for an act that is not urgent.
        """
        if all(one.act != act for one in urgent(view, now)):
            raise OurFault("no-such-alarm")
        with self.atomic():
            _, made = self._all(Acknowledged).get_or_create(
                office=view.id, act=act, defaults={"account_id": person.id, "at": now}
            )
        return bool(made)

    def note_try(self, office: str, act: str, channel: str, result: str, now: datetime) -> None:
        """Log one attempt to reach somebody. `result` is `sent` or why it was not, without a secret."""
        with self.atomic():
            self._all(Escalation).create(
                office=office, act=act, channel=channel[:32], at=now, result=result[:200]
            )


def _standing(view: OfficeView, now: datetime) -> list[Urgent]:
    """The urgent acts that are there when a thread asks for the first time, of those that pages know: no
    register is read through.
    """
    query = (
        'SELECT "index", act, matter, move, counted_at '  # noqa: S608 (no value is in it)
        f'FROM {plain.FINDING} WHERE office_id = %s AND place = %s AND "index" IN {{}}'
    )
    found = []
    for level in RINGS:
        for place, side in enumerate(view.charter.sides):
            if place == view.place:
                continue
            rungs = view.rows(models.Rung).filter(
                precedence=PRECEDENCES.index(level), place=place, void=False
            )
            indexes = list(rungs.order_by("-turn").values_list("index", flat=True)[:_MOST])
            for index, act, matter, move, counted_at in plain.within(
                view.alias, query, indexes, view.id, place
            ):
                arrived = plain.moment(view.alias, counted_at)
                if now - arrived <= RECENT:
                    said = json.loads(move)
                    found.append(Urgent(act, matter, said["kind"], side, index, level, said["at"], arrived))
    return sorted(found, key=lambda one: one.arrived)


def _bounded(acts: Iterable[Urgent]) -> list[Urgent]:
    """The newest of each side and precedence, in the order in which they are given."""
    kept: dict[tuple[str, str], deque[Urgent]] = {}
    for one in acts:
        kept.setdefault((one.side, one.precedence), deque(maxlen=_MOST)).append(one)
    return [one for some in kept.values() for one in some]


def _marked(view: OfficeView, place: int, start: int, end: int) -> Iterator[Urgent]:
    """The urgent acts of a register between two positions."""
    rows = view.rows(models.Entry).filter(place=place, index__gte=start, index__lt=end).order_by("index")
    for index, document in rows.values_list("index", "document").iterator(chunk_size=500):
        # Only what may be urgent is parsed: the words stand so in a document and in no text inside one.
        if any(mark in bytes(document) for mark in _MARKS):
            one = _urgent(view, view.ledger.finding(place, index))
            if one is not None:
                yield one


def _urgent(view: OfficeView, counted: Counted) -> Urgent | None:
    if counted.void or counted.move is None:
        return None
    act = parse(view.ledger.entry(counted.place, counted.index))
    if act is None or act.precedence not in RINGS:
        return None
    row = view.rows(models.Finding).get(place=counted.place, index=counted.index)
    return Urgent(
        act=counted.id,
        matter=counted.matter,
        kind=counted.move.kind,
        side=counted.side,
        index=counted.index,
        precedence=act.precedence,
        at=counted.move.at,
        arrived=row.counted_at,
    )
