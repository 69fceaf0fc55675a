"""The gate: who a request is by, in which office and language, and what becomes of what goes wrong.

Every page of the desk but the sign-in goes through `page`, so that none can forget to ask. A session is a
cookie with a random token; forms carry Django's CSRF token; nothing is cached, and nothing is said to whoever
is not signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial, wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_protect

from yeollak import words
from yeollak.desk.staff import looks
from yeollak.desk.staff.access import Permission, may, require
from yeollak.desk.staff.hands import Hands, hands
from yeollak.desk.staff.refusals import in_words
from yeollak.errors import Fault, OurFault
from yeollak.storage import reading
from yeollak.storage.reading import OfficeView
from yeollak.storage.staffing import HALF, KNOWN, LASTS, Person, Staffing, Who
from yeollak.words.own import ORDERS, own

#: The cookies of a session, of a sign-in that still asks for a code, and of a browser that is known.
COOKIE: Final = "yeollak-desk"
HALF_COOKIE: Final = "yeollak-code"
DEVICE_COOKIE: Final = "yeollak-device"
#: The cookie with the language that the account which signed in last reads: its code alone, and no secret.
LANGUAGE_COOKIE: Final = "yeollak-language"
#: The header with which the script of a page asks for it anew.
LIVE: Final = "X-Yeollak-Live"
LANGUAGES: Final = words.LANGUAGES
_STATUS: Final = {
    "account-unknown": 404,
    "check-running": 409,
    "confirm-needed": 403,
    "confirm-refused": 403,
    "draft-moved": 409,
    "draft-not-theirs": 403,
    "draft-of-another": 403,
    "draft-sent": 409,
    "exhibit-uncovered": 409,
    "factor-needed": 403,
    "four-eyes": 403,
    "no-such-act": 404,
    "no-such-draft": 404,
    "no-such-matter": 404,
    "not-offered": 409,
    "paper-fonts-missing": 503,
    "paper-not-set": 500,
    "paper-too-large": 413,
    "permission-missing": 403,
}
_LASTS: Final = {COOKIE: LASTS, HALF_COOKIE: HALF, DEVICE_COOKIE: KNOWN, LANGUAGE_COOKIE: KNOWN}
_LONGEST_TOKEN: Final = 100

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
    def zone(self) -> str:
        """The time zone of the person's account: his own choice, else that of our side or of its post."""
        return self.own_zone or self.view.charter.party(self.view.side).time_zone

    @property
    def own_zone(self) -> str:
        """The time zone that the person has chosen, else that which our side has, or the empty string."""
        return str(self.person.settings.get("zone", "")) or own().zone

    @property
    def sides(self) -> list[str]:
        """The sides in the order in which the person reads them: as he chose, else as our side has them."""
        chosen, ours = str(self.person.settings.get("order", "")), self.view.side
        words = replace(own(), order=chosen) if chosen in ORDERS else own()
        return words.ordered(self.view.charter.sides, ours)

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
    meta = request.META
    # What a proxy says of an address is not asked: whoever reaches the desk past it could say anything.
    return Who(
        str(meta.get("REMOTE_ADDR", "")), str(meta.get("HTTP_USER_AGENT", "")), given(request, DEVICE_COOKIE)
    )


def view_for(person: Person, view: OfficeView) -> OfficeView:
    """An office as a person may read it: without what lies sealed here, where his role does not let him."""
    return replace(view, sealed=may(person, Permission.INSIDE))


def person_of(request: HttpRequest) -> Person | None:
    """Who a request is by, or None. What a page asks for by itself counts as no use of the session."""
    token = given(request, COOKIE)
    touch = request.headers.get(LIVE) is None
    person = staffing().person(token, hands().now(), touch=touch) if token else None
    return None if person is None else replace(person, who=replace(who(request), device=""))


def office_of(person: Person, number: int) -> str | None:
    """The id of the office of a number, or None where there is none that the person may open: whoever was not
    given an office learns nothing of it, not even that it is there.
    """
    known = reading.offices(hands().alias)
    found = known[number - 1] if 1 <= number <= len(known) else ""
    return found if found in person.opens else None


def first_office(person: Person) -> int:
    """The number of the first office that the person may open; 0 where there is none."""
    known = reading.offices(hands().alias)
    return next((number for number, office in enumerate(known, 1) if office in person.opens), 0)


def language_of(request: HttpRequest) -> str:
    """The language for whoever is not signed in: the one asked for, else the one in which the desk was read
    here last, else what the browser prefers.
    """
    for asked in (request.GET.get("lang", ""), given(request, LANGUAGE_COOKIE)):
        if asked in LANGUAGES:
            return asked
    return words.negotiate(request.META.get("HTTP_ACCEPT_LANGUAGE", ""), LANGUAGES)


def page(
    permission: Permission = Permission.SEE, *, confirmed: bool = False
) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Make a view of `(desk, …)` a page of the desk: signed in, permitted, in the person's language, and with
    every fault worded. With `confirmed`, the passphrase must have been given in the last minutes, and is
    asked for where it was not: whoever finds a desk open cannot do there what lasts.
    """

    def make(view: View[P]) -> Callable[..., HttpResponse]:
        @csrf_protect
        @wraps(view)
        def inner(request: HttpRequest, number: int = 0, *args: Any, **kwargs: Any) -> HttpResponse:
            person = person_of(request)
            if person is None:
                asked = urlencode({"next": request.get_full_path()})
                return closed(HttpResponseRedirect(f"{reverse('staff:sign-in')}?{asked}"))
            lang = person.language if person.language in LANGUAGES else "en"
            number = number or first_office(person)
            view_ = view_for(person, _view(person, number))
            with translation.override(words.usage(lang)), looks.page_of(view_, partial(persons_of, view_.id)):
                desk = Desk(person, hands(), view_, number, lang, hands().now(), request)
                try:
                    require(person, permission)
                    if confirmed and not person.confirmed:
                        asked = urlencode({"next": request.get_full_path()})
                        return closed(HttpResponseRedirect(f"{reverse('staff:confirm')}?{asked}"))
                    return closed(_read_in(view(desk, *args, **kwargs), request, lang))
                except Fault as fault:
                    if fault.code == "sign-in-over":  # too many wrong answers have ended the session
                        return closed(HttpResponseRedirect(reverse("staff:sign-in")))
                    if fault.code == "permission-missing":
                        _note(desk, fault)
                    return closed(refusal(desk, fault))

        return inner

    return make


def refusal(desk: Desk, fault: Fault) -> HttpResponse:
    """The page of a fault: its sentence, its next step, its code, and whose it is."""
    from yeollak.desk.staff.shell import frame

    status = _STATUS.get(fault.code, 400 if isinstance(fault, OurFault) else 502)
    context = {**frame(desk), "fault": in_words(desk, fault), "ours": isinstance(fault, OurFault)}
    return render(desk.request, "staff/fault.html", context, status=status)


def _note(desk: Desk, fault: Fault) -> None:
    """Keep in the log that somebody asked for what his role does not let him."""
    # A refusal is one on a full disk too.
    with suppress(OurFault, DatabaseError):
        asked: dict[str, Any] = {"page": desk.request.path[:200], "permission": fault.data["permission"]}
        staffing().note(desk.now, desk.person, "permission-missing", desk.view.id, **asked)


def give(response: HttpResponse, request: HttpRequest, name: str, token: str) -> HttpResponse:
    """Give the browser a token: for this host alone, unreadable for scripts, never sent from elsewhere."""
    response.set_cookie(
        _full(request, name),
        token,
        max_age=int(_LASTS[name].total_seconds()),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


def given(request: HttpRequest, name: str) -> str:
    """The token that the browser has under the name of a cookie, or the empty string."""
    return str(request.COOKIES.get(_full(request, name), ""))[:_LONGEST_TOKEN]


def _read_in(response: HttpResponse, request: HttpRequest, lang: str) -> HttpResponse:
    """Let the browser keep the language, for when its session is over."""
    known = given(request, LANGUAGE_COOKIE) == lang
    return response if known else give(response, request, LANGUAGE_COOKIE, lang)


def take(response: HttpResponse, request: HttpRequest, name: str) -> HttpResponse:
    """Take a token from the browser."""
    response.set_cookie(
        _full(request, name), max_age=0, secure=request.is_secure(), httponly=True, samesite="Strict"
    )
    return response


def onward(request: HttpRequest, otherwise: str) -> str:
    """Where to go on: an address of this site alone."""
    asked = request.GET.get("next", "")
    local = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if local else otherwise


def closed(response: HttpResponse) -> HttpResponse:
    """Nothing of the desk is kept by anybody on the way."""
    response["Cache-Control"] = "no-store"
    return response


def persons_of(office: str) -> list[str]:
    """What the accounts are called that may open an office."""
    return [one.shown for one in staffing().people(office)]


def _full(request: HttpRequest, name: str) -> str:
    # Of a secure cookie the browser then answers for itself that no other host and no plain page set it.
    return f"__Host-{name}" if request.is_secure() else name


def _view(person: Person, number: int) -> OfficeView:
    office = office_of(person, number)
    if office is None:
        raise Http404
    return reading.office_view(hands().alias, office)
