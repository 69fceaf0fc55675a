"""Matters: the list of every piece of business, filtered, counted, and searched."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matterlist import FIELDS, PAGE, asked_of, choices, counted, narrowed, rows_of
from yeollak.desk.staff.shell import frame, name_of
from yeollak.storage import matters as stored
from yeollak.storage import saved


@require_safe
@page()
def matters(desk: Desk) -> HttpResponse:
    """The list, one page of it."""
    view = desk.view
    asked = asked_of(desk.request.GET.dict(), view.charter.sides)
    wanted = narrowed(desk, asked)
    after = desk.request.GET.get("after", "")[:80]
    listing = stored.listing(view, wanted, PAGE, after)
    counts = stored.counts(view, wanted)
    context = {
        **frame(desk, "matters"),
        "rows": rows_of(desk, listing.rows),
        "asked": asked,
        "choices": choices(desk, asked),
        "total": counted(counts),
        "waiting": [
            (name_of(desk, side), side == view.side, f"?{asked.query(awaited=side)}", counts.awaited[side])
            for side in desk.sides
        ],
        "unsettled": (f"?{asked.query(settled='no')}", counts.open),
        "after": f"?{asked.query(after=listing.after)}" if listing.after else "",
        "first": f"?{asked.query()}" if after else "",
        "query": asked.query(),
        "saved": [
            (one, f"?{_own(one.query)}", _own(one.query) == asked.query())
            for one in saved.filters(view.alias, desk.person.id, "matters")
        ],
    }
    return render(desk.request, "staff/matters.html", context)


@require_POST
@page()
def keep_filter(desk: Desk) -> HttpResponse:
    """Keep the filter of the list under a name, or drop one."""
    given = desk.request.POST
    query = _own(given.get("query", "")[: saved.LONGEST_QUERY])
    if given.get("drop", "").isdecimal():
        saved.drop(desk.view.alias, desk.person.id, int(given["drop"][:18]))
    else:
        saved.keep(desk.view.alias, desk.person.id, "matters", given.get("name", ""), query)
    return HttpResponseRedirect(f"{desk.url('matters')}?{query}")


def _own(query: str) -> str:
    """A query string with the fields of the list alone, in their order."""
    fields = dict(parse_qsl(query, max_num_fields=64))
    return urlencode({name: fields[name] for name in FIELDS if fields.get(name)})


URLS = [
    path("<int:number>/matters/", matters, name="matters"),
    path("<int:number>/matters/filters/", keep_filter, name="matters-filters"),
]
