"""Signing in and out. What is said to whoever does not get in is the same for every cause."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yeollak.desk.staff.gate import COOKIE, LANGUAGES, closed, enter, language_of, person_of, staffing, who
from yeollak.desk.staff.hands import hands
from yeollak.errors import OurFault
from yeollak.storage import reading
from yeollak.words.faults import Worded, sentence


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Send whoever is signed in to the first office, and everybody else to the sign-in."""
    name, args = ("today", [1]) if person_of(request) else ("sign-in", [])
    return closed(HttpResponseRedirect(reverse(f"staff:{name}", args=args)))


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@sensitive_post_parameters("passphrase", "code")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name, passphrase and code, and let in whoever has them."""
    lang = language_of(request)
    fault: Worded | None = None
    with translation.override(lang):
        if request.method == "POST":
            try:
                token, _ = staffing().sign_in(
                    request.POST.get("name", "")[:200],
                    request.POST.get("passphrase", "")[:1000],
                    request.POST.get("code", "")[:40],
                    hands().now(),
                    who(request),
                )
                return closed(enter(HttpResponseRedirect(_next(request)), request, token))
            except OurFault as problem:
                fault = sentence(problem, lang)
        view = reading.office_view(hands().alias, reading.offices(hands().alias)[0])
        context = {
            "lang": lang,
            "dir": "rtl" if lang == "ar" else "ltr",
            "fault": fault,
            "name": request.POST.get("name", "")[:64],
            "next": request.GET.get("next", ""),
            "office_name": view.charter.about["name"].get(lang) or view.charter.about["name"].get("en", ""),
            "now": hands().now(),
            "languages": LANGUAGES,
        }
        return closed(render(request, "staff/sign-in.html", context, status=403 if fault else 200))


@require_POST
@csrf_protect
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of this browser."""
    person = person_of(request)
    if person is not None:
        staffing().revoke(person, person.session, hands().now())
    response = HttpResponseRedirect(reverse("staff:sign-in"))
    response.delete_cookie(COOKIE, samesite="Strict")
    return closed(response)


def _next(request: HttpRequest) -> str:
    """Where to go on: an address of this site alone."""
    asked = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("staff:today", args=[1])


URLS = [
    path("", root, name="root"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
]
