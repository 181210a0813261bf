"""Addresses of this room, under /p/<slug>/."""

from django.urls import URLPattern, URLResolver, path

from cases.library.views import cases, files, jobs, requests

app_name = "library"
urlpatterns: list[URLPattern | URLResolver] = [
    path("requests/", requests.requests, name="requests"),
    path("requests/new/", requests.new_request, name="new_request"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/progress/", jobs.job_progress, name="job_progress"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel_job, name="cancel_job"),
    path("jobs/<uuid:pk>/retry/", jobs.retry_job, name="retry_job"),
    path("cases/", cases.cases, name="cases"),
    path("cases/review/", cases.review_cases, name="review_cases"),
    path("cases/<uuid:pk>/", cases.case, name="case"),
    path("cases/<uuid:pk>/accept/", cases.accept_case, name="accept_case"),
    path("cases/<uuid:pk>/reject/", cases.reject_case, name="reject_case"),
    path("cases/<uuid:pk>/teaching-point/", cases.edit_teaching_point, name="edit_teaching_point"),
    path("cases/<uuid:pk>/preview.png", files.case_preview, name="case_preview"),
    path("cases/<uuid:pk>/overlay.png", files.case_overlay, name="case_overlay"),
    path("cases/<uuid:pk>/pixels", files.case_pixels, name="case_pixels"),
    path("cases/<uuid:pk>/film.dcm", files.case_dicom, name="case_dicom"),
]
