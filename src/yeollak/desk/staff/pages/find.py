"""Find or do: one field from which everything is reached: matters by their words, pages, what may be begun.

It is a page of its own that works without a script; `palette.js` shows its results in place, asking for the
same address with `part=1`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, path
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matteracts import compose_url
from yeollak.desk.staff.matterpage import act_of, precedence_word, voice_of
from yeollak.desk.staff.shell import SECTIONS, frame
from yeollak.desk.staff.titles import Title, title_of
from yeollak.desk.staff.values import Voice
from yeollak.desk.texts import language_tag
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.table import NONE
from yeollak.record.document import PRECEDENCES
from yeollak.storage import matters, searching
from yeollak.words import clean, direction, say
from yeollak.words.catalogue import LANGUAGES
from yeollak.words.deeds import deed_word
from yeollak.words.labels import procedure_word, state_word
from yeollak.words.searchable import Query, found, query

#: How many matters stand on a page of results, and in the palette.
PAGE: Final = 20
_IN_PLACE: Final = 8
#: Procedures whose opening nobody looks for: the office founded itself, nodes speak for themselves.
_NOT_DONE: Final = frozenset({"founding", "line", "keys"})
_HEX: Final = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a text, and whether it is what was asked for."""

    text: str
    met: bool = False


@dataclass(frozen=True, slots=True)
class MatterFound:
    """A matter that was found, with the place in it that was."""

    url: str
    title: Title
    title_runs: tuple[Run, ...]
    procedure: str
    state: str
    precedence: str
    prec: str
    lang: str
    dir: str
    runs: tuple[Run, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Goal:
    """A page to go to, or an act to begin."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was found. `total` matters; `cut` says that older ones may be left out."""

    matters: tuple[MatterFound, ...]
    total: int
    cut: bool
    goals: tuple[Goal, ...]
    deeds: tuple[Goal, ...]


@require_safe
@page()
def find(desk: Desk) -> HttpResponse:
    """What is found for `q`: the whole page, or with `part` the results alone."""
    asked = clean(desk.request.GET.get("q", ""), longest=200)
    start = desk.request.GET.get("from", "")
    first = int(start) if start.isdecimal() and len(start) < 5 else 0
    part = "part" in desk.request.GET
    results = results_of(desk, asked, first, _IN_PLACE if part else PAGE)
    context = {"q": asked, "results": results, "lang": desk.lang, "desk": desk}
    if part:
        return render(desk.request, "staff/_found.html", {**context, "part": True})
    later = first + PAGE if first + PAGE < results.total else 0
    return render(desk.request, "staff/find.html", {**frame(desk), **context, "later": later, "start": first})


def results_of(desk: Desk, asked: str, start: int, size: int) -> Results:
    """What is found for a text."""
    words = query(asked)
    result = searching.find(desk.view, asked)
    named = _by_id(desk, asked.casefold().replace(" ", ""))
    ids = [*named, *(one for one in result.matters if one not in named)]
    voice = voice_of(desk)
    first = max(0, start - len(named))
    hits = {hit.matter: hit for hit in searching.hits(desk.view, result, first, first + size)}
    shown = [_matter(desk, one, hits.get(one), words, voice) for one in ids[start : start + size]]
    return Results(
        tuple(one for one in shown if one is not None),
        len(ids),
        result.cut,
        goals_of(desk, words),
        deeds_of(desk, words) if desk.may(Permission.DRAFT) else (),
    )


def goals_of(desk: Desk, words: Query) -> tuple[Goal, ...]:
    """The pages whose names meet a query in any language; all of them for none."""
    goals = []
    for name, label in SECTIONS:
        names = _names(label, "desk section")
        if not words or _meets(names, words):
            with suppress(NoReverseMatch):
                goals.append(Goal(desk.url(name), names[desk.lang]))
    return tuple(goals)


def deeds_of(desk: Desk, words: Query) -> tuple[Goal, ...]:
    """What may be begun whose name meets a query in any language."""
    if not words:
        return ()
    found_ = []
    for procedure in PROCEDURES:
        if procedure.name in _NOT_DONE:
            continue
        for kind in procedure.rows.get(NONE, {}):
            names = {lang: deed_word(lang, kind) for lang in LANGUAGES}
            also = {lang: procedure_word(lang, procedure.name) for lang in LANGUAGES}
            if _meets({lang: f"{names[lang]} {also[lang]}" for lang in LANGUAGES}, words):
                found_.append(Goal(compose_url(desk, kind), names[desk.lang]))
    return tuple(found_[:12])


def _by_id(desk: Desk, digits: str) -> list[str]:
    """Matters whose id begins as typed, and the matter of an act whose id it is."""
    if not _HEX.fullmatch(digits):
        return []
    if len(digits) == 64 and (act := act_of(desk.view, digits)) is not None:
        return [act.matter]
    return matters.beginning(desk.view, digits, 5)


def _matter(
    desk: Desk, matter: str, hit: searching.Hit | None, words: Query, voice: Voice
) -> MatterFound | None:
    row = matters.matter_row(desk.view, matter)
    if row is None:
        return None
    title = title_of(desk.view.office, matter, desk.lang, voice.side_name)
    state = desk.view.office.state(matter).state
    precedence = PRECEDENCES[row.precedence]
    plain = title.plain(desk.lang)
    lang = language_tag(hit.lang) if hit is not None else None
    runs = tuple(Run(run.text, run.met) for run in hit.runs) if hit is not None else ()
    if "".join(run.text for run in runs).strip() == plain:
        runs = ()
    return MatterFound(
        desk.url("matter", matter),
        title,
        _runs(plain, words),
        capfirst(procedure_word(desk.lang, row.procedure)),
        state_word(desk.lang, row.procedure, row.phase, state.slots),
        precedence,
        capfirst(precedence_word(desk.lang, precedence)),
        lang or "",
        direction(lang) if lang else "auto",
        runs,
    )


def _runs(text: str, words: Query) -> tuple[Run, ...]:
    runs, at = [], 0
    for start, end in found(text, words):
        if start > at:
            runs.append(Run(text[at:start]))
        runs.append(Run(text[start:end], met=True))
        at = end
    if at < len(text):
        runs.append(Run(text[at:]))
    return tuple(runs)


def _names(label: str, context: str) -> dict[str, str]:
    return {lang: say(lang, label, context=context) for lang in LANGUAGES}


def _meets(names: dict[str, str], words: Query) -> bool:
    return any(all(found(name, Query((clause,))) for clause in words.clauses) for name in names.values())


URLS = [path("<int:number>/find/", find, name="find")]
