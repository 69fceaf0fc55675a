"""Both versions of one act, side by side over its signed bytes."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from yeollak.desk.staff import addresses  # noqa: F401 (it registers a part of addresses)
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matterpage import act_of
from yeollak.desk.staff.pages.act import pretty
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.titles import act_word
from yeollak.desk.staff.versions import pair_of, speaks
from yeollak.words import LANGUAGES, NATIVE_NAMES, direction


@require_safe
@page()
def versions(desk: Desk, act_id: str) -> HttpResponse:
    """An act in our words and in those of the record, in any language of the office."""
    found = act_of(desk.view, act_id)
    if found is None:
        raise Http404
    asked = desk.request.GET.get("in", "")
    lang = asked if asked in LANGUAGES else desk.lang
    context = {
        **frame(desk, "matters"),
        "act": found,
        "word": act_word(desk.lang, found),
        "pair": pair_of(desk, found, lang),
        "choices": [(f"?in={one}", NATIVE_NAMES[one], one, direction(one), one == lang) for one in LANGUAGES],
        "speaks": speaks(),
        "pretty": pretty(desk.view.ledger.entry(found.place, found.index).document),
    }
    return render(desk.request, "staff/versions.html", context)


URLS = [path("<int:number>/acts/<digest:act_id>/versions/", versions, name="versions")]
