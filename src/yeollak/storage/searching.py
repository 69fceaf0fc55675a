"""Finding acts by their words: the matters that meet a query, the best first, each with the place that does.

Ranking is the database's over the newest passages that meet the query (`fulltext.MOST_RANKED`); what is shown
of one is cut here out of the text that is kept, and only for the matters of one page. Nothing here writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.record.enclosure import PRIVATE
from yeollak.storage import fulltext, models
from yeollak.storage.reading import OfficeView
from yeollak.words.searchable import Query, found, found_each, query

#: How many characters of a text stand in a hit.
_SHOWN: Final = 180
#: How many characters stand before the first word that was found.
_BEFORE: Final = 40


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a text that is shown; `met` where it is what was asked for."""

    text: str
    met: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A matter that meets a query, by one of its acts: where in what it says, and in which language that is
    (empty where nobody has said).
    """

    matter: str
    act: str
    side: str
    lang: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The matters that meet a query. `matters` has all of them by their ids, the best first, as far as they
    were ranked; `cut` says that older ones may have been left out.
    """

    asked: Query
    matters: tuple[str, ...]
    best: tuple[int, ...]
    cut: bool


def find(view: OfficeView, text: str) -> Found:
    """The matters that meet what somebody has typed; none where he has typed no word. Through a view that
    keeps what is sealed from its reader, acts that enclose such a thing are not found.
    """
    asked = query(text)
    rows = fulltext.ranked(view.alias, view.id, asked) if asked else []
    hidden = frozenset() if view.sealed else _sealed(view, [number for number, _ in rows])
    best: dict[str, int] = {}
    for number, matter in rows:
        if number in hidden:
            continue
        best.setdefault(matter, number)
    return Found(asked, tuple(best), tuple(best.values()), len(rows) == fulltext.MOST_RANKED)


def _sealed(view: OfficeView, numbers: Sequence[int]) -> frozenset[int]:
    """Those of the passages whose acts enclose something of ours that is sealed: they are found by it too."""
    # Of our own acts alone: no other side's releases what is ours.
    named = view.rows(models.Named).filter(place=view.place)
    told = named.exclude(release__in=sorted(PRIVATE)).values("digest")
    shut = named.filter(release__in=sorted(PRIVATE)).exclude(digest__in=told)
    found = set[int]()
    for start in range(0, len(numbers), 500):
        rows = view.rows(models.Passage).filter(id__in=numbers[start : start + 500], place=view.place)
        found.update(rows.filter(act__in=shut.values("act")).values_list("id", flat=True))
    return frozenset(found)


def stale(view: OfficeView) -> bool:
    """Whether the record was projected before there was anything to list and find it by: in a store of an
    earlier version, whose projections `rebuild` makes anew.
    """
    if view.rows(models.Finding).exists() and not view.rows(models.Rung).exists():
        return True
    return bool(view.rows(models.Matter).filter(acts=0).exists())


def acts(view: OfficeView, result: Found) -> list[str]:
    """The acts by which matters meet a query, the best of each."""
    rows = view.rows(models.Passage).filter(id__in=result.best[:500]).values_list("act", flat=True)
    return list(dict.fromkeys(rows))


def hits(view: OfficeView, result: Found, start: int, end: int) -> list[Hit]:
    """What is shown of the matters from `start` to before `end`."""
    numbers = result.best[start:end]
    rows = {row.id: row for row in view.rows(models.Passage).filter(id__in=numbers)}
    return [_hit(view, rows[number], result.asked) for number in numbers if number in rows]


def _hit(view: OfficeView, row: models.Passage, asked: Query) -> Hit:
    said: list[tuple[str, str]] = [(lang, text) for lang, text in json.loads(row.texts)]
    said += [("", line) for line in row.title.splitlines()]
    best = max(said, key=lambda one: _worth(one[1], asked))
    runs = cut_out(best[1], asked)
    return Hit(row.matter, row.act, view.charter.sides[row.place], best[0], tuple(runs))


def _worth(text: str, asked: Query) -> tuple[int, int]:
    """How many of the words that were asked for a text has, and how often any."""
    each = found_each(text, asked)
    return sum(map(bool, each)), sum(map(len, each))


def cut_out(text: str, asked: Query) -> Iterable[Run]:
    """A stretch of a text around what was asked for, in runs; its beginning where nothing was."""
    spans = found(text, asked)
    start = max(0, spans[0][0] - _BEFORE) if spans else 0
    if start:
        # From the beginning of a word, where one begins near enough.
        space = text.find(" ", start, spans[0][0])
        start = space + 1 if space >= 0 else start
        yield Run("… ")
    end, at = min(len(text), start + _SHOWN), start
    for first, last in spans:
        if first >= end:
            break
        if first > at:
            yield Run(text[at:first])
        yield Run(text[first : min(last, end)], met=True)
        at = min(last, end)
    if at < end:
        yield Run(text[at:end])
    if end < len(text):
        yield Run(" …")
