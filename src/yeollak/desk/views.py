"""The public page's views: they read a record, choose a language, and render. They never write.

No cookie is set and no session is used; the language is in the address. Answers carry an ETag over the
registers' heads, so that an unchanged record costs its readers nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from yeollak import words
from yeollak.desk import assets
from yeollak.desk.drawing import draw
from yeollak.desk.public import PublicOffice, RecordView, build
from yeollak.desk.sections import sections
from yeollak.desk.source import record_source
from yeollak.desk.timeline import timeline


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Send the reader to the page in the language that the browser asks for first."""
    response = HttpResponseRedirect(reverse("desk:home", args=[_accepted(request)]))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def home(request: HttpRequest, lang: str) -> HttpResponse:
    """The one office of this node, or the list of its offices."""
    source = record_source()
    ids = source.offices()
    if len(ids) == 1:
        return _office_page(request, lang, source.record(ids[0]))
    offices = [build(source.record(office)) for office in ids]
    languages = [(code, name, reverse("desk:home", args=[code])) for code, name in _languages()]
    return _page(
        request,
        lang,
        "desk/offices.html",
        {
            "offices": offices,
            "demonstration": any(office.demonstration for office in offices),
            "languages": languages,
        },
    )


@require_safe
def office(request: HttpRequest, lang: str, office: str) -> HttpResponse:
    """The page of one office. Raises Http404 for an office that this node does not have."""
    try:
        record = record_source().record(office)
    except LookupError:
        raise Http404 from None
    return _office_page(request, lang, record)


@require_safe
def asset(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """A style sheet, which may be kept for ever: its address changes with its bytes."""
    try:
        if assets.version(name) != version:
            raise Http404
        response = HttpResponse(assets.content(name), content_type="text/css; charset=utf-8")
    except KeyError:
        raise Http404 from None
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404: nothing stands at this address."""
    return _error(request, 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400: the request cannot be read."""
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403: the request is not allowed."""
    return _error(request, 403)


def broken(request: HttpRequest) -> HttpResponse:
    """handler500: this node failed; the record is as it was."""
    return _error(request, 500)


def _office_page(request: HttpRequest, lang: str, record: RecordView) -> HttpResponse:
    etag = _etag(request, lang, record)
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        return unchanged
    shown: PublicOffice = build(record)
    here = reverse("desk:office", args=[lang, shown.id])
    query = request.META.get("QUERY_STRING", "")
    languages = [
        (code, name, reverse("desk:office", args=[code, shown.id]) + (f"?{query}#timeline" if query else ""))
        for code, name in _languages()
    ]
    asked = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    response = _page(
        request,
        lang,
        "desk/public.html",
        {
            "office": shown,
            "sections": sections(shown),
            "timeline": timeline(shown.items, asked),
            "drawing": draw(shown.parties, lang),
            "demonstration": shown.demonstration,
            "here": here,
            "languages": languages,
        },
    )
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _page(
    request: HttpRequest, lang: str, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    with translation.override(lang):
        response = render(
            request,
            template,
            {"lang": lang, "dir": words.direction(lang), **context},
            status=status,
        )
    response["Content-Language"] = lang
    return response


def _error(request: HttpRequest, status: int) -> HttpResponse:
    first = request.path_info.strip("/").partition("/")[0]
    lang = first if first in words.LANGUAGES else _accepted(request)
    languages = [(code, name, reverse("desk:home", args=[code])) for code, name in _languages()]
    return _page(request, lang, "desk/error.html", {"status": status, "languages": languages}, status)


def _etag(request: HttpRequest, lang: str, record: RecordView) -> str:
    """Over everything that the page depends on: record, language, question and the style sheets' versions."""
    parts = [record.office, lang, request.META.get("QUERY_STRING", ""), str(len(record.items))]
    parts += [f"{head.side} {head.size} {head.root}" for head in record.registers]
    parts += [assets.version(name) for name in assets.SHEETS]
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


def _accepted(request: HttpRequest) -> str:
    return words.negotiate(request.headers.get("Accept-Language", ""))


def _languages() -> list[tuple[str, str]]:
    return [(code, words.NATIVE_NAMES[code]) for code in words.LANGUAGES]
