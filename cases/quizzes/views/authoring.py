"""The instructor's pages about quizzes as a whole."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases.programs.access import ProgramRequest, program_view
from cases.quizzes import policies
from cases.quizzes.forms import QuizForm
from cases.quizzes.selectors import authoring as reads
from cases.quizzes.services import authoring as writes
from cases.quizzes.services.errors import Refused

PAGE_SIZE = 30

authors_only = program_view("quizzes.author_quizzes")


@authors_only
def quizzes(request: ProgramRequest) -> HttpResponse:
    """All quizzes of the program."""
    page = Paginator(reads.quizzes_of(request.program), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "quizzes/quizzes.html", {"page_obj": page})


@authors_only
def new_quiz(request: ProgramRequest) -> HttpResponse:
    """Make a quiz: title, mode, instructions."""
    form = QuizForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        quiz = writes.create_quiz(request.program, request.user, **form.cleaned_data)
        messages.success(request, "The quiz is made. Now add questions.")
        return redirect("quizzes:quiz", request.program.slug, quiz.pk)
    return render(request, "quizzes/quiz_form.html", {"form": form})


@authors_only
def quiz(request: ProgramRequest, quiz_id: str) -> HttpResponse:
    """One quiz: its questions, who has it, what can be done with it."""
    quiz = get_object_or_404(request.program.quizzes, pk=quiz_id)
    context = {
        "quiz": quiz,
        "questions": reads.questions_of(quiz),
        "assignments": reads.assignments_of(quiz),
        "why_locked": policies.why_locked(quiz),
        "why_not_assignable": policies.why_not_assignable(quiz),
    }
    return render(request, "quizzes/quiz.html", context)


@authors_only
def edit_quiz(request: ProgramRequest, quiz_id: str) -> HttpResponse:
    """Change title, mode and instructions."""
    quiz = get_object_or_404(request.program.quizzes, pk=quiz_id)
    form = QuizForm(request.POST or None, instance=quiz)
    if request.method == "POST" and form.is_valid():
        try:
            writes.update_quiz(quiz, **form.cleaned_data)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Saved.")
        return redirect("quizzes:quiz", request.program.slug, quiz.pk)
    return render(request, "quizzes/quiz_form.html", {"form": form, "quiz": quiz})


@require_POST
@authors_only
def delete_quiz(request: ProgramRequest, quiz_id: str) -> HttpResponse:
    """Delete a quiz that nobody was given."""
    quiz = get_object_or_404(request.program.quizzes, pk=quiz_id)
    try:
        writes.delete_quiz(quiz)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("quizzes:quiz", request.program.slug, quiz_id)
    messages.success(request, f"“{quiz.title}” is deleted.")
    return redirect("quizzes:quizzes", request.program.slug)


@require_POST
@authors_only
def duplicate_quiz(request: ProgramRequest, quiz_id: str) -> HttpResponse:
    """Copy a quiz, so that the copy can be changed."""
    quiz = get_object_or_404(request.program.quizzes, pk=quiz_id)
    copy = writes.duplicate_quiz(quiz, request.user)
    messages.success(request, "This is the copy. It can be changed; nobody has been given it yet.")
    return redirect("quizzes:quiz", request.program.slug, copy.pk)
