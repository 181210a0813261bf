"""Two requests at the same moment do not double or overwrite anything. SQLite lets one writer in at a time anyway."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone

from cases.quizzes.models import Attempt, Response
from cases.quizzes.services import taking

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="set DATABASE_URL to a PostgreSQL database"),
]
assert connection  # the condition above reads it


def at_once(*actions):
    """Run the actions in threads that start together; their results in order."""
    together = Barrier(len(actions))

    def run(action):
        together.wait()
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))


def test_two_starts_make_one_attempt(make_assignment, trainee):
    assignment = make_assignment()
    attempts = at_once(*[lambda: taking.start_attempt(assignment, trainee.user, timezone.now())] * 4)
    assert len({attempt.pk for attempt in attempts}) == Attempt.objects.count() == 1
    assert Response.objects.count() == 5


def test_of_two_first_answers_in_a_tutor_quiz_one_counts_and_both_are_told_which(make_assignment, trainee):
    attempt = taking.start_attempt(make_assignment(), trainee.user, timezone.now())
    response = attempt.responses.filter(question__kind="choice").first()
    told = at_once(
        *[
            lambda finding=finding: taking.save_answer(response, {"finding": finding}, 3, timezone.now()).answer
            for finding in ("normal", "pneumonia", "pneumothorax")
        ]
    )
    response.refresh_from_db()
    assert told == [response.answer] * 3
