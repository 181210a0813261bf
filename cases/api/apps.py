from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "cases.api"
    label = "api"
