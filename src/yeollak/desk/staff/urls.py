"""Addresses of the desk: one office a number, in the order in which this node joined them."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from yeollak.desk import views
from yeollak.desk.staff.pages import signing_in, today

app_name = "staff"

urlpatterns: list[URLPattern] = [
    path("", signing_in.root, name="root"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("<int:number>/", today.today, name="today"),
    re_path(r"^assets/(?P<version>[0-9a-f]{12})/(?P<name>[a-z]+\.(?:css|js))$", views.asset, name="asset"),
]
