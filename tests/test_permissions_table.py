"""Every route × every role × one's own and another program's objects.

The table is checked against the resolver: a route that is not listed here fails the suite. Each route is asked
with GET, or with an empty POST or PUT where it takes only that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cases.programs.models import Membership, Role
from tests.factories import (
    AssignmentFactory,
    AttemptFactory,
    CaseFactory,
    CaseRequestFactory,
    CohortFactory,
    JobFactory,
    MembershipFactory,
    ProgramFactory,
    QuestionFactory,
    QuizFactory,
    ResponseFactory,
)

ROLES = ("anonymous", "stranger", *Role.values)
EVERYONE = frozenset(Role.values)
INSTRUCTORS = frozenset({Role.INSTRUCTOR})
TRAINEES = frozenset({Role.TRAINEE})
DIRECTORS = frozenset({Role.DIRECTOR})
STAFF = INSTRUCTORS | DIRECTORS


@dataclass(frozen=True)
class Rule:
    """Who of a program's members may use a route, and what its parameters stand for."""

    allowed: frozenset[str]
    parameters: dict[str, str] = field(default_factory=dict)
    own_only: bool = False
    """Only the trainee whose attempt it is: to another trainee it does not exist."""


def case_rule(allowed: frozenset[str]) -> Rule:
    return Rule(allowed, {"pk": "case"})


def quiz_rule(**more: str) -> Rule:
    return Rule(INSTRUCTORS, {"quiz_id": "quiz", **more})


def attempt_rule(**more: str) -> Rule:
    return Rule(TRAINEES, {"attempt_id": "attempt", **more}, own_only=True)


def api_rule(allowed: frozenset[str], key: str) -> Rule:
    return Rule(allowed, {f"{key}_id": key})


ROUTES: dict[str, Rule] = {
    "programs:start": Rule(EVERYONE),
    "programs:people": Rule(DIRECTORS),
    "programs:add_member": Rule(DIRECTORS),
    "programs:change_role": Rule(DIRECTORS, {"pk": "membership"}),
    "programs:remove_member": Rule(DIRECTORS, {"pk": "membership"}),
    "programs:invite_again": Rule(DIRECTORS, {"pk": "membership"}),
    "programs:add_cohort": Rule(DIRECTORS),
    "programs:cohort": Rule(DIRECTORS, {"pk": "cohort"}),
    "library:requests": Rule(INSTRUCTORS),
    "library:new_request": Rule(INSTRUCTORS),
    "library:job": Rule(INSTRUCTORS, {"pk": "job"}),
    "library:job_progress": Rule(INSTRUCTORS, {"pk": "job"}),
    "library:cancel_job": Rule(INSTRUCTORS, {"pk": "job"}),
    "library:retry_job": Rule(INSTRUCTORS, {"pk": "job"}),
    "library:cases": Rule(STAFF),
    "library:review_cases": Rule(INSTRUCTORS),
    "library:case": case_rule(STAFF),
    "library:case_preview": case_rule(STAFF),
    "library:case_overlay": case_rule(STAFF),
    "library:case_pixels": case_rule(STAFF),
    "library:case_dicom": case_rule(STAFF),
    "library:accept_case": case_rule(INSTRUCTORS),
    "library:reject_case": case_rule(INSTRUCTORS),
    "library:edit_teaching_point": case_rule(INSTRUCTORS),
    "quizzes:quizzes": Rule(INSTRUCTORS),
    "quizzes:new_quiz": Rule(INSTRUCTORS),
    "quizzes:quiz": quiz_rule(),
    "quizzes:edit_quiz": quiz_rule(),
    "quizzes:delete_quiz": quiz_rule(),
    "quizzes:duplicate_quiz": quiz_rule(),
    "quizzes:add_questions": quiz_rule(),
    "quizzes:blueprint": quiz_rule(),
    "quizzes:preview": quiz_rule(position="position"),
    "quizzes:edit_question": quiz_rule(question_id="question"),
    "quizzes:move_question": quiz_rule(question_id="question"),
    "quizzes:remove_question": quiz_rule(question_id="question"),
    "quizzes:assign": quiz_rule(),
    "quizzes:change_dates": quiz_rule(assignment_id="assignment"),
    "quizzes:unassign": quiz_rule(assignment_id="assignment"),
    "quizzes:due": Rule(TRAINEES),
    "quizzes:start_attempt": Rule(TRAINEES, {"assignment_id": "assignment"}),
    "quizzes:question": attempt_rule(position="position"),
    "quizzes:answer": attempt_rule(position="position"),
    "quizzes:film": attempt_rule(position="position"),
    "quizzes:truth_overlay": attempt_rule(position="position"),
    "quizzes:submit": attempt_rule(),
    "quizzes:attempt_review": attempt_rule(),
    "scores:cohorts": Rule(STAFF),
    "scores:mine": Rule(TRAINEES),
    "scores:cohort": Rule(STAFF, {"pk": "cohort"}),
    "scores:cohort_csv": Rule(STAFF, {"pk": "cohort"}),
    "scores:assignment": Rule(STAFF, {"pk": "assignment"}),
    "scores:assignment_csv": Rule(STAFF, {"pk": "assignment"}),
    "api:cohorts": Rule(STAFF),
    "api:requests": Rule(INSTRUCTORS),
    "api:job": api_rule(INSTRUCTORS, "job"),
    "api:cancel_job": api_rule(INSTRUCTORS, "job"),
    "api:retry_job": api_rule(INSTRUCTORS, "job"),
    "api:cases": Rule(STAFF),
    "api:case": api_rule(STAFF, "case"),
    "api:accept_case": api_rule(INSTRUCTORS, "case"),
    "api:reject_case": api_rule(INSTRUCTORS, "case"),
    "api:teaching_point": api_rule(INSTRUCTORS, "case"),
    "api:case_film": api_rule(STAFF, "case"),
    "api:case_preview": api_rule(STAFF, "case"),
    "api:case_mask": api_rule(STAFF, "case"),
    "api:quizzes": Rule(INSTRUCTORS),
    "api:quiz": api_rule(INSTRUCTORS, "quiz"),
    "api:assign": api_rule(INSTRUCTORS, "quiz"),
    "api:assignments": Rule(STAFF),
    "api:due": Rule(TRAINEES),
    "api:results": Rule(STAFF),
    "api:own_results": Rule(TRAINEES),
}

BACKEND = "django.contrib.auth.backends.ModelBackend"
HIDDEN_UNTIL_ANSWERED = {"quizzes:truth_overlay"}
OUTSIDE_PROGRAMS = ("admin:", "account_", "home", "health")
OUTSIDE_PROGRAMS_OF_THE_API = {f"api:{name}" for name in ("schema", "docs", "token", "programs", "no_such_address")}


@dataclass
class World:
    """One program with one of everything."""

    slug: str
    people: dict[str, Membership]
    objects: dict[str, object]

    def arguments(self, parameters: dict[str, str]) -> dict[str, object]:
        """The keyword arguments of a route: its parameters, filled with this program's objects."""
        return {name: self.slug if name == "slug" else self.objects[key] for name, key in parameters.items()}


def make_world() -> World:
    program = ProgramFactory()
    people = {role: MembershipFactory(program=program, role=role) for role in Role.values}
    trainee = people[Role.TRAINEE]
    cohort = CohortFactory(program=program, trainees=[trainee])
    request = CaseRequestFactory(program=program, requested_by=people[Role.INSTRUCTOR].user)
    job = JobFactory(request=request, state="succeeded", done=2)
    case = CaseFactory(program=program, request=request)
    quiz = QuizFactory(program=program, author=people[Role.INSTRUCTOR].user)
    question = QuestionFactory(quiz=quiz, case=case, position=1)
    assignment = AssignmentFactory(quiz=quiz, cohort=cohort, assigned_by=people[Role.INSTRUCTOR].user)
    attempt = AttemptFactory(assignment=assignment, trainee=trainee.user)
    response = ResponseFactory(attempt=attempt, question=question, position=1)
    objects = {
        "membership": trainee.pk,
        "cohort": cohort.pk,
        "request": request.pk,
        "job": job.pk,
        "case": case.pk,
        "quiz": quiz.pk,
        "question": question.pk,
        "assignment": assignment.pk,
        "attempt": attempt.pk,
        "response": response.pk,
        "position": 1,
    }
    return World(program.slug, people, objects)


def named_routes(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from named_routes(entry, inner)
        elif entry.name:
            yield f"{namespace}{entry.name}", entry


def program_routes() -> set[str]:
    names = {name for name, _ in named_routes(get_resolver()) if not name.startswith(OUTSIDE_PROGRAMS)}
    return names - OUTSIDE_PROGRAMS_OF_THE_API


def expected(rule: Rule, role: str) -> str:
    if role == "anonymous":
        return "sign in"
    if role == "stranger":
        return "not there"
    return "allowed" if role in rule.allowed else "forbidden"


def outcome(client: Client, url: str) -> str:
    """What became of a GET, or of an empty request of the kind that the route takes."""
    response = client.get(url)
    if response.status_code == 405:
        method = next(word for word in ("POST", "PUT") if word in response["Allow"])
        response = client.generic(method, url, content_type="application/json")
    if response.status_code == 302 and "/accounts/login/" in response["Location"]:
        return "sign in"
    return {401: "sign in", 403: "forbidden", 404: "not there"}.get(response.status_code, "allowed")


def client_of(world: World, role: str) -> Client:
    client = Client()
    if role == "stranger":
        client.force_login(MembershipFactory(role=Role.DIRECTOR).user, backend=BACKEND)
    elif role != "anonymous":
        client.force_login(world.people[role].user, backend=BACKEND)
    return client


def test_every_route_of_a_program_is_in_the_table():
    assert program_routes() == set(ROUTES)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ROUTES)
def test_a_route_lets_in_whom_the_table_says(db, name, role):
    world = make_world()
    rule = ROUTES[name]
    url = reverse(name, kwargs=world.arguments({"slug": "slug", **rule.parameters}))
    result = outcome(client_of(world, role), url)
    if name in HIDDEN_UNTIL_ANSWERED and role == Role.TRAINEE:
        assert result == "not there"
    else:
        assert result == expected(rule, role)


@pytest.mark.parametrize("name", [name for name, rule in ROUTES.items() if rule.parameters])
def test_an_object_of_another_program_is_not_there_for_any_role(db, name):
    world, other = make_world(), make_world()
    rule = ROUTES[name]
    arguments = {**other.arguments(rule.parameters), "slug": world.slug}
    for role in sorted(rule.allowed):
        assert outcome(client_of(world, role), reverse(name, kwargs=arguments)) == "not there", role


@pytest.mark.parametrize("name", [name for name, rule in ROUTES.items() if rule.own_only])
def test_an_attempt_of_another_trainee_is_not_there(db, name):
    world = make_world()
    neighbour = MembershipFactory(program=ProgramFactory._meta.model.objects.get(slug=world.slug), role=Role.TRAINEE)
    client = Client()
    client.force_login(neighbour.user, backend=BACKEND)
    url = reverse(name, kwargs=world.arguments({"slug": "slug", **ROUTES[name].parameters}))
    assert outcome(client, url) == "not there"
