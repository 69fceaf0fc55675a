"""Response headers for every page: a strict content policy, and nothing that tells other sites about the
reader.

Django 5.2 has no policy of its own. The pages need no inline script, no inline style and nothing from
elsewhere, and the policy says exactly that, so that text which slipped through escaping could still do
nothing. The public page needs no script at all; the officers' desk runs its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

#: Where the listener that a request came by stands in its environment; no client can set it.
SITE: Final = "yeollak.site"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

#: The officers' desk has a script of its own, which asks its own site for what is new.
STAFF_POLICY: Final = f"{POLICY}; script-src 'self'; connect-src 'self'; media-src 'self'"

#: What is saved and never shown: opened in a browser all the same, it runs nothing, asks for nothing, and has
#: no origin.
DOWNLOAD_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"

_HEADERS: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class ContentPolicy:
    """Middleware that sets the headers on every response, whatever a view has set before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        staff = request.META.get(SITE) == "staff"
        saved = response.get("Content-Disposition", "").startswith("attachment")
        page = STAFF_POLICY if staff else POLICY
        response["Content-Security-Policy"] = DOWNLOAD_POLICY if saved else page
        for name, value in _HEADERS.items():
            response[name] = value
        if staff:
            # Without a referrer a browser says no origin either, and a form of the desk's own is refused.
            response["Referrer-Policy"] = "same-origin"
        if request.is_secure():
            # Django sets the one of its forms by a setting, which cannot know the listener.
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response


class Sites:
    """Middleware that chooses the address table by the listener that a request came by: the officers' desk
    for `staff`, the public page for everything else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get(SITE) == "staff":
            request.urlconf = "yeollak.node.staff_urls"
        return self.get_response(request)
