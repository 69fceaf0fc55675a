"""The line: the record act by act as a ladder, or as a table; filtered, searched, and a page at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from yeollak.desk.staff import ladder, quiet
from yeollak.desk.staff.clocks import post_of, reader_of, reading_zone
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.lineasked import Asked, Choice, asked_of, choices
from yeollak.desk.staff.lineof import PAGE, Line, arranged, hours_of
from yeollak.desk.staff.linetold import gathered, stances_before
from yeollak.desk.staff.matterpage import precedence_word
from yeollak.desk.staff.shell import frame, name_of
from yeollak.record.document import PRECEDENCES
from yeollak.storage import rungs, searching
from yeollak.storage.rungs import Page
from yeollak.words import clean, say
from yeollak.words.acts import kind_word
from yeollak.words.labels import procedure_word


@require_safe
@page()
def line(desk: Desk) -> HttpResponse:
    """One page of the line: the newest, what lies before or after a place, or what lies around an act."""
    asked = asked_of(desk.request.GET.dict(), desk.view.charter.sides)
    act = desk.request.GET.get("act", "")[:64]
    held = _held(desk, asked, act)
    shown = frame(desk, "line")
    drawn = _drawn(desk, asked, held, act)
    mirrored = shown["dir"] == "rtl"
    context = {
        **shown,
        **_filters(desk, asked),
        "asked": asked,
        "line": drawn,
        "drawings": (
            ("only-wide", ladder.wide(drawn.ladder, mirrored=mirrored)),
            ("only-slim", ladder.slim(drawn.ladder, mirrored=mirrored)),
        ),
        "hours": hours_of(reading_zone(desk), desk.now, post_of(reading_zone(desk), desk.lang)),
        "lanes": [lane_of(desk, side) for side in desk.sides],
        "earlier": f"?{asked.query(before=held.earlier)}" if held.earlier else "",
        "later": f"?{asked.query(after=held.later)}" if held.later else "",
        "now": f"?{asked.query()}",
        "newest": not held.later,
        "several": len(desk.view.charter.sides) > 2,
        "mirrored": mirrored,
    }
    return render(desk.request, "staff/line.html", context)


def _held(desk: Desk, asked: Asked, act: str) -> Page:
    """The acts that the address asks for. Raises Http404 for an act that is not here."""
    given = desk.request.GET
    if act:
        found = rungs.around(desk.view, act, PAGE)
        if found is None:
            raise Http404
        return found
    wanted = asked.wanted
    if asked.text:
        result = searching.find(desk.view, asked.text)
        wanted = replace(wanted, within=searching.acts(desk.view, result))
    if given.get("after"):
        return rungs.after(desk.view, wanted, PAGE, given["after"])
    return rungs.before(desk.view, wanted, PAGE, given.get("before", ""))


def _drawn(desk: Desk, asked: Asked, held: Page, act: str) -> Line:
    view, reader = desk.view, reader_of(desk)
    lanes = desk.sides
    before: tuple[ladder.Stance, ...] = tuple("unknown" for _ in lanes)
    if held.acts:
        before = stances_before(view, held.acts[0], lanes)
    whole = not asked.narrowed and not held.later
    return arranged(
        gathered(view, held.acts, desk.lang, lambda side: clean(reader.names[side], longest=100), lanes),
        reader,
        lanes,
        before,
        lasting=quiet.still(view.ledger, len(lanes), desk.now) if whole and held.acts else (),
        places=dict(enumerate(view.charter.sides)),
        silences=not asked.text,
        chosen=act,
    )


def _filters(desk: Desk, asked: Asked) -> dict[str, Any]:
    """The filters with their choices: links for those that one changes often, fields for the others."""
    view, lang, reader = desk.view, desk.lang, reader_of(desk)
    sides = [Choice(f"?{asked.query(side='')}", pgettext("sides", "all"), not asked.wanted.side)]
    sides += [
        Choice(
            f"?{asked.query(side=side)}",
            reader.name(side),
            asked.wanted.side == side,
            "us" if side == view.side else "them",
        )
        for side in desk.sides
    ]
    levels = [
        Choice(
            f"?{asked.query(from_=name if number else '')}",
            precedence_word(lang, name),
            asked.wanted.least == number,
        )
        for number, name in enumerate(PRECEDENCES)
    ]
    return {
        "sides": sides,
        "levels": levels,
        "nodes": Choice(
            f"?{asked.query(nodes='' if asked.wanted.nodes else 'yes')}",
            say(lang, "what nodes say too"),
            asked.wanted.nodes,
        ),
        "as_table": Choice(
            f"?{asked.query(as_='' if asked.table else 'table', **_where(desk))}",
            say(lang, "As a ladder") if asked.table else say(lang, "As a table"),
            asked.table,
        ),
        "procedures": choices(
            sorted(
                ((name, capfirst(procedure_word(lang, name))) for name in rungs.procedures(view)),
                key=lambda one: one[1],
            ),
            asked.wanted.procedure,
        ),
        "kinds": choices(
            sorted(((name, _kind(lang, name)) for name in rungs.kinds(view)), key=lambda one: one[1]),
            asked.wanted.kind,
        ),
    }


def _kind(lang: str, kind: str) -> str:
    """A kind with its procedure, since several procedures have kinds of one name."""
    word = clean(kind_word(lang, kind), longest=64)
    stem = kind.partition(".")[0]
    return f"{word} ({procedure_word(lang, stem)})" if stem != kind else word


def _where(desk: Desk) -> dict[str, str]:
    """Where on the line one is, so that the other view shows the same acts."""
    given = desk.request.GET
    return {name: given[name][:80] for name in ("before", "after", "act") if given.get(name)}


def lane_of(desk: Desk, side: str) -> tuple[str, bool]:
    """What heads a lane: what its side is called, and whether it is ours."""
    return name_of(desk, side), side == desk.view.side


URLS = [path("<int:number>/line/", line, name="line")]
