"""Figures that a side has stated, held against what the record gives here, cell by cell; what to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from yeollak.desk.staff import addresses  # noqa: F401 (it registers a part of addresses)
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.derived import answer_to
from yeollak.desk.staff.figuredrafts import begun, fact_day, opening
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matteracts import next_of
from yeollak.desk.staff.matterpage import Head, head_of, voice_of
from yeollak.desk.staff.refusals import in_words
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.values import Voice
from yeollak.errors import Fault, OurFault, RecordFault
from yeollak.office.ledger import Counted
from yeollak.office.statistics import Answer, Difference
from yeollak.office.statistics.tally import DIMENSIONS
from yeollak.record.enclosure import SALT
from yeollak.storage import reading
from yeollak.words import clean, number, say
from yeollak.words.counted import dimension_word, figure_word, part_word, sheet_word

#: How many differences stand on the page.
_DIFFERENCES: Final = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A place in which figures differ from the record: in words and in the codes of the instrument."""

    words: str
    code: str
    stated: str
    found: str


@require_safe
@page()
def stated(desk: Desk, matter_id: str) -> HttpResponse:
    """Figures that a side has stated, held against those of the record here, cell by cell."""
    head, act, text = _statement(desk, matter_id)
    voice = voice_of(desk)
    checked, fault = _answer(desk, act, text)
    coming = next_of(desk, matter_id, voice)
    places = [_place(one, voice) for one in checked.differences[:_DIFFERENCES]] if checked else []
    facts = act.move.facts if act.move is not None else {}
    context = {
        **frame(desk, "statistics"),
        "head": head,
        "side": voice.side(act.side),
        "ours": act.side == desk.view.side,
        "at": voice.time(act.move.at) if act.move is not None else None,
        "days": (fact_day(facts.get("since"), voice), fact_day(facts.get("until"), voice)),
        "checked": checked,
        "fault": in_words(desk, fault) if fault is not None else None,
        "places": places,
        "more": len(checked.differences) - len(places) if checked else 0,
        "held": text is not None,
        "next": coming,
        "may_contest": checked is not None
        and bool(checked.differences)
        and coming.may
        and any(one.kind == "figures.contest" for one in coming.offers),
        "own": checked is not None and checked.own is not None,
    }
    return render(desk.request, "staff/stated.html", context)


@require_POST
@page(Permission.DRAFT)
def contest(desk: Desk, matter_id: str) -> HttpResponse:
    """Begin a draft that contests figures, with what the record gives here enclosed."""
    _, act, text = _statement(desk, matter_id)
    checked, fault = _answer(desk, act, text)
    if fault is not None:
        raise fault
    own = checked.own if checked is not None else None
    return begun(desk, "figures.contest", matter_id, {}, own)


# figures that were stated


def _statement(desk: Desk, matter: str) -> tuple[Head, Counted, bytes | None]:
    """The head of the matter, the act that states the figures, and their bytes where they are held here."""
    head = head_of(desk, matter)
    act = opening(desk, matter)
    if head.procedure != "figures" or act is None or act.move is None:
        raise OurFault("no-such-matter", matter=matter[:64])
    digest = act.move.facts.get("text")
    held = reading.blob(desk.view, digest, act.side) if isinstance(digest, str) else None
    return head, act, held[SALT:] if held is not None else None


def _answer(desk: Desk, act: Counted, text: bytes | None) -> tuple[Answer | None, Fault | None]:
    """What there is to answer, or why nothing can be: figures of another form are a fault of their text."""
    if text is None:
        return None, None
    try:
        return answer_to(desk.view, act, text), None
    except RecordFault as fault:
        return None, fault


def _place(one: Difference, voice: Voice) -> Place:
    lang, place = voice.lang, one.place
    words = " / ".join(clean(part, longest=80) for part in place)
    if len(place) > 2 and place[0] in ("own", "told"):
        rests, figure, sort, *rest = place
        said = [capfirst(figure_word(lang, clean(figure, longest=80))), sheet_word(lang, rests)]
        if sort == "cells":
            names = DIMENSIONS.get(figure.partition("/")[0], ())
            said += [
                _part(names[at] if at < len(names) else "", part, figure, voice)
                for at, part in enumerate(rest)
            ]
        elif sort == "parts" and rest:
            said += [dimension_word(lang, rest[0])]
            said += [_part(rest[0], part, figure, voice) for part in rest[1:]]
        else:
            said.append(say(lang, "total") if sort == "total" else clean(sort, longest=80))
        return Place(" · ".join(said), words, _value(one.stated), _value(one.found))
    return Place(words, "", _value(one.stated), _value(one.found))


def _part(dimension: str, value: str, figure: str, voice: Voice) -> str:
    """A value of a dimension; a side by its name here."""
    if value in voice.sides:
        return voice.side(value).text
    return part_word(voice.lang, dimension, clean(value, longest=80), figure)


def _value(value: int | str | None) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, int) else clean(value, longest=200)


URLS = [
    path("<int:number>/statistics/stated/<digest:matter_id>/", stated, name="statistics-stated"),
    path("<int:number>/statistics/stated/<digest:matter_id>/contest/", contest, name="statistics-contest"),
]
