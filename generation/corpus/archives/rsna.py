"""RSNA Pneumonia Detection Challenge: 26,684 films of ChestX-ray14, read again by radiologists, with boxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.record import ArchiveRecord, Box, side_of, sound_boxes
from generation.corpus.archives.tables import Row, Table, find_file, need_file
from generation.vocabulary import FINDINGS

TABLE = "stage_2_train_labels.csv"
CLASSES = "stage_2_detailed_class_info.csv"
FOLDER = "stage_2_train_images"
COLUMNS = ("patientId", "x", "y", "width", "height", "Target")
OPACITY, OTHER, NORMAL = "Lung Opacity", "No Lung Opacity / Not Normal", "Normal"
TARGETS = {"1": True, "1.0": True, "0": False, "0.0": False}


@dataclass
class _Film:
    source: str
    targets: set[bool] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)


class RsnaPneumonia(Archive):
    """``stage_2_train_images/<patientId>.dcm`` with ``stage_2_train_labels.csv``, a row for each box, and (optional)
    ``stage_2_detailed_class_info.csv``, which tells normal films from otherwise abnormal ones.

    The films are a part of ChestX-ray14 under new names; the link between the two is not in the archive, so never train
    on one and test on the other. "patientId" names a film, hence every film counts as a patient of its own.
    """

    kind = "rsna"
    title = "RSNA Pneumonia Detection Challenge (2018)"
    terms = "RSNA, films from the NIH; the challenge's rules: non-commercial and academic use, credit to both"

    def _read(self) -> Iterator[ArchiveRecord]:
        classes = self._classes()
        for name, film in self._films().items():
            path = self.root / FOLDER / f"{name}.dcm"
            header = self._header(path, film.source)
            if header is None:
                continue
            if len(film.targets) != 1:
                self._skip("film whose rows contradict each other or hold no target", film.source)
                continue
            pneumonia = film.targets.pop()
            boxes, mended = sound_boxes(self._boxes(film, int(header.Columns), int(header.Rows)) if pneumonia else ())
            record = ArchiveRecord(
                path=path,
                patient_id=name,
                source=film.source,
                findings=_findings(pneumonia, classes.get(name, "")),
                others=(OTHER,) if classes.get(name) == OTHER else (),
                side=side_of(boxes, "pneumonia"),
                boxes=boxes,
                mended=mended,
            )
            yield self._person_of(record, header)

    def _films(self) -> dict[str, _Film]:
        films: dict[str, _Film] = {}
        for row in self._rows(Table(need_file(self.root, TABLE), COLUMNS)):
            film = films.setdefault(row["patientId"], _Film(row.source))
            if row["Target"] in TARGETS:
                film.targets.add(TARGETS[row["Target"]])
            else:
                self._note("target that is not 0 or 1", row.source)
            film.rows.append(row)
        return films

    def _boxes(self, film: _Film, width: int, height: int) -> Iterator[Box]:
        for row in film.rows:
            try:
                x, y, across, down = (row.number(column) for column in COLUMNS[1:5])
            except ValueError:
                self._note("box whose numbers cannot be read", row.source)
                continue
            yield Box(OPACITY, "pneumonia", x / width, y / height, (x + across) / width, (y + down) / height)

    def _classes(self) -> dict[str, str]:
        path = find_file(self.root, CLASSES)
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._rows(Table(path, ("patientId", "class"))) if path else ():
            found[row["patientId"]].add(row["class"])
        return {name: words.pop() for name, words in found.items() if len(words) == 1}


def _findings(pneumonia: bool, word: str) -> dict[str, bool]:
    """Findings from target and class; what a class does not settle stays unknown."""
    if pneumonia:
        return {"pneumonia": True, "normal": False}
    if word == NORMAL:
        return {**dict.fromkeys(FINDINGS, False), "normal": True}
    return {"pneumonia": False, **({"normal": False} if word == OTHER else {})}
