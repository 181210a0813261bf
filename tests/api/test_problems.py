"""Every error is a problem (RFC 9457)."""

import pytest
from rest_framework.test import APIClient

from cases.api.problems import by_field
from tests.api.conftest import is_problem
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def test_without_a_token_one_is_asked_for_it(at):
    answer = APIClient().get(at("cases/"))
    is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Token"


def test_an_address_that_does_not_exist_is_a_problem_too():
    for method in ("get", "post", "delete"):
        is_problem(getattr(APIClient(enforce_csrf_checks=True), method)("/api/v1/nowhere/"), 404)


def test_a_wrong_method_is_a_problem(api, instructor, at):
    is_problem(api(instructor).delete(at("cases/")), 405)


@pytest.mark.parametrize("body", ['{"finding": ', "[1, 2]", '"x"', "null", ""])
def test_malformed_json_is_a_problem(api, instructor, at, body):
    is_problem(api(instructor).post(at("requests/"), body, content_type="application/json"), 400)


def test_a_body_that_is_not_json_is_a_problem(api, instructor, at):
    is_problem(api(instructor).post(at("requests/"), "a=b", content_type="application/x-www-form-urlencoded"), 415)


def test_what_is_wrong_is_told_by_field(api, instructor, at):
    answer = api(instructor).post(at("requests/"), {"finding": "measles", "count": 0, "stages": ["x"]})
    assert set(is_problem(answer, 400)["errors"]) == {"finding", "count", "stages.0"}


def test_what_the_order_itself_refuses_is_told_by_field(api, instructor, at):
    answer = api(instructor).post(at("requests/"), {"finding": "pneumothorax", "lobe": "upper"})
    assert list(is_problem(answer, 400)["errors"]) == ["lobe"]


def test_a_wrong_filter_is_told_by_name(api, instructor, at):
    assert list(is_problem(api(instructor).get(at("cases/?finding=measles")), 400)["errors"]) == ["finding"]


@pytest.mark.parametrize("path", ["cases/", "requests/", "quizzes/", "results/", "cohorts/", "assignments/"])
def test_who_is_not_a_member_sees_no_program(api, at, path):
    is_problem(api(MembershipFactory()).get(at(path)), 404)


def test_the_accepted_media_type_does_not_matter(api, instructor, at):
    answer = api(instructor).get(at("cases/"), HTTP_ACCEPT="text/turtle")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"


def test_what_nobody_foresaw_is_a_problem_without_details(api, instructor, at, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the database password is hunter2")

    monkeypatch.setattr("cases.api.views.library.requests_of", fail)
    body = is_problem(api(instructor).get(at("requests/")), 500)
    assert "hunter2" not in str(body)


def test_errors_are_flattened_by_field():
    nested = {"a": ["x"], "b": {"c": ["y"], "non_field_errors": ["z"]}, "d": {0: ["u"]}, "non_field_errors": ["v"]}
    assert by_field(nested) == {"a": ["x"], "b.c": ["y"], "b": ["z"], "d.0": ["u"], "": ["v"]}
