"""The truth in words, and why: what a trainee reads once the key may be shown. Pure: knows no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.quizzes.asking import CHOICE, LOCATE, STAGE
from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS, distinction, place_name


@dataclass(frozen=True)
class Explanation:
    """``truth`` is the answer in one line; ``points`` are (heading, text) to learn from it."""

    truth: str
    points: tuple[tuple[str, str], ...]


def explain(kind: str, spec: CaseSpec, answer: Mapping[str, Any] | None, teaching_point: str = "") -> Explanation:
    """The explanation of a question of ``kind`` on ``spec``, fitted to ``answer`` (None: not answered)."""
    points = [("Teaching point", teaching_point)]
    points += _about_the_answer(kind, spec, answer)
    if spec.finding != "normal":
        stage = spec.definition.stage(spec.stage)
        points.append((f"Stage {stage.level}: {stage.name}", stage.rule))
    points.append((spec.definition.name, spec.definition.teaching))
    return Explanation(truth_in_words(spec), tuple(point for point in points if point[1]))


def truth_in_words(spec: CaseSpec) -> str:
    """ "Pneumonia, stage 2 of 3 (moderate), right lower lobe", or "Normal"."""
    if spec.finding == "normal":
        return spec.definition.name
    stage = spec.definition.stage(spec.stage)
    where = place_name(spec.side, spec.lobe)
    grade = f"stage {stage.level} of {spec.definition.max_stage} ({stage.name.lower()})"
    return ", ".join(filter(None, (spec.definition.name, grade, where)))


def answer_in_words(kind: str, finding: str, answer: Mapping[str, Any] | None) -> str:
    """A stored answer as a reader would say it. ``finding`` names the scale of a stage question."""
    if not answer:
        return "No answer"
    if kind == CHOICE:
        return FINDINGS[answer["finding"]].name
    if kind == STAGE:
        stage = FINDINGS[finding].stage(answer["stage"])
        return f"Stage {stage.level}: {stage.name}"
    return "No lesion" if answer.get("absent") else "A mark on the film"


def _about_the_answer(kind: str, spec: CaseSpec, answer: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if not answer:
        return []
    name = spec.definition.name
    if kind == CHOICE and answer["finding"] != spec.finding:
        chosen = FINDINGS[answer["finding"]]
        return [(f"{name} or {chosen.name.lower()}?", distinction(spec.finding, chosen.key) or chosen.teaching)]
    if kind == STAGE and answer["stage"] != spec.definition.stage(spec.stage).level:
        chosen_stage = spec.definition.stage(answer["stage"])
        return [(f"Stage {chosen_stage.level} would be", chosen_stage.rule)]
    if kind == LOCATE and answer.get("absent") and spec.finding != "normal":
        return [(f"{name} or normal?", distinction(spec.finding, "normal"))]
    return []
