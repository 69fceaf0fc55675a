"""One's own page: passphrase, second factor, recovery codes, sessions, language and how things are shown.

What lasts beyond the session is asked for again by passphrase. Recovery codes are the answer to the form that
made them and stand nowhere else: the store has their digests alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import available_timezones

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_variables

from yeollak.desk.staff.access import Permission, role_word
from yeollak.desk.staff.gate import LANGUAGES, Desk, onward, page, staffing
from yeollak.desk.staff.moments import Shown, shown
from yeollak.desk.staff.refusals import in_words
from yeollak.desk.staff.shell import frame, name_of
from yeollak.errors import OurFault
from yeollak.storage import factors
from yeollak.storage.local import DeskSession
from yeollak.storage.staffing import LEAST, Person
from yeollak.words import NATIVE_NAMES, clean, direction
from yeollak.words.called import ordered
from yeollak.words.own import ORDERS, own

_AREAS: Final = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_LONGEST_AGENT: Final = 120
#: The light margin that a QR code needs, in modules; a run of dark ones.
_QUIET: Final = 4
_DARK: Final = re.compile(b"\x01+")


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session as its owner sees it; `here` is the one that asks."""

    digest: str
    begun: Shown
    used: Shown
    address: str
    agent: str
    here: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code: how many modules wide with its quiet zone, and the path of the dark ones."""

    size: int
    path: str


def sessions_shown(rows: Iterable[DeskSession], person: Person, zone: str, lang: str) -> list[SessionShown]:
    """Sessions for a table, this one first."""
    found = [
        SessionShown(
            row.digest,
            shown(row.created, zone, lang),
            shown(row.used, zone, lang),
            row.address,
            clean(row.agent, longest=_LONGEST_AGENT),
            row.digest == person.session,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.here)


def zones(own: Iterable[str]) -> list[str]:
    """The time zones to choose from: those of the posts first, then UTC, then all named by a town."""
    first = list(dict.fromkeys([*own, "UTC"]))
    rest = (zone for zone in available_timezones() if zone.partition("/")[0] in _AREAS)
    return first + sorted(set(rest) - set(first))


def choices_of(post: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Language and settings as a form has them; what is not to be chosen is left out.

    The time zone is empty where the reader goes by that of his post.
    """
    language = post.get("language", "")
    zone, order = post.get("zone", ""), post.get("order", "")
    settings = {
        "zone": zone if zone in available_timezones() else "",
        "order": order if order in ORDERS else "",
    }
    return language if language in LANGUAGES else "en", settings


@page()
def me(desk: Desk) -> HttpResponse:
    """Everything that one may set about oneself."""
    if desk.request.method == "POST":
        return _to_me()
    rows = staffing().sessions(desk.person, desk.now)
    return render(desk.request, "staff/me.html", _context(desk, rows))


def _context(desk: Desk, rows: Iterable[DeskSession]) -> dict[str, Any]:
    charter = desk.view.charter
    return {
        **frame(desk),
        "role": role_word(desk.person.role),
        "keeps": desk.may(Permission.ACCOUNTS),
        "open_sessions": sessions_shown(rows, desk.person, desk.zone, desk.lang),
        "languages": [(one, NATIVE_NAMES[one], direction(one)) for one in LANGUAGES],
        "zones": zones(party.time_zone for party in map(charter.party, charter.sides)),
        "own_zone": desk.person.settings.get("zone", ""),
        "post_zone": own().zone or charter.party(desk.view.side).time_zone,
        "order": desk.person.settings.get("order", ""),
        "names": [name_of(desk, side) for side in charter.sides],
        "side_order": [name_of(desk, side) for side in ordered(charter, desk.view.side)],
        "least": LEAST,
        "saved": desk.request.GET.get("saved", "") in ("settings", "passphrase", "factor"),
    }


@page()
@sensitive_variables("passphrase")
def confirm(desk: Desk) -> HttpResponse:
    """Ask for the passphrase again, and go on to where it was asked for."""
    fault = None
    if desk.request.method == "POST":
        passphrase, code = desk.request.POST.get("passphrase", ""), desk.request.POST.get("code", "")
        try:
            staffing().confirm(desk.person, passphrase, code, desk.now)
            return HttpResponseRedirect(onward(desk.request, reverse("staff:me")))
        except OurFault as problem:
            if problem.code == "sign-in-over":
                return HttpResponseRedirect(reverse("staff:sign-in"))
            fault = in_words(desk, problem)
    context = {**frame(desk), "fault": fault, "utc_now": f"{desk.now:%H:%M:%S}"}
    return render(desk.request, "staff/confirm.html", context, status=403 if fault else 200)


@page(confirmed=True)
@sensitive_variables("first")
def passphrase(desk: Desk) -> HttpResponse:
    """Choose another passphrase, typed twice."""
    if desk.request.method != "POST":
        return _to_me()
    first, again = desk.request.POST.get("passphrase", ""), desk.request.POST.get("again", "")
    if first != again:
        raise OurFault("passphrase-twice")
    staffing().set_passphrase(desk.person.name, first, desk.now, desk.person)
    return _to_me("passphrase")


@page(confirmed=True)
def factor(desk: Desk) -> HttpResponse:
    """Set up a device: a picture of the secret, and a code that shows that the device has it."""
    fault = None
    if desk.request.method == "POST":
        try:
            codes = staffing().take_factor(desk.person, desk.request.POST.get("code", ""), desk.now)
            return _codes(desk, codes)
        except OurFault as problem:
            if problem.code == "sign-in-over":
                return HttpResponseRedirect(reverse("staff:sign-in"))
            fault = in_words(desk, problem)
    secret = staffing().begin_factor(desk.person)
    address = factors.address(secret, desk.person.name, f"Yeollak {desk.view.side}")
    context = {
        **frame(desk),
        "fault": fault,
        "picture": picture(address),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": address,
        "utc_now": f"{desk.now:%H:%M:%S}",
    }
    return render(desk.request, "staff/factor.html", context, status=403 if fault else 200)


@page(confirmed=True)
def new_codes(desk: Desk) -> HttpResponse:
    """Make fresh recovery codes; the old ones are good no more."""
    if desk.request.method != "POST":
        return _to_me()
    return _codes(desk, staffing().new_codes(desk.person, desk.now))


@page(confirmed=True)
def no_factor(desk: Desk) -> HttpResponse:
    """Do without a second factor again."""
    if desk.request.method != "POST" or not desk.person.has_factor:
        return _to_me()
    staffing().reset_factor(desk.person.name, desk.now, desk.person)
    return _to_me("factor")


@page()
def end_session(desk: Desk) -> HttpResponse:
    """End one session of one's own, or all but this one."""
    if desk.request.method == "POST":
        digest = desk.request.POST.get("session", "")
        if digest == "others":
            staffing().revoke_others(desk.person, desk.now)
        else:
            staffing().revoke(desk.person, digest[:64], desk.now)
    return _to_me()


@page()
def settings(desk: Desk) -> HttpResponse:
    """Keep language, time zone and order of sides."""
    if desk.request.method != "POST":
        return _to_me()
    language, chosen = choices_of(desk.request.POST.dict())
    kept = {**desk.person.settings, **chosen}
    staffing().give(desk.person.name, desk.now, desk.person, language=language, settings=kept)
    return _to_me("settings")


def picture(address: str) -> Picture:
    """An address as a QR code (ISO 18004, with a quarter of it to spare)."""
    rows = [bytes(row) for row in segno.make(address, error="q", micro=False).matrix]
    runs = [
        f"M{run.start() + _QUIET} {line + _QUIET}h{len(run[0])}v1h-{len(run[0])}z"
        for line, row in enumerate(rows)
        for run in _DARK.finditer(row)
    ]
    return Picture(len(rows) + 2 * _QUIET, "".join(runs))


def _codes(desk: Desk, codes: list[str]) -> HttpResponse:
    return render(desk.request, "staff/codes.html", {**frame(desk), "codes": codes})


def _to_me(saved: str = "") -> HttpResponse:
    asked = f"?saved={saved}" if saved else ""
    return HttpResponseRedirect(f"{reverse('staff:me')}{asked}")


URLS = [
    path("me/", me, name="me"),
    path("me/confirm/", confirm, name="confirm"),
    path("me/passphrase/", passphrase, name="passphrase"),
    path("me/factor/", factor, name="factor"),
    path("me/codes/", new_codes, name="codes"),
    path("me/no-factor/", no_factor, name="no-factor"),
    path("me/sessions/", end_session, name="end-session"),
    path("me/settings/", settings, name="settings"),
]
