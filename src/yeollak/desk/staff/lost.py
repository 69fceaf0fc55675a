"""A session that ended while something was written: what was sent is given back, so that no word is lost.

The page says that nothing was kept, carries all fields but secrets, and sends them again once its reader has
signed in beside it. Files have to be chosen again: no page may put them back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_protect

from yeollak.desk.staff.gate import closed, language_of, person_of
from yeollak.desk.staff.inputs import Typed
from yeollak.words import direction


def gives_back(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a page that takes forms give back what is sent to it without a session."""

    @csrf_protect
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or person_of(request) is not None:
            return view(request, *args, **kwargs)
        lang = language_of(request)
        fields = Typed.of(dict(request.POST.lists()), frozenset()).to_json()
        context = {
            "lang": lang,
            "dir": direction(lang),
            "address": request.get_full_path(),
            "fields": [(name, value) for name, values in fields.items() for value in values],
            "files": bool(request.FILES),
        }
        with translation.override(lang):
            return closed(render(request, "staff/lost.html", context, status=401))

    return inner
