"""The gate: who a request is by, in which office and language, and what becomes of what goes wrong.

Every page of the desk but the sign-in goes through `page`, so that none can forget to ask. A session is a
cookie with a random token; forms carry Django's CSRF token; nothing is cached, and nothing is said to whoever
is not signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_protect

from yeollak.desk.staff.access import Permission, may, require
from yeollak.desk.staff.hands import Hands, hands
from yeollak.errors import Fault, OurFault
from yeollak.storage import reading
from yeollak.storage.reading import OfficeView
from yeollak.storage.staffing import LASTS, Person, Staffing, Who
from yeollak.words.faults import sentence

COOKIE: Final = "yeollak-desk"
LANGUAGES: Final = ("en", "ko", "ar")
_STATUS: Final = {"permission-missing": 403, "no-such-matter": 404, "draft-moved": 409, "factor-needed": 403}

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page has at hand: who asks, the office as counted now, the node's hands and its clock."""

    person: Person
    hands: Hands
    view: OfficeView
    number: int
    lang: str
    now: datetime
    request: HttpRequest

    @property
    def officer(self) -> str:
        """The key id of the officer that the person is in this office, or the empty string."""
        return self.person.officers.get(self.view.id, "")

    @property
    def function(self) -> str:
        """The function under which that officer is posted now, or the empty string."""
        posted = self.view.office.officers(self.view.place).get(self.officer)
        return posted.function if posted is not None else ""

    def may(self, permission: Permission) -> bool:
        """Whether the person's role has a permission."""
        return may(self.person, permission)

    def url(self, name: str, *args: object) -> str:
        """The address of a page of this office."""
        return reverse(f"staff:{name}", args=[self.number, *args])


View = Callable[Concatenate[Desk, P], HttpResponse]


def staffing() -> Staffing:
    """The local tables of this node."""
    return Staffing(hands().alias)


def who(request: HttpRequest) -> Who:
    """Where a request comes from, as the audit log keeps it."""
    return Who(str(request.META.get("REMOTE_ADDR", "")), str(request.META.get("HTTP_USER_AGENT", "")))


def person_of(request: HttpRequest) -> Person | None:
    """Who a request is by, or None."""
    token = request.COOKIES.get(COOKIE, "")
    return staffing().person(token, hands().now()) if token else None


def language_of(request: HttpRequest) -> str:
    """The language for whoever is not signed in: the one asked for, else what the browser prefers."""
    asked = request.GET.get("lang", "")
    if asked in LANGUAGES:
        return asked
    found = translation.get_language_from_request(request).split("-")[0]
    return found if found in LANGUAGES else "en"


def page(permission: Permission = Permission.SEE) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Make a view of `(desk, …)` a page of the desk: signed in, permitted, in the person's language, and with
    every fault worded.
    """

    def make(view: View[P]) -> Callable[..., HttpResponse]:
        @csrf_protect
        @wraps(view)
        def inner(request: HttpRequest, number: int, *args: Any, **kwargs: Any) -> HttpResponse:
            person = person_of(request)
            if person is None:
                asked = urlencode({"next": request.get_full_path()})
                return closed(HttpResponseRedirect(f"{reverse('staff:sign-in')}?{asked}"))
            lang = person.language if person.language in LANGUAGES else "en"
            with translation.override(lang):
                desk = Desk(person, hands(), _view(number), number, lang, hands().now(), request)
                try:
                    require(person, permission)
                    return closed(view(desk, *args, **kwargs))
                except Fault as fault:
                    return closed(refusal(desk, fault))

        return inner

    return make


def refusal(desk: Desk, fault: Fault) -> HttpResponse:
    """The page of a fault: its sentence, its next step, its code, and whose it is."""
    from yeollak.desk.staff.shell import frame

    status = _STATUS.get(fault.code, 400 if isinstance(fault, OurFault) else 502)
    context = {**frame(desk), "fault": sentence(fault, desk.lang), "ours": isinstance(fault, OurFault)}
    return render(desk.request, "staff/fault.html", context, status=status)


def enter(response: HttpResponse, request: HttpRequest, token: str) -> HttpResponse:
    """Give the browser its token: for this site, unreadable for scripts, never sent from elsewhere."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LASTS.total_seconds()),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


def closed(response: HttpResponse) -> HttpResponse:
    """Nothing of the desk is kept by anybody on the way."""
    response["Cache-Control"] = "no-store"
    return response


def _view(number: int) -> OfficeView:
    known = reading.offices(hands().alias)
    if not 1 <= number <= len(known):
        raise Http404
    return reading.office_view(hands().alias, known[number - 1])
