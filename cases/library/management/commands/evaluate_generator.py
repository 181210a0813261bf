"""``manage.py evaluate_generator``: measure a model, see ``generation.evaluation.cli``."""

from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.evaluation import cli
from generation.pipelines.models import ModelError


class Command(BaseCommand):
    help = "Measure a generator of chest radiographs against the simulator on patients it has not seen."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cli.run(options, cast(TextIO, self.stdout))
        except (ModelError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
