"""``generate_cases``: write DICOM files from the command line. Knows neither Django nor a database.

Written so that the same command writes the same bytes: identifiers follow from the spec and the model's weights, and
the times in the files are the invented time of the film, not the time of writing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO
from uuid import uuid5

from generation.dicom.identity import CASEFORGE, Identity, study_moment
from generation.orders import ANY, MAX_COUNT, Order
from generation.pipelines.case import CaseFiles, Film, Pipeline, case_files
from generation.pipelines.chest import ChestPipeline
from generation.pipelines.models import InstalledModel, ModelError, default_model, installed_models
from generation.spec import CaseSpec, SpecError
from generation.vocabulary import AGE_GROUPS, COMORBIDITIES, FINDINGS, LOBES, SIDES

MANIFEST = "cases.json"
OPTION_OF_FIELD = {
    "finding": "--finding",
    "stages": "--stage",
    "series": "--all-stages",
    "age_group": "--age-group",
    "comorbidities": "--comorbidity",
}

HELP = (
    "Write synthetic chest radiographs as DICOM files, with a cases.json that lists them. The same command writes "
    "the same bytes again: the dates in the files are invented from the spec, identifiers follow from the spec and "
    "the model's weights. What is left open (age, sex, side, lobe) is decided by the seed."
)


class CommandError(Exception):
    """Something the person at the keyboard can put right; the message says what."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of ``generate_cases``."""
    add = parser.add_argument
    add("--finding", required=True, help=f"one of: {', '.join(FINDINGS)}")
    add("--stage", action="append", default=[], help="a stage (2), several (1,3), a range (1-3) or all; all by default")
    add("--all-stages", action="store_true", help="a series: each patient healthy and then at every stage")
    add("--age", type=int, help="exact age in years")
    add("--age-group", default=ANY, help=f"one of: {', '.join(AGE_GROUPS)} (default: any)")
    add("--sex", default=ANY, help="F, M or any (default: any)")
    add("--comorbidity", action="append", default=[], help=f"may be repeated; of: {', '.join(COMORBIDITIES)}")
    add("--side", default=ANY, help=f"one of: {', '.join(SIDES)}; decided by the seed if not given")
    add("--lobe", default=ANY, help=f"one of: {', '.join(filter(None, LOBES))}; decided by the seed if not given")
    add("--count", type=int, default=1, help=f"cases, or patients with --all-stages; 1 to {MAX_COUNT} (default: 1)")
    add("--seed", type=int, default=0, help="the first patient; the next have seed + 1, seed + 2, … (default: 0)")
    add("--model", help="name of an installed model (default: the bundled one)")
    add("--out", required=True, help="folder to write to; made if it does not exist")
    add("--png", action="store_true", help="write each film's labelled preview and its lesion overlay as PNG too")
    add("--json", action="store_true", help="print a summary as JSON")


def run(
    options: Mapping[str, Any],
    stdout: TextIO,
    stderr: TextIO,
    load: Callable[[InstalledModel], Pipeline] | None = None,
) -> int:
    """Do what the options ask for: 0 when all is written, 2 for wrong options, 1 when it went wrong on the way.

    ``load`` turns an installed model into a pipeline. Everything is checked before the first file is written, and
    a file appears under its name only when it is complete.
    """
    try:
        order = read_order(options)
        model = find_model(options.get("model"))
        out = prepare_folder(Path(options["out"]), order, model)
    except (CommandError, ModelError) as error:
        stderr.write(f"generate_cases: error: {error}\n")
        return 2
    try:
        pipeline = (load or _load)(model)
        summary = write_cases(order, model, pipeline, out, stderr, png=bool(options.get("png")))
    except (ModelError, OSError) as error:
        stderr.write(f"generate_cases: stopped: {error}. Run the same command again.\n")
        return 1
    stdout.write(json.dumps(summary, indent=2) + "\n" if options.get("json") else _told(summary))
    return 0


def read_order(options: Mapping[str, Any]) -> Order:
    """The options as an Order. Raises CommandError, naming the option and what it allows."""
    try:
        order = Order(
            finding=options["finding"],
            stages=() if options.get("all_stages") else read_stages(options.get("stage") or []),
            series=bool(options.get("all_stages")),
            age_group=options.get("age_group") or ANY,
            age=options.get("age"),
            sex=options.get("sex") or ANY,
            comorbidities=tuple(options.get("comorbidity") or ()),
            side=options.get("side") or ANY,
            lobe=options.get("lobe") or ANY,
            count=options.get("count", 1),
            seed=options.get("seed", 0),
        )
    except SpecError as error:
        option = OPTION_OF_FIELD.get(error.field, f"--{error.field}")
        raise CommandError(f"{option}: {error.message}") from error
    if order.series and options.get("stage"):
        raise CommandError("--all-stages shows every stage; leave out --stage.")
    return order


def read_stages(words: Sequence[str]) -> tuple[int, ...]:
    """ "2", "1,3", "1-3" or "all" as stages; empty for all. Raises CommandError for other words."""
    stages: list[int] = []
    for word in filter(None, ",".join(map(str, words)).replace(" ", "").split(",")):
        match = re.fullmatch(r"(\d)(?:-(\d))?", word)
        if word == "all":
            return ()
        if not match:
            raise CommandError(f"--stage: “{word}” is not a stage. Write 2, 1,3 or 1-3, or all.")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise CommandError(f"--stage: the range “{word}” runs backwards. Write {last}-{first}.")
        stages += range(first, last + 1)
    return tuple(stages)


def find_model(name: str | None) -> InstalledModel:
    """The installed model of that name, or the bundled one. Raises CommandError or ModelError."""
    if not name:
        return default_model()
    models = {model.name: model for model in installed_models()}
    if name not in models:
        raise CommandError(f"--model: no model “{name}” is installed. Choose one of: {', '.join(models)}.")
    return models[name]


def prepare_folder(out: Path, order: Order, model: InstalledModel) -> Path:
    """Make the folder. Raises CommandError when it cannot be used, or holds cases that would be lost."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        manifest = out / MANIFEST
        if manifest.exists():
            _check_same(json.loads(manifest.read_text()), order, model)
    except (OSError, ValueError, AttributeError, CommandError) as error:
        reason = str(error) if isinstance(error, CommandError) else f"{out} cannot be used: {error}"
        raise CommandError(f"--out: {reason.rstrip('.')}. Choose another folder.") from error
    return out


def _check_same(manifest: dict[str, Any], order: Order, model: InstalledModel) -> None:
    if manifest.get("order") != order.to_dict():
        raise CommandError("The folder already holds the cases of another order, which would be mixed up")
    if manifest.get("model", {}).get("weights_sha256") != model.weights_sha256:
        raise CommandError("The folder already holds these cases made by another model, which would be lost")


def _load(model: InstalledModel) -> Pipeline:
    return ChestPipeline.from_pretrained(model.folder)


def write_cases(
    order: Order, model: InstalledModel, pipeline: Pipeline, out: Path, stderr: TextIO, *, png: bool = False
) -> dict[str, Any]:
    """Make and write every case of the order, then the manifest; gives the manifest with the time taken."""
    specs = order.specs()
    progress = Progress(len(specs), stderr)
    rows = []
    for number, spec in enumerate(specs, start=1):
        film = pipeline([spec])[0]
        rows.append(write_case(film, out, f"{number:03d}_{file_stem(spec)}", png=png))
        progress.show(number, spec.sentence())
    about = {"name": model.name, "version": model.version, "weights_sha256": model.weights_sha256}
    manifest = {"order": order.to_dict(), "model": about, "cases": rows}
    write_whole(out / MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
    return {"out": str(out), "seconds": round(progress.elapsed, 2), **manifest}


def write_case(film: Film, out: Path, stem: str, *, png: bool = False) -> dict[str, Any]:
    """Write one film's files; gives its row of the manifest."""
    words = json.dumps(film.spec.to_dict(), sort_keys=True)
    case_id = uuid5(CASEFORGE, f"{words} {film.model_name} {film.model_version} {film.weights_sha256}")
    files = case_files(film, case_id, study_moment(film.spec))
    write_whole(out / f"{stem}.dcm", files.dicom)
    if png:
        write_whole(out / f"{stem}.png", files.preview)
        write_whole(out / f"{stem}_overlay.png", files.overlay)
    return _row(film.spec, files, Identity.of(film.spec, case_id), f"{stem}.dcm")


def _row(spec: CaseSpec, files: CaseFiles, identity: Identity, name: str) -> dict[str, Any]:
    return {
        "file": name,
        "sentence": spec.sentence(),
        "spec": spec.to_dict(),
        "case_id": str(identity.case_id),
        "patient_id": identity.patient_id,
        "study_instance_uid": identity.study_uid,
        "sop_instance_uid": identity.instance_uid,
        "referral": files.vignette.referral,
        "lesion_area_mm2": round(files.lesion_area_mm2, 1),
        "lesion_centroid": files.lesion_centroid,
        "pixels_sha256": files.provenance["pixels_sha256"],
        "file_sha256": hashlib.sha256(files.dicom).hexdigest(),
    }


def file_stem(spec: CaseSpec) -> str:
    """A name that tells what is in the file: "pneumonia_stage2_right_lower_F71_seed1"."""
    place = [word for word in (spec.side, spec.lobe) if word not in ("none", "")]
    stage = [] if spec.finding == "normal" else [f"stage{spec.stage:g}"]
    return "_".join([spec.finding, *stage, *place, f"{spec.sex}{spec.age}", f"seed{spec.seed}"])


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there completely or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(data)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@dataclass
class Progress:
    """Tells on ``stream`` how far it is and how long it will take; on one line where that is a terminal."""

    total: int
    stream: TextIO

    def __post_init__(self) -> None:
        self._start = perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return perf_counter() - self._start

    def show(self, done: int, what: str) -> None:
        """``done`` of ``total`` are finished; ``what`` was the last."""
        left = self.elapsed / done * (self.total - done)
        told = (
            f"{done} of {self.total}, {left:.0f} s left: {what}"
            if done < self.total
            else f"{done} of {self.total}: {what}"
        )
        terminal = self.stream.isatty()
        end = "\r" if terminal and done < self.total else "\n"
        self.stream.write(f"{told:<119.119}{end}" if terminal else f"{told}{end}")
        self.stream.flush()


def _told(summary: dict[str, Any]) -> str:
    count = len(summary["cases"])
    noun = "film" if count == 1 else "films"
    return f"Wrote {count} {noun} and {MANIFEST} to {summary['out']} in {summary['seconds']} s.\n"
