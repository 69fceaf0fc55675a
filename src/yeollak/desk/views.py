"""The public page's views: they read a record, choose a language, and render. They never write.

No cookie is set and no session is used; the language is in the address. What was built and rendered is kept
in this process under the version of the record, so that an unchanged record is read once, and answers carry
an ETag over it, so that it costs its readers nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from yeollak import __version__, words
from yeollak.desk import assets
from yeollak.desk.behind import Behind
from yeollak.desk.drawing import draw
from yeollak.desk.leaves import drawn, leaf, pages_of
from yeollak.desk.lookalikes import look
from yeollak.desk.public import PublicOffice, build
from yeollak.desk.recent import Recent
from yeollak.desk.sections import Sections, sections
from yeollak.desk.source import RecordSource, record_source
from yeollak.desk.timeline import asked_of, timeline
from yeollak.words.own import own


@dataclass(frozen=True, slots=True)
class Shown:
    """An office as it is shown, built from one version of its record."""

    office: PublicOffice
    sections: Sections
    version: str
    until: datetime | None


#: What was built, by office and version, and what was rendered, by language and question too: a page has some
#: 300 kB.
_BUILT: Final = Recent[tuple[str, str, str], Shown](4)
_RENDERED: Final = Recent[tuple[str, str, str, str], bytes](24)
#: From how many entries on an office is drawn beside its readers, and how many of its pages at once.
MANY: Final = 300
_DRAWN: Final = 6
_BEHIND: Final = Behind[Shown]()


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
        return _office_page(request, lang, source, ids[0])
    offices = [shown_of(source, office, source.version(office)).office for office in ids]
    links = [(code, name, reverse("desk:home", args=[code])) for code, name in languages()]
    return page_of(
        request,
        lang,
        "desk/offices.html",
        {
            "offices": offices,
            "demonstration": any(office.demonstration for office in offices),
            "languages": links,
        },
    )


@require_safe
def office(request: HttpRequest, lang: str, office: str) -> HttpResponse:
    """The page of one office. Raises Http404 for an office that this node does not have."""
    try:
        return _office_page(request, lang, record_source(), office)
    except LookupError:
        raise Http404 from None


@require_safe
def asset(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """A style sheet or a script, which may be kept for ever: its address changes with its bytes."""
    try:
        if assets.version(name) != version:
            raise Http404
        response = HttpResponse(assets.content(name), content_type=f"{assets.FILES[name]}; charset=utf-8")
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


def _office_page(request: HttpRequest, lang: str, source: RecordSource, office: str) -> HttpResponse:
    shown = shown_of(source, office, source.version(office))
    etag = etag_of(request, lang, office, shown.version)
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        return unchanged
    asked = leaf_asked(request.GET, shown.office)
    content = _page(lang, shown, asked)
    response = HttpResponse(content)
    response["Content-Language"] = words.tag(lang)
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def shown_of(source: RecordSource, office: str, version: str) -> Shown:
    """The office as it is shown at this version or a newer one: what has come since is shown under the old
    version once, and under its own from the next request on. The end of an embargo makes another version.

    An office with many entries is built and drawn beside its readers, who have it as it was meanwhile.
    """
    key = _key(office, version)
    shown = _BUILT.held(key)
    if shown is None:
        shown = _BEHIND.last(key[1:], partial(_draw_behind, source, office, version))
        if shown is None or (shown.until is not None and shown.until <= now()):
            shown = _build(source, office, version)
    if shown.until is not None and shown.until <= now():
        return shown_of(source, office, f"{version} {shown.until.isoformat()}")
    return shown


def renew(office: str) -> None:
    """Have an office that is drawn beside its readers drawn anew where it has changed, so that whoever asks
    next need not be given the old one. Others are drawn when they are asked for, and one that this process
    does not show is left alone.
    """
    source = record_source()
    try:
        version = source.version(office)
    except LookupError:
        return
    key = _key(office, version)
    if _BUILT.held(key) is None:
        _BEHIND.last(key[1:], partial(_draw_behind, source, office, version))


def prepare(office: str) -> None:
    """Build an office and draw its page in every language before anybody asks for it. One that this process
    does not show is left alone.
    """
    source = record_source()
    try:
        version = source.version(office)
    except LookupError:
        return
    shown = shown_of(source, office, version)
    for lang, _ in languages():
        _page(lang, shown, {})


def _key(office: str, version: str) -> tuple[str, str, str]:
    return version, office, own().fingerprint


def _make(source: RecordSource, office: str, version: str) -> Shown:
    record = source.record(office)
    built = build(record)
    return Shown(built, sections(built), version, record.until)


def _build(source: RecordSource, office: str, version: str) -> Shown:
    shown = _BUILT.get(_key(office, version), lambda: _make(source, office, version))
    _keep(shown, office)
    return shown


def _keep(shown: Shown, office: str) -> None:
    _BUILT.put(key := _key(office, shown.version), shown)
    if len(shown.office.items) > MANY:
        # Many entries take much memory: those of an earlier version are shown to nobody any more.
        _BUILT.drop(lambda other: other[1:] == key[1:] and other != key)
        _BEHIND.made(key[1:], shown)


def _draw_behind(source: RecordSource, office: str, version: str) -> None:
    """Build an office, and draw the pages of it that were asked for last, before anybody is given it."""
    try:
        shown = _make(source, office, version)
        drawn = ((lang, query) for name, _, lang, query in _RENDERED.latest() if name == office)
        for lang, query in list(dict.fromkeys(drawn))[:_DRAWN]:
            _page(lang, shown, dict(parse_qsl(query)))
        _keep(shown, office)
    finally:
        connections.close_all()  # those of this thread


def now() -> datetime:
    """The instant that embargoes are held against."""
    return datetime.now(UTC)


def _page(lang: str, shown: Shown, asked: Mapping[str, str]) -> bytes:
    """The page of an office in a language, with its timeline filtered."""
    version = f"{shown.version} {own().fingerprint} {words.tag(lang)}"
    return _RENDERED.get(
        (shown.office.id, version, lang, urlencode(asked)), lambda: _rendered(lang, shown, asked)
    )


def leaf_asked(query: Mapping[str, Any], office: PublicOffice) -> dict[str, str]:
    """What an address asks of the timeline, and which page of it: one that there is none of is not asked."""
    asked = asked_of(query, office.items)
    number = str(query.get("page", ""))
    if number.isascii() and number.isdigit() and len(number) < 5:
        pages = pages_of(len(timeline(office.items, asked).items))
        if 1 <= int(number) <= pages > 1:
            asked["page"] = str(int(number))
    return asked


def _rendered(lang: str, shown: Shown, asked: Mapping[str, str]) -> bytes:
    found = timeline(shown.office.items, {name: value for name, value in asked.items() if name != "page"})
    page = leaf(found, asked)
    office, parts = drawn(shown.office, shown.sections, page)
    query = f"?{urlencode(asked)}#timeline" if asked else ""
    links = [
        (code, name, reverse("desk:office", args=[code, office.id]) + query) for code, name in languages()
    ]
    response = page_of(
        None,
        lang,
        "desk/public.html",
        {
            "office": office,
            "sections": parts,
            "timeline": found,
            "leaf": page,
            "many": len(shown.office.items),
            "on_page": frozenset(item.anchor for item in page.items),
            "drawing": draw(office.parties, lang, _signed(office, lang)),
            "deputies": any(party.deputies for party in office.parties),
            "demonstration": office.demonstration,
            "here": reverse("desk:office", args=[lang, office.id]),
            "languages": links,
        },
    )
    return response.content


def _signed(office: PublicOffice, lang: str) -> list[str]:
    """The sides whose names can be taken for something else."""
    return [one.side for one in office.parties if look(office.alike, one.short, lang, words=False)]


def page_of(
    request: HttpRequest | None, lang: str, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page in a language, from a template and what it shows."""
    with translation.override(words.usage(lang)):
        response = render(
            request,
            template,
            {"lang": lang, "dir": words.direction(lang), **context},
            status=status,
        )
    response["Content-Language"] = words.tag(lang)
    return response


def _error(request: HttpRequest, status: int) -> HttpResponse:
    first = request.path_info.strip("/").partition("/")[0]
    lang = first if first in words.LANGUAGES else _accepted(request)
    links = [(code, name, reverse("desk:home", args=[code])) for code, name in languages()]
    return page_of(request, lang, "desk/error.html", {"status": status, "languages": links}, status)


def etag_of(request: HttpRequest, lang: str, office: str, version: str) -> str:
    """Over everything that the page depends on: record, language, question, our own words, the style sheets,
    the program.
    """
    parts = [office, version, words.tag(lang), request.META.get("QUERY_STRING", ""), __version__]
    parts += [own().fingerprint]
    parts += [assets.version(name) for name in assets.FILES]
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


def _accepted(request: HttpRequest) -> str:
    return words.negotiate(request.headers.get("Accept-Language", ""))


def languages() -> list[tuple[str, str]]:
    """The languages of the pages: tag and own name."""
    return [(code, words.NATIVE_NAMES[code]) for code in words.LANGUAGES]
