"""A sign of life from a worker, also while one long step keeps it busy."""

import logging
import threading
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection

from cases.library.models import Job
from cases.library.services import jobs

logger = logging.getLogger(__name__)


class Heartbeat:
    """Renews a claimed job's heartbeat every JOB_HEARTBEAT_SECONDS from a thread of its own.

    Loading the model takes many seconds, so a beat per case would not do. It stops when the block ends or
    the job is no longer the worker's.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat of {job.pk}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._over.wait(settings.JOB_HEARTBEAT_SECONDS):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        try:
            if not jobs.beat(self._job):
                self._over.set()
        except DatabaseError:
            logger.exception("Job %s: a heartbeat could not be written", self._job.pk)
