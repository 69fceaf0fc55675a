"""Signing in, in two steps, and out. What is said to whoever does not get in is the same for every cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yeollak.desk.staff.gate import (
    COOKIE,
    DEVICE_COOKIE,
    HALF_COOKIE,
    LANGUAGES,
    closed,
    first_office,
    give,
    given,
    language_of,
    onward,
    person_of,
    staffing,
    take,
    who,
)
from yeollak.desk.staff.hands import hands
from yeollak.desk.staff.shell import local
from yeollak.errors import OurFault
from yeollak.storage import reading
from yeollak.storage.staffing import Entered
from yeollak.words import NATIVE_NAMES, direction, usage
from yeollak.words.called import office_name, ordered, side_name
from yeollak.words.faults import sentence
from yeollak.words.own import own

_STATUS: Final = {"sign-in-locked": 429}


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of the sign-in page: the town of a post, and the hour there."""

    place: str
    hour: str


@require_safe
@csrf_protect
def root(request: HttpRequest) -> HttpResponse:
    """Send whoever is signed in to his first office, and everybody else to the sign-in. Whoever was given no
    office yet is told so.
    """
    person = person_of(request)
    if person is None:
        return closed(HttpResponseRedirect(reverse("staff:sign-in")))
    number = first_office(person)
    if number:
        return closed(HttpResponseRedirect(reverse("staff:today", args=[number])))
    lang = person.language if person.language in LANGUAGES else "en"
    with translation.override(usage(lang)):
        context = {"lang": lang, "dir": direction(lang), "shown": person.shown}
        return closed(render(request, "staff/no-office.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@sensitive_post_parameters("passphrase")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first step: name and passphrase; in, or on to the second."""
    lang = language_of(request)
    with translation.override(usage(lang)):
        if request.method != "POST":
            # Only who asks for it begins anew: a page that is still open elsewhere comes by here too.
            page = _shown(request, lang)
            return take(page, request, HALF_COOKIE) if "anew" in request.GET else page
        name, passphrase = request.POST.get("name", ""), request.POST.get("passphrase", "")
        try:
            entered = staffing().sign_in(name, passphrase, hands().now(), who(request))
        except OurFault as fault:
            return _shown(request, lang, fault, name=name[:64])
        if not entered.half:
            return _in(request, entered)
        response = HttpResponseRedirect(f"{reverse('staff:sign-in-code')}?{_kept(request, lang)}")
        return closed(give(response, request, HALF_COOKIE, entered.token))


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """The second step: six figures from a device, or a recovery code."""
    lang, token = language_of(request), given(request, HALF_COOKIE)
    person = staffing().half_in(token, hands().now())
    with translation.override(usage(lang)):
        if person is None:
            return closed(HttpResponseRedirect(f"{reverse('staff:sign-in')}?{_kept(request, lang)}"))
        more: dict[str, Any] = {"half": person, "recovery": "recovery" in request.GET}
        if request.method != "POST":
            return _shown(request, lang, **more)
        try:
            entered = staffing().give_code(token, request.POST.get("code", ""), hands().now(), who(request))
        except OurFault as fault:
            return _shown(request, lang, fault, **more)
        return _in(request, entered)


@require_POST
@csrf_protect
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of this browser."""
    person = person_of(request)
    if person is not None:
        staffing().revoke(person, person.session, hands().now())
    response = HttpResponseRedirect(reverse("staff:sign-in"))
    return closed(take(response, request, COOKIE))


def clocks(now: datetime, zones: list[str], lang: str) -> list[Clock]:
    """The clocks of the posts, ours first, with UTC after it."""
    shown = [Clock(own().post(zone, lang), f"{local(now, zone):%H:%M}") for zone in zones]
    return [*shown[:1], Clock("UTC", f"{now:%H:%M}"), *shown[1:]]


def _in(request: HttpRequest, entered: Entered) -> HttpResponse:
    """Let the browser in, with tokens and forms that it did not have before."""
    before = person_of(request)
    if before is not None:
        staffing().revoke(before, before.session, hands().now())
    rotate_token(request)
    number = first_office(entered.person)
    if not number:
        where = reverse("staff:root")
    elif entered.person.given:
        # Whoever has his passphrase from somebody else is led to where he chooses his own.
        where = reverse("staff:me")
    else:
        where = onward(request, reverse("staff:today", args=[number]))
    response: HttpResponse = HttpResponseRedirect(where)
    give(response, request, COOKIE, entered.token)
    give(response, request, DEVICE_COOKIE, entered.device)
    return closed(take(response, request, HALF_COOKIE))


def _kept(request: HttpRequest, lang: str) -> str:
    """What the next step must know too."""
    asked = {"next": request.GET.get("next", ""), "lang": lang if "lang" in request.GET else ""}
    return urlencode({name: value for name, value in asked.items() if value})


def _shown(request: HttpRequest, lang: str, fault: OurFault | None = None, **more: Any) -> HttpResponse:
    now, offices = hands().now(), reading.offices(hands().alias)
    charter = reading.office_view(hands().alias, offices[0]).charter if offices else None
    ours = hands().side
    sides = ordered(charter, ours) if charter else []
    parties = [charter.party(side) for side in sides] if charter else []
    context = {
        "lang": lang,
        "dir": direction(lang),
        "fault": sentence(fault, lang) if fault else None,
        "kept": _kept(request, lang),
        "next": request.GET.get("next", ""),
        "office_name": office_name(charter, lang) if charter else "Yeollak",
        "side_name": side_name(charter, ours, lang) if charter else ours,
        # One zone is one clock, however many posts stand by it.
        "clocks": clocks(now, list(dict.fromkeys(party.time_zone for party in parties)), lang),
        "utc": f"{now:%H:%M:%S}",
        "languages": [(one, NATIVE_NAMES[one], direction(one)) for one in LANGUAGES],
        **more,
    }
    status = _STATUS.get(fault.code, 403) if fault else 200
    return closed(render(request, "staff/sign-in.html", context, status=status))


URLS = [
    path("", root, name="root"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/code/", code, name="sign-in-code"),
    path("sign-out/", sign_out, name="sign-out"),
]
