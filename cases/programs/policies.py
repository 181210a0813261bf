"""Who may do what in a program. Permissions are predicates over (user, program); no permission rows.

Views ask through ``access.program_view``, the API through ``cases.api.access``. An object is always
looked up inside a program the user belongs to, so another program's objects do not exist for them.
"""

import rules

from cases.programs.models import Membership, Program, Role, User


def membership_of(user: User, program: Program) -> Membership | None:
    """The user's membership in the program, looked up once per user object and program."""
    known: dict[int, Membership | None] = user.__dict__.setdefault("_memberships", {})
    if program.pk not in known:
        known[program.pk] = Membership.objects.filter(user=user, program=program).select_related("program").first()
    return known[program.pk]


def _has_role(*roles: Role) -> rules.Predicate:
    def test(user: User, program: Program) -> bool:
        membership = membership_of(user, program)
        return membership is not None and membership.role in roles

    return rules.Predicate(test, name=" or ".join(roles))


is_member = _has_role(*Role)
is_instructor = _has_role(Role.INSTRUCTOR)
is_trainee = _has_role(Role.TRAINEE)
is_director = _has_role(Role.DIRECTOR)

rules.add_perm("programs.view_program", is_member)
rules.add_perm("programs.manage_people", is_director)
rules.add_perm("library.view_library", is_instructor | is_director)
rules.add_perm("library.request_cases", is_instructor)
rules.add_perm("library.curate_cases", is_instructor)
rules.add_perm("quizzes.author_quizzes", is_instructor)
rules.add_perm("quizzes.take_quizzes", is_trainee)
rules.add_perm("scores.view_scores", is_director | is_instructor)
rules.add_perm("scores.view_own_scores", is_trainee)
