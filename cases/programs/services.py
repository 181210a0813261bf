"""What a director does with people: who belongs to the program, in which role, in which cohort."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases.programs.models import Cohort, Membership, Program, Role, User


@transaction.atomic
def add_member(program: Program, *, email: str, role: str, first_name: str = "", last_name: str = "") -> Membership:
    """Make the person a member, with a new account if nobody has this address yet.

    A new account has no password: its owner sets one through the link of ``invitations``.
    Raises ValidationError (keyed by field) when the person is a member already.
    """
    address = email.strip().lower()
    user = User.objects.filter(email__iexact=address).first()
    if user is None:
        user = _create_user(address, first_name.strip(), last_name.strip())
    elif program.memberships.filter(user=user).exists():
        raise ValidationError({"email": f"{address} is a member of {program} already."})
    return Membership.objects.create(program=program, user=user, role=role)


def _create_user(address: str, first_name: str, last_name: str) -> User:
    user = User(username=address, email=address, first_name=first_name, last_name=last_name)
    user.set_unusable_password()
    user.save()
    # The password can only be set through a link sent to this address, which is the proof of it.
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=True)
    return user


@transaction.atomic
def change_role(membership: Membership, role: str) -> None:
    """Give a member another role. Raises ValidationError if the program would lose its last director."""
    if membership.role == role:
        return
    _keep_a_director(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    if role != Role.TRAINEE:
        membership.cohorts.clear()


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """End a membership. The person's account and their answers stay.

    Raises ValidationError if the program would lose its last director.
    """
    _keep_a_director(membership)
    membership.delete()


def _keep_a_director(membership: Membership) -> None:
    if membership.role != Role.DIRECTOR:
        return
    # Locked, so that two directors cannot remove each other at the same moment.
    directors = Membership.objects.select_for_update().filter(program=membership.program, role=Role.DIRECTOR)
    if {director.pk for director in directors} <= {membership.pk}:
        raise ValidationError(
            f"{membership.user} is the only director of {membership.program}. Make someone else a director first."
        )


def add_cohort(program: Program, name: str) -> Cohort:
    """A new cohort without trainees. Raises ValidationError when the name is taken."""
    try:
        with transaction.atomic():
            return Cohort.objects.create(program=program, name=name.strip())
    except IntegrityError as error:
        raise ValidationError({"name": f"There is a cohort called “{name.strip()}” already."}) from error


@transaction.atomic
def edit_cohort(cohort: Cohort, *, name: str, trainees: list[Membership]) -> None:
    """Rename a cohort and set who is in it. Raises ValidationError for a taken name or people who cannot be in it."""
    if cohort.program.cohorts.exclude(pk=cohort.pk).filter(name=name.strip()).exists():
        raise ValidationError({"name": f"There is a cohort called “{name.strip()}” already."})
    for membership in trainees:
        if membership.program_id != cohort.program_id or membership.role != Role.TRAINEE:
            raise ValidationError({"trainees": f"{membership.user} is not a trainee of {cohort.program}."})
    cohort.name = name.strip()
    cohort.save(update_fields=["name"])
    cohort.trainees.set(trainees)
