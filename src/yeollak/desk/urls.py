"""Addresses of the public page: one path a language, so that a link says what it shows.

The node includes this module at the root and takes its error pages from `views`.
"""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from yeollak.desk import views

app_name = "desk"

_LANG = "(?P<lang>en|ko|ar)"

urlpatterns: list[URLPattern] = [
    path("", views.root, name="root"),
    re_path(rf"^{_LANG}/$", views.home, name="home"),
    re_path(rf"^{_LANG}/offices/(?P<office>[0-9a-f]{{64}})/$", views.office, name="office"),
    re_path(r"^assets/(?P<version>[0-9a-f]{12})/(?P<name>[a-z]+\.css)$", views.asset, name="asset"),
]
