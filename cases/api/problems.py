"""Errors as problem details (RFC 9457), application/problem+json, for everything under /api/."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class Conflict(exceptions.APIException):
    """The action is not possible as things stand; ``detail`` says why and what to do instead."""

    status_code = 409
    default_detail = "This is not possible as things stand."
    default_code = "conflict"


def problem(status: int, detail: str, errors: Any = None, headers: dict[str, str] | None = None) -> JsonResponse:
    """A response whose body tells type, title, status and detail, and with ``errors`` what is wrong by field."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def problem_details(error: Exception, context: dict[str, Any]) -> JsonResponse:
    """Turn any exception of an API view into a problem. What nobody foresaw is logged and told as 500."""
    set_rollback()
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) if error.args else None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    if not isinstance(error, exceptions.APIException):
        logger.error("The API failed", exc_info=error, extra={"request": context.get("request")})
        return problem(500, "Something went wrong on our side. Nothing was changed. Try again in a minute.")
    if isinstance(error, exceptions.ValidationError):
        return problem(error.status_code, "Some values cannot be used; see errors.", by_field(error.detail))
    return problem(error.status_code, str(error.detail), headers=_headers(error))


def by_field(detail: Any) -> dict[str, list[str]]:
    """Validation messages by field; nested fields are joined by dots, and ``""`` is the whole body."""
    found: dict[str, list[str]] = {}
    _collect(detail, "", found)
    return found


def _collect(detail: Any, path: str, found: dict[str, list[str]]) -> None:
    if isinstance(detail, dict):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            _collect(value, ".".join(filter(None, (path, name))), found)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            _collect(value, f"{path}.{index}" if nested else path, found)
    else:
        found.setdefault(path, []).append(str(detail))


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = f"{wait:.0f}"
    return headers
