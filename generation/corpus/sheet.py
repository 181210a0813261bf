"""One picture of what the simulator can draw: findings by stage, comorbidities, normal patients, progressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from generation.corpus.simulator import Simulator
from generation.spec import CaseSpec
from generation.vocabulary import COMORBIDITIES, FINDINGS, place_name

Row = tuple[str, list[CaseSpec]]
GAP = 4


def finding_rows(seed: int = 100) -> list[Row]:
    """A row per finding and place: the healthy twin, then every stage."""
    rows = []
    for finding in FINDINGS.values():
        for place in finding.places if finding.max_stage else ():
            seed += 1
            stages = [stage.level for stage in finding.stages]
            side, lobe = place
            ill = [
                CaseSpec(finding.key, s, side, lobe, age=25 + seed * 7 % 60, sex="FM"[seed % 2], seed=seed)
                for s in stages
            ]
            rows.append((f"{finding.name} {place_name(side, lobe)}", [ill[0].healthy_twin(), *ill]))
    return rows


def comorbidity_rows(seed: int = 21) -> list[Row]:
    """The same patient without and with each comorbidity, for a man and a woman."""
    choices: list[tuple[str, ...]] = [(), *((key,) for key in COMORBIDITIES), ("cardiomegaly", "pacemaker")]
    rows = []
    for n, sex in enumerate("FM"):
        specs = [CaseSpec(age=68, sex=sex, comorbidities=keys, seed=seed + n) for keys in choices]
        rows.append((f"Comorbidities {sex}", specs))
    return rows


def normal_rows(seed: int = 1000, count: int = 32, per_row: int = 8) -> list[Row]:
    """Healthy patients of all ages."""
    specs = [CaseSpec(age=18 + k * 77 // max(1, count - 1), sex="FM"[k % 2], seed=seed + k) for k in range(count)]
    return [("Normal", specs[k : k + per_row]) for k in range(0, count, per_row)]


def progression_rows(seed: int = 11) -> list[Row]:
    """One patient per finding in half steps from healthy to the last stage."""
    rows = []
    for n, finding in enumerate(f for f in FINDINGS.values() if f.max_stage):
        side, lobe = finding.places[0]
        last = CaseSpec(finding.key, finding.max_stage, side, lobe, age=67, sex="FM"[n % 2], seed=seed + n)
        rows.append((f"Progression, {finding.name}", [last.at_stage(s / 2) for s in range(2 * finding.max_stage + 1)]))
    return rows


SECTIONS: dict[str, Callable[[], list[Row]]] = {
    "findings": finding_rows,
    "comorbidities": comorbidity_rows,
    "normals": normal_rows,
    "progressions": progression_rows,
}


def draw_sheet(simulator: Simulator, rows: Sequence[Row], size: int = 256, masks: bool = False) -> Image.Image:
    """All ``rows`` on one 8-bit sheet, with their names; ``masks`` outlines the lesions in red."""
    width = max(len(specs) for _, specs in rows)
    sheet = Image.new("RGB", (width * (size + GAP), len(rows) * (size + GAP)), (40, 40, 40))
    pen = ImageDraw.Draw(sheet)
    for r, (name, specs) in enumerate(rows):
        samples = simulator.render(specs, size=size)
        for c, spec in enumerate(specs):
            grey = (samples.image[c, 0].numpy() * 255).round().astype(np.uint8)
            tile = np.repeat(grey[:, :, None], 3, axis=2)
            if masks:
                tile[_edge(samples.mask[c, 0].numpy() > 0.5)] = (255, 40, 40)
            corner = (c * (size + GAP), r * (size + GAP))
            sheet.paste(Image.fromarray(tile), corner)
            label = f"{name if c == 0 else ''} {spec.stage:g} {spec.sex}{spec.age} {' '.join(spec.comorbidities)}"
            pen.text((corner[0] + 3, corner[1] + size - 13), label.strip(), fill=(255, 220, 60))
    return sheet


def _edge(mask: np.ndarray) -> np.ndarray:
    inner = mask.copy()
    inner[1:-1, 1:-1] &= mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    return mask & ~inner
