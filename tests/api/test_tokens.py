"""Tokens: how one signs in without a browser."""

import pytest
from allauth.account.models import EmailAddress
from knox.models import AuthToken
from rest_framework.test import APIClient

from tests.api.conftest import is_problem
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/api/v1/token/"


def test_email_and_password_give_a_token_that_works_and_expires(instructor):
    client = APIClient()
    answer = client.post(URL, {"email": instructor.user.email, "password": PASSWORD})
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert AuthToken.objects.get().expiry is not None
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    [program] = client.get("/api/v1/programs/").json()["results"]
    assert program == {"slug": instructor.program.slug, "name": instructor.program.name, "role": "instructor"}


def test_the_token_itself_is_not_kept(instructor):
    token = APIClient().post(URL, {"email": instructor.user.email, "password": PASSWORD}).json()["token"]
    assert token not in str(AuthToken.objects.values().get())


def test_a_wrong_password_gives_no_token(instructor):
    answer = APIClient().post(URL, {"email": instructor.user.email, "password": "wrong"})
    is_problem(answer, 401)
    assert not AuthToken.objects.exists()


def test_someone_who_may_no_longer_sign_in_gets_no_token(instructor):
    instructor.user.is_active = False
    instructor.user.save()
    is_problem(APIClient().post(URL, {"email": instructor.user.email, "password": PASSWORD}), 401)


def test_an_address_that_must_be_confirmed_gives_no_token_before(instructor, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    credentials = {"email": instructor.user.email, "password": PASSWORD}
    is_problem(APIClient().post(URL, credentials), 401)
    EmailAddress.objects.create(user=instructor.user, email=instructor.user.email, verified=True, primary=True)
    assert APIClient().post(URL, credentials).status_code == 201


def test_a_token_that_is_given_back_works_no_more(api, instructor):
    client = api(instructor)
    assert client.delete(URL).status_code == 204
    is_problem(client.get("/api/v1/programs/"), 401)


def test_guessing_passwords_is_slowed_down(instructor):
    client = APIClient()
    answers = [client.post(URL, {"email": instructor.user.email, "password": f"guess {n}"}) for n in range(8)]
    body = is_problem(answers[-1], 429)
    assert "Too many" in body["detail"]
    is_problem(client.post(URL, {"email": instructor.user.email, "password": PASSWORD}), 429)


def test_one_address_cannot_ask_for_tokens_without_end():
    client = APIClient()
    answers = [client.post(URL, {"email": f"person{n}@hospital.example", "password": "x"}) for n in range(31)]
    is_problem(answers[-1], 429)
    assert int(answers[-1]["Retry-After"]) > 0
