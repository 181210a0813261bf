"""The site's addresses. Each room has its own list; everything of a program is under /p/<slug>/."""

from django.contrib import admin
from django.urls import include, path

from cases.programs.views import home
from edu_site import health

urlpatterns = [
    path("", home, name="home"),
    path("health/", health.health, name="health"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/", include("cases.api.urls")),
    path("p/<slug:slug>/", include("cases.programs.urls")),
    path("p/<slug:slug>/", include("cases.library.urls")),
    path("p/<slug:slug>/", include("cases.quizzes.urls")),
    path("p/<slug:slug>/", include("cases.scores.urls")),
]
