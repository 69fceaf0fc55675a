"""Today: what needs somebody here now, by clock, and whether all is well."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.shell import frame
from yeollak.office.calendar import calendar_of
from yeollak.office.waiting import waiting


@require_safe
@page()
def today(desk: Desk) -> HttpResponse:
    """The docket in two lanes: with us, and with them."""
    office = desk.view.office
    docket = waiting(office, desk.now, calendar_of(office, office.terms()))
    ours = [item for item in docket if item.awaited == desk.view.side]
    theirs = [item for item in docket if item.awaited != desk.view.side]
    return render(desk.request, "staff/today.html", {**frame(desk, "today"), "ours": ours, "theirs": theirs})


URLS = [path("<int:number>/", today, name="today")]
