"""Addresses of the public page: one path a language, so that a link says what it shows.

The node includes this module at the root and takes its error pages from `views`.
"""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from yeollak.desk import entries, views
from yeollak.desk.icon import icon

app_name = "desk"

_LANG = "(?P<lang>en|ko|ar)"
_OFFICE = "(?P<office>[0-9a-f]{64})"
_ENTRY = "(?P<entry>[a-z0-9][a-z0-9._-]{0,110})"

urlpatterns: list[URLPattern] = [
    path("", views.root, name="root"),
    path("favicon.ico", icon, name="icon"),
    re_path(rf"^{_LANG}/$", views.home, name="home"),
    re_path(rf"^{_LANG}/offices/{_OFFICE}/$", views.office, name="office"),
    re_path(rf"^{_LANG}/offices/{_OFFICE}/feed\.atom$", entries.feed, name="feed"),
    re_path(rf"^{_LANG}/offices/{_OFFICE}/office\.jsonld$", entries.office_data, name="office-data"),
    re_path(rf"^{_LANG}/offices/{_OFFICE}/entries/{_ENTRY}/$", entries.entry, name="entry"),
    re_path(
        rf"^{_LANG}/offices/{_OFFICE}/entries/{_ENTRY}/data\.jsonld$", entries.entry_data, name="entry-data"
    ),
    re_path(r"^assets/(?P<version>[0-9a-f]{12})/(?P<name>[a-z]+\.(?:css|svg))$", views.asset, name="asset"),
]
