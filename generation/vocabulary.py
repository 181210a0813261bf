"""The one vocabulary of Caseforge: findings, stage scales, places, comorbidities, age groups.

Forms, the API's schema, the generator's condition vector, DICOM codes, distractors and charts all
read this module. A new finding is one entry here and one recipe in ``generation.corpus``.

Codes are SNOMED CT concept ids as published in DICOM PS3.16 and the SNOMED CT browser.
"""

from dataclasses import dataclass

SEXES = {"F": "Female", "M": "Male"}
VIEWS = {"PA": "Posteroanterior"}
SIDES = {"none": "No side", "right": "Right", "left": "Left", "both": "Both sides"}
LOBES = {"": "No lobe", "upper": "Upper lobe", "middle": "Middle lobe", "lower": "Lower lobe"}

MIN_AGE = 18
MAX_AGE = 95


@dataclass(frozen=True)
class Code:
    """A coded concept: value, coding scheme designator ("SCT", "DCM", "RADLEX"), meaning."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True)
class Stage:
    """One step of a finding's ordinal scale; ``level`` 0 means the finding is absent."""

    level: int
    name: str
    rule: str
    """What can be seen or measured on the film at this stage."""


@dataclass(frozen=True)
class Finding:
    """A disease or abnormality that can be ordered.

    ``places`` lists the allowed (side, lobe) pairs; ``stages`` the scale from mild to severe.
    ``look_alikes`` names the findings most often mistaken for this one: the distractors.
    """

    key: str
    name: str
    code: Code
    stages: tuple[Stage, ...]
    places: tuple[tuple[str, str], ...]
    teaching: str
    look_alikes: tuple[str, ...] = ()
    locatable: bool = True
    """Whether "where is it?" is a fair question: False where the finding is everywhere, or nowhere."""

    @property
    def max_stage(self) -> int:
        """The highest stage level; 0 for a finding without stages."""
        return max((stage.level for stage in self.stages), default=0)

    def stage(self, level: float) -> Stage:
        """The stage nearest to ``level``. Raises KeyError outside the scale."""
        if not 0 <= level <= self.max_stage:
            raise KeyError(f"{self.name} has no stage {level}")
        return min(self.stages, key=lambda stage: abs(stage.level - level))


@dataclass(frozen=True)
class Comorbidity:
    """A condition that accompanies the finding and can be seen on the film."""

    key: str
    name: str
    code: Code
    sign: str
    """How it shows on a frontal radiograph."""


@dataclass(frozen=True)
class AgeGroup:
    """Ages from ``low`` to ``high`` in years, both included."""

    key: str
    name: str
    low: int
    high: int


BOTH_SIDES = (("right", ""), ("left", ""))

FINDINGS: dict[str, Finding] = {
    finding.key: finding
    for finding in (
        Finding(
            key="normal",
            name="Normal",
            code=Code("17621005", "SCT", "Normal"),
            stages=(Stage(0, "Normal", "No abnormality beyond the patient's age and comorbidities."),),
            places=(("none", ""),),
            teaching="Go through the film in the same order every time: airway, bones, heart and mediastinum, "
            "diaphragm, effusions, lung fields, and the review areas behind the heart and above the clavicles.",
            look_alikes=("pneumothorax", "heart_failure", "pneumonia", "pleural_effusion"),
            locatable=False,
        ),
        Finding(
            key="heart_failure",
            name="Heart failure",
            code=Code("84114007", "SCT", "Heart failure"),
            stages=(
                Stage(1, "Redistribution", "Cardiothoracic ratio above 0.50 and upper-zone vessels wider than lower."),
                Stage(2, "Interstitial oedema", "Kerley B lines, reticular haze, peribronchial cuffing."),
                Stage(3, "Alveolar oedema", "Perihilar bat-wing opacities and pleural effusions."),
            ),
            places=(("both", ""),),
            teaching="Compare upper- with lower-zone vessels first, then look for Kerley B lines at the costophrenic "
            "angles. The heart is usually, but not always, enlarged.",
            look_alikes=("pneumonia", "pleural_effusion", "normal"),
            locatable=False,
        ),
        Finding(
            key="pneumonia",
            name="Pneumonia",
            code=Code("233604007", "SCT", "Pneumonia"),
            stages=(
                Stage(1, "Mild", "Patchy haze over about half of a lobe's width; vessels still visible through it."),
                Stage(2, "Moderate", "Dense opacity over most of the lobe, with air bronchograms."),
                Stage(3, "Severe", "The whole lobe consolidated, with spread beyond it or a parapneumonic effusion."),
            ),
            places=(("right", "upper"), ("right", "middle"), ("right", "lower"), ("left", "upper"), ("left", "lower")),
            teaching="The silhouette sign tells the lobe: a lost right heart border is the middle lobe, a lost "
            "hemidiaphragm the lower lobe. Air bronchograms mean the airspace is filled, not collapsed.",
            look_alikes=("heart_failure", "pleural_effusion", "normal"),
        ),
        Finding(
            key="pleural_effusion",
            name="Pleural effusion",
            code=Code("60046008", "SCT", "Pleural effusion"),
            stages=(
                Stage(1, "Small", "Blunted costophrenic angle; level below a quarter of the lung's height."),
                Stage(2, "Moderate", "Meniscus at a quarter to a half of the lung's height."),
                Stage(3, "Large", "Above half of the lung's height, mediastinum pushed away."),
            ),
            places=BOTH_SIDES,
            teaching="Fluid rises along the chest wall: look for the meniscus. A mediastinum that is pushed away "
            "means fluid; one that is pulled towards the opacity means collapse.",
            look_alikes=("pneumonia", "heart_failure", "normal"),
        ),
        Finding(
            key="pneumothorax",
            name="Pneumothorax",
            code=Code("36118008", "SCT", "Pneumothorax"),
            stages=(
                Stage(1, "Small", "Rim at the level of the hilum below 2 cm (British Thoracic Society)."),
                Stage(2, "Moderate", "Rim of 2 cm or more at the level of the hilum."),
                Stage(3, "Large, tension", "Lung collapsed to the hilum, mediastinum pushed away."),
            ),
            places=BOTH_SIDES,
            teaching="Follow the pleural line along the apex: beyond it there are no vessels. Skin folds and the "
            "scapula's border continue outside the chest; a pleural line does not.",
            look_alikes=("normal", "pneumonia", "pleural_effusion"),
        ),
    )
}

COMORBIDITIES: dict[str, Comorbidity] = {
    comorbidity.key: comorbidity
    for comorbidity in (
        Comorbidity(
            "emphysema",
            "Emphysema",
            Code("87433001", "SCT", "Pulmonary emphysema"),
            "Large lucent lungs, flat diaphragms, few peripheral vessels, narrow heart.",
        ),
        Comorbidity(
            "cardiomegaly",
            "Cardiomegaly",
            Code("8186001", "SCT", "Cardiomegaly"),
            "Cardiothoracic ratio above 0.50 without signs of congestion.",
        ),
        Comorbidity(
            "scoliosis",
            "Scoliosis",
            Code("298382003", "SCT", "Scoliosis deformity of spine"),
            "Lateral curve of the thoracic spine; the ribs crowd on its concave side.",
        ),
        Comorbidity(
            "obesity",
            "Obesity",
            Code("414916001", "SCT", "Obesity"),
            "Thick soft tissue, low contrast, shallow inspiration.",
        ),
        Comorbidity(
            "pacemaker",
            "Cardiac pacemaker",
            Code("441509002", "SCT", "Cardiac pacemaker in situ"),
            "Generator below the left clavicle with leads to the right atrium and ventricle.",
        ),
    )
}

AGE_GROUPS: dict[str, AgeGroup] = {
    group.key: group
    for group in (
        AgeGroup("any", "Any age", MIN_AGE, MAX_AGE),
        AgeGroup("18-39", "18 to 39", 18, 39),
        AgeGroup("40-64", "40 to 64", 40, 64),
        AgeGroup("65-79", "65 to 79", 65, 79),
        AgeGroup("80-95", "80 and over", 80, MAX_AGE),
    )
}


def age_group_of(age: int) -> AgeGroup:
    """The narrow age group that holds ``age`` (years). Raises ValueError outside 18–95."""
    for group in AGE_GROUPS.values():
        if group.key != "any" and group.low <= age <= group.high:
            return group
    raise ValueError(f"Age {age} is outside {MIN_AGE} to {MAX_AGE} years.")


def place_name(side: str, lobe: str) -> str:
    """Words for a place: ``("right", "lower")`` becomes "right lower lobe"."""
    if side == "none":
        return ""
    if lobe:
        return f"{side} {LOBES[lobe].lower()}"
    return {"right": "right side", "left": "left side", "both": "both sides"}[side]


DISTINCTIONS: dict[frozenset[str], str] = {
    frozenset(pair): text
    for pair, text in {
        ("normal", "heart_failure"): "On a normal upright film the lower-zone vessels are wider than the upper-zone "
        "ones, the heart takes at most half of the chest's width and no septal lines reach the pleura. A shallow "
        "inspiration crowds the vessels and can imitate congestion.",
        ("normal", "pneumonia"): "Pneumonia hides what it touches: compare the same zone on both sides and check that "
        "both heart borders and both hemidiaphragms are sharp. Breast shadow and nipples are symmetrical.",
        ("normal", "pleural_effusion"): "A normal costophrenic angle is sharp and deep. Fluid blunts it and rises "
        "along the chest wall as a meniscus.",
        ("normal", "pneumothorax"): "In a normal lung vessels can be followed into the outer third. Beyond a pleural "
        "line there are none. A skin fold is an edge, not a line, and runs on past the ribs.",
        ("heart_failure", "pneumonia"): "Heart failure is symmetrical, perihilar or basal, and comes with wide "
        "upper-zone vessels, septal lines and often a large heart. Pneumonia keeps to a lobe, shows air bronchograms "
        "and leaves the other lung's vessels alone.",
        ("heart_failure", "pleural_effusion"): "Effusions of heart failure come with congested vessels and septal "
        "lines, and are mostly on both sides. An effusion alone leaves the vessels of the aerated lung normal.",
        ("heart_failure", "pneumothorax"): "Heart failure makes the lungs whiter and the vessels wider; a pneumothorax "
        "takes the vessels away from the periphery and leaves a fine pleural line.",
        ("pneumonia", "pleural_effusion"): "Fluid is densest at the base, has a meniscus, no air bronchogram, and when "
        "large pushes the mediastinum away. Consolidation follows a lobe's borders, holds air bronchograms and leaves "
        "the costophrenic angle free unless fluid joins it.",
        ("pneumonia", "pneumothorax"): "Pneumonia adds density where the lung is; a pneumothorax removes markings "
        "where the lung is not. A collapsed lung beside a pneumothorax can be dense: look for the line at its edge.",
        ("pleural_effusion", "pneumothorax"): "Fluid is white and falls to the base with a curved level; air is black "
        "and gathers at the apex behind a pleural line. A straight horizontal level means both.",
    }.items()
}


def distinction(first: str, second: str) -> str:
    """What tells two findings apart on the film; empty where nothing has been written for the pair."""
    return DISTINCTIONS.get(frozenset((first, second)), "")
