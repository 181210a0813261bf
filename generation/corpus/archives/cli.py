"""The command that reads an archive and gives an account of it: ``add_arguments`` and ``run``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from generation.corpus.archives import ARCHIVES, Archive, ArchiveError, open_archive
from generation.corpus.archives.chexpert import UNCERTAIN
from generation.corpus.archives.record import ArchiveSample

HELP = (
    "Read an archive of radiographs and print what was found, mended and skipped, and why. Nothing is copied or "
    "changed. A DICOM file that still names its patient stops the reading."
)
ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add = parser.add_argument
    add("path", type=Path, help="the archive's top folder")
    kinds = "; ".join(f"{kind}: {archive.title}" for kind, archive in ARCHIVES.items())
    add("--kind", required=True, choices=list(ARCHIVES), help=kinds)
    add("--mapping", type=Path, help="for csv: the YAML that names the columns (default: archive.yaml in the folder)")
    add("--uncertain", default="unknown", choices=list(UNCERTAIN), help="for chexpert: what a label of -1 means")
    add("--views", default="PA,AP", help="views to keep, of PA, AP, L (default: PA,AP)")
    add("--decode", default="20", help="films whose pixels are read as well: a number or all (default: 20)")
    add("--size", type=int, default=256, help="pixels along a side of decoded films (default: 256)")
    add("--split", default="80,10,10", help="shares of train, validation and test patients, in per cent")
    add("--seed", type=int, default=0, help="decides which patient goes to which part (default: 0)")
    add("--sheet", type=Path, help="write the decoded films as a contact sheet (PNG), at most 60")
    add("--json", action="store_true", help="print JSON alone")


def run(options: Mapping[str, Any], stdout: TextIO = sys.stdout, stderr: TextIO = sys.stderr) -> int:
    """Read and print: 0 when there are films to learn from, 1 when there are none, 2 when reading had to stop."""
    try:
        archive = _open(options)
        parts = archive.split(_shares(options["split"]), options["seed"])
        _decode(archive, options)
    except (ArchiveError, ValueError) as error:
        stderr.write(f"check_archive: {error}\n")
        return 2
    patients = {name: len({record.patient_id for record in records}) for name, records in parts.items()}
    split = {name: {"films": len(records), "patients": patients[name]} for name, records in parts.items()}
    if options["json"]:
        result = {"title": archive.title, "terms": archive.terms, **archive.report.to_dict(), "split": split}
        stdout.write(json.dumps(result, indent=1) + "\n")
    else:
        shares = ", ".join(f"{name} {part['films']} of {part['patients']} patients" for name, part in split.items())
        stdout.write(f"{archive.title}. {archive.terms}\n{archive.report.table()}\n         split: {shares}\n")
    return 0 if archive.report.kept else 1


def _open(options: Mapping[str, Any]) -> Archive:
    special: dict[str, Any] = {"csv": {"mapping": options["mapping"]}, "chexpert": {"uncertain": options["uncertain"]}}
    kind = options["kind"]
    views = tuple(view.strip().upper() for view in options["views"].split(",") if view.strip())
    return open_archive(kind, options["path"], views=views, **special.get(kind, {}))


def _shares(text: str) -> dict[str, float]:
    names = ("train", "validation", "test")
    try:
        shares = [float(part) / 100 for part in text.split(",")]
        return dict(zip(names, shares, strict=True))
    except ValueError:
        raise ValueError(f"--split needs three numbers that add up to 100, such as 80,10,10, not {text}.") from None


def _decode(archive: Archive, options: Mapping[str, Any]) -> None:
    """Read the pixels of evenly spaced films, and draw the sheet."""
    records = archive.records()
    word = options["decode"]
    if word != ALL and not word.isdecimal():
        raise ValueError(f"--decode needs a number or all, not {word}.")
    count = len(records) if word == ALL else min(int(word), len(records))
    chosen = [records[position * len(records) // count] for position in range(count)]
    shown: list[ArchiveSample] = []
    for record in chosen:
        sample = archive.try_load(record, options["size"])
        if sample is not None and len(shown) < 60:
            shown.append(sample)
    if options["sheet"] is not None and shown:
        from generation.corpus.archives.sheet import draw_sheet

        draw_sheet(shown, options["sheet"])


def main() -> int:
    """``python -m generation.corpus.archives.cli``"""
    parser = argparse.ArgumentParser(description=HELP)
    add_arguments(parser)
    return run(vars(parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())
