"""Sent: what has become of an act since it was signed, step by step, from the record and the line alone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from yeollak.desk.staff import moments
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.moments import Shown
from yeollak.desk.staff.pages.compose import about
from yeollak.desk.staff.shell import frame, name_of
from yeollak.office.ledger import Counted
from yeollak.office.zones import of_second
from yeollak.record import statement
from yeollak.record.canon import parse_instant
from yeollak.storage import models, reading
from yeollak.words import number
from yeollak.words.acts import kind_word
from yeollak.words.deeds import deed_word

#: How many answers of others the page tells of, the newest of them.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way: `name` says which (a template has its words), whether it was reached, when, by
    whose clock it is told, and what is known beside it.
    """

    name: str
    reached: bool
    at: Shown | None = None
    detail: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The way to one other side."""

    side: str
    steps: tuple[Step, ...]
    down: bool
    tried: Shown | None
    again: Shown | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What another side did in the matter, having seen the act."""

    side: str
    word: str
    act: str
    at: Shown


@dataclass(frozen=True, slots=True)
class Sent:
    """What has become of an act. `done` once every other side has counted it, and nothing is left to poll."""

    act: str
    id: tuple[str, ...]
    kind: str
    matter: str
    position: str
    appended: Shown | None
    void: str
    ways: tuple[Way, ...]
    answers: tuple[Answer, ...]
    done: bool


@require_safe
@page()
def sent_page(desk: Desk, act: str) -> HttpResponse:
    """The page of an act of ours that was signed here."""
    found = sent(desk, act)
    context = {
        **frame(desk, "compose"),
        "sent": found,
        "verb": deed_word(desk.lang, found.kind),
        "about": about(desk, found.matter or None),
    }
    return render(desk.request, "staff/sent.html", context)


@require_safe
@page()
def sent_now(desk: Desk, act: str) -> HttpResponse:
    """The part of the page that changes, for its script."""
    context = {"sent": sent(desk, act), "desk": desk, "lang": desk.lang}
    return render(desk.request, "staff/_sent.html", context)


def sent(desk: Desk, act: str) -> Sent:
    """What has become of an act of our register. Raises Http404 for one that is not there."""
    view = desk.view
    index = reading.position(view, view.side, act)
    if index is None:
        raise Http404
    counted = view.ledger.finding(view.place, index) if index < view.ledger.counted(view.place) else None
    ways = tuple(_way(desk, index, side) for side in desk.sides if side != view.side)
    at = reading.counted_at(view, view.side, index)
    return Sent(
        act,
        tuple(act[start : start + 8] for start in range(0, 64, 8)),
        counted.move.kind if counted is not None and counted.move is not None else "",
        statement.parse(view.ledger.entry(view.place, index).statement).matter,
        number(index + 1),
        _shown(desk, at) if at is not None else None,
        counted.void if counted is not None else "",
        ways,
        tuple(_answers(desk, counted)) if counted is not None else (),
        all(way.steps[-1].reached for way in ways),
    )


def _way(desk: Desk, index: int, side: str) -> Way:
    view, line = desk.view, reading.outbox(desk.view)[side]
    receipt = _receipt(desk, index, side)
    seen = _seen(desk, index, side)
    at = reading.counted_at(view, view.side, index)
    attempts = view.rows(models.Attempt).filter(peer=side)
    attempts = attempts.filter(at__gte=at) if at is not None else attempts.none()
    went = attempts.filter(outcome="").order_by("at").values_list("at", flat=True).first()
    left = receipt is not None or seen is not None or went is not None
    down = bool(line.last_error) and receipt is None and seen is None
    steps = (
        Step("left", left, _shown(desk, went) if went else None, code=line.last_error if down else ""),
        Step("receipted", receipt is not None, _shown(desk, receipt) if receipt else None),
        Step("counted", seen is not None, _shown(desk, seen) if seen else None),
    )
    last = attempts.order_by("-at").values_list("at", flat=True).first()
    return Way(
        name_of(desk, side),
        steps,
        down,
        _shown(desk, last) if last else None,
        _shown(desk, line.next_at) if line.next_at else None,
    )


def _receipt(desk: Desk, index: int, side: str) -> datetime | None:
    """The time that the first receipt over an entry states, on the other side's clock."""
    view = desk.view
    rows = view.rows(models.Receipt).filter(place=view.place, cosigner=view.charter.places[side])
    time = rows.filter(size__gt=index).order_by("size").values_list("time", flat=True).first()
    return None if time is None else of_second(time)


def _seen(desk: Desk, index: int, side: str) -> datetime | None:
    """The time claimed by the first act of another side that has seen an entry of ours."""
    view = desk.view
    place, ours = view.charter.places[side], view.place
    ledger = view.ledger
    size = ledger.counted(place)
    if view.office.seen_by(place)[ours] <= index:
        return None
    first = bisect_left(range(size), index + 1, key=lambda at: ledger.finding(place, at).vector[ours])
    found = ledger.finding(place, first) if first < size else None
    return parse_instant(found.move.at) if found is not None and found.move is not None else None


def _answers(desk: Desk, counted: Counted) -> Iterator[Answer]:
    later = [
        one
        for one in desk.view.ledger.matter(counted.matter)
        if one.side != desk.view.side and not one.void and one.move is not None and one.has_seen(counted)
    ]
    for one in later[-_MOST:]:
        assert one.move is not None
        word = kind_word(desk.lang, one.move.kind)
        yield Answer(name_of(desk, one.side), word, one.id, _shown(desk, parse_instant(one.move.at)))


def _shown(desk: Desk, at: datetime) -> Shown:
    terms: Any = desk.view.office.terms()
    return moments.shown(at, str(terms.get("calendar", {}).get("zone", "UTC")), desk.lang)


URLS = [
    path("<int:number>/sent/<str:act>/", sent_page, name="sent"),
    path("<int:number>/sent/<str:act>/now/", sent_now, name="sent-now"),
]
