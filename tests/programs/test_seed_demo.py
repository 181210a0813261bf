"""The demonstration program."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from cases.library.models import Case, Job
from cases.library.services import making
from cases.programs.management.commands.seed_demo import sign_ins
from cases.programs.models import Membership, Program, Role, User
from cases.quizzes.models import Assignment, Attempt, Quiz, Response
from generation.vocabulary import FINDINGS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_generator_without_weights(settings):
    settings.DEBUG = True
    settings.CASE_PIPELINE = "tests.library.stand_in.pipeline"
    settings.JOB_HEARTBEAT_SECONDS = 600
    making.case_pipeline.cache_clear()
    yield
    making.case_pipeline.cache_clear()


def seed_demo(*options: str) -> str:
    out = StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


def test_passwords_that_everybody_knows_stay_out_of_production(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        seed_demo()
    assert not Program.objects.exists()


@pytest.mark.slow
def test_an_interrupted_run_is_taken_up_again_and_a_finished_one_left_alone(settings, sign_in):
    settings.CASE_PIPELINE = "tests.library.stand_in.broken_pipeline"
    with pytest.raises(CommandError, match="generator could not be loaded"):
        seed_demo()
    settings.CASE_PIPELINE = "tests.library.stand_in.pipeline"
    text = seed_demo()
    for person in User.objects.all():
        assert person.email in text
    assert text.count("caseforge-demo") == 5
    check_cases()
    check_answers()
    check_pages(sign_in)
    counts = [model.objects.count() for model in (Case, Job, User, Quiz, Assignment, Attempt, Response)]
    assert "there already" in seed_demo()
    assert [model.objects.count() for model in (Case, Job, User, Quiz, Assignment, Attempt, Response)] == counts


def check_cases() -> None:
    accepted = set(Case.objects.filter(curation=Case.Curation.ACCEPTED).values_list("finding", "stage"))
    assert accepted == {(key, stage.level) for key, finding in FINDINGS.items() for stage in finding.stages}
    assert Case.objects.filter(curation=Case.Curation.NEW).count() == 4
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.SUCCEEDED}


def check_answers() -> None:
    assert set(Quiz.objects.values_list("mode", flat=True)) == set(Quiz.Mode.values)
    finished = Attempt.objects.filter(submitted_at__isnull=False)
    assert sorted(finished.values_list("trainee__email", flat=True)) == [
        "trainee1@demo.example",
        "trainee1@demo.example",
        "trainee2@demo.example",
    ]
    answered = Response.objects.filter(attempt__in=finished)
    assert not answered.filter(score=None).exists()
    assert answered.filter(score=1).exists()
    assert answered.filter(score=0).exists()
    assert not User.objects.get(email="trainee3@demo.example").attempts.exists()


def check_pages(sign_in) -> None:
    for membership in Membership.objects.all():
        client = sign_in(membership)
        assert client.get(reverse("programs:start", args=["demo"])).status_code == 200
        if membership.role == Role.DIRECTOR:
            assert "3 of 6" in " ".join(client.get(reverse("scores:cohorts", args=["demo"])).content.decode().split())


def test_a_password_that_was_changed_is_not_told():
    User.objects.create_user(username="x", email="director@demo.example", password="something-else")
    assert "(changed)" in sign_ins()
    assert "something-else" not in sign_ins()
