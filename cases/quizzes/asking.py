"""What can be asked about a case, in which words and with which options. Pure: knows no database.

The options must not tell the answer by themselves. So their number is the same for every case, "Normal" is
always among them, they are shuffled by the question's id alone, and as long as the vocabulary holds no more
than ``CHOICE_OPTIONS`` findings every question offers the same ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.chance import chance
from generation.vocabulary import FINDINGS

CHOICE, STAGE, LOCATE = "choice", "stage", "locate"
KINDS = {CHOICE: "Single best diagnosis", STAGE: "Stage", LOCATE: "Locate"}
CHOICE_OPTIONS = 5
MIN_CHOICE_OPTIONS = 2

CONFIDENCES = {1: "Guess", 2: "Unsure", 3: "Fairly sure", 4: "Sure", 5: "Certain"}


@dataclass(frozen=True)
class Option:
    """One answer to choose from. ``key`` is what is stored: a finding, or a stage's level."""

    key: str | int
    name: str


def refusal(kind: str, finding: str, lesion_area_mm2: float) -> str:
    """Why a question of ``kind`` cannot be asked about such a case, for the instructor; empty when it can."""
    definition = FINDINGS[finding]
    if kind == STAGE and len(definition.stages) < 2:
        return f"{definition.name} has no stages to tell apart."
    if kind == LOCATE and finding != "normal" and not definition.locatable:
        return f"{definition.name} is not in one place, so there is no lesion to mark."
    if kind == LOCATE and finding != "normal" and lesion_area_mm2 <= 0:
        return f"This film of {definition.name.lower()} has no outlined lesion to mark."
    return ""


def default_prompt(kind: str, finding: str) -> str:
    """The words of a new question. Only a stage question names the finding."""
    return {
        CHOICE: "What is the single best diagnosis?",
        STAGE: f"This patient has {FINDINGS[finding].name.lower()}. Which stage?",
        LOCATE: "Mark the lesion, or say that there is none.",
    }[kind]


def default_options(kind: str, finding: str, question_id: object) -> list[str] | list[int]:
    """Keys of the options in the order in which they are shown; empty for locate."""
    if kind == CHOICE:
        return choice_options(finding, question_id)
    if kind == STAGE:
        return [stage.level for stage in FINDINGS[finding].stages]
    return []


def choice_options(finding: str, question_id: object) -> list[str]:
    """The finding, normal, the look-alikes and then others, ``CHOICE_OPTIONS`` in all, shuffled."""
    order = chance("options", question_id)
    others = [key for key in FINDINGS if key != finding]
    order.shuffle(others)
    preferred = dict.fromkeys([finding, "normal", *FINDINGS[finding].look_alikes, *others])
    return shuffled_options(list(preferred)[:CHOICE_OPTIONS], question_id)


def shuffled_options(keys: Sequence[str], question_id: object) -> list[str]:
    """The findings in an order that depends on which they are and on the question's id, and on nothing else."""
    mixed = sorted(keys)
    chance("order", question_id).shuffle(mixed)
    return mixed


def options_in_words(kind: str, finding: str, keys: Sequence[str] | Sequence[int]) -> list[Option]:
    """The options as they are shown. ``finding`` names the scale of a stage question."""
    if kind == STAGE:
        return [Option(int(key), f"Stage {key}: {FINDINGS[finding].stage(int(key)).name}") for key in keys]
    return [Option(str(key), FINDINGS[str(key)].name) for key in keys]
