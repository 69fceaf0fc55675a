"""Where the officers' desk answers: everything under the root of its own listener."""

from django.urls import include, path

urlpatterns = [path("", include("yeollak.desk.staff.urls"))]
handler400 = "yeollak.desk.staff.pages.errors.bad_request"
handler403 = "yeollak.desk.staff.pages.errors.forbidden"
handler404 = "yeollak.desk.staff.pages.errors.not_found"
handler500 = "yeollak.desk.staff.pages.errors.broken"
