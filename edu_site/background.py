"""The one way to declare background work."""

from collections.abc import Callable
from typing import Any

from celery import Task, shared_task


def background_task(function: Callable[..., Any]) -> Task:
    """Make a function a task, named after its module and itself; CELERY_TASK_ROUTES says on which queue.

    The broker keeps the message until the work is done, and gives it to another worker when the first dies.
    So a task may run twice: it must find out from the database what is left to do.
    """
    declare = shared_task(
        name=f"{function.__module__}.{function.__name__}",
        acks_late=True,
        reject_on_worker_lost=True,
        ignore_result=True,
    )
    return declare(function)
