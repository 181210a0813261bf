"""What a worker does with a job: case after case, each in one step that may be repeated without harm."""

import logging
import traceback
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from cases.library.models import Job
from cases.library.services import jobs
from cases.library.services.filing import case_id, file_case
from cases.library.services.heartbeat import Heartbeat
from generation.spec import CaseSpec

logger = logging.getLogger(__name__)

TRY_AGAIN = "Nothing made so far is lost. Try again; if it happens once more, tell whoever runs this site."


class GenerationError(Exception):
    """An expected failure. ``message`` says in the person's words what happened and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def run_job(job_id: UUID) -> None:
    """Claim the job, make the cases that are missing, and leave the row in its final state."""
    job = jobs.claim(job_id)
    if job is None:
        logger.info("Job %s has nothing for this worker to do", job_id)
        return
    with Heartbeat(job):
        try:
            _run(job)
        except jobs.LeaseLostError:
            logger.warning("Job %s was taken over by another worker", job_id)


def _run(job: Job) -> None:
    try:
        if make_missing_cases(job):
            jobs.finish(job)
    except jobs.LeaseLostError:
        raise
    except GenerationError as error:
        logger.warning("Job %s failed: %s", job.pk, error.message)
        jobs.fail(job, error.message, traceback.format_exc())
    except Exception:
        logger.exception("Job %s failed", job.pk)
        message = f"Something went wrong while making case {_next_number(job)} of {job.total}. {TRY_AGAIN}"
        jobs.fail(job, message, traceback.format_exc())


def make_missing_cases(job: Job) -> bool:
    """Make the cases that the request still lacks, in order. False when it was cancelled on the way.

    Raises LeaseLostError, GenerationError, and whatever the pipeline raises.
    """
    for slot, spec in missing(job):
        if jobs.end_if_cancelled(job):
            return False
        make_one(job, slot, spec)
    return True


def missing(job: Job) -> list[tuple[int, CaseSpec]]:
    """The slots of the request that have no case yet, with what belongs there."""
    made = set(job.request.cases.values_list("slot", flat=True))
    return [(slot, spec) for slot, spec in enumerate(job.request.to_order().specs()) if slot not in made]


def make_one(job: Job, slot: int, spec: CaseSpec) -> None:
    """One step: generate the case and keep it."""
    from generation.pipelines.case import make_case  # only workers need what an image is made with

    files = make_case(spec, case_pipeline(settings.CASE_PIPELINE), case_id(job.request, slot), timezone.now())
    file_case(job, slot, spec, files)


@lru_cache(maxsize=1)
def case_pipeline(dotted_path: str) -> Any:
    """The pipeline that the callable at ``dotted_path`` returns, loaded once per worker process.

    Raises GenerationError when it cannot be loaded.
    """
    try:
        return import_string(dotted_path)()
    except Exception as error:  # a missing file, a broken one, a package that is not installed
        raise GenerationError(f"The image generator could not be loaded, so no case was made. {TRY_AGAIN}") from error


def _next_number(job: Job) -> int:
    left = missing(job)
    return left[0][0] + 1 if left else job.total
