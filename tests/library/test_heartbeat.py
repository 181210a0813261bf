"""The sign of life that a worker gives while a long step keeps it busy."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.library.models import Job
from cases.library.services import jobs
from cases.library.services.heartbeat import Heartbeat
from tests.factories import JobFactory

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(minutes=5)


@pytest.fixture
def job(settings) -> Job:
    """A job in a worker's hands, whose last beat is long ago."""
    settings.JOB_HEARTBEAT_SECONDS = 0.05
    claimed = jobs.claim(JobFactory().pk)
    assert claimed is not None
    Job.objects.filter(pk=claimed.pk).update(heartbeat_at=timezone.now() - LONG_AGO)
    return claimed


def test_it_beats_while_a_step_takes_long(job):
    with Heartbeat(job):
        time.sleep(0.5)
    assert timezone.now() - Job.objects.get(pk=job.pk).heartbeat_at < timedelta(minutes=1)


def test_it_does_not_beat_for_a_job_that_was_taken_over(job):
    other = jobs.claim(job.pk)
    assert other is not None
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - LONG_AGO)
    with Heartbeat(job):
        time.sleep(0.5)
    assert timezone.now() - Job.objects.get(pk=job.pk).heartbeat_at > timedelta(minutes=4)


def test_it_ends_with_the_work(job):
    with Heartbeat(job) as heartbeat:
        pass
    assert not heartbeat._thread.is_alive()
