"""A session that ended while something was written: what was sent is given back, so that no word is lost.

The page says that nothing was kept, carries all fields but secrets, and sends them again once its reader has
signed in beside it. Signing in changes the token of forms, so a form from before is given back too, with the
new one. Files have to be chosen again: no page may put them back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import requires_csrf_token

from yeollak.desk.staff.gate import LANGUAGES, closed, language_of, person_of
from yeollak.desk.staff.inputs import Typed
from yeollak.words import direction, usage


def gives_back(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a page that takes forms give back what is sent to it without a session, or by a form from before
    the session. Nothing is done with what is given back until it is sent again; what another site sends is
    refused by the page itself.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if request.method == "POST" and own:
            person = person_of(request)
            if person is None or _stale(request):
                lang = person.language if person is not None else _read_in(request)
                return closed(_lost(request, lang=lang, back=person is not None))
        return view(request, *args, **kwargs)

    return inner


def _read_in(request: HttpRequest) -> str:
    """The language of the page that was sent: whoever wrote it reads that, whatever his browser prefers."""
    said = request.POST.get("reads", "")
    return said if said in LANGUAGES else language_of(request)


class _Look(CsrfViewMiddleware):
    """Django's own check, which answers whether a token fits and refuses nothing."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason)


def _stale(request: HttpRequest) -> bool:
    look = _Look(lambda _: HttpResponse())
    look.process_request(request)
    return look.process_view(request, _nothing, (), {}) is not None


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@requires_csrf_token
def _lost(request: HttpRequest, lang: str, back: bool) -> HttpResponse:
    fields = Typed.of(dict(request.POST.lists()), frozenset()).to_json()
    context = {
        "lang": lang,
        "dir": direction(lang),
        "address": request.get_full_path(),
        "fields": [(name, value) for name, values in fields.items() for value in values],
        "files": bool(request.FILES),
        "back": back,
    }
    with translation.override(usage(lang)):
        return render(request, "staff/lost.html", context, status=401)
