"""Agreements and obligations: the list by state, and one agreement with its texts, signatures, amendments,
the duties that its clauses put on the sides, and the incidents that touch it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from yeollak.desk.staff import (
    addresses,  # noqa: F401 (it registers a part of addresses)
    agreementsof,
    dutiesof,
)
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.agreementsof import PAGE, PHASES
from yeollak.desk.staff.clocks import clocks
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matteracts import compose_url, next_of
from yeollak.desk.staff.matterpage import head_of, voice_of
from yeollak.desk.staff.mattertexts import texts_of
from yeollak.desk.staff.shell import frame
from yeollak.errors import OurFault
from yeollak.office.zones import later
from yeollak.procedures.agreement import AGREEMENT
from yeollak.procedures.obligation import sides_of
from yeollak.storage import matters as stored
from yeollak.storage.matters import Wanted
from yeollak.words.labels import state_word

#: Which duties the list has: those of these days before and after now.
_BACK, _AHEAD = timedelta(days=31), timedelta(days=31)
#: How many days of duties one agreement shows, of which so many lie back.
_SPAN: Final = 180
_SPAN_BACK: Final = 120


@require_safe
@page()
def agreements(desk: Desk) -> HttpResponse:
    """The agreements by state with the duties that are near; or all of one state, a page at a time."""
    voice, may = voice_of(desk), desk.may(Permission.DRAFT)
    phase = next((one for one in PHASES if one == desk.request.GET.get("phase")), "")
    context = {
        **frame(desk, "agreements"),
        "draft": compose_url(desk, "agreement.draft") if may and desk.officer else "",
        "phase": phase,
    }
    if phase:
        after = desk.request.GET.get("after", "")[:80]
        listing = stored.listing(desk.view, Wanted(procedure=AGREEMENT.name, phase=phase), PAGE, after)
        context |= {
            "word": state_word(desk.lang, AGREEMENT.name, phase, {}),
            "rows": agreementsof.rows_of(desk, listing.rows, voice),
            "first": f"?phase={phase}" if after else "",
            "after": f"?phase={phase}&after={listing.after}" if listing.after else "",
        }
        return render(desk.request, "staff/agreements.html", context)
    begin, end = desk.now - _BACK, desk.now + _AHEAD
    duties, late, cut = dutiesof.duties_near(desk, voice, begin, end, may=may)
    groups = agreementsof.groups_of(desk, voice)
    context |= {
        "groups": groups,
        "verdict": agreementsof.verdict(groups, late, desk.lang),
        "duties": duties,
        "cut": cut,
    }
    return render(desk.request, "staff/agreements.html", context)


@require_safe
@page()
def agreement(desk: Desk, matter_id: str) -> HttpResponse:
    """The page of an agreement. Raises OurFault(`no-such-matter`) for another matter."""
    head, voice = head_of(desk, matter_id), voice_of(desk)
    if head.procedure != AGREEMENT.name:
        raise OurFault("no-such-matter", matter=matter_id)
    may = desk.may(Permission.DRAFT)
    asked = desk.request.GET
    first = _from(desk, asked.get("from", ""))
    last = later(first, _SPAN - 1)
    obligations, cut = dutiesof.obligations_of(desk, matter_id, voice, first, last, may=may)
    state = desk.view.office.state(matter_id).state
    phase, sides = state.phase, sorted(sides_of(state))
    deeds = may and bool(desk.officer)
    context = {
        **frame(desk, "agreements"),
        "head": head,
        "title": head.title.plain(desk.lang),
        "since": agreementsof.since_of(desk, matter_id, voice),
        "signatures": agreementsof.signatures_of(desk, matter_id, voice),
        "amendments": agreementsof.amendments_of(desk, matter_id, voice),
        "obligations": obligations,
        "incidents": agreementsof.incidents_of(desk, matter_id, [one.matter for one in obligations], voice),
        "cut": cut,
        "begin": first,
        "end": last,
        "earlier": f"?from={later(first, -_SPAN).isoformat()}#duties",
        "later": f"?from={later(first, _SPAN).isoformat()}#duties",
        "near": "#duties" if not asked.get("from") else "?#duties",
        "moved": bool(asked.get("from")),
        "next": next_of(desk, matter_id, voice),
        "texts": texts_of(desk, matter_id, voice, asked.get("since", "")[:64]),
        "read_out": compose_url(desk, "obligation.propose", **{"f.parent": matter_id})
        + dutiesof.between(desk, "to", sides, but=desk.view.side)
        if deeds and phase == "in-force" and desk.view.side in sides
        else "",
        "amend": compose_url(desk, "agreement.draft", **{"f.amends": matter_id})
        if deeds and phase in ("in-force", "suspended")
        else "",
        "report": compose_url(desk, "incident.report", **{"f.touches": matter_id}) if deeds else "",
    }
    return render(desk.request, "staff/agreement.html", context)


def _from(desk: Desk, text: str) -> date:
    """The first day of the duties that are shown: that of the address, else some months back."""
    today = clocks(desk.view)[0].day(desk.now)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return later(today, -_SPAN_BACK)
    return found if 1900 <= found.year < 2200 else later(today, -_SPAN_BACK)


URLS = [
    path("<int:number>/agreements/", agreements, name="agreements"),
    path("<int:number>/agreements/<digest:matter_id>/", agreement, name="agreement"),
]
