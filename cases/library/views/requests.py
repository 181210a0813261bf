"""Ordering cases, and the list of what was ordered."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases.library.forms import ANYWHERE, OrderForm, initial_like
from cases.library.selectors.requests import requests_of
from cases.library.services.requests import place_request
from cases.programs.access import ProgramRequest, program_view

PAGE_SIZE = 25


@require_safe
@program_view("library.request_cases")
def requests(request: ProgramRequest) -> HttpResponse:
    """What was ordered in this program, newest first."""
    page = Paginator(requests_of(request.program), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "library/requests.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@program_view("library.request_cases")
def new_request(request: ProgramRequest) -> HttpResponse:
    """The order form. While it is filled in, htmx asks for its sentence and for what fits the finding."""
    if request.htmx:  # type: ignore[attr-defined]
        return _preview(request)
    if request.method == "POST" and "refit" not in request.POST:
        return _order(request)
    return render(request, "library/new_request.html", {"form": _blank_form(request)})


def _order(request: ProgramRequest) -> HttpResponse | HttpResponseRedirect:
    form = OrderForm(request.POST)
    if not form.is_valid():
        return render(request, "library/new_request.html", {"form": form})
    placed = place_request(request.program, request.user, form.cleaned_data["order"])
    return redirect("library:job", request.program.slug, placed.job.pk)


def _blank_form(request: ProgramRequest) -> OrderForm:
    if request.method == "POST":  # another finding was chosen on a page without script
        return OrderForm(initial=_as_typed(request))
    like = request.GET.get("like")
    if not like:
        return OrderForm()
    try:
        earlier = get_object_or_404(request.program.case_requests, pk=UUID(like))
    except ValueError as error:
        raise Http404("There is no such request.") from error
    return OrderForm(initial=initial_like(earlier))


def _preview(request: ProgramRequest) -> HttpResponse:
    data = request.GET.copy()
    is_other_finding = request.htmx.trigger_name == "finding"  # type: ignore[attr-defined]
    if is_other_finding:
        data["place"] = ANYWHERE
    part = "fitted" if is_other_finding else "sentence"
    return render(request, f"library/new_request.html#{part}", {"form": OrderForm(data), "is_preview": True})


def _as_typed(request: ProgramRequest) -> dict[str, object]:
    lists = {"stages", "comorbidities"}
    return {name: request.POST.getlist(name) if name in lists else request.POST[name] for name in request.POST}
