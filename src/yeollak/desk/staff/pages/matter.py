"""One matter: how it stands, what may be done next, its acts, its texts and its links."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from yeollak.desk.staff import addresses  # noqa: F401 (it registers a part of addresses)
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matteracts import acts_of, next_of, refused_of
from yeollak.desk.staff.matterpage import head_of, voice_of
from yeollak.desk.staff.mattertexts import texts_of
from yeollak.desk.staff.shell import frame


@require_safe
@page()
def matter(desk: Desk, matter_id: str) -> HttpResponse:
    """The page of a matter."""
    head = head_of(desk, matter_id)
    voice = voice_of(desk)
    asked = desk.request.GET
    before = asked.get("before", "")
    acts, earlier = acts_of(desk, matter_id, voice, int(before[:9]) if before.isdecimal() else None)
    coming = next_of(desk, matter_id, voice)
    why = "why" in asked
    context = {
        **frame(desk, "matters"),
        "head": head,
        "title": head.title.plain(desk.lang),
        "next": coming,
        "why": why,
        "refused": refused_of(desk, matter_id, [one.kind for one in coming.offers]) if why else (),
        "texts": texts_of(desk, matter_id, voice, asked.get("since", "")[:64]),
        "acts": acts,
        "earlier": earlier,
        "later": bool(before),
    }
    return render(desk.request, "staff/matter.html", context)


URLS = [path("<int:number>/matters/<digest:matter_id>/", matter, name="matter")]
