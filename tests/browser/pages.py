"""The site's addresses and one page more: a viewer on a film that the test chooses by the query string."""

from pathlib import Path

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from edu_site.urls import urlpatterns as site_urlpatterns
from tests.factories import SIZE, lesion_mask, png

PAGE = Template("""
{% extends "base.html" %}{% load django_vite %}
{% block title %}A film{% endblock %}
{% block scripts %}{% vite_asset 'static/src/viewer/main.ts' %}{% endblock %}
{% block main_class %}cf-main-wide{% endblock %}
{% block content %}
<h1 class="visually-hidden">A film</h1>
{% include "components/viewer.html" with label="Chest radiograph, PA" %}
<form id="answer" class="mt-3">
  <label>Row <input name="row" value="{{ request.GET.row }}"></label>
  <label>Column <input name="column" value="{{ request.GET.column }}"></label>
</form>
{% endblock %}
""")


def viewer_page(request: HttpRequest) -> HttpResponse:
    """``?pixels=``, ``?overlay``, ``?locate``, ``?mark=row,column``, ``?size=``."""
    query = request.GET
    size = int(query.get("size", SIZE))
    row, column = query["mark"].split(",") if "mark" in query else (None, None)
    context = {
        "pixels_url": query.get("pixels", f"/viewer-page/film?{query.urlencode()}"),
        "rows": size,
        "columns": size,
        "spacing": 1.25,
        "overlay_url": "/viewer-page/overlay.png" if "overlay" in query else "",
        "locate_form": "#answer" if "locate" in query else "",
        "mark_row": row,
        "mark_column": column,
        "tolerance_mm": 10 if "mark" in query else None,
    }
    return HttpResponse(PAGE.render(RequestContext(request, context)))


def film(request: HttpRequest) -> HttpResponse:
    """The pixels: those of ``FILM`` (.npy) when a developer looks at a real one, else a ramp from left to right."""
    pixels = np.tile(np.arange(SIZE, dtype="<u2") * 64, (SIZE, 1))
    if path_of_film := request.GET.get("file"):
        pixels = np.load(Path(path_of_film)).astype("<u2")
    return HttpResponse(pixels.tobytes(), content_type="application/octet-stream")


def overlay(request: HttpRequest) -> HttpResponse:
    """The square lesion of the factories, opaque red."""
    mask = lesion_mask(True)
    return HttpResponse(png(np.dstack([mask, mask * 0, mask * 0, mask])), content_type="image/png")


urlpatterns = [
    path("viewer-page/", viewer_page),
    path("viewer-page/film", film),
    path("viewer-page/overlay.png", overlay),
    *site_urlpatterns,
]
