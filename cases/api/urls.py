"""Addresses of the API, under /api/."""

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView

from cases.api.views import docs, library, programs, quizzes, scores, tokens

app_name = "api"
PROGRAM = "v1/programs/<slug:slug>/"
JOB = f"{PROGRAM}jobs/<uuid:job_id>/"
CASE = f"{PROGRAM}cases/<uuid:case_id>/"
QUIZ = f"{PROGRAM}quizzes/<uuid:quiz_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs.DocsView.as_view(), name="docs"),
    path("v1/token/", tokens.TokenView.as_view(), name="token"),
    path("v1/programs/", programs.ProgramsView.as_view(), name="programs"),
    path(f"{PROGRAM}cohorts/", programs.CohortsView.as_view(), name="cohorts"),
    path(f"{PROGRAM}requests/", library.RequestsView.as_view(), name="requests"),
    path(JOB, library.JobView.as_view(), name="job"),
    path(f"{JOB}cancel/", library.CancelJobView.as_view(), name="cancel_job"),
    path(f"{JOB}retry/", library.RetryJobView.as_view(), name="retry_job"),
    path(f"{PROGRAM}cases/", library.CasesView.as_view(), name="cases"),
    path(CASE, library.CaseView.as_view(), name="case"),
    path(f"{CASE}accept/", library.AcceptCaseView.as_view(), name="accept_case"),
    path(f"{CASE}reject/", library.RejectCaseView.as_view(), name="reject_case"),
    path(f"{CASE}teaching-point/", library.TeachingPointView.as_view(), name="teaching_point"),
    path(f"{CASE}film.dcm", library.CaseFilmView.as_view(), name="case_film"),
    path(f"{CASE}preview.png", library.CasePreviewView.as_view(), name="case_preview"),
    path(f"{CASE}mask.png", library.CaseMaskView.as_view(), name="case_mask"),
    path(f"{PROGRAM}quizzes/", quizzes.QuizzesView.as_view(), name="quizzes"),
    path(QUIZ, quizzes.QuizView.as_view(), name="quiz"),
    path(f"{QUIZ}assignments/", quizzes.QuizAssignmentsView.as_view(), name="assign"),
    path(f"{PROGRAM}assignments/", quizzes.AssignmentsView.as_view(), name="assignments"),
    path(f"{PROGRAM}due/", quizzes.DueView.as_view(), name="due"),
    path(f"{PROGRAM}results/", scores.ResultsView.as_view(), name="results"),
    path(f"{PROGRAM}results/mine/", scores.OwnResultsView.as_view(), name="own_results"),
    re_path(r"^(?P<rest>.*)$", docs.no_such_address, name="no_such_address"),
]
