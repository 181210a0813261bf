from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "cases.programs"
    label = "programs"
