"""Keeping a finished case: its files and its row."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import transaction

from cases.library.models import Case, CaseRequest, Job
from cases.library.services.jobs import LeaseLostError, held
from generation.spec import CaseSpec

if TYPE_CHECKING:
    from generation.pipelines.case import CaseFiles

FILE_NAMES = {
    "dicom": "film.dcm",
    "pixels": "pixels.bin",
    "preview": "preview.png",
    "overlay": "overlay.png",
    "mask": "mask.png",
}
CASE_NAMESPACE = uuid.UUID("6f1d6f8e-3c9a-5a54-9a86-0c3c2f6f6a11")


def case_id(request: CaseRequest, slot: int) -> uuid.UUID:
    """The case's id, equal however often its step is repeated. The UIDs in its DICOM file follow from it."""
    return uuid.uuid5(CASE_NAMESPACE, f"{request.pk}/{slot}")


@transaction.atomic
def file_case(job: Job, slot: int, spec: CaseSpec, files: CaseFiles) -> Case:
    """Write the files, then the row, then the job's progress.

    The job's row is locked meanwhile, so two workers never write the same files at once. Files that a
    killed worker left behind are overwritten. Raises LeaseLostError, having written nothing, when the
    worker no longer holds the job.
    """
    if held(job).select_for_update().first() is None:
        raise LeaseLostError
    case = _case_row(job, slot, spec, files)
    _write_files(case, files)
    case.save(force_insert=True)
    held(job).update(done=job.request.cases.count(), attempts=0)
    return case


def _case_row(job: Job, slot: int, spec: CaseSpec, files: CaseFiles) -> Case:
    return Case(
        id=case_id(job.request, slot),
        program_id=job.program_id,
        request=job.request,
        slot=slot,
        spec=spec.to_dict(),
        finding=spec.finding,
        stage=spec.stage,
        side=spec.side,
        lobe=spec.lobe,
        age=spec.age,
        sex=spec.sex,
        comorbidities=list(spec.comorbidities),
        patient_key=spec.patient_key,
        rows=files.rows,
        columns=files.columns,
        pixel_spacing_mm=files.pixel_spacing_mm,
        lesion_area_mm2=files.lesion_area_mm2,
        vignette=files.vignette.to_dict(),
        provenance=files.provenance,
    )


def _write_files(case: Case, files: CaseFiles) -> None:
    for field, name in FILE_NAMES.items():
        file = getattr(case, field)
        file.storage.delete(file.field.generate_filename(case, name))
        file.save(name, ContentFile(getattr(files, field)), save=False)
