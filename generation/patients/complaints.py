"""Symptoms and signs: in what words, and how often they come with each presentation at stages 1, 2, 3.

No complaint belongs to one finding alone, so none gives the answer away.

Frequencies follow, and between their points are interpolated from:
Wang et al., JAMA 2005;294:1944 (dyspnoea in the emergency department: orthopnoea 50 %, paroxysmal nocturnal dyspnoea
41 %, ankle swelling 51 %, crackles 60 %, raised neck veins 39 % of patients with heart failure);
Metlay et al., Arch Intern Med 1997;157:1453 (community-acquired pneumonia: cough 86 %, fever 74 %, dyspnoea 66 %,
sputum 64 %, pleuritic pain 46 %; confusion and fewer symptoms in the old);
Wong et al., JAMA 2009;301:309 (dull percussion and reduced breath sounds in about three quarters of effusions);
MacDuff et al., Thorax 2010;65 Suppl 2:ii18 (pneumothorax: sudden pleuritic pain, little breathlessness when small);
Roberts et al., Ann Surg 2015;261:1068 (tension: shock, raised neck veins, shifted trachea).
Numbers for normal films are judgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generation.patients.presentations import Levels


@dataclass(frozen=True)
class Complaint:
    """A symptom, or a sign when ``sign``. ``words`` are noun phrases that may hold {side}, {other}, {place}, {his}.

    ``family`` decides the question that is asked; complaints of one ``group`` exclude each other, first come first.
    """

    key: str
    words: tuple[str, ...]
    chance: Mapping[str, Levels]
    family: str = ""
    group: str = ""
    sign: bool = False
    ages: tuple[int, int] = field(default=(0, 200))


SYMPTOMS = (
    Complaint(
        "breathless_at_rest",
        ("breathlessness at rest", "shortness of breath even when sitting still", "breathlessness on talking"),
        {
            "heart_failure": (0.02, 0.15, 0.75),
            "pneumonia": (0.02, 0.12, 0.5),
            "pleural_effusion": (0.0, 0.08, 0.45),
            "pneumothorax": (0.04, 0.15, 0.9),
            "anxious": (0.15,),
        },
        "breath",
        "breath",
    ),
    Complaint(
        "breathless",
        (
            "breathlessness on the stairs",
            "shortness of breath on hills",
            "breathlessness when walking to the shops",
            "getting out of breath with housework",
            "increasing breathlessness on exertion",
        ),
        {
            "heart_failure": (0.84, 0.92, 0.97),
            "pneumonia": (0.35, 0.6, 0.75),
            "pleural_effusion": (0.4, 0.75, 0.92),
            "pneumothorax": (0.4, 0.65, 0.9),
            "cold": (0.12,),
            "chest_wall": (0.1,),
            "anxious": (0.6,),
            "tired": (0.5,),
        },
        "breath",
        "breath",
    ),
    Complaint(
        "chest_pain",
        (
            "sharp {side}-sided chest pain on breathing in",
            "stabbing pain on the {side} with every deep breath",
            "{side}-sided chest pain that catches {him} on inspiration",
        ),
        {
            "pneumonia": (0.3, 0.46, 0.46),
            "pleural_effusion": (0.35, 0.3, 0.25),
            "pneumothorax": (0.88, 0.85, 0.75),
            "chest_wall": (0.85,),
            "anxious": (0.12,),
            "cold": (0.05,),
        },
        "pain",
        "pain",
    ),
    Complaint(
        "tightness",
        ("a tight feeling in the chest", "tightness across the chest", "a heavy feeling in the chest"),
        {
            "heart_failure": (0.12, 0.15, 0.22),
            "pneumothorax": (0.3, 0.3, 0.4),
            "anxious": (0.6,),
            "chest_wall": (0.3,),
            "pleural_effusion": (0.08, 0.1, 0.15),
        },
        "pain",
        "pain",
    ),
    Complaint(
        "sputum",
        ("a cough with yellow sputum", "a productive cough", "coughing up discoloured sputum"),
        {
            "pneumonia": (0.45, 0.64, 0.66),
            "cold": (0.4,),
            "heart_failure": (0.04, 0.06, 0.1),
            "pleural_effusion": (0.06, 0.06, 0.06),
            "tired": (0.04,),
        },
        "cough",
        "cough",
    ),
    Complaint(
        "cough",
        ("a dry cough", "an irritating cough", "a cough that brings nothing up"),
        {
            "pneumonia": (0.7, 0.6, 0.6),
            "cold": (0.8,),
            "heart_failure": (0.25, 0.3, 0.3),
            "pleural_effusion": (0.35, 0.4, 0.4),
            "pneumothorax": (0.15, 0.2, 0.2),
            "anxious": (0.08,),
            "tired": (0.1,),
        },
        "cough",
        "cough",
    ),
    Complaint(
        "fever",
        ("fever", "feeling hot and shivery", "night sweats", "shivering fits"),
        {
            "pneumonia": (0.62, 0.74, 0.8),
            "cold": (0.55,),
            "pleural_effusion": (0.12, 0.18, 0.2),
            "heart_failure": (0.02, 0.02, 0.03),
            "tired": (0.08,),
        },
        "fever",
    ),
    Complaint(
        "orthopnoea",
        ("needing three pillows at night", "being unable to lie flat", "sleeping propped up in a chair"),
        {
            "heart_failure": (0.28, 0.5, 0.72),
            "pleural_effusion": (0.05, 0.15, 0.4),
            "pneumonia": (0.03, 0.06, 0.12),
            "tired": (0.08,),
        },
        "breath",
    ),
    Complaint(
        "wakes_at_night",
        ("waking at night short of breath", "waking in the small hours gasping for air"),
        {
            "heart_failure": (0.2, 0.41, 0.5),
            "anxious": (0.2,),
            "pneumonia": (0.04, 0.06, 0.08),
            "tired": (0.06,),
        },
        "breath",
    ),
    Complaint(
        "ankles",
        ("swollen ankles by the evening", "ankle swelling", "shoes that have become too tight"),
        {
            "heart_failure": (0.35, 0.51, 0.6),
            "pleural_effusion": (0.12, 0.15, 0.2),
            "tired": (0.22,),
        },
        "general",
    ),
    Complaint(
        "weight_gain",
        ("a weight gain of 3 kg", "putting on 4 kg without eating more"),
        {"heart_failure": (0.15, 0.28, 0.35), "pleural_effusion": (0.03, 0.05, 0.06), "tired": (0.12,)},
    ),
    Complaint(
        "weight_loss",
        ("a weight loss of 5 kg", "unintended loss of weight"),
        {"pleural_effusion": (0.15, 0.2, 0.25), "tired": (0.35,), "pneumonia": (0.04, 0.05, 0.06)},
        "general",
    ),
    Complaint(
        "tired",
        ("tiredness", "exhaustion", "feeling drained", "lack of energy"),
        {
            "heart_failure": (0.4, 0.45, 0.45),
            "pneumonia": (0.5, 0.6, 0.7),
            "pleural_effusion": (0.3, 0.35, 0.4),
            "tired": (0.95,),
            "cold": (0.4,),
            "anxious": (0.2,),
        },
        "general",
    ),
    Complaint(
        "palpitations",
        ("palpitations", "a racing heart", "feeling the heart thump"),
        {
            "heart_failure": (0.15, 0.2, 0.2),
            "anxious": (0.6,),
            "pneumothorax": (0.04, 0.06, 0.2),
            "tired": (0.1,),
        },
        "general",
    ),
    Complaint(
        "sore_throat",
        ("a runny nose", "a sore throat at the start", "a blocked nose"),
        {"cold": (0.75,), "pneumonia": (0.25, 0.15, 0.1), "tired": (0.05,)},
    ),
    Complaint(
        "blood",
        ("streaks of blood in the sputum", "a little blood coughed up"),
        {"pneumonia": (0.05, 0.08, 0.12), "cold": (0.05,), "tired": (0.04,), "pleural_effusion": (0.03, 0.04, 0.05)},
        "cough",
    ),
    Complaint(
        "confused",
        ("new confusion", "confusion noticed by the family", "being muddled since yesterday"),
        {
            "pneumonia": (0.1, 0.25, 0.45),
            "heart_failure": (0.02, 0.05, 0.12),
            "tired": (0.12,),
            "pleural_effusion": (0.02, 0.04, 0.08),
        },
        "general",
        ages=(72, 200),
    ),
)

SIGNS = (
    Complaint(
        "unwell",
        ("looks unwell", "grey and sweating", "in distress", "looks tired and grey"),
        {
            "heart_failure": (0.0, 0.12, 0.65),
            "pneumonia": (0.04, 0.2, 0.6),
            "pleural_effusion": (0.0, 0.05, 0.3),
            "pneumothorax": (0.0, 0.08, 0.8),
            "anxious": (0.12,),
        },
        sign=True,
    ),
    Complaint(
        "quiet",
        (
            "reduced air entry at the {place}",
            "quiet breath sounds over the {place}",
            "softer breath sounds at the {place}",
        ),
        {
            "pneumonia": (0.2, 0.35, 0.5),
            "pleural_effusion": (0.4, 0.75, 0.9),
            "pneumothorax": (0.35, 0.65, 0.9),
            "chest_wall": (0.2,),
            "cold": (0.06,),
        },
        sign=True,
    ),
    Complaint(
        "crackles_both",
        ("fine crackles at both bases", "crackles at both bases", "bibasal crackles that do not clear on coughing"),
        {
            "heart_failure": (0.25, 0.6, 0.85),
            "pleural_effusion": (0.05, 0.05, 0.05),
            "tired": (0.12,),
            "routine": (0.04,),
        },
        sign=True,
        group="crackles",
    ),
    Complaint(
        "crackles_here",
        ("coarse crackles over the {place}", "crackles at the {place}", "a few crackles at the {place}"),
        {
            "pneumonia": (0.5, 0.65, 0.65),
            "pleural_effusion": (0.1, 0.1, 0.1),
            "cold": (0.15,),
            "heart_failure": (0.05, 0.05, 0.05),
        },
        sign=True,
        group="crackles",
    ),
    Complaint(
        "dull",
        ("dullness to percussion at the {place}", "a duller percussion note at the {place}"),
        {
            "pleural_effusion": (0.35, 0.73, 0.88),
            "pneumonia": (0.12, 0.3, 0.5),
            "tired": (0.03,),
        },
        sign=True,
        group="percussion",
    ),
    Complaint(
        "resonant",
        ("a louder percussion note on the {side}", "resonant percussion on the {side}"),
        {"pneumothorax": (0.1, 0.3, 0.55), "chest_wall": (0.06,), "cold": (0.03,)},
        sign=True,
        group="percussion",
    ),
    Complaint(
        "neck_veins",
        ("neck veins full at 45 degrees", "raised jugular venous pressure"),
        {
            "heart_failure": (0.2, 0.39, 0.6),
            "pneumothorax": (0.0, 0.02, 0.5),
            "pleural_effusion": (0.05, 0.08, 0.1),
            "tired": (0.05,),
        },
        sign=True,
    ),
    Complaint(
        "pitting",
        ("pitting at both ankles", "soft pitting to mid-shin", "swelling of both legs to the shin"),
        {
            "heart_failure": (0.3, 0.5, 0.6),
            "pleural_effusion": (0.12, 0.15, 0.2),
            "tired": (0.18,),
            "routine": (0.04,),
        },
        sign=True,
    ),
    Complaint(
        "trachea",
        ("trachea a little to the {other}", "trachea perhaps off-centre to the {other}"),
        {"pneumothorax": (0.0, 0.02, 0.55), "pleural_effusion": (0.0, 0.05, 0.4)},
        sign=True,
    ),
    Complaint(
        "bronchial",
        ("bronchial breathing over the {place}",),
        {"pneumonia": (0.05, 0.3, 0.5), "pleural_effusion": (0.0, 0.1, 0.2)},
        sign=True,
    ),
    Complaint(
        "wheeze",
        ("a little wheeze on both sides", "scattered wheeze", "expiratory wheeze"),
        {
            "cold": (0.3,),
            "heart_failure": (0.06, 0.1, 0.18),
            "pneumonia": (0.1, 0.12, 0.12),
            "anxious": (0.08,),
            "pneumothorax": (0.04, 0.06, 0.1),
        },
        sign=True,
    ),
    Complaint(
        "tender",
        ("tenderness over the ribs on the {side}", "local tenderness of the {side} chest wall"),
        {"chest_wall": (0.7,), "pneumothorax": (0.1, 0.08, 0.05), "pneumonia": (0.05, 0.05, 0.03)},
        sign=True,
    ),
)

SUDDEN_WORDS = (
    "Came on suddenly at rest.",
    "Came on suddenly while lifting a box.",
    "Began from one moment to the next on the stairs.",
    "Sudden onset in bed.",
    "Started suddenly after a fit of coughing.",
    "Began abruptly while getting dressed.",
)

DENIALS = {
    "fever": ("fever",),
    "cough": ("cough", "sputum", "blood"),
    "chest pain": ("chest_pain", "tightness"),
    "ankle swelling": ("ankles", "pitting"),
    "weight loss": ("weight_loss",),
    "orthopnoea": ("orthopnoea", "breathless_at_rest"),
}
"""What a card may say is absent, and the complaints that must all be absent for that."""
