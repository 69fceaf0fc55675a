"""The icon of both sites, at the address where a browser looks for one without being told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yeollak.desk import assets

_NAME = "icon.svg"


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """The icon: the same bytes as the one that pages link, which may be kept for a day."""
    response = HttpResponse(assets.content(_NAME), content_type=assets.FILES[_NAME])
    response["Cache-Control"] = "public, max-age=86400"
    return response
