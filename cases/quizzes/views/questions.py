"""The instructor's pages about the questions of a quiz."""

from secrets import randbelow
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases.programs.access import ProgramRequest
from cases.quizzes import asking, policies
from cases.quizzes.blueprint import PoolTooSmall, pick
from cases.quizzes.forms import AddQuestionsForm, BlueprintForm, PickerFilterForm, QuestionForm
from cases.quizzes.models import Question, Quiz
from cases.quizzes.selectors import authoring as reads
from cases.quizzes.selectors.taking import options_of
from cases.quizzes.selectors.vignettes import vignette_of
from cases.quizzes.services import authoring as writes
from cases.quizzes.services.errors import Refused
from cases.quizzes.views.authoring import authors_only

PICKER_PAGE_SIZE = 48


@authors_only
def add_questions(request: ProgramRequest, quiz_id: str) -> HttpResponse:
    """Pick accepted cases by hand."""
    quiz = get_object_or_404(request.program.quizzes, pk=quiz_id)
    if refusal := _locked(request, quiz):
        return refusal
    form = AddQuestionsForm(request.POST or None, addable=reads.addable_cases(quiz), initial={"kinds": ["choice"]})
    if request.method == "POST" and form.is_valid():
        try:
            added = writes.add_questions(quiz, form.cleaned_data["cases"], form.cleaned_data["kinds"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _added(len(added)))
            return redirect("quizzes:quiz", request.program.slug, quiz.pk)
    filters = PickerFilterForm(request.GET)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    page = Paginator(reads.addable_cases(quiz, wanted), PICKER_PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "quiz": quiz,
        "form": form,
        "filters": filters,
        "page_obj": page,
        "is_filtered": any(wanted.values()),
        "chosen": set(request.POST.getlist("cases")),
    }
    return render(request, "quizzes/add_questions.html", context)


@authors_only
def blueprint(request: ProgramRequest, quiz_id: str) -> HttpResponse:
    """Pick cases by counts."""
    quiz = get_object_or_404(request.program.quizzes, pk=quiz_id)
    if refusal := _locked(request, quiz):
        return refusal
    pool = reads.blueprint_pool(quiz)
    form = BlueprintForm(request.POST or None)
    context: dict[str, Any] = {"quiz": quiz, "form": form, "supply": reads.supply(pool)}
    if request.method == "POST" and form.is_valid():
        try:
            selection = pick(pool, form.cleaned_data["blueprint"], seed=randbelow(2**31))
            cases = request.program.cases.in_bulk(selection.keys)
            added = writes.add_questions(quiz, [cases[key] for key in selection.keys], form.cleaned_data["kinds"])
        except PoolTooSmall as error:
            context["shortages"] = error.shortages
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _added(len(added)))
            for note in selection.notes:
                messages.warning(request, note)
            return redirect("quizzes:quiz", request.program.slug, quiz.pk)
    return render(request, "quizzes/blueprint.html", context)


@authors_only
def edit_question(request: ProgramRequest, quiz_id: str, question_id: str) -> HttpResponse:
    """Change a question's words, options and tolerance."""
    question = _question(request, quiz_id, question_id)
    if refusal := _locked(request, question.quiz):
        return refusal
    form = QuestionForm(request.POST or None, question=question)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            writes.update_question(
                question, data["prompt"], data.get("options"), data.get("tolerance_mm", question.tolerance_mm)
            )
        except Refused as refused:
            form.add_error("options" if "options" in form.fields else None, str(refused))
        else:
            messages.success(request, f"Question {question.position} is saved.")
            return redirect("quizzes:quiz", request.program.slug, quiz_id)
    context = {"quiz": question.quiz, "question": question, "form": form}
    return render(request, "quizzes/edit_question.html", context)


@require_POST
@authors_only
def move_question(request: ProgramRequest, quiz_id: str, question_id: str) -> HttpResponse:
    """One place up or down."""
    question = _question(request, quiz_id, question_id)
    try:
        writes.move_question(question, -1 if request.POST.get("direction") == "up" else 1)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("quizzes:quiz", request.program.slug, quiz_id)


@require_POST
@authors_only
def remove_question(request: ProgramRequest, quiz_id: str, question_id: str) -> HttpResponse:
    """Take a question out of the quiz. The case stays in the library."""
    question = _question(request, quiz_id, question_id)
    try:
        writes.remove_question(question)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Question {question.position} is removed. Its case stays in the library.")
    return redirect("quizzes:quiz", request.program.slug, quiz_id)


@authors_only
def preview(request: ProgramRequest, quiz_id: str, position: int) -> HttpResponse:
    """A question as a trainee will see it. Writes nothing."""
    quiz = get_object_or_404(request.program.quizzes, pk=quiz_id)
    question = get_object_or_404(reads.questions_of(quiz), position=position)
    total = quiz.questions.count()
    context = {
        "quiz": quiz,
        "question": question,
        "case": question.case,
        "vignette": vignette_of(question.case),
        "options": options_of(question),
        "confidences": asking.CONFIDENCES,
        "position": position,
        "total": total,
        "previous": position - 1 or None,
        "next": position + 1 if position < total else None,
    }
    return render(request, "quizzes/preview.html", context)


def _question(request: ProgramRequest, quiz_id: str, question_id: str) -> Question:
    questions = Question.objects.select_related("quiz__program", "case")
    return get_object_or_404(questions, pk=question_id, quiz_id=quiz_id, quiz__program=request.program)


def _locked(request: ProgramRequest, quiz: Quiz) -> HttpResponse | None:
    """Back to the quiz's page, with the reason, when it cannot be changed."""
    if reason := policies.why_locked(quiz):
        messages.error(request, reason)
        return redirect("quizzes:quiz", request.program.slug, quiz.pk)
    return None


def _added(count: int) -> str:
    return "1 question is added." if count == 1 else f"{count} questions are added."
