"""How a job stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from cases.library.models import Case, Job
from cases.programs.models import Program

PATIENCE = timedelta(seconds=15)
"""How long a job may wait before its page says that no worker has come."""


@dataclass(frozen=True)
class JobProgress:
    """A job as its page shows it. ``seconds_left`` is None until the pace is known."""

    job: Job
    seconds_left: float | None
    is_late: bool
    """It has waited longer than usual, and no other job explains it."""

    @property
    def percent(self) -> int:
        """0 to 100."""
        return round(100 * self.job.done / self.job.total) if self.job.total else 0

    @property
    def is_stopping(self) -> bool:
        """Cancelled, but the case at hand is still being made."""
        return self.job.state == Job.State.RUNNING and self.job.cancel_requested

    @property
    def can_cancel(self) -> bool:
        return self.job.is_open and not self.is_stopping

    @property
    def can_retry(self) -> bool:
        return self.job.state in (Job.State.FAILED, Job.State.CANCELLED)

    @property
    def state_label(self) -> str:
        """The state in a word."""
        return "Stopping" if self.is_stopping else self.job.get_state_display()

    @property
    def announcement(self) -> str:
        """What a screen reader says of a job that moves on."""
        return f"{self.state_label}: {self.job.done} of {self.job.total} cases made."

    @property
    def milestone(self) -> str:
        """Changes with the state and with each quarter of the work: often enough to be announced."""
        return f"{self.state_label.lower()}-{self.percent // 25}"

    @property
    def time_left(self) -> str:
        """In words, rounded as roughly as it is known; empty where it is not."""
        if self.seconds_left is None:
            return ""
        if self.seconds_left < 90:
            return f"about {max(round(self.seconds_left), 1)} s left"
        return f"about {round(self.seconds_left / 60)} min left"


def job_progress(job: Job) -> JobProgress:
    """How far the job is, and how long it will take yet."""
    now = timezone.now()
    return JobProgress(job, seconds_left(job, now), is_late(job, now))


def seconds_left(job: Job, now: datetime) -> float | None:
    """From the pace of the cases made since the worker took the job up. The first of them says nothing
    yet: it waited for the model to load."""
    if job.state != Job.State.RUNNING or not job.started_at:
        return None
    timed = job.request.cases.filter(created_at__gte=job.started_at).aggregate(
        count=Count("id"), first=Min("created_at"), last=Max("created_at")
    )
    if timed["count"] < 2:
        return None
    pace = (timed["last"] - timed["first"]).total_seconds() / (timed["count"] - 1)
    since_last = (now - timed["last"]).total_seconds()
    return max(pace * (job.total - job.done) - since_last, 0)


def is_late(job: Job, now: datetime) -> bool:
    """Whether the job waits for a worker that does not come."""
    waiting_since = job.queued_at or job.created_at
    if job.state != Job.State.QUEUED or now - waiting_since < PATIENCE:
        return False
    return not Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__gt=now - PATIENCE).exists()


def open_jobs(program: Program) -> QuerySet[Job]:
    """The program's jobs that are waiting or running, newest first."""
    return program.jobs.filter(state__in=Job.OPEN_STATES).select_related("request", "request__requested_by")


def cases_of(job: Job) -> QuerySet[Case]:
    """The job's cases in the order in which they were ordered."""
    return job.request.cases.order_by("slot")
