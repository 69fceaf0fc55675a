"""Addresses of the desk: one office a number, in the order in which this node joined them.

Each module of `pages` that has addresses lists them as `URLS`.
"""

from __future__ import annotations

import importlib
import pkgutil

from django.urls import URLPattern, path, re_path

from yeollak.desk import views
from yeollak.desk.icon import icon
from yeollak.desk.staff import pages

app_name = "staff"

_MODULES = [
    importlib.import_module(f"{pages.__name__}.{one.name}") for one in pkgutil.iter_modules(pages.__path__)
]

urlpatterns: list[URLPattern] = [
    *(address for module in _MODULES for address in getattr(module, "URLS", ())),
    path("favicon.ico", icon, name="icon"),
    re_path(
        r"^assets/(?P<version>[0-9a-f]{12})/(?P<name>[a-z]+\.(?:css|js|svg))$", views.asset, name="asset"
    ),
]
