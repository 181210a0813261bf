"""A job's page: how far it is, its cases as they are made, cancel and retry."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cases.library.models import Job
from cases.library.selectors import jobs as selectors
from cases.library.services import jobs as services
from cases.programs.access import ProgramRequest, program_view


@require_safe
@never_cache
@program_view("library.request_cases")
def job(request: ProgramRequest, pk: UUID) -> HttpResponse:
    """The page. While the job is open, htmx renews its body."""
    return render(request, "library/job.html", _shown(_job(request, pk)))


@require_safe
@never_cache
@program_view("library.request_cases")
def job_progress(request: ProgramRequest, pk: UUID) -> HttpResponse:
    """What has changed on the page: ``shown`` cases are on it already, ``announced`` was said last."""
    shown = _shown(_job(request, pk))
    have, announced = request.GET.get("shown", ""), request.GET.get("announced", "")
    news = {
        "is_update": True,
        "cases": shown["cases"][int(have) if have.isdecimal() else 0 :],
        "announces": announced != shown["progress"].milestone,
        "is_other_state": announced.rpartition("-")[0] != shown["progress"].state_label.lower(),
    }
    return render(request, "library/job.html#progress", {**shown, **news})


@require_POST
@program_view("library.request_cases")
def cancel_job(request: ProgramRequest, pk: UUID) -> HttpResponse:
    """Stop the job; what is made is kept."""
    return _change(request, pk, services.cancel)


@require_POST
@program_view("library.request_cases")
def retry_job(request: ProgramRequest, pk: UUID) -> HttpResponse:
    """Make what is missing."""
    return _change(request, pk, services.retry)


def _change(request: ProgramRequest, pk: UUID, change: services.JobChange) -> HttpResponse:
    job = _job(request, pk)
    try:
        change(job)
    except services.JobStateError as error:
        messages.error(request, error.message)
    return redirect("library:job", request.program.slug, job.pk)


def _job(request: ProgramRequest, pk: UUID) -> Job:
    return get_object_or_404(request.program.jobs.select_related("request", "request__requested_by"), pk=pk)


def _shown(job: Job) -> dict[str, Any]:
    cases = list(selectors.cases_of(job))
    return {"job": job, "progress": selectors.job_progress(job), "cases": cases, "shown": len(cases)}
