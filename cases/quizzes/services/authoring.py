"""Making quizzes and changing their questions. Every function refuses a quiz that trainees have started."""

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction

from cases.library.models import Case
from cases.programs.models import Program, User
from cases.quizzes import asking
from cases.quizzes.models import Question, Quiz
from cases.quizzes.policies import why_locked
from cases.quizzes.services.errors import Refused


def create_quiz(program: Program, author: User, title: str, mode: str, instructions: str = "") -> Quiz:
    """A new quiz without questions."""
    return Quiz.objects.create(program=program, author=author, title=title, mode=mode, instructions=instructions)


@transaction.atomic
def update_quiz(quiz: Quiz, title: str, mode: str, instructions: str) -> Quiz:
    """Change what a quiz says of itself. Raises Refused when locked."""
    _refuse_if_locked(quiz)
    quiz.title, quiz.mode, quiz.instructions = title, mode, instructions
    quiz.save()
    return quiz


@transaction.atomic
def duplicate_quiz(quiz: Quiz, author: User) -> Quiz:
    """A copy of the quiz and its questions that nobody has started."""
    room = Quiz._meta.get_field("title").max_length - len(" (copy)")  # type: ignore[operator]
    copy = create_quiz(quiz.program, author, f"{quiz.title[:room]} (copy)", quiz.mode, quiz.instructions)
    questions = list(quiz.questions.all())
    for question in questions:
        question.pk = uuid.uuid4()
        question.quiz = copy
    Question.objects.bulk_create(questions)
    return copy


@transaction.atomic
def delete_quiz(quiz: Quiz) -> None:
    """Delete a quiz that is given to nobody. Raises Refused."""
    _refuse_if_locked(quiz)
    if quiz.assignments.exists():
        raise Refused("This quiz is assigned to a cohort. Unassign it first.")
    quiz.delete()


@transaction.atomic
def add_questions(quiz: Quiz, cases: Iterable[Case], kinds: Sequence[str]) -> list[Question]:
    """One question about each case, the kinds taking turns where the case allows them.

    A case is asked about once in a quiz, because the answer to one question would give away the other.
    Raises Refused, and adds nothing, when one of the cases cannot be asked about.
    """
    _refuse_if_locked(quiz)
    used = set(quiz.questions.values_list("case_id", flat=True))
    position = quiz.questions.count()
    turns = dict.fromkeys(kinds, 0)
    questions = []
    for case in cases:
        if case.pk in used:
            raise Refused("One of these cases is in the quiz already, and a case is asked about only once in a quiz.")
        used.add(case.pk)
        kind = _kind_for(case, turns)
        turns[kind] += 1
        position += 1
        questions.append(_new_question(quiz, case, kind, position))
    return Question.objects.bulk_create(questions)


def _kind_for(case: Case, turns: dict[str, int]) -> str:
    """The kind, of those that this case allows, that was used least so far."""
    if case.curation != Case.Curation.ACCEPTED:
        raise Refused("Only accepted cases can be in a quiz. Review the case first.")
    refusals = {kind: asking.refusal(kind, case.finding, case.lesion_area_mm2) for kind in turns}
    allowed = [kind for kind in turns if not refusals[kind]]
    if not allowed:
        raise Refused(next(iter(refusals.values()), "Choose a kind of question."))
    return min(allowed, key=lambda kind: turns[kind])


def _new_question(quiz: Quiz, case: Case, kind: str, position: int) -> Question:
    question = Question(quiz=quiz, case=case, kind=kind, position=position)
    question.prompt = asking.default_prompt(kind, case.finding)
    question.options = asking.default_options(kind, case.finding, question.pk)
    return question


@transaction.atomic
def update_question(question: Question, prompt: str, options: Sequence[str] | None, tolerance_mm: float) -> Question:
    """Change a question's words, its options (choice only; None leaves them) and its tolerance. Raises Refused."""
    _refuse_if_locked(question.quiz)
    if question.kind == Question.Kind.CHOICE and options is not None:
        if question.case.finding not in options:
            raise Refused(f"The options must hold the right answer: {question.case.finding_name}.")
        if len(set(options)) < asking.MIN_CHOICE_OPTIONS:
            raise Refused(f"A question needs at least {asking.MIN_CHOICE_OPTIONS} options.")
        question.options = asking.shuffled_options(list(set(options)), question.pk)
    question.prompt, question.tolerance_mm = prompt, tolerance_mm
    question.save()
    return question


@transaction.atomic
def remove_question(question: Question) -> None:
    """Take a question out and close the gap. Raises Refused."""
    _refuse_if_locked(question.quiz)
    question.delete()
    _renumber(list(question.quiz.questions.all()))


@transaction.atomic
def move_question(question: Question, step: int) -> None:
    """Move a question by ``step`` places (−1 is up); at the ends nothing happens. Raises Refused."""
    _refuse_if_locked(question.quiz)
    order = list(question.quiz.questions.all())
    place = order.index(question)
    target = min(max(place + step, 0), len(order) - 1)
    order.insert(target, order.pop(place))
    _renumber(order)


def _renumber(questions: list[Question]) -> None:
    for position, question in enumerate(questions, start=1):
        question.position = position
    Question.objects.bulk_update(questions, ["position"])


def _refuse_if_locked(quiz: Quiz) -> None:
    Quiz.objects.select_for_update().get(pk=quiz.pk)  # a trainee who starts just now waits, or we refuse
    if reason := why_locked(quiz):
        raise Refused(reason)
