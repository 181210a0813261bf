"""The walls between the rooms."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400


def python_files(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def imported_modules(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def offenders(forbidden: set[str], *rooms: str) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in python_files(*rooms) if imported_modules(file) & forbidden]


def test_the_generation_room_knows_nothing_of_the_site():
    assert offenders({"cases", "edu_site", "django", "rest_framework", "celery"}, "generation") == []


def test_the_site_knows_no_torch():
    assert offenders({"torch", "diffusers"}, "cases", "edu_site") == []


@pytest.mark.parametrize(
    "module", ["cases/quizzes/marking.py", "cases/quizzes/blueprint.py", "cases/scores/statistics.py"]
)
def test_marking_and_statistics_are_pure(module):
    assert not imported_modules(ROOT / module) & {"django", "rest_framework"}


def test_no_module_outgrows_its_purpose():
    rooms = ("edu_site", "generation", "cases", "tests", "scripts")
    long = [file for file in python_files(*rooms) if len(file.read_text().splitlines()) > MAX_LINES]
    assert [str(file.relative_to(ROOT)) for file in long] == []
