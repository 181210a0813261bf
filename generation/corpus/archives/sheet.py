"""A contact sheet of an archive's films with their masks: to see whether the door turns them the right way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from generation.corpus.archives.record import ArchiveRecord, ArchiveSample

COLUMNS = 6
CAPTION = 26
EDGE = (255, 170, 0)


def draw_sheet(samples: Sequence[ArchiveSample], path: Path) -> None:
    """Write the films as a PNG, six in a row, the lesion's edge in colour, with what the archive says beneath."""
    size = samples[0].image.shape[-1]
    rows = -(-len(samples) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * size, rows * (size + CAPTION)))
    draw = ImageDraw.Draw(sheet)
    for number, sample in enumerate(samples):
        left, top = number % COLUMNS * size, number // COLUMNS * (size + CAPTION)
        sheet.paste(Image.fromarray(_coloured(sample)), (left, top))
        draw.multiline_text((left + 3, top + size), caption(sample.record), fill="white", font_size=10, spacing=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def caption(record: ArchiveRecord) -> str:
    """Two short lines: what is said to be present, and of whom."""
    said = [*(["normal"] if record.findings.get("normal") else []), *record.present]
    said += [key for key, there in record.comorbidities.items() if there]
    if record.grade is not None:
        said.append(f"grade {record.grade}")
    place = " ".join(filter(None, (record.side, record.lobe)))
    person = f"{record.age if record.age is not None else '?'} {record.sex or '?'} {record.view or '?'}"
    return f"{', '.join(said) or 'labels unknown'} {place}\n{person}"


def _coloured(sample: ArchiveSample) -> np.ndarray:
    grey = (sample.image[0] * 255).round().astype(np.uint8)
    picture = np.stack([grey] * 3, axis=-1)
    if sample.mask is not None:
        inside = sample.mask[0] > 0
        core = inside.copy()
        core[1:] &= inside[:-1]
        core[:-1] &= inside[1:]
        core[:, 1:] &= inside[:, :-1]
        core[:, :-1] &= inside[:, 1:]
        picture[inside & ~core] = EDGE
    return picture
