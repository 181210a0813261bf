"""The gallery, a case's page, and the instructor's judgement of cases."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases.library.filters import CaseFilter
from cases.library.forms import TeachingPointForm
from cases.library.models import Case
from cases.library.selectors.cases import cases_in_review_order, neighbours, same_patient
from cases.library.services import curation
from cases.programs.access import ProgramRequest, program_view
from generation.patients.card import Vignette
from generation.vocabulary import COMORBIDITIES, place_name

PAGE_SIZE = 24


@require_safe
@program_view("library.view_library")
def cases(request: ProgramRequest) -> HttpResponse:
    """The gallery with its filters."""
    found = CaseFilter(request.GET, cases_in_review_order(request.program))
    page = Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    template = "library/cases.html#results" if request.htmx else "library/cases.html"  # type: ignore[attr-defined]
    context = {
        "filter": found,
        "page": page,
        "query": _query(request),
        "has_any": bool(page.paginator.count) or request.program.cases.exists(),
        "can_curate": request.user.has_perm("library.curate_cases", request.program),
    }
    return render(request, template, context)


@require_safe
@program_view("library.view_library")
def case(request: ProgramRequest, pk: UUID) -> HttpResponse:
    """One case with its truth, its card and where it comes from."""
    return render(request, "library/case.html", _case_context(request, _case(request, pk)))


@require_POST
@program_view("library.curate_cases")
def accept_case(request: ProgramRequest, pk: UUID) -> HttpResponse:
    """The case may be taught with."""
    return _judge_one(request, pk, curation.accept)


@require_POST
@program_view("library.curate_cases")
def reject_case(request: ProgramRequest, pk: UUID) -> HttpResponse:
    """The case is kept out of quizzes."""
    return _judge_one(request, pk, curation.reject)


@require_POST
@program_view("library.curate_cases")
def edit_teaching_point(request: ProgramRequest, pk: UUID) -> HttpResponse:
    """Keep what the instructor wants said with the truth."""
    case = _case(request, pk)
    form = TeachingPointForm(request.POST, instance=case)
    if form.is_valid():
        curation.set_teaching_point(case, form.cleaned_data["teaching_point"])
        messages.success(request, "The teaching point is saved.")
        return _to_case(request, case)
    context = _case_context(request, _case(request, pk))
    return render(request, "library/case.html", {**context, "teaching_form": form})


@require_POST
@program_view("library.curate_cases")
def review_cases(request: ProgramRequest) -> HttpResponse:
    """Accept or reject the cases that were ticked in the gallery."""
    verdicts: dict[str, tuple[Callable[..., int], str]] = {
        "accept": (curation.accept, "accepted"),
        "reject": (curation.reject, "rejected"),
    }
    judge, word = verdicts.get(request.POST.get("verdict", ""), (None, ""))
    chosen = _ticked(request)
    if judge is None or not chosen.exists():
        messages.error(request, "Tick at least one case, then choose Accept or Reject.")
    else:
        try:
            count = judge(chosen, request.user)
            messages.success(request, f"{count} case{'' if count == 1 else 's'} {word}.")
        except curation.CurationError as error:
            messages.error(request, error.message)
    return _with_query(request, reverse("library:cases", args=[request.program.slug]))


def _ticked(request: ProgramRequest) -> QuerySet[Case]:
    try:
        return request.program.cases.filter(pk__in=request.POST.getlist("case"))
    except ValidationError:  # an id that is none
        return request.program.cases.none()


def _judge_one(request: ProgramRequest, pk: UUID, judge: Callable[..., int]) -> HttpResponse:
    case = _case(request, pk)
    try:
        judge(request.program.cases.filter(pk=case.pk), request.user)
    except curation.CurationError as error:
        if request.htmx:  # type: ignore[attr-defined]
            context = {**_case_context(request, case), "curation_error": error.message}
            return render(request, "library/case.html#curation", context)
        messages.error(request, error.message)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "library/case.html#curation", _case_context(request, _case(request, pk)))
    return _to_case(request, case)


def _to_case(request: ProgramRequest, case: Case) -> HttpResponseRedirect:
    return _with_query(request, reverse("library:case", args=[request.program.slug, case.pk]))


def _with_query(request: ProgramRequest, address: str) -> HttpResponseRedirect:
    query = request.GET.urlencode()
    return redirect(f"{address}?{query}" if query else address)


def _case(request: ProgramRequest, pk: UUID) -> Case:
    return get_object_or_404(request.program.cases.select_related("request", "request__job", "curated_by"), pk=pk)


def _case_context(request: ProgramRequest, case: Case) -> dict[str, object]:
    spec = case.to_spec()
    among = CaseFilter(request.GET, cases_in_review_order(request.program)).qs
    return {
        "case": case,
        "definition": spec.definition,
        "stage": spec.definition.stage(case.stage),
        "place": place_name(case.side, case.lobe),
        "comorbidities": [COMORBIDITIES[key] for key in case.comorbidities],
        "vignette": Vignette.from_dict(case.vignette),
        "lesion_area_cm2": case.lesion_area_mm2 / 100,
        "made_at": datetime.fromisoformat(case.provenance["made_at"]),
        "films": same_patient(case),
        "neighbours": neighbours(case, among),
        "teaching_form": TeachingPointForm(instance=case),
        "can_curate": request.user.has_perm("library.curate_cases", request.program),
        "query": _query(request),
    }


def _query(request: ProgramRequest) -> str:
    """The gallery's filters as the end of an address, so that a case keeps its place among them."""
    kept: QueryDict = request.GET.copy()
    kept.pop("page", None)
    for name in [name for name, value in kept.items() if not value]:
        del kept[name]
    return f"?{kept.urlencode()}" if kept else ""
