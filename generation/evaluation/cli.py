"""The command that measures a model: ``add_arguments`` and ``run``, without a framework around them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--model", type=Path, default=None, help="model folder; the bundled one when not given")
    parser.add_argument("--count", type=int, default=60, help="how many held-out patients")
    parser.add_argument("--seed", type=int, default=7, help="which held-out patients")
    parser.add_argument("--reader", type=Path, default=None, help="a saved reader network; trained there if missing")
    parser.add_argument("--reader-minutes", type=float, default=3, help="how long to train a missing reader")
    parser.add_argument("--cache", type=Path, default=Path("var/corpus"), help="samples rendered ahead, for the reader")
    parser.add_argument("--sheets", type=Path, default=None, help="also draw contact sheets into this folder")
    parser.add_argument("--json", action="store_true", help="print JSON alone")


def run(options: Mapping[str, Any], stdout: TextIO = sys.stdout) -> dict[str, Any]:
    """Measure a model and print the figures. Raises ModelError when there is no model."""
    from generation.evaluation.evaluate import evaluate
    from generation.pipelines.models import default_model, describe

    def tell(line: str) -> None:
        if not options["json"]:
            stdout.write(line + "\n")
            stdout.flush()

    model = describe(options["model"]) if options["model"] else default_model()
    if options["reader"] is not None and not options["reader"].exists():
        tell(f"Training a reader for {options['reader_minutes']:g} minutes")
        _train_reader(options, model.size)
    result = evaluate(model.folder, options["count"], options["seed"], options["reader"], tell)
    if options["sheets"] is not None:
        from generation.evaluation.gallery import draw_gallery

        for path in draw_gallery(model.folder, options["sheets"]):
            tell(f"Drew {path}")
    if options["json"]:
        stdout.write(json.dumps(result, indent=1) + "\n")
    else:
        stdout.write(table(result) + "\n")
    return result


def table(result: Mapping[str, Any]) -> str:
    """The figures in words, a line each."""
    lines = [f"{result['model']} {result['version']}, {result['specs']} held-out patients"]
    for part, figures in result.items():
        if isinstance(figures, dict):
            lines.append(part.replace("_", " "))
            lines += [f"  {name.replace('_', ' '):28} {value:g}" for name, value in figures.items()]
    return "\n".join(lines)


def _train_reader(options: Mapping[str, Any], size: int) -> None:
    from generation.evaluation.reader import train_reader
    from generation.training.cache import CachedCorpus

    corpus = CachedCorpus(options["cache"] / str(size), size)
    options["reader"].parent.mkdir(parents=True, exist_ok=True)
    train_reader(corpus, options["reader"], options["reader_minutes"])


def main() -> None:
    """``python -m generation.evaluation.cli``"""
    parser = argparse.ArgumentParser(description="Measure a generator of chest radiographs.")
    add_arguments(parser)
    run(vars(parser.parse_args()))


if __name__ == "__main__":
    main()
