"""Set phrases of referral cards, and small helpers that join them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

CLEAR = (
    "Chest clear on auscultation.",
    "Examination unremarkable.",
    "Chest sounds clear.",
    "Nothing to find on examination.",
    "Good air entry on both sides.",
    "",
)


@dataclass(frozen=True)
class Reason:
    """A reason for a film in somebody without a chest complaint, and whom it fits."""

    words: str
    ages: tuple[int, int] = (18, 200)
    sex: str = ""
    comorbidity: str = ""

    def fits(self, age: int, sex: str, comorbidities: Collection[str]) -> bool:
        """Whether the reason suits a patient of this age (years), sex and comorbidities."""
        return (
            self.ages[0] <= age <= self.ages[1]
            and self.sex in ("", sex)
            and (not self.comorbidity or self.comorbidity in comorbidities)
        )


ROUTINE = (
    Reason("Listed for a knee replacement; film for the anaesthetist.", (50, 90)),
    Reason("Listed for a hip replacement, pre-operative film.", (55, 95)),
    Reason("Before removal of the gallbladder next week.", (25, 85)),
    Reason("Before a hernia repair; pre-operative check.", (30, 90)),
    Reason("Before a bowel resection; staging is otherwise complete.", (45, 90)),
    Reason("Before a hysterectomy, asked for by the anaesthetist.", (38, 75), "F"),
    Reason("Before resection of the prostate, pre-operative check.", (58, 90), "M"),
    Reason("Before a cataract operation; the clinic asks for a recent film.", (60, 95)),
    Reason("Medical for a work visa; no complaints.", (18, 60)),
    Reason("Health check before starting work in a hospital.", (18, 60)),
    Reason("Diving medical.", (18, 55)),
    Reason("Insurance medical, no complaints.", (25, 65)),
    Reason("Baseline before starting methotrexate for psoriasis."),
    Reason("Screening before a biological drug for rheumatoid arthritis."),
    Reason("Yearly occupational screening; works with dust.", (20, 66)),
    Reason("Asked to come by the public health service as a household contact; no complaints."),
    Reason("Moving into a nursing home, which asks for a film.", (74, 200)),
    Reason("Entry examination for a rehabilitation clinic.", (40, 200)),
    Reason("Check of the pacing leads' position.", comorbidity="pacemaker"),
    Reason("Follow-up of the spinal curve; chest included.", comorbidity="scoliosis"),
    Reason("Assessment for surgery to lose weight.", (20, 65), comorbidity="obesity"),
    Reason("Yearly visit to the chest clinic, no change noticed.", comorbidity="emphysema"),
    Reason("Yearly visit to the heart clinic, no change noticed.", comorbidity="cardiomegaly"),
)

ROUTINE_QUESTIONS = (
    "Any active disease?",
    "Please report.",
    "Baseline film, please.",
    "Anything that stands in the way?",
    "Please report for our records.",
)

QUESTIONS = {
    "breath": (
        "Cause of the breathlessness?",
        "Please look for a cause of the breathlessness.",
        "Heart or lungs?",
        "What explains the breathlessness?",
    ),
    "cough": ("Cause of the cough?", "Anything to explain the cough?", "Please report: cough, cause unclear."),
    "pain": ("Cause of the pain?", "Anything in the chest to explain the pain?", "Ribs or lung?"),
    "fever": ("Source of the fever?", "Is the chest the source?", "Focus in the chest?"),
    "general": ("Any cause in the chest?", "Please report.", "Please help with the cause."),
}

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capitalised(words: str) -> str:
    """With a capital first letter; the rest stays."""
    return words[:1].upper() + words[1:]


def duration_words(days: float) -> str:
    """A time in days as people say it: "six hours", "three days", "two weeks", "two months"."""
    if days < 0.5:
        return _counted(days * 24, "hour")
    if days < 13:
        return _counted(days, "day")
    if days < 60:
        return _counted(days / 7, "week")
    return _counted(days / 30.4, "month")


def _counted(number: float, unit: str) -> str:
    whole = max(1, round(number))
    word = NUMBERS[whole] if whole < len(NUMBERS) else str(whole)
    return f"{word} {unit}{'' if whole == 1 else 's'}"
