"""The command that trains a generator, without a framework around it: ``add_arguments`` and ``run``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from generation.training.config import TrainingConfig

if TYPE_CHECKING:
    from generation.training.run import Run

CACHE = Path("var/corpus")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--corpus", default="simulated", choices=["simulated"], help="what to learn from")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of samples rendered ahead")
    parser.add_argument("--samples", type=int, default=2000, help="render ahead until there are so many")
    parser.add_argument("--size", type=int, default=256, help="pixels along a side, a multiple of 16")
    parser.add_argument("--minutes", type=float, default=30, help="how long to train")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--threads", type=int, default=0, help="processor threads to use; 0 leaves it to torch")
    parser.add_argument("--seed", type=int, default=0, help="seed of weights and of what is drawn")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--render-only", action="store_true", help="only render samples into --cache")
    parser.add_argument("--name", default="", help="also pack the model as a folder of this name under --out")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")


def run(options: Mapping[str, Any], stdout: TextIO = sys.stdout) -> None:
    """Render samples where they are missing, train, and pack the model when it is given a name."""
    import torch

    from generation.training.cache import CachedCorpus, grow_cache
    from generation.training.loop import Progress, train
    from generation.training.package import package
    from generation.training.sheets import simulator_sheets
    from generation.training.start import start_from_simulator

    if options["threads"]:
        torch.set_num_threads(options["threads"])
    size = options["size"]
    if size % 16 or size < 32:
        raise ValueError(f"--size {size} is not a multiple of 16 from 32 upwards.")
    cache = options["cache"] / str(size)
    for held in grow_cache(cache, size, options["samples"], options["seed"]):
        if held % 200 < 8:
            stdout.write(f"rendered {held} of {options['samples']} samples\n")
            stdout.flush()
    if options["render_only"]:
        return

    def show(progress: Progress) -> None:
        losses = "  ".join(f"{name} {value:.4f}" for name, value in progress.losses.items())
        left = max(0.0, 60 * options["minutes"] - progress.seconds) / 60
        stdout.write(f"step {progress.step}  {progress.share:.0%}  {left:.0f} min left  {losses}\n")
        stdout.flush()

    saved = options["out"] / "config.json"
    config = (
        TrainingConfig.load(saved)
        if options["resume"] and saved.exists()
        else TrainingConfig(size=size, seed=options["seed"])
    )
    finished = train(
        config,
        CachedCorpus(cache, size),
        options["out"],
        options["minutes"],
        device=_device(options["device"]),
        resume=options["resume"],
        on_progress=show,
        on_sheet=simulator_sheets(size),
        on_start=start_from_simulator,
    )
    if options["name"]:
        folder = package(finished.average, options["out"] / options["name"], version="0.1.0", card=card(finished))
        stdout.write(f"Packed the model in {folder}\n")


def card(run: Run) -> str:
    """The text that goes with a model fresh from training: what is known of it, and what is not."""
    from generation.training.run import git_revision

    return (
        f"# A generator of chest radiographs, {run.config.size} pixels a side\n\n"
        "**Not measured yet; not for diagnosis; not for training clinical software.**\n\n"
        f"Learned simulated radiographs derived from one real CT (LIDC-IDRI-0001, CC BY 3.0): {run.step} steps of "
        f"{run.config.patients + run.config.twins} films in {run.seconds / 60:.0f} minutes on {run.device.type}, "
        f"seed {run.config.seed}, code {git_revision()}.\n"
    )


def _device(name: str) -> str:
    import torch

    if name != "auto":
        return name
    return "cuda" if torch.cuda.is_available() else "cpu"


def main() -> None:
    """``python -m generation.training.cli``"""
    parser = argparse.ArgumentParser(description="Train a conditional generator of chest radiographs.")
    add_arguments(parser)
    run(vars(parser.parse_args()))


if __name__ == "__main__":
    main()
