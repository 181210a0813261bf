"""The files of a case. Each is read through the program, never from an open address."""

from uuid import UUID

from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.library.models import Case
from cases.programs.access import ProgramRequest, program_view

PRIVATE = "private, max-age=3600"
"""A case's files never change, but the right to see them may."""


@require_safe
@program_view("library.view_library")
def case_preview(request: ProgramRequest, pk: UUID) -> FileResponse:
    """The film as an 8-bit picture with its label."""
    return _send(_case(request, pk).preview, "image/png")


@require_safe
@program_view("library.view_library")
def case_overlay(request: ProgramRequest, pk: UUID) -> FileResponse:
    """The lesion as a transparent picture to lay over the film."""
    return _send(_case(request, pk).overlay, "image/png")


@require_safe
@program_view("library.view_library")
def case_pixels(request: ProgramRequest, pk: UUID) -> FileResponse:
    """The film's 12-bit pixels for the viewer."""
    return _send(_case(request, pk).pixels, "application/octet-stream")


@require_safe
@program_view("library.view_library")
def case_dicom(request: ProgramRequest, pk: UUID) -> FileResponse:
    """The DICOM file, to be kept."""
    case = _case(request, pk)
    return _send(case.dicom, "application/dicom", as_attachment=True, filename=dicom_name(case))


def dicom_name(case: Case) -> str:
    """A file name that tells a person what is in it: "caseforge_heart-failure_stage-2_F71_1c9a02be.dcm"."""
    stage = [f"stage-{case.stage:g}"] if case.stage else []
    parts = ["caseforge", case.finding.replace("_", "-"), *stage, f"{case.sex}{case.age}", case.id.hex[:8]]
    return "_".join(parts) + ".dcm"


def _case(request: ProgramRequest, pk: UUID) -> Case:
    return get_object_or_404(request.program.cases, pk=pk)


def _send(file: FieldFile, content_type: str, as_attachment: bool = False, filename: str = "") -> FileResponse:
    response = FileResponse(file.open("rb"), content_type=content_type, as_attachment=as_attachment, filename=filename)
    response["Cache-Control"] = PRIVATE
    return response
