"""The life of a job. Every change is a compare-and-set on the job's row, so that of two who try one wins.

    queued → running → succeeded
       ↑        ├────→ failed    ──┐
       │        └────→ cancelled ──┤ retry
       └───────────────────────────┘

A worker holds the job by its lease. Whoever takes the job over gives it another lease, and from then on
nothing that the first worker does reaches the row.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cases.library.models import Job

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
"""How many workers may die over the same case before the job is called failed."""

GAVE_UP = (
    "The worker stopped {attempts} times in the middle of the same case. Nothing made so far is lost. "
    "Ask whoever runs this site to look at the worker, then try again."
)


JobChange = Callable[[Job], None]


class LeaseLostError(Exception):
    """Another worker has taken the job over, or somebody has deleted it."""


class JobStateError(Exception):
    """The job is not in a state in which this can be done. ``message`` tells the person why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def send(job_id: uuid.UUID) -> None:
    """Tell the broker of the job once the transaction is committed.

    A broker that is away is only logged: the row stays queued and the reaper sends it again.
    """
    transaction.on_commit(lambda: _publish(job_id))


def _publish(job_id: uuid.UUID) -> None:
    from cases.library.tasks import run_generation  # the task runs these services: a cycle at import time

    try:
        run_generation.apply_async(args=[str(job_id)], retry=False)
    except Exception:  # each broker has its own errors
        logger.exception("Job %s could not be sent; the reaper will send it again", job_id)


def held(job: Job) -> QuerySet[Job]:
    """The job's row as long as the worker that claimed ``job`` still holds it; else nothing."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease=job.lease)


def claim(job_id: uuid.UUID) -> Job | None:
    """Take the job up. None when it is over, cancelled, deleted or in the hands of a worker that is alive."""
    now = timezone.now()
    lease = uuid.uuid4()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=_stale_before(now))
    claimed = Job.objects.filter(free, pk=job_id, cancel_requested=False).update(
        state=Job.State.RUNNING,
        lease=lease,
        heartbeat_at=now,
        started_at=now,
        attempts=F("attempts") + 1,
        message="",
        error="",
    )
    if not claimed:
        return None
    return Job.objects.select_related("request").filter(pk=job_id, lease=lease).first()


def beat(job: Job) -> bool:
    """Say that the worker is alive. False when it no longer holds the job."""
    return held(job).update(heartbeat_at=timezone.now()) == 1


def finish(job: Job) -> None:
    """Every case is made. Raises LeaseLostError."""
    _end(job, Job.State.SUCCEEDED)


def fail(job: Job, message: str, error: str) -> None:
    """``message`` is for the person who ordered, ``error`` for the engineer. Raises LeaseLostError."""
    _end(job, Job.State.FAILED, message=message, error=error)


def end_if_cancelled(job: Job) -> bool:
    """End the job if its person asked for that. True when it is over. Raises LeaseLostError."""
    flag = held(job).values_list("cancel_requested", flat=True).first()
    if flag is None:
        raise LeaseLostError
    if flag:
        _end(job, Job.State.CANCELLED)
    return flag


def _end(job: Job, state: Job.State, message: str = "", error: str = "") -> None:
    ended = held(job).update(state=state, message=message, error=error, lease=None, finished_at=timezone.now())
    if not ended:
        raise LeaseLostError


def cancel(job: Job) -> None:
    """Stop the job: at once where no worker has it, else before its next case. What is made is kept.

    Raises JobStateError when the job is over.
    """
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if waiting.update(state=Job.State.CANCELLED, cancel_requested=True, finished_at=timezone.now()):
        return
    if not Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True):
        raise JobStateError("This job is already over; there is nothing to cancel.")


@transaction.atomic
def retry(job: Job) -> None:
    """Start a failed or cancelled job again. Only the cases that are missing are made.

    Raises JobStateError in any other state.
    """
    now = timezone.now()
    again = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED]).update(
        state=Job.State.QUEUED,
        cancel_requested=False,
        message="",
        error="",
        lease=None,
        heartbeat_at=None,
        started_at=None,
        finished_at=None,
        queued_at=now,
        sent_at=now,
        attempts=0,
    )
    if not again:
        raise JobStateError("Only a job that failed or was cancelled can be started again.")
    send(job.pk)


def reap() -> int:
    """Send again what was forgotten: queued too long, or running with a heart that stopped.

    Two reapers at once send a job once. Returns how many were sent.
    """
    now = timezone.now()
    return _resend_waiting(now) + _take_back_stale(now)


def _resend_waiting(now: datetime) -> int:
    sent = 0
    forgotten = now - timedelta(seconds=settings.JOB_RESEND_SECONDS)
    waiting = Job.objects.filter(Q(sent_at__lt=forgotten) | Q(sent_at=None), state=Job.State.QUEUED)
    for job in waiting:
        sent += _resend(waiting.filter(pk=job.pk, sent_at=job.sent_at), job, now)
    return sent


def _take_back_stale(now: datetime) -> int:
    sent = 0
    stale = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=_stale_before(now))
    for job in stale:
        unchanged = stale.filter(pk=job.pk, heartbeat_at=job.heartbeat_at, cancel_requested=job.cancel_requested)
        if job.cancel_requested:
            unchanged.update(state=Job.State.CANCELLED, lease=None, finished_at=now)
        elif job.attempts >= MAX_ATTEMPTS:
            message = GAVE_UP.format(attempts=job.attempts)
            unchanged.update(state=Job.State.FAILED, message=message, lease=None, finished_at=now)
        else:
            sent += _resend(unchanged, job, now, state=Job.State.QUEUED, lease=None, queued_at=now)
    return sent


@transaction.atomic
def _resend(unchanged: QuerySet[Job], job: Job, now: datetime, **changes: object) -> int:
    """Send the job if its row is still as it was seen. Returns 1 if so, else 0."""
    if not unchanged.update(sent_at=now, **changes):
        return 0
    logger.warning("Job %s is sent again (it was %s, last heard of at %s)", job.pk, job.state, job.heartbeat_at)
    send(job.pk)
    return 1


def _stale_before(now: datetime) -> datetime:
    return now - timedelta(seconds=settings.JOB_STALE_SECONDS)
