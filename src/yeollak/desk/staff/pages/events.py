"""Events: a stream by which a page learns within a second that something has changed.

It carries no content, so it needs no language and no office; a page that hears of a change asks for itself.
The server keeps such connections without a thread for each (`node/streams.py`); where it cannot, pages are as
fresh as they were asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from yeollak.desk.staff.gate import COOKIE, LIVE, Desk, closed, given, office_of, page, person_of
from yeollak.desk.staff.shell import frame

#: Where a server that can keep streams stands in the environment of a request: `keep(token) -> bool`.
STREAM: Final = "yeollak.stream"
#: What the browser waits before it opens a stream again that has ended, in milliseconds.
_RETRY: Final = 2000


@require_safe
def events(request: HttpRequest, number: int) -> HttpResponseBase:
    """Open a stream for whoever is signed in; 503 where there is no room for one."""
    request.META[f"HTTP_{LIVE.upper().replace('-', '_')}"] = "1"  # listening is no use of a session
    person = person_of(request)
    if person is None:
        asked = urlencode({"next": reverse("staff:today", args=[number])})
        return closed(HttpResponseRedirect(f"{reverse('staff:sign-in')}?{asked}"))
    if office_of(person, number) is None:
        raise Http404
    keep: Callable[[str], bool] | None = request.META.get(STREAM)
    if request.method == "HEAD" or keep is None or not keep(given(request, COOKIE)):
        response = HttpResponse(status=503)
        response["Retry-After"] = "5"
        return closed(response)
    stream = StreamingHttpResponse(iter([b"retry: %d\n\n" % _RETRY]), content_type="text/event-stream")
    stream["Cache-Control"] = "no-store"
    stream["X-Accel-Buffering"] = "no"  # for a web server that stands before the desk
    return stream


@require_safe
@page()
def empty(desk: Desk) -> HttpResponse:
    """The frame alone: what a page asks for whose own parts never change by themselves."""
    return render(desk.request, "staff/frame.html", frame(desk))


URLS = [
    path("<int:number>/events/", events, name="events"),
    path("<int:number>/frame/", empty, name="frame"),
]
