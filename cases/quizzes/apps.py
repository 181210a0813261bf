from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "cases.quizzes"
    label = "quizzes"
