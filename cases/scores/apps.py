from django.apps import AppConfig


class ScoresConfig(AppConfig):
    name = "cases.scores"
    label = "scores"
