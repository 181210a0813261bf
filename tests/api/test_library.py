"""Ordering cases, following the job, fetching and judging cases."""

import pytest

from cases.library.models import Case, CaseRequest, Job
from cases.programs.models import Role
from generation.spec import CaseSpec
from tests.api.conftest import is_problem
from tests.factories import CaseFactory, JobFactory, MembershipFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, instructor):
    return api(instructor)


def test_an_order_starts_a_job_that_can_be_followed(client, at, instructor):
    order = {
        "finding": "heart_failure",
        "stages": [2],
        "age": 71,
        "sex": "F",
        "comorbidities": ["emphysema"],
        "count": 4,
    }
    answer = client.post(at("requests/"), {**order, "seed": 1})
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["state"] == "queued"
    assert body["total"] == 4
    assert answer["Location"] == body["url"]
    made = CaseRequest.objects.get(pk=body["request"])
    assert made.requested_by == instructor.user
    assert made.to_order().specs()[0].sentence().startswith("Heart failure, stage 2")
    assert client.get(body["url"]).json()["id"] == body["id"]


def test_an_order_without_a_seed_shows_new_patients(client, at):
    for _ in range(2):
        client.post(at("requests/"), {"finding": "normal"})
    seeds = {request.order["seed"] for request in CaseRequest.objects.all()}
    assert len(seeds) == 2


def test_requests_are_listed_with_their_jobs(client, at, program):
    case = CaseFactory(program=program, curation=Case.Curation.NEW)
    JobFactory(request=case.request, program=program, done=1)
    [row] = client.get(at("requests/")).json()["results"]
    assert (row["made"], row["to_review"], row["job"]["done"]) == (1, 1, 1)


def test_a_job_is_cancelled_and_tried_again(client, at, program):
    job = JobFactory(request__program=program)
    assert client.post(at(f"jobs/{job.pk}/cancel/")).json()["state"] == "cancelled"
    is_problem(client.post(at(f"jobs/{job.pk}/cancel/")), 409)
    assert client.post(at(f"jobs/{job.pk}/retry/")).json()["state"] == "queued"
    is_problem(client.post(at(f"jobs/{job.pk}/retry/")), 409)


def test_a_failed_job_tells_the_person_and_not_the_traceback(client, at, program):
    job = JobFactory(request__program=program, state=Job.State.FAILED, message="No disk left.", error="Traceback …")
    answer = client.get(at(f"jobs/{job.pk}/"))
    assert answer.json()["message"] == "No disk left."
    assert "Traceback" not in answer.content.decode()


def test_cases_are_filtered_and_paged(client, at, program):
    for seed in range(3):
        CaseFactory(program=program, case_spec=CaseSpec(seed=seed))
    one = CaseFactory(program=program, curation=Case.Curation.NEW)
    CaseFactory()
    assert client.get(at("cases/")).json()["count"] == 4
    [row] = client.get(at("cases/?finding=pneumothorax&stage=2&curation=new")).json()["results"]
    assert row["id"] == str(one.pk)
    page = client.get(at("cases/?limit=2")).json()
    assert len(page["results"]) == 2
    assert len(client.get(page["next"]).json()["results"]) == 2


def test_a_case_tells_its_truth_vignette_and_provenance(client, at, program):
    case = CaseFactory(program=program)
    body = client.get(at(f"cases/{case.pk}/")).json()
    assert (body["finding"], body["stage"], body["side"]) == ("pneumothorax", 2, "right")
    assert body["vignette"] == case.vignette
    assert body["provenance"] == case.provenance


@pytest.mark.parametrize(
    ("key", "content_type", "start"),
    [
        ("film", "application/dicom", b"\0" * 128 + b"DICM"),
        ("preview", "image/png", b"\x89PNG"),
        ("mask", "image/png", b"\x89PNG"),
    ],
)
def test_a_cases_files_are_fetched_from_where_the_case_says(client, at, program, key, content_type, start):
    case = CaseFactory(program=program)
    answer = client.get(client.get(at(f"cases/{case.pk}/")).json()[key])
    assert answer["Content-Type"] == content_type
    assert b"".join(answer.streaming_content).startswith(start)


def test_a_case_is_accepted_and_rejected(client, at, program, instructor):
    case = CaseFactory(program=program, curation=Case.Curation.NEW)
    assert client.post(at(f"cases/{case.pk}/accept/")).json()["curation"] == "accepted"
    case.refresh_from_db()
    assert case.curated_by == instructor.user
    assert client.post(at(f"cases/{case.pk}/reject/")).json()["curation"] == "rejected"


def test_a_case_in_a_quiz_is_not_rejected(client, at, program):
    case = QuestionFactory(quiz__program=program).case
    is_problem(client.post(at(f"cases/{case.pk}/reject/")), 409)
    case.refresh_from_db()
    assert case.curation == Case.Curation.ACCEPTED


def test_a_teaching_point_is_set(client, at, program):
    case = CaseFactory(program=program)
    answer = client.put(at(f"cases/{case.pk}/teaching-point/"), {"teaching_point": "Look at the apex."})
    assert answer.json()["teaching_point"] == "Look at the apex."
    is_problem(client.put(at(f"cases/{case.pk}/teaching-point/"), {"teaching_point": "x" * 2001}), 400)


def test_another_programs_case_and_job_do_not_exist(client, at):
    case, job = CaseFactory(), JobFactory()
    for path in (f"cases/{case.pk}/", f"cases/{case.pk}/film.dcm", f"jobs/{job.pk}/"):
        is_problem(client.get(at(path)), 404)
    is_problem(client.post(at(f"cases/{case.pk}/accept/")), 404)
    is_problem(client.post(at(f"jobs/{job.pk}/cancel/")), 404)


def test_a_director_looks_and_does_not_order_or_judge(api, at, director, program):
    client = api(director)
    case = CaseFactory(program=program)
    assert client.get(at(f"cases/{case.pk}/")).status_code == 200
    is_problem(client.post(at("requests/"), {"finding": "normal"}), 403)
    is_problem(client.post(at(f"cases/{case.pk}/reject/")), 403)


@pytest.mark.parametrize("rest", ["", "film.dcm", "preview.png", "mask.png"])
def test_a_trainee_gets_no_case(api, at, trainee, program, rest):
    case = CaseFactory(program=program)
    is_problem(api(trainee).get(at(f"cases/{case.pk}/{rest}")), 403)


def test_lists_ask_the_database_a_bounded_number_of_questions(client, at, program, django_assert_max_num_queries):
    for _ in range(5):
        case = CaseFactory(program=program)
        JobFactory(request=case.request, program=program)
    for path in ("requests/", "cases/"):
        with django_assert_max_num_queries(7):
            client.get(at(path))


def test_a_trainee_with_another_role_elsewhere_keeps_to_it(api, at, trainee):
    elsewhere = MembershipFactory(user=trainee.user, role=Role.INSTRUCTOR)
    client = api(trainee)
    is_problem(client.get(at("cases/")), 403)
    assert client.get(f"/api/v1/programs/{elsewhere.program.slug}/cases/").status_code == 200
