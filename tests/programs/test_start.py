"""Where one starts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.library.models import Case, Job
from cases.programs.models import Role
from tests.factories import (
    AssignmentFactory,
    AttemptFactory,
    CaseFactory,
    CohortFactory,
    JobFactory,
    MembershipFactory,
    ProgramFactory,
    QuestionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def start_page(sign_in, membership):
    answer = sign_in(membership).get(reverse("programs:start", args=[membership.program.slug]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_program_is_entered_at_once(sign_in, trainee):
    assert sign_in(trainee).get("/").url == reverse("programs:start", args=[trainee.program.slug])


def test_several_programs_are_offered(sign_in, trainee):
    other = MembershipFactory(user=trainee.user, program=ProgramFactory(name="City Hospital"))
    text = sign_in(trainee).get("/").content.decode()
    assert trainee.program.name in text
    assert reverse("programs:start", args=[other.program.slug]) in text


def test_who_is_in_no_program_is_told_what_to_do(client):
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert "Ask the director" in client.get("/").content.decode()


def test_a_stranger_signs_in_first(client):
    assert client.get("/").url.startswith(reverse("account_login"))


def test_an_instructor_sees_what_to_review_running_jobs_and_who_finished(sign_in, program, instructor, trainee):
    new = CaseFactory(program=program, curation=Case.Curation.NEW)
    accepted = CaseFactory(program=program)
    job = JobFactory(request=new.request, state=Job.State.RUNNING, done=1)
    cohort = CohortFactory(program=program, trainees=[trainee, MembershipFactory(program=program, role=Role.TRAINEE)])
    assignment = AssignmentFactory(quiz__program=program, cohort=cohort)
    AttemptFactory(assignment=assignment, trainee=trainee.user, submitted_at=timezone.now())
    text = start_page(sign_in, instructor)
    assert reverse("library:case", args=[program.slug, new.pk]) in text
    assert reverse("library:case", args=[program.slug, accepted.pk]) not in text
    assert reverse("library:job", args=[program.slug, job.pk]) in text
    assert assignment.quiz.title in text
    assert "1 of 2" in text


def test_an_instructor_without_anything_is_led_to_a_request(sign_in, instructor):
    text = start_page(sign_in, instructor)
    assert "No cases yet" in text
    assert reverse("library:new_request", args=[instructor.program.slug]) in text


def test_a_trainee_sees_what_is_due_and_nothing_of_another_cohort(sign_in, program, trainee):
    mine = AssignmentFactory(quiz__program=program, cohort=CohortFactory(program=program, trainees=[trainee]))
    QuestionFactory(quiz=mine.quiz)
    others = AssignmentFactory(quiz__program=program)
    text = start_page(sign_in, trainee)
    assert mine.quiz.title in text
    assert others.quiz.title not in text


def test_a_trainee_with_nothing_due_is_told_so(sign_in, trainee):
    assert "Nothing" in start_page(sign_in, trainee)


def test_a_director_sees_cohorts_at_a_glance(sign_in, program, director, trainee):
    cohort = CohortFactory(program=program, trainees=[trainee])
    open_one = AssignmentFactory(quiz__program=program, cohort=cohort)
    closed = AssignmentFactory(quiz__program=program, cohort=cohort, closes_at=timezone.now() - timedelta(hours=1))
    text = start_page(sign_in, director)
    assert reverse("scores:cohort", args=[program.slug, cohort.pk]) in text
    assert open_one.quiz.title in text
    assert closed.quiz.title not in text


def test_a_director_without_cohorts_is_led_to_people(sign_in, director):
    assert "No cohorts yet" in start_page(sign_in, director)


@pytest.mark.parametrize("role", Role.values)
def test_the_start_page_asks_the_database_a_bounded_number_of_questions(
    sign_in, program, role, django_assert_max_num_queries
):
    membership = MembershipFactory(program=program, role=role)
    for _ in range(4):
        cohort = CohortFactory(program=program, trainees=[membership] if role == Role.TRAINEE else [])
        AssignmentFactory(quiz__program=program, cohort=cohort)
        CaseFactory(program=program, curation=Case.Curation.NEW)
    client = sign_in(membership)
    with django_assert_max_num_queries(18):
        client.get(reverse("programs:start", args=[program.slug]))
