"""The instructor's pages about giving a quiz to a cohort."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases.programs.access import ProgramRequest
from cases.quizzes import policies
from cases.quizzes.forms import AssignForm, DatesForm
from cases.quizzes.models import Assignment
from cases.quizzes.services import assigning as writes
from cases.quizzes.services.errors import Refused
from cases.quizzes.views.authoring import authors_only

USUAL_DAYS = 14


@authors_only
def assign(request: ProgramRequest, quiz_id: str) -> HttpResponse:
    """Give the quiz to a cohort, with dates."""
    quiz = get_object_or_404(request.program.quizzes, pk=quiz_id)
    now = timezone.localtime().replace(second=0, microsecond=0)
    usual = {"opens_at": now, "closes_at": (now + timedelta(days=USUAL_DAYS)).replace(hour=23, minute=59)}
    form = AssignForm(request.POST or None, program=request.program, initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            assignment = writes.assign_quiz(quiz, assigned_by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{assignment.cohort} has this quiz now.")
            return redirect("quizzes:quiz", request.program.slug, quiz.pk)
    context = {
        "quiz": quiz,
        "form": form,
        "has_cohorts": request.program.cohorts.exists(),
        "why_not_assignable": policies.why_not_assignable(quiz),
    }
    return render(request, "quizzes/assign.html", context)


@authors_only
def change_dates(request: ProgramRequest, quiz_id: str, assignment_id: str) -> HttpResponse:
    """Open or close an assignment earlier or later."""
    assignment = _assignment(request, quiz_id, assignment_id)
    form = DatesForm(request.POST or None, assignment=assignment)
    if request.method == "POST" and form.is_valid():
        writes.change_dates(assignment, **form.cleaned_data)
        messages.success(request, f"The dates for {assignment.cohort} are changed.")
        return redirect("quizzes:quiz", request.program.slug, quiz_id)
    context = {"quiz": assignment.quiz, "assignment": assignment, "form": form}
    return render(request, "quizzes/change_dates.html", context)


@require_POST
@authors_only
def unassign(request: ProgramRequest, quiz_id: str, assignment_id: str) -> HttpResponse:
    """Take back an assignment that nobody has started."""
    assignment = _assignment(request, quiz_id, assignment_id)
    try:
        writes.unassign(assignment)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{assignment.cohort} no longer has this quiz.")
    return redirect("quizzes:quiz", request.program.slug, quiz_id)


def _assignment(request: ProgramRequest, quiz_id: str, assignment_id: str) -> Assignment:
    assignments = Assignment.objects.select_related("quiz", "cohort")
    return get_object_or_404(assignments, pk=assignment_id, quiz_id=quiz_id, quiz__program=request.program)
