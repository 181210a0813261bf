"""Pages of a program itself: where one starts, and its people."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.programs import selectors, services
from cases.programs.access import ProgramRequest, program_view
from cases.programs.forms import AddMemberForm, CohortForm, CohortNameForm, RoleForm
from cases.programs.invitations import invite
from cases.programs.models import Membership, Role
from cases.quizzes.selectors.due import assignments_for


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the person's program; a choice where there are several."""
    memberships = list(selectors.memberships_of(request.user))  # type: ignore[arg-type]
    if len(memberships) == 1:
        return redirect("programs:start", slug=memberships[0].program.slug)
    return render(request, "programs/home.html", {"memberships": memberships})


@require_safe
@program_view("programs.view_program")
def start(request: ProgramRequest) -> HttpResponse:
    """What waits for this person, by role."""
    role, program = request.membership.role, request.program
    if role == Role.TRAINEE:
        return render(request, "programs/start_trainee.html", {"due": assignments_for(request.membership)})
    if role == Role.DIRECTOR:
        return render(request, "programs/start_director.html", selectors.director_start(program))
    return render(request, "programs/start_instructor.html", selectors.instructor_start(program))


@require_safe
@program_view("programs.manage_people")
def people(request: ProgramRequest) -> HttpResponse:
    """Members with their roles, and cohorts."""
    return _people_page(request)


def _people_page(request: ProgramRequest, status: int = 200, **extra: Any) -> HttpResponse:
    context = {
        "members": selectors.members_of(request.program),
        "cohorts": selectors.cohorts_of(request.program),
        "roles": Role.choices,
        "cohort_form": CohortNameForm(),
        **extra,
    }
    return render(request, "programs/people.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view("programs.manage_people")
def add_member(request: ProgramRequest) -> HttpResponse:
    """Add someone by e-mail address; a new person is written a link to set their password."""
    form = AddMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = services.add_member(request.program, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{membership.user} is now a member.")
            return _invited(request, membership)
    status = 422 if form.is_bound else 200
    return render(request, "programs/add_member.html", {"form": form}, status=status)


@require_POST
@program_view("programs.manage_people")
def invite_again(request: ProgramRequest, pk: int) -> HttpResponse:
    """Write the link to set a password once more."""
    membership = _member(request, pk)
    if membership.user.has_usable_password():
        messages.info(request, f"{membership.user} has a password already. The sign-in page helps who forgot it.")
        return redirect("programs:people", slug=request.program.slug)
    return _invited(request, membership)


def _invited(request: ProgramRequest, membership: Membership) -> HttpResponse:
    link = invite(request, membership)
    if link:
        return render(request, "programs/invited.html", {"invited": membership, "link": link})
    messages.info(request, f"We have written to {membership.user.email}.")
    return redirect("programs:people", slug=request.program.slug)


@require_POST
@program_view("programs.manage_people")
def change_role(request: ProgramRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    membership = _member(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles.")
        return redirect("programs:people", slug=request.program.slug)
    try:
        services.change_role(membership, form.cleaned_data["role"])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"{membership.user} is now {membership.get_role_display().lower()}.")
    return _after_change_to(membership, request)


@require_POST
@program_view("programs.manage_people")
def remove_member(request: ProgramRequest, pk: int) -> HttpResponse:
    """End a membership."""
    membership = _member(request, pk)
    try:
        services.remove_member(membership)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"{membership.user} is no longer a member.")
    return _after_change_to(membership, request)


def _after_change_to(membership: Membership, request: ProgramRequest) -> HttpResponse:
    if membership.user_id == request.user.pk:  # they may not see the people page any more
        return redirect("home")
    return redirect("programs:people", slug=request.program.slug)


@require_POST
@program_view("programs.manage_people")
def add_cohort(request: ProgramRequest) -> HttpResponse:
    """Make a cohort, then choose its trainees."""
    form = CohortNameForm(request.POST)
    if form.is_valid():
        try:
            made = services.add_cohort(request.program, form.cleaned_data["name"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("programs:cohort", slug=request.program.slug, pk=made.pk)
    return _people_page(request, status=422, cohort_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@program_view("programs.manage_people")
def cohort(request: ProgramRequest, pk: int) -> HttpResponse:
    """A cohort's name and who is in it."""
    edited = get_object_or_404(request.program.cohorts, pk=pk)
    initial = {"name": edited.name, "trainees": edited.trainees.all()}
    form = CohortForm(request.POST or None, program=request.program, initial=initial)
    if request.method == "POST" and _saved(form, edited):
        messages.success(request, f"{edited.name} has been saved.")
        return redirect("programs:people", slug=request.program.slug)
    status = 422 if form.is_bound else 200
    return render(request, "programs/cohort.html", {"form": form, "cohort": edited}, status=status)


def _saved(form: forms.Form, edited: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        services.edit_cohort(edited, name=form.cleaned_data["name"], trainees=list(form.cleaned_data["trainees"]))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _member(request: ProgramRequest, pk: int) -> Membership:
    return get_object_or_404(request.program.memberships.select_related("user", "program"), pk=pk)
