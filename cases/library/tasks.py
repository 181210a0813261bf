"""What the workers run. The work itself is in the services."""

from uuid import UUID

from cases.library.services import jobs, making
from edu_site.background import background_task


@background_task
def run_generation(job_id: str) -> None:
    """Make the missing cases of a job, unless another worker is at it or it is over."""
    making.run_job(UUID(job_id))


@background_task
def reap_stale_jobs() -> None:
    """Send again the jobs that were forgotten. Beat calls this every few seconds."""
    jobs.reap()
