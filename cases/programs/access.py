"""The one way into a program's pages: sign-in, membership, permission."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from cases.programs.models import Membership, Program, User
from cases.programs.policies import membership_of


class ProgramRequest(HttpRequest):
    """A request by a member of a program. Views behind ``program_view`` receive this."""

    user: User
    program: Program
    membership: Membership


def enter_program(user: User, slug: str, permission: str) -> Membership:
    """The user's membership in the program.

    Raises Http404 if there is no such program for this user, PermissionDenied if their role may not.
    """
    program = Program.objects.filter(slug=slug).first()
    membership = membership_of(user, program) if program else None
    if program is None or membership is None:
        raise Http404("There is no such program, or you are not a member of it.")
    if not user.has_perm(permission, program):
        raise PermissionDenied("Your role in this program does not include this page.")
    return membership


def program_view(permission: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Guard a view under ``/p/<slug>/``: it gets ``request.program`` and ``request.membership``, not the slug."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def guarded(request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.membership = enter_program(request.user, slug, permission)
            request.program = request.membership.program
            return view(request, *args, **kwargs)

        return guarded

    return decorate
