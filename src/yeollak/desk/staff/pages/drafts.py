"""Drafts: what is being written at this desk and by whom; a draft goes on where it was left."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from yeollak.desk.staff import moments
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.drafting import drafts
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.handing import DRAFTERS, may_take
from yeollak.desk.staff.inputs import Typed
from yeollak.desk.staff.lost import gives_back
from yeollak.desk.staff.moments import Shown
from yeollak.desk.staff.pages.compose import about, shown, worked
from yeollak.desk.staff.refusals import in_words
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.working import work_of
from yeollak.errors import OurFault
from yeollak.storage.desk_drafts import DraftRow
from yeollak.words import LANGUAGES, clean
from yeollak.words.deeds import deed_word

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft in the list: what it is to do, about what, whose it is, and since when."""

    id: int
    url: str
    verb: str
    about: str
    said: str
    said_lang: str
    owner: str
    author: str
    changed: Shown
    mine: bool
    may_take: bool
    version: int


@require_safe
@page(Permission.DRAFT)
def drafts_list(desk: Desk) -> HttpResponse:
    """One's own drafts first, then those of colleagues."""
    rows = [listed(desk, row) for row in drafts(desk).listed(desk.view.id)]
    context = {
        **frame(desk, "compose"),
        "mine": [row for row in rows if row.mine],
        "others": [row for row in rows if not row.mine],
        "done": desk.request.GET.get("done", "")[:16],
    }
    return render(desk.request, "staff/drafts.html", context)


def listed(desk: Desk, row: DraftRow) -> Listed:
    """A draft as the list shows it."""
    lang, said = _first_words(Typed(row.data.get("typed")), desk.lang)
    return Listed(
        row.id,
        desk.url("draft", row.id),
        deed_word(desk.lang, row.kind),
        about(desk, row.matter),
        said,
        lang,
        row.owner_shown,
        row.author_shown,
        moments.shown(row.updated, _zone(desk), desk.lang),
        row.owner == desk.person.id,
        may_take(desk, row),
        row.version,
    )


def _zone(desk: Desk) -> str:
    return str(desk.view.office.terms().get("calendar", {}).get("zone", "UTC"))


def _first_words(typed: Typed, lang: str) -> tuple[str, str]:
    """The first words of a draft by which it is known again, with their language."""
    for tag in (lang, *LANGUAGES):
        for name in (f"f.subject.{tag}", f"f.topic.{tag}", f"j.{tag}.title", f"text.{tag}"):
            if said := typed.one(name):
                return tag, clean(said, longest=_LONGEST)
    return lang, ""


@gives_back
@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.DRAFT)
def draft_page(desk: Desk, draft: int) -> HttpResponse:
    """One draft: gone on with, handed over, taken, discarded."""
    held = drafts(desk).draft(desk.view.id, draft)
    if held.act:
        return HttpResponseRedirect(desk.url("sent", held.act))
    do = desk.request.POST.get("do", "")
    if do in ("hand", "take", "discard"):
        return _passed(desk, held, do)
    try:
        work = work_of(desk, held.kind, held.matter)
    except OurFault as fault:
        return _stranded(desk, held, fault)
    if desk.request.method == "POST":
        return worked(desk, work, held)
    return shown(desk, work, Typed(held.data.get("typed")), held)


def _passed(desk: Desk, held: DraftRow, do: str) -> HttpResponse:
    """Hand a draft over, take it, or throw it away. Raises OurFault(`draft-of-another`) and what the drafts
    raise.
    """
    log, sent = drafts(desk), desk.request.POST.get("version", "")
    if not sent.isdecimal() or int(sent) != held.version:
        raise OurFault("draft-moved")
    if do == "take":
        if not may_take(desk, held):
            raise OurFault("draft-of-another", owner=held.owner_shown)
        log.hand(held, desk.person, desk.person.name, DRAFTERS, desk.now)
        return HttpResponseRedirect(desk.url("draft", held.id))
    if held.owner != desk.person.id:
        raise OurFault("draft-of-another", owner=held.owner_shown)
    if do == "hand":
        log.hand(held, desk.person, desk.request.POST.get("to", "")[:64], DRAFTERS, desk.now)
        return HttpResponseRedirect(f"{desk.url('drafts')}?done=handed")
    log.discard(held, desk.person, desk.now)
    return HttpResponseRedirect(f"{desk.url('drafts')}?done=discarded")


def _stranded(desk: Desk, held: DraftRow, fault: OurFault) -> HttpResponse:
    """A draft whose act cannot be done any more: its words are shown, and it can be thrown away."""
    typed = Typed(held.data.get("typed"))
    words = [
        (name.rpartition(".")[2], value)
        for name, values in typed.to_json().items()
        for value in values
        if name.rpartition(".")[2] in LANGUAGES
    ]
    context = {
        **frame(desk, "compose"),
        "title": deed_word(desk.lang, held.kind),
        "about": about(desk, held.matter),
        "matter": held.matter,
        "fault": in_words(desk, fault),
        "words": words,
        "held": held,
        "mine": held.owner == desk.person.id,
    }
    return render(desk.request, "staff/stranded.html", context, status=409)


@require_safe
@page(Permission.DRAFT)
def draft_file(desk: Desk, draft: int, file: int) -> HttpResponse:
    """A file of a draft, as a download and never as a page."""
    held = drafts(desk).draft(desk.view.id, draft)
    named = next((one for one in held.files if one.number == file), None)
    if named is None:
        raise Http404
    response = HttpResponse(drafts(desk).content(draft)[file], content_type="application/octet-stream")
    ascii_name = "".join(char if char.isascii() and char.isalnum() else "-" for char in named.name) or "file"
    response["Content-Disposition"] = f'attachment; filename="{ascii_name[:80]}"'
    return response


URLS = [
    path("<int:number>/drafts/", drafts_list, name="drafts"),
    path("<int:number>/drafts/<int:draft>/", draft_page, name="draft"),
    path("<int:number>/drafts/<int:draft>/files/<int:file>/", draft_file, name="draft-file"),
]
