"""Addresses of this room, under /p/<slug>/."""

from django.urls import path

from cases.scores import views

app_name = "scores"
urlpatterns = [
    path("scores/", views.cohorts, name="cohorts"),
    path("scores/mine/", views.mine, name="mine"),
    path("scores/cohorts/<int:pk>/", views.cohort, name="cohort"),
    path("scores/cohorts/<int:pk>/scores.csv", views.cohort_csv, name="cohort_csv"),
    path("scores/assignments/<uuid:pk>/", views.assignment, name="assignment"),
    path("scores/assignments/<uuid:pk>/answers.csv", views.assignment_csv, name="assignment_csv"),
]
