"""The desk's addresses at the root, with its error pages, as a node sets them."""

from django.urls import include, path

urlpatterns = [path("", include("yeollak.desk.urls"))]
handler400 = "yeollak.desk.views.bad_request"
handler403 = "yeollak.desk.views.forbidden"
handler404 = "yeollak.desk.views.not_found"
handler500 = "yeollak.desk.views.broken"
