from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "cases.library"
    label = "library"
