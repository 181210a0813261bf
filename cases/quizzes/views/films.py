"""The pixels behind a question. Nothing here tells the answer before it may be told: no name, tag, size or order."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.programs.access import ProgramRequest
from cases.quizzes import policies
from cases.quizzes.views.taking import own_response, trainees_only


@require_safe
@trainees_only
def film(request: ProgramRequest, attempt_id: str, position: int) -> HttpResponse:
    """The film's raw pixels: little-endian uint16, row by row, 0–4095. Equal in size for equal films."""
    response = own_response(request, attempt_id, position)
    with response.question.case.pixels.open("rb") as file:
        return _uncached(file.read(), "application/octet-stream")


@require_safe
@trainees_only
def truth_overlay(request: ProgramRequest, attempt_id: str, position: int) -> HttpResponse:
    """The lesion as RGBA PNG. 404 as long as the key is secret, whatever the film shows."""
    response = own_response(request, attempt_id, position)
    if not policies.may_see_truth(response, timezone.now()):
        raise Http404("There is nothing to see here yet.")
    with response.question.case.overlay.open("rb") as file:
        return _uncached(file.read(), "image/png")


def _uncached(content: bytes, content_type: str) -> HttpResponse:
    return HttpResponse(content, content_type=content_type, headers={"Cache-Control": "private, no-store"})
