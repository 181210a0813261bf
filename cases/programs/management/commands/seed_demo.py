"""``manage.py seed_demo``: the demonstration program, once."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.programs import demonstration
from cases.programs.models import User


class Command(BaseCommand):
    """Makes the demonstration program once and prints its sign-ins. Says so when it is there already."""

    help = "Make the demonstration program (people, cases, quizzes, answers) once, and print its sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="also with DEBUG off, where everybody knows these passwords"
        )

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        if not settings.DEBUG and not force:
            raise CommandError(
                "DEBUG is off: the demonstration's passwords are known to everybody. Use --force if you mean it."
            )
        if demonstration.is_seeded():
            self.stdout.write("The demonstration program is there already.")
        else:
            self._seed()
        self.stdout.write(sign_ins())

    def _seed(self) -> None:
        self.stdout.write("Making the demonstration program with real generated cases (up to a minute).")
        began = time.monotonic()
        try:
            demonstration.seed(lambda line: self.stdout.write(f"  {line}"))
        except demonstration.DemonstrationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Done in {time.monotonic() - began:.0f} seconds.")


def sign_ins() -> str:
    """The table of sign-ins. A password that was changed since is not told."""
    users = {user.email: user for user in User.objects.filter(email__endswith="@demo.example")}
    rows = [("Role", "E-mail", "Password", "Name")]
    for person in demonstration.PEOPLE:
        user = users.get(person.email)
        unchanged = user is not None and user.check_password(demonstration.PASSWORD)
        password = demonstration.PASSWORD if unchanged else "(changed)"
        rows.append((person.role.label, person.email, password, f"{person.first_name} {person.last_name}"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join(["", *(f"  {line}" for line in (lines[0], rule, *lines[1:])), ""])
