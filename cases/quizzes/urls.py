"""Addresses of this room, under /p/<slug>/."""

from django.urls import URLPattern, URLResolver, path

from cases.quizzes.views import assigning, authoring, films, questions, taking

app_name = "quizzes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("quizzes/", authoring.quizzes, name="quizzes"),
    path("quizzes/new/", authoring.new_quiz, name="new_quiz"),
    path("quizzes/<uuid:quiz_id>/", authoring.quiz, name="quiz"),
    path("quizzes/<uuid:quiz_id>/edit/", authoring.edit_quiz, name="edit_quiz"),
    path("quizzes/<uuid:quiz_id>/delete/", authoring.delete_quiz, name="delete_quiz"),
    path("quizzes/<uuid:quiz_id>/duplicate/", authoring.duplicate_quiz, name="duplicate_quiz"),
    path("quizzes/<uuid:quiz_id>/add/", questions.add_questions, name="add_questions"),
    path("quizzes/<uuid:quiz_id>/blueprint/", questions.blueprint, name="blueprint"),
    path("quizzes/<uuid:quiz_id>/preview/<int:position>/", questions.preview, name="preview"),
    path("quizzes/<uuid:quiz_id>/questions/<uuid:question_id>/", questions.edit_question, name="edit_question"),
    path("quizzes/<uuid:quiz_id>/questions/<uuid:question_id>/move/", questions.move_question, name="move_question"),
    path(
        "quizzes/<uuid:quiz_id>/questions/<uuid:question_id>/remove/",
        questions.remove_question,
        name="remove_question",
    ),
    path("quizzes/<uuid:quiz_id>/assign/", assigning.assign, name="assign"),
    path("quizzes/<uuid:quiz_id>/assign/<uuid:assignment_id>/", assigning.change_dates, name="change_dates"),
    path("quizzes/<uuid:quiz_id>/assign/<uuid:assignment_id>/remove/", assigning.unassign, name="unassign"),
    path("due/", taking.due, name="due"),
    path("assignments/<uuid:assignment_id>/start/", taking.start_attempt, name="start_attempt"),
    path("attempts/<uuid:attempt_id>/review/", taking.attempt_review, name="attempt_review"),
    path("attempts/<uuid:attempt_id>/submit/", taking.submit, name="submit"),
    path("attempts/<uuid:attempt_id>/<int:position>/", taking.question, name="question"),
    path("attempts/<uuid:attempt_id>/<int:position>/answer/", taking.answer, name="answer"),
    path("attempts/<uuid:attempt_id>/<int:position>/film", films.film, name="film"),
    path("attempts/<uuid:attempt_id>/<int:position>/truth.png", films.truth_overlay, name="truth_overlay"),
]
