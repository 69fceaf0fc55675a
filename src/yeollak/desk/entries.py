"""The public page's entries one by one: a page of its own for each, the feed, and both as linked data.

The same record as the page and held back by the same embargo. Addresses in a feed are absolute and rest on
the name by which the reader asked, so that a feed is kept under that name alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

from yeollak import words
from yeollak.desk import linked
from yeollak.desk.feeds import feed_of
from yeollak.desk.public import Item, PublicOffice
from yeollak.desk.recent import Recent
from yeollak.desk.source import record_source
from yeollak.desk.timeline import asked_of, timeline
from yeollak.desk.views import Shown, etag_of, languages, page_of, shown_of
from yeollak.words.own import own

#: Feeds by version and language, and by the address by which they were asked for.
_FEEDS: Final = Recent[tuple[str, str], bytes](12)


@require_safe
def entry(request: HttpRequest, lang: str, office: str, entry: str) -> HttpResponse:
    """One entry on a page of its own. Raises Http404 for one that this node does not show."""
    return _answer(request, lang, office, lambda shown: _entry_page(request, lang, shown.office, entry))


@require_safe
def entry_data(request: HttpRequest, lang: str, office: str, entry: str) -> HttpResponse:
    """One entry as linked data, in all its languages."""

    def make(shown: Shown) -> HttpResponse:
        item, here = _item(shown.office, entry), request.build_absolute_uri
        about = linked.entry_data(
            shown.office, item, here(_entry_address(lang, office, item)), here(_office_address(lang, office))
        )
        return _linked(about)

    return _answer(request, lang, office, make)


@require_safe
def office_data(request: HttpRequest, lang: str, office: str) -> HttpResponse:
    """The office as linked data."""

    def make(shown: Shown) -> HttpResponse:
        address = request.build_absolute_uri(_office_address(lang, office))
        return _linked(linked.office_data(shown.office, address))

    return _answer(request, lang, office, make)


@require_safe
def feed(request: HttpRequest, lang: str, office: str) -> HttpResponse:
    """The newest entries in one language, narrowed as the page's timeline is."""

    def make(shown: Shown) -> HttpResponse:
        key = (f"{shown.version} {own().fingerprint} {words.tag(lang)}", request.build_absolute_uri())
        content = _FEEDS.get(key, lambda: _feed(request, lang, shown.office))
        response = HttpResponse(content, content_type="application/atom+xml; charset=utf-8")
        response["Content-Language"] = words.tag(lang)
        return response

    return _answer(request, lang, office, make)


def _answer(
    request: HttpRequest, lang: str, office: str, make: Callable[[Shown], HttpResponse]
) -> HttpResponse:
    source = record_source()
    try:
        shown = shown_of(source, office, source.version(office))
    except LookupError:
        raise Http404 from None
    etag = etag_of(request, lang, office, f"{shown.version} {request.get_host()} {request.path}")
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        return unchanged
    response = make(shown)
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _item(office: PublicOffice, name: str) -> Item:
    found = next((item for item in office.items if item.name == name), None)
    if found is None:
        raise Http404
    return found


def _entry_page(request: HttpRequest, lang: str, office: PublicOffice, name: str) -> HttpResponse:
    item = _item(office, name)
    at = office.items.index(item)
    cited = tuple(source for source in office.sources if source.number in item.sources)
    return page_of(
        request,
        lang,
        "desk/entry.html",
        {
            "office": replace(office, sources=cited, items=(item,)),
            "item": item,
            "before": office.items[at - 1] if at else None,
            "after": office.items[at + 1] if at + 1 < len(office.items) else None,
            "demonstration": office.demonstration,
            "here": _office_address(lang, office.id),
            "languages": [
                (code, native, _entry_address(code, office.id, item)) for code, native in languages()
            ],
        },
    )


def _feed(request: HttpRequest, lang: str, office: PublicOffice) -> bytes:
    asked = asked_of(request.GET, office.items)
    absolute = request.build_absolute_uri
    shared = {"lang": lang, "dir": words.direction(lang), "office": office}

    def part(template: str, item: Item) -> str:
        return render_to_string(f"desk/{template}.html", {**shared, "item": item}).strip()

    with translation.override(words.usage(lang)):
        return feed_of(
            office,
            timeline(office.items, asked).items,
            lang,
            title=office.names.pick(lang).text,
            page=absolute(_office_address(lang, office.id)),
            itself=absolute(request.get_full_path()),
            address=lambda item: absolute(_entry_address(lang, office.id, item)),
            heading=lambda item: _plain(part("feed_title", item)),
            body=lambda item: part("feed_entry", item),
            credit=lambda item: _plain(part("feed_credit", item)),
            kind=lambda item: _plain(part("feed_kind", item)),
        )


def _plain(markup: str) -> str:
    """Words that a template has escaped and marked, for a place that takes plain text."""
    return unescape(strip_tags(markup))


def _linked(data: dict[str, Any]) -> HttpResponse:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
    return HttpResponse(text, content_type=f"{linked.MEDIA_TYPE}; charset=utf-8")


def _office_address(lang: str, office: str) -> str:
    return reverse("desk:office", args=[lang, office])


def _entry_address(lang: str, office: str, item: Item) -> str:
    return reverse("desk:entry", args=[lang, office, item.name])
