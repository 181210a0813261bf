"""What every template may know of the current program."""

from typing import Any

from django.http import HttpRequest


def current_program(request: HttpRequest) -> dict[str, Any]:
    """``program`` and ``membership`` of the page, or None outside a program."""
    membership = getattr(request, "membership", None)
    return {"program": membership.program if membership else None, "membership": membership}
