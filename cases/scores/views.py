"""Pages of scores: cohorts and assignments for directors and instructors, one's own for trainees."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.programs.access import ProgramRequest, program_view
from cases.programs.models import Cohort
from cases.quizzes.models import Assignment
from cases.scores import analysis, exports, selectors


@require_safe
@program_view("scores.view_scores")
def cohorts(request: ProgramRequest) -> HttpResponse:
    """Every cohort of the program at a glance, and the latest assignments."""
    context = {
        "cohorts": selectors.cohorts_at_a_glance(request.program),
        "assignments": selectors.assignments_at_a_glance(request.program)[:20],
    }
    return render(request, "scores/cohorts.html", context)


@require_safe
@program_view("scores.view_scores")
def cohort(request: ProgramRequest, pk: int) -> HttpResponse:
    """Who has finished what, and the score by finding and stage."""
    shown = get_object_or_404(request.program.cohorts, pk=pk)
    assignments = list(selectors.cohort_assignments(shown))
    progress = selectors.progress_of(selectors.trainees_of(shown), assignments)
    findings = selectors.score_by_finding(selectors.given_answers(attempt__assignment__cohort=shown))
    cells = [each for _, line in progress for each in line]
    context = {
        "cohort": shown,
        "assignments": assignments,
        "progress": progress,
        "findings": findings,
        "expected": len(cells),
        "summary": selectors.summary_of(each for each in cells if each.state == "finished"),
        "answers": sum(row.total.answers for row in findings),
    }
    return render(request, "scores/cohort.html", context)


@require_safe
@program_view("scores.view_scores")
def assignment(request: ProgramRequest, pk: str) -> HttpResponse:
    """Each question of an assignment with its facility, times, answers and confidence; who has finished."""
    shown = _assignment(request, pk)
    lines = selectors.progress_of(selectors.trainees_of(shown.cohort), [shown])
    progress = [line[0] for _, line in lines]
    context = {
        "assignment": shown,
        "progress": progress,
        "summary": selectors.summary_of(each for each in progress if each.state == "finished"),
        "items": analysis.items_of(shown),
    }
    return render(request, "scores/assignment.html", context)


@require_safe
@program_view("scores.view_scores")
def cohort_csv(request: ProgramRequest, pk: int) -> HttpResponse:
    """The cohort's completion and scores as CSV."""
    shown: Cohort = get_object_or_404(request.program.cohorts, pk=pk)
    return exports.csv_response(exports.cohort_csv(shown), f"{shown.name} scores")


@require_safe
@program_view("scores.view_scores")
def assignment_csv(request: ProgramRequest, pk: str) -> HttpResponse:
    """Every answer of the assignment's finished attempts as CSV."""
    shown = _assignment(request, pk)
    return exports.csv_response(exports.assignment_csv(shown), f"{shown.quiz.title} {shown.cohort.name} answers")


@require_safe
@program_view("scores.view_own_scores")
def mine(request: ProgramRequest) -> HttpResponse:
    """A trainee's finished quizzes and their score by finding and stage."""
    responses = selectors.given_answers(
        attempt__assignment__quiz__program=request.program, attempt__trainee=request.user
    )
    attempts = list(selectors.finished_attempts(request.program, request.user))
    context = {
        "attempts": attempts,
        "findings": selectors.score_by_finding(responses),
        "summary": selectors.summary_of(attempts),  # type: ignore[arg-type]
    }
    return render(request, "scores/mine.html", context)


def _assignment(request: ProgramRequest, pk: str) -> Assignment:
    owned = Assignment.objects.filter(quiz__program=request.program).select_related("quiz", "cohort")
    return get_object_or_404(owned, pk=pk)
