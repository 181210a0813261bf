"""The one way to declare background work."""

from collections.abc import Callable
from typing import Any

from celery import Task, shared_task


def background_task(queue: str = "default") -> Callable[[Callable[..., Any]], Task]:
    """Make a function a task on ``queue``, named after its module and itself.

    The broker keeps the message until the work is done, and gives it to another worker when the first dies.
    So a task may run twice: it must find out from the database what is left to do.
    """

    def decorate(function: Callable[..., Any]) -> Task:
        declare = shared_task(
            name=f"{function.__module__}.{function.__name__}",
            queue=queue,
            acks_late=True,
            reject_on_worker_lost=True,
            ignore_result=True,
        )
        return declare(function)

    return decorate
