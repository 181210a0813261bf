"""A demonstration program: people, cases from the generator, two quizzes and some answers to them.

Everything goes through the services that the pages use. Each step is left alone when it is done already, so
that an interrupted run can be repeated and goes on where it stopped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from cases.library.models import Case, CaseRequest, Job
from cases.library.services import curation, jobs
from cases.library.services.making import run_job
from cases.library.services.requests import place_request
from cases.programs import services
from cases.programs.demonstration_answers import take_quiz
from cases.programs.models import Cohort, Program, Role, User
from cases.quizzes.blueprint import Blueprint, pick
from cases.quizzes.models import Assignment, Attempt, Question, Quiz
from cases.quizzes.selectors.authoring import blueprint_pool
from cases.quizzes.services.assigning import assign_quiz
from cases.quizzes.services.authoring import add_questions, create_quiz
from generation.orders import Order

SLUG = "demo"
NAME = "Demonstration Radiology Program"
COHORT = "Year 1"
PASSWORD = "caseforge-demo"  # noqa: S105  # nosec B105: printed for everyone; the command refuses to run in production
WAIT_SECONDS = 300
KINDS = (Question.Kind.CHOICE, Question.Kind.STAGE, Question.Kind.LOCATE)

Report = Callable[[str], None]


class DemonstrationError(Exception):
    """The demonstration program could not be made; the message says why and what to do."""


@dataclass(frozen=True)
class Person:
    """Someone who signs in. ``skill`` is the chance of a right answer; None answers nothing."""

    email: str
    first_name: str
    last_name: str
    role: Role
    skill: float | None = None


PEOPLE = (
    Person("instructor@demo.example", "Ines", "Moreau", Role.INSTRUCTOR),
    Person("trainee1@demo.example", "Amara", "Okafor", Role.TRAINEE, skill=0.8),
    Person("trainee2@demo.example", "Jonas", "Lindqvist", Role.TRAINEE, skill=0.65),
    Person("trainee3@demo.example", "Mei", "Tanaka", Role.TRAINEE),
    Person("director@demo.example", "David", "Castellanos", Role.DIRECTOR),
)
TO_ACCEPT = (
    Order(finding="heart_failure", count=5, seed=1100),
    Order(finding="pneumonia", count=5, seed=1200),
    Order(finding="pleural_effusion", count=5, seed=1300),
    Order(finding="pneumothorax", count=5, seed=1400),
    Order(finding="normal", count=4, seed=1500),
)
TO_REVIEW = Order(finding="heart_failure", series=True, age=71, sex="F", count=1, seed=1600)


def is_seeded() -> bool:
    """Whether the demonstration program has been made to the end."""
    return Attempt.objects.filter(assignment__quiz__program__slug=SLUG).exists()


def seed(report: Report) -> Program:
    """Make what is missing of the demonstration program, telling ``report`` a line per step.

    Raises DemonstrationError.
    """
    program, users, cohort = _people()
    instructor = users[PEOPLE[0].email]
    for number, order in enumerate((*TO_ACCEPT, TO_REVIEW), start=1):
        report(f"Making cases, order {number} of {len(TO_ACCEPT) + 1}: {order.sentence()}")
        request = _make(program, instructor, order)
        if order is not TO_REVIEW:
            curation.accept(program.cases.filter(request=request, curation=Case.Curation.NEW), instructor)
    report("Building two quizzes and answering them")
    with transaction.atomic():
        _quizzes(program, instructor, cohort, users)
    return program


@transaction.atomic
def _people() -> tuple[Program, dict[str, User], Cohort]:
    program, _ = Program.objects.get_or_create(slug=SLUG, defaults={"name": NAME})
    members = {membership.user.email: membership for membership in program.memberships.select_related("user")}
    for person in PEOPLE:
        if person.email not in members:
            members[person.email] = services.add_member(
                program,
                email=person.email,
                first_name=person.first_name,
                last_name=person.last_name,
                role=person.role,
            )
        user = members[person.email].user
        if not user.has_usable_password():
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
    cohort, _ = Cohort.objects.get_or_create(program=program, name=COHORT)
    cohort.trainees.add(*(members[person.email] for person in PEOPLE if person.role == Role.TRAINEE))
    return program, {email: membership.user for email, membership in members.items()}, cohort


def _make(program: Program, instructor: User, order: Order) -> CaseRequest:
    """The order's request with all its cases, made here and now unless a worker is quicker."""
    request = program.case_requests.filter(sentence=order.sentence(), order__seed=order.seed).first()
    if request is None:
        request = place_request(program, instructor, order)
    elif request.job.state in (Job.State.FAILED, Job.State.CANCELLED):
        jobs.retry(request.job)
    run_job(request.job.pk)
    _wait_for(request.job)
    return request


def _wait_for(job: Job) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    job.refresh_from_db()
    while job.is_open and time.monotonic() < deadline:
        time.sleep(0.5)
        job.refresh_from_db()
    if job.state != Job.State.SUCCEEDED:
        raise DemonstrationError(
            job.message or f"The cases are not made after {WAIT_SECONDS} seconds. Run the command again."
        )


def _quizzes(program: Program, instructor: User, cohort: Cohort, users: dict[str, User]) -> None:
    tutor = _quiz(program, instructor, "Chest radiograph basics", Quiz.Mode.TUTOR, Blueprint(total=10, normal=2))
    exam = _quiz(program, instructor, "End of rotation exam", Quiz.Mode.EXAM, Blueprint(total=8, normal=2))
    first = _assign(tutor, cohort, instructor, days_open=14)
    second = _assign(exam, cohort, instructor, days_open=21)
    for number, person in enumerate(PEOPLE):
        if person.skill is not None:
            chance = Random(number)  # noqa: S311  # nosec B311: no secret
            take_quiz(first, users[person.email], person.skill, chance)
            answer_all = person.skill > 0.7
            take_quiz(second, users[person.email], person.skill, chance, questions=None if answer_all else 3)


def _quiz(program: Program, author: User, title: str, mode: Quiz.Mode, blueprint: Blueprint) -> Quiz:
    existing = program.quizzes.filter(title=title).first()
    if existing:
        return existing
    quiz = create_quiz(program, author, title, mode, "Take your time. Say how sure you are: it helps you, too.")
    keys = pick(blueprint_pool(quiz), blueprint, seed=blueprint.total).keys
    cases = program.cases.in_bulk(keys)
    add_questions(quiz, [cases[key] for key in keys], KINDS)
    return quiz


def _assign(quiz: Quiz, cohort: Cohort, instructor: User, days_open: int) -> Assignment:
    now = timezone.now().replace(second=0, microsecond=0)
    existing = quiz.assignments.filter(cohort=cohort).first()
    return existing or assign_quiz(quiz, cohort, instructor, now - timedelta(days=2), now + timedelta(days=days_open))
