"""The API does what its schema says, whatever is sent to it."""

import random
from io import StringIO

import pytest
import schemathesis
from django.core import signals
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, settings
from knox.models import AuthToken
from schemathesis.checks import CHECKS

from cases.library.models import Case, Job
from generation.spec import CaseSpec
from tests.factories import AssignmentFactory, CaseFactory, CohortFactory, JobFactory, QuestionFactory

EXAMPLES = 6
CONFORMANCE = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)

schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())
schema.config.phases.coverage.enabled = False


def test_the_schema_is_made_without_a_warning():
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "openapi: 3" in out.getvalue()


@pytest.mark.django_db
def test_the_documentation_page_keeps_to_the_sites_policy(client):
    page = client.get(reverse("api:docs"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "<style" not in text
    assert "<script>" not in text
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].split("script-src")[1].split(";")[0]
    assert client.get(f"{reverse('api:docs')}?script=")["Content-Type"].startswith("application/javascript")


@pytest.fixture
def connection_of_the_test():
    """Keep the WSGI application from closing the connection that holds the test's transaction at each request."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def known(instructor, connection_of_the_test):
    """Real objects of the instructor's program, by path parameter, and the instructor's token."""
    program = instructor.program
    case = CaseFactory(program=program, curation=Case.Curation.NEW)
    job = JobFactory(request=case.request, state=Job.State.FAILED)
    CaseFactory(program=program, case_spec=CaseSpec(seed=7), request=case.request)
    question = QuestionFactory(quiz__program=program, case__request=case.request, case__program=program)
    AssignmentFactory(quiz=question.quiz, cohort=CohortFactory(program=program))
    _, token = AuthToken.objects.create(instructor.user)
    path = {"slug": program.slug, "case_id": case.pk, "job_id": job.pk, "quiz_id": question.quiz_id}
    return path, {"Authorization": f"Token {token}"}


@pytest.mark.slow
@pytest.mark.django_db
@schema.exclude(operation_id=["token_delete", "schema_retrieve"]).parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_answered_as_the_schema_says(case, known):
    path, headers = known
    # Most calls reach real objects; the others keep the made-up identifiers.
    if random.Random(str(case.path_parameters)).random() < 0.8:
        case.path_parameters = {name: str(path.get(name, value)) for name, value in case.path_parameters.items()}
    case.call_and_validate(headers=headers, checks=CHECKS.get_by_names(CONFORMANCE))
