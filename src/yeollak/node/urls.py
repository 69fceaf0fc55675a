"""Where pages answer: everything under the root is the desk's."""

from django.urls import include, path

urlpatterns = [path("", include("yeollak.desk.urls"))]
handler400 = "yeollak.desk.views.bad_request"
handler403 = "yeollak.desk.views.forbidden"
handler404 = "yeollak.desk.views.not_found"
handler500 = "yeollak.desk.views.broken"
