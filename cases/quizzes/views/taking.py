"""The trainee's pages: what is due, the questions, the review."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cases.programs.access import ProgramRequest, program_view
from cases.quizzes import asking, policies
from cases.quizzes.forms import AnswerForm
from cases.quizzes.models import Assignment, Quiz, Response
from cases.quizzes.selectors import taking as reads
from cases.quizzes.selectors.due import assignments_for
from cases.quizzes.selectors.vignettes import vignette_of
from cases.quizzes.services import taking as writes
from cases.quizzes.services.errors import Refused, TooLate

trainees_only = program_view("quizzes.take_quizzes")


@trainees_only
def due(request: ProgramRequest) -> HttpResponse:
    """What is open, what is coming, what is done."""
    return render(request, "quizzes/due.html", {"due": assignments_for(request.membership)})


@require_POST
@trainees_only
def start_attempt(request: ProgramRequest, assignment_id: str) -> HttpResponse:
    """Begin, or go on where the attempt stands."""
    mine = Assignment.objects.filter(quiz__program=request.program, cohort__trainees=request.membership)
    assignment = get_object_or_404(mine.select_related("quiz"), pk=assignment_id)
    now = timezone.now()
    try:
        attempt = writes.start_attempt(assignment, request.user, now)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("quizzes:due", request.program.slug)
    standing = reads.standing_of(attempt, now)
    position = standing.after(0)
    if standing.finished_at or position is None:
        return redirect("quizzes:attempt_review", request.program.slug, attempt.pk)
    return redirect("quizzes:question", request.program.slug, attempt.pk, position)


@never_cache
@trainees_only
def question(request: ProgramRequest, attempt_id: str, position: int) -> HttpResponse:
    """One question: the film, what is known of the patient, the options; the truth once it may be shown."""
    response = own_response(request, attempt_id, position)
    writes.show_question(response, timezone.now())
    return render(request, "quizzes/question.html", question_context(response))


@require_POST
@trainees_only
def answer(request: ProgramRequest, attempt_id: str, position: int) -> HttpResponse:
    """Save an answer: with htmx while it is chosen (exam), or by the button."""
    response = own_response(request, attempt_id, position)
    here = redirect("quizzes:question", request.program.slug, attempt_id, position)
    form = AnswerForm(request.POST)
    save = writes.save_draft if is_htmx(request) else writes.save_answer
    try:
        if not form.is_valid():
            raise Refused("The answer could not be read. Choose again.")
        given = form.answer(response.question.kind)
        saved = save(response, given, form.cleaned_data["confidence"], timezone.now(), request.POST.get("seen"))
    except Refused as refused:
        messages.error(request, str(refused))
        return HttpResponse(headers={"HX-Redirect": here["Location"]}) if is_htmx(request) else here
    if is_htmx(request):
        return render(request, "quizzes/partials/saved.html", question_context(saved))
    return _after_answer(request, response, saved)


@require_POST
@trainees_only
def submit(request: ProgramRequest, attempt_id: str) -> HttpResponse:
    """End the attempt."""
    attempt = get_object_or_404(reads.attempts_of(request.membership), pk=attempt_id)
    try:
        writes.submit_attempt(attempt, timezone.now())
    except TooLate as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Submitted.")
    return redirect("quizzes:attempt_review", request.program.slug, attempt_id)


@never_cache
@trainees_only
def attempt_review(request: ProgramRequest, attempt_id: str) -> HttpResponse:
    """Before the end: what is answered, and the button that submits. After it: every question with its truth."""
    attempt = get_object_or_404(reads.attempts_of(request.membership), pk=attempt_id)
    now = timezone.now()
    context: dict[str, Any] = {
        "attempt": attempt,
        "quiz": attempt.assignment.quiz,
        "standing": reads.standing_of(attempt, now),
        "rows": reads.review_rows(attempt, now),
    }
    return render(request, "quizzes/attempt_review.html", context)


def own_response(request: ProgramRequest, attempt_id: str, position: int) -> Response:
    """The trainee's own response at this place, or 404."""
    return get_object_or_404(reads.responses_of(request.membership), attempt_id=attempt_id, position=position)


def question_context(response: Response) -> dict[str, Any]:
    """What the question's page shows: nothing in it tells the answer before ``truth`` is set."""
    now = timezone.now()
    attempt, question = response.attempt, response.question
    standing = reads.standing_of(attempt, now)
    truth = reads.truth_of(response, now)
    return {
        "attempt": attempt,
        "quiz": attempt.assignment.quiz,
        "is_exam": attempt.assignment.quiz.mode == Quiz.Mode.EXAM,
        "response": response,
        "question": question,
        "film": reads.film_facts(question.case),
        "vignette": vignette_of(question.case),
        "options": reads.options_of(question),
        "chosen": reads.chosen_key(response),
        "confidences": asking.CONFIDENCES,
        "revision": writes.revision(response),
        "standing": standing,
        "position": response.position,
        "previous": response.position - 1 or None,
        "next": response.position + 1 if response.position < standing.total else None,
        "may_answer": policies.may_answer(response, now),
        "truth": truth,
        "distance_mm": reads.distance_mm_of(response, now),
        "tolerance_mm": question.tolerance_mm if truth and question.kind == question.Kind.LOCATE else None,
    }


def _after_answer(request: ProgramRequest, before: Response, saved: Response) -> HttpResponse:
    """Tutor: stay, with the truth. Exam: on to what is still open, or to the overview."""
    slug, attempt_id = request.program.slug, saved.attempt_id
    if saved.attempt.assignment.quiz.mode == Quiz.Mode.TUTOR:
        if before.is_answered:
            messages.info(request, "You had answered this question already. The first answer counts.")
        return redirect("quizzes:question", slug, attempt_id, saved.position)
    following = reads.standing_of(saved.attempt, timezone.now()).after(saved.position)
    if following is None:
        return redirect("quizzes:attempt_review", slug, attempt_id)
    return redirect("quizzes:question", slug, attempt_id, following)


def is_htmx(request: Any) -> bool:
    """Whether the page asks for a part of itself."""
    return bool(request.htmx)
