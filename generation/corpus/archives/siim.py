"""SIIM-ACR Pneumothorax Segmentation: 12,047 films of ChestX-ray14 with outlines drawn by radiologists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.errors import FilmError
from generation.corpus.archives.masks import read_runs, runs_centre
from generation.corpus.archives.record import ArchiveRecord, Outline, side_at
from generation.corpus.archives.tables import Table, need_file

TABLES = ("train-rle.csv", "stage_2_train.csv")
COLUMNS = ("ImageId", "EncodedPixels")
FOLDERS = ("dicom-images-train", "dicom-images-test", "stage_2_images", "dicom-images-stage2")
FINDING = "pneumothorax"
NOTHING = "-1"


@dataclass
class _Film:
    source: str
    codes: list[str] = field(default_factory=list)


class SiimPneumothorax(Archive):
    """``dicom-images-train/<study>/<series>/<ImageId>.dcm`` with ``train-rle.csv`` (or the second stage's names).

    A film may have several outlines (one row each), which are joined; "-1" means no pneumothorax. The films are a part
    of ChestX-ray14 under new names: never train on one and test on the other. The archive numbers films, not patients.
    """

    kind = "siim"
    title = "SIIM-ACR Pneumothorax Segmentation (2019)"
    terms = "SIIM and ACR, films from the NIH; the challenge's rules: non-commercial and academic use, credit to both"

    def _read(self) -> Iterator[ArchiveRecord]:
        files = {path.stem: path for folder in FOLDERS for path in (self.root / folder).rglob("*.dcm")}
        listed = self._films()
        for name, film in listed.items():
            path = files.get(name, self.root / f"{name}.dcm")
            header = self._header(path, film.source)
            record = self._record(name, film, path, header) if header is not None else None
            if record is not None and header is not None:
                yield self._person_of(record, header)
        for name in sorted(files.keys() - listed.keys()):
            self._skip("film without a row in the table", files[name].name)

    def _films(self) -> dict[str, _Film]:
        films: dict[str, _Film] = {}
        for row in self._rows(Table(need_file(self.root, *TABLES), COLUMNS)):
            films.setdefault(row["ImageId"], _Film(row.source)).codes.append(row["EncodedPixels"])
        return films

    def _record(self, name: str, film: _Film, path: Path, header: Dataset) -> ArchiveRecord | None:
        codes = set(film.codes)
        mended = ("outline listed twice",) if len(codes) < len(film.codes) else ()
        if NOTHING in codes and len(codes) > 1:
            self._skip("film both with and without an outline", film.source)
            return None
        height, width = int(header.Rows), int(header.Columns)
        try:
            runs = None if codes == {NOTHING} else _joined(sorted(codes), height, width)
        except FilmError as error:
            self._skip(str(error), film.source)
            return None
        ill = runs is not None
        return ArchiveRecord(
            path=path,
            patient_id=str(header.get("PatientID", "") or name),
            source=film.source,
            findings={FINDING: ill, **({"normal": False} if ill else {})},
            side=None if runs is None else side_at([runs_centre(runs, height, width)], FINDING),
            outline=Outline(FINDING, runs=runs, height=height, width=width),
            mended=mended,
        )


def _joined(codes: list[str], height: int, width: int) -> np.ndarray:
    runs = [read_runs(code, height, width) for code in codes]
    if not all(part.size for part in runs):
        raise FilmError("outline that is empty")
    return np.concatenate(runs)
