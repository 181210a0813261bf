"""``manage.py preview_corpus``: look at what a generator learns from, see ``generation.corpus.sheet``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Draw contact sheets of the simulated corpus: every finding and stage, comorbidities, normals, progressions."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="folder for the sheets; made if it does not exist")
        parser.add_argument("--sheet", action="append", help="only this sheet; may be repeated; all of them by default")
        parser.add_argument("--size", type=int, default=256, help="pixels along the side of a film (default: 256)")
        parser.add_argument("--masks", action="store_true", help="outline the lesions")

    def handle(self, *args: Any, **options: Any) -> None:
        from generation.corpus.sheet import SECTIONS, draw_sheet  # loads torch, which --help does not need
        from generation.corpus.simulator import Simulator

        names = options["sheet"] or list(SECTIONS)
        if unknown := sorted(set(names) - set(SECTIONS)):
            raise CommandError(f"There is no sheet “{unknown[0]}”. Choose from: {', '.join(SECTIONS)}.")
        if not 32 <= options["size"] <= 1024:
            raise CommandError("--size is 32 to 1024 pixels.")
        folder: Path = options["out"]
        folder.mkdir(parents=True, exist_ok=True)
        simulator = Simulator()
        for number, name in enumerate(names, 1):
            path = folder / f"{name}.png"
            draw_sheet(simulator, SECTIONS[name](), options["size"], options["masks"]).save(path)
            self.stdout.write(f"{number} of {len(names)}: {path}")
