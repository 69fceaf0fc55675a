"""The desk's own error pages: they say no more to whoever is not signed in than that nothing is here."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from yeollak.desk.staff.gate import closed, language_of
from yeollak.words import usage


def _error(request: HttpRequest, exception: Exception | None = None, *, status: int) -> HttpResponse:
    lang = language_of(request)
    with translation.override(usage(lang)):
        context = {"lang": lang, "dir": "rtl" if lang == "ar" else "ltr", "status": status}
        return closed(render(request, "staff/error.html", context, status=status))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit: from another site, or from before the session."""
    return _error(request, status=403)


bad_request = partial(_error, status=400)
forbidden = partial(_error, status=403)
not_found = partial(_error, status=404)
broken = partial(_error, status=500)
