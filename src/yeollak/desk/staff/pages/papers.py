"""Papers: minutes, agreements, notes and the roster as PDF, and the list of matters as a sheet."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from yeollak.desk.staff import (
    addresses,  # noqa: F401 (it registers a part of addresses)
    looks,
)
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.clocks import clocks
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matterlist import asked_of, narrowed
from yeollak.desk.staff.matterpage import voice_of
from yeollak.desk.staff.paperof import matter_paper, roster_paper
from yeollak.desk.staff.papers import Paper
from yeollak.desk.staff.sheets import download, sheet
from yeollak.desk.staff.titles import Title, title_of
from yeollak.desk.staff.typesetting import pdf
from yeollak.desk.staff.values import Voice
from yeollak.record.document import PRECEDENCES
from yeollak.storage import matters
from yeollak.storage.matters import Listed

#: How many matters a sheet holds at most.
MOST: Final = 5_000
_AT_ONCE: Final = 250
#: The head of the sheet of matters: words of the record, so that what reads it needs no language.
HEAD: Final = (
    "matter", "procedure", "phase", "settled", "precedence", "class", "title", "opened_at", "moved_at",
    "acts", "awaited", "title_mark",
)  # fmt: skip


@require_safe
@page(Permission.EXPORT)
def of_matter(desk: Desk, matter_id: str) -> HttpResponse:
    """One matter as PDF."""
    return _paper(desk, matter_paper(desk, matter_id), f"matter-{matter_id[:16]}.pdf")


@require_safe
@page(Permission.EXPORT)
def roster(desk: Desk) -> HttpResponse:
    """The roster of today as PDF."""
    today = clocks(desk.view)[0].day(desk.now)
    return _paper(desk, roster_paper(desk), f"roster-{today.isoformat()}.pdf")


@require_safe
@page(Permission.EXPORT)
def matters_sheet(desk: Desk) -> HttpResponse:
    """The list of matters, filtered and ordered as its address asks, as a sheet."""
    asked, voice = asked_of(desk.request.GET.dict(), desk.view.charter.sides), voice_of(desk)
    wanted, rows, after = narrowed(desk, asked), list[tuple[Title, tuple[object, ...]]](), ""
    while len(rows) < MOST:
        found = matters.listing(desk.view, wanted, _AT_ONCE, after)
        rows += [_row(desk, one, voice) for one in found.rows]
        after = found.after or ""
        if not after:
            break
    today = clocks(desk.view)[0].day(desk.now)
    # Marked once all are known: which of two titles that look alike comes first makes no difference.
    marked = ((*row, looks.codes(title.said, desk.lang, words=True)) for title, row in rows[:MOST])
    response = download(sheet(HEAD, marked), f"matters-{today.isoformat()}.csv")
    if after or len(rows) > MOST:
        # A program that reads the file can see that it is not all.
        response["X-Yeollak-Cut"] = str(MOST)
    return response


def _row(desk: Desk, one: Listed, voice: Voice) -> tuple[Title, tuple[object, ...]]:
    row = one.row
    title = title_of(desk.view.office, row.matter, desk.lang, voice.side_name)
    return title, (
        row.matter,
        row.procedure,
        row.phase,
        "yes" if row.settled else "no",
        PRECEDENCES[row.precedence],
        row.subject_class,
        title.plain(desk.lang),
        row.opened_at,
        row.moved_at,
        row.acts,
        "; ".join(f"{wait.side} {wait.due}" for wait in one.waits),
    )


def _paper(desk: Desk, paper: Paper, name: str) -> HttpResponse:
    response = HttpResponse(pdf(paper, desk.now), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


URLS = [
    path("<int:number>/papers/<digest:matter_id>.pdf", of_matter, name="paper"),
    path("<int:number>/papers/roster.pdf", roster, name="paper-roster"),
    path("<int:number>/matters.csv", matters_sheet, name="matters-sheet"),
]
