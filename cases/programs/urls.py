"""Addresses of this room, under /p/<slug>/."""

from django.urls import path

from cases.programs import views

app_name = "programs"
urlpatterns = [
    path("", views.start, name="start"),
    path("people/", views.people, name="people"),
    path("people/add/", views.add_member, name="add_member"),
    path("people/<int:pk>/role/", views.change_role, name="change_role"),
    path("people/<int:pk>/remove/", views.remove_member, name="remove_member"),
    path("people/<int:pk>/invite/", views.invite_again, name="invite_again"),
    path("people/cohorts/add/", views.add_cohort, name="add_cohort"),
    path("people/cohorts/<int:pk>/", views.cohort, name="cohort"),
]
