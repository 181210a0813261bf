"""``manage.py train_generator``: train a model, see ``generation.training.cli``."""

from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.training import cli


class Command(BaseCommand):
    help = "Train a conditional generator of chest radiographs, or go on with a run."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cli.run(options, cast(TextIO, self.stdout))
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
