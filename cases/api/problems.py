"""Errors as problem details (RFC 9457)."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what the framework makes of an exception into application/problem+json."""
    return exception_handler(error, context)
