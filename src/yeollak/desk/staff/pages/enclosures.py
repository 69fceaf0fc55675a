"""Enclosures as downloads: only those that are held and named by an allowed act, never rendered as a page.

A file of the other side is sent as an attachment under a name of ours, with its type only where that type can
do nothing in a browser; the policy of the response forbids everything else.
"""

from __future__ import annotations

import re
from typing import Final

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from yeollak.desk.staff import addresses  # noqa: F401 (it registers a part of addresses)
from yeollak.desk.staff.gate import Desk, page
from yeollak.storage.opened import opened, whole
from yeollak.words import clean

#: Types that are sent as they are: what a browser knows and cannot run. All else is plain bytes.
_HARMLESS: Final = frozenset(
    {
        "application/json",
        "application/pdf",
        "application/vnd.yeollak.form+json",
        "application/vnd.yeollak.instrument+json",
        "application/zip",
        "image/jpeg",
        "image/png",
        "text/csv",
        "text/plain",
    }
)
_ENDINGS: Final = {
    "application/json": "json",
    "application/pdf": "pdf",
    "application/vnd.yeollak.form+json": "json",
    "application/vnd.yeollak.instrument+json": "json",
    "application/zip": "zip",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/csv": "csv",
    "text/plain": "txt",
}
_BAD: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_RESERVED: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")


@require_safe
@page()
def enclosure(desk: Desk, digest: str) -> HttpResponse:
    """An enclosure as a file."""
    one = opened(desk.view, [digest], content=False).get(digest)
    content = whole(desk.view, one) if one is not None else None
    if one is None or content is None:
        raise Http404
    kind = one.type if one.type in _HARMLESS else "application/octet-stream"
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8" if kind == "text/plain" else kind)
    name = safe_name(one.name, one.type, digest)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Download-Options"] = "noopen"
    return response


def safe_name(name: str, type_: str, digest: str) -> str:
    """A file name that neither climbs, hides its ending nor turns the reading order round: the one given as
    far as it is harmless, with the ending of its type where another stands there, `.bin` for an unknown type.
    Without one it is the beginning of the digest.
    """
    plain = _BAD.sub("_", clean(name, longest=120)).strip(" .")
    if not plain or _RESERVED.fullmatch(plain):
        plain = digest[:16]
    ending = _ENDINGS.get(type_, "bin")
    stem, dot, last = plain.rpartition(".")
    if dot and stem and last.casefold() == ending:
        return plain
    return f"{plain}.{ending}"


URLS = [path("<int:number>/enclosures/<digest:digest>/", enclosure, name="enclosure")]
