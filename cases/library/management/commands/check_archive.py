"""``manage.py check_archive``: read an archive of real radiographs, see ``generation.corpus.archives.cli``."""

import sys
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandParser

from generation.corpus.archives import cli


class Command(BaseCommand):
    help = cli.HELP
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        code = cli.run(options, cast(TextIO, self.stdout), cast(TextIO, self.stderr))
        if code:
            sys.exit(code)
