"""Clients with a token."""

import pytest
from django.core.cache import cache
from knox.models import AuthToken
from rest_framework.test import APIClient

from cases.programs.models import Membership


@pytest.fixture(autouse=True)
def no_memory_of_earlier_attempts():
    """Throttles count in the cache."""
    cache.clear()


@pytest.fixture
def api():
    """``api(membership)`` gives a client that sends that person's token."""

    def make(membership: Membership) -> APIClient:
        client = APIClient()
        _, token = AuthToken.objects.create(membership.user)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return make


@pytest.fixture
def at(program):
    """``at("cases/")``: an address of the program."""
    return lambda rest: f"/api/v1/programs/{program.slug}/{rest}"


def is_problem(answer, status: int) -> dict:
    """The body of a problem, after checking that it is one."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["type"]
    assert body["title"]
    assert body["detail"]
    return body
