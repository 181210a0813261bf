"""Vital signs and laboratory values that fit a patient and the way the patient presents.

A value is the patient's own resting value (age, sex, comorbidities, and luck that stays with the patient) moved by
the presentation, by stage. Reference ranges of vital signs are those that score 0 in the National Early Warning
Score (Royal College of Physicians, NEWS2, 2017).

Sources of the numbers:
BNP: Maisel et al., N Engl J Med 2002;347:161 (cut-off 100 pg/mL; means of 244 to 817 pg/mL from NYHA I to IV);
Redfield et al., J Am Coll Cardiol 2002;40:976 (rises with age, higher in women);
Mehra et al., J Am Coll Cardiol 2004;43:1590 (lower in obesity).
CRP: Almirall et al., Chest 2004;125:1335, and Müller et al., BMC Infect Dis 2007;7:10 (pneumonia: 50 to above
200 mg/L with severity); Visser et al., JAMA 1999;282:2131 (obesity).
D-dimer: Righini et al., JAMA 2014;311:1117 (500 µg/L, from 50 years age × 10).
Troponin T: 99th percentile 14 ng/L, chronic rise in heart failure (Thygesen et al., Eur Heart J 2019;40:237).
Oxygen saturation: Hardie et al., Chest 2004;125:2053 (falls with age); 88–92 % is the target in emphysema (NEWS2).
Blood pressure in acute heart failure: Adams et al. (ADHERE), Am Heart J 2005;149:209 (half above 140 mmHg).
Temperature: Mackowiak et al., JAMA 1992;268:1578; blunted fever in the old: Norman, Clin Infect Dis 2000;31:148.
Shock in tension: Roberts et al., Ann Surg 2015;261:1068. Haemoglobin: WHO 2011 lower limits.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from generation.chance import normal_draw
from generation.patients.background import Background
from generation.patients.card import Measurement
from generation.patients.presentations import Levels
from generation.spec import CaseSpec

DAY_TO_DAY = 0.25
"""How far a value moves from film to film, against how far it differs between patients."""

OLD = 75
FEVER_IN_THE_OLD = 0.6


def at_stage(levels: Levels | None, stage: float) -> float:
    """``levels`` read off at ``stage``, between 0 at stage 0 and the last level. 0 where there are none."""
    if not levels:
        return 0.0
    return float(np.interp(stage, range(len(levels) + 1), (0.0, *levels)))


VITAL_SHIFTS: Mapping[str, Mapping[str, Levels]] = {
    "heart rate": {
        "heart_failure": (6, 16, 32),
        "pneumonia": (10, 20, 34),
        "pleural_effusion": (4, 10, 20),
        "pneumothorax": (10, 18, 55),
        "cold": (6,),
        "chest_wall": (6,),
        "anxious": (22,),
        "tired": (3,),
    },
    "systolic": {
        "heart_failure": (6, 14, 26),
        "pneumonia": (0, -4, -18),
        "pneumothorax": (4, 2, -38),
        "chest_wall": (8,),
        "anxious": (12,),
    },
    "respiratory rate": {
        "heart_failure": (2, 6, 13),
        "pneumonia": (3, 6, 13),
        "pleural_effusion": (1.5, 4, 9),
        "pneumothorax": (3, 6, 18),
        "cold": (1,),
        "chest_wall": (2,),
        "anxious": (6,),
        "tired": (0.5,),
    },
    "saturation": {
        "heart_failure": (-0.8, -3.5, -9),
        "pneumonia": (-1.2, -3.5, -8.5),
        "pleural_effusion": (-0.5, -2, -5),
        "pneumothorax": (-0.8, -2.5, -11),
        "cold": (-0.4,),
        "anxious": (0.6,),
    },
    "temperature": {
        "pneumonia": (1.1, 1.7, 2.0),
        "pleural_effusion": (0.2, 0.3, 0.3),
        "heart_failure": (0.0, 0.05, 0.1),
        "cold": (0.8,),
        "tired": (0.1,),
    },
}

LABORATORY_FACTORS: Mapping[str, Mapping[str, Levels]] = {
    "bnp": {
        "heart_failure": (9, 18, 34),
        "pneumonia": (1.4, 1.9, 3.2),
        "pleural_effusion": (1.4, 1.8, 2.2),
        "pneumothorax": (1.0, 1.1, 1.6),
        "tired": (1.3,),
    },
    "crp": {
        "heart_failure": (1.8, 3, 5),
        "pneumonia": (28, 70, 130),
        "pleural_effusion": (5, 9, 13),
        "pneumothorax": (1.4, 2, 3),
        "cold": (9,),
        "chest_wall": (1.2,),
        "tired": (1.8,),
    },
    "creatinine": {
        "heart_failure": (1.08, 1.2, 1.45),
        "pneumonia": (1.04, 1.12, 1.35),
        "pneumothorax": (1.0, 1.02, 1.12),
        "pleural_effusion": (1.02, 1.05, 1.1),
    },
    "d_dimer": {
        "heart_failure": (1.3, 1.7, 2.3),
        "pneumonia": (1.7, 2.6, 4.0),
        "pleural_effusion": (1.8, 2.8, 3.5),
        "pneumothorax": (1.0, 1.2, 1.7),
        "cold": (1.2,),
    },
    "troponin": {
        "heart_failure": (2.2, 3.5, 6.0),
        "pneumonia": (1.2, 1.5, 2.4),
        "pneumothorax": (1.0, 1.0, 1.8),
    },
}
"""Factors on the patient's own value; 1 where nothing is named."""

LEUCOCYTE_SHIFTS: Mapping[str, Levels] = {
    "pneumonia": (3.2, 6.0, 9.5),
    "heart_failure": (0.3, 0.9, 2.2),
    "pleural_effusion": (0.5, 1.0, 1.6),
    "pneumothorax": (0.5, 1.0, 3.2),
    "cold": (1.2,),
    "anxious": (0.6,),
}


@dataclass(frozen=True)
class Visit:
    """A patient on the day of the film: what moves the values."""

    spec: CaseSpec
    background: Background
    presentation: str
    stage: float

    @cached_property
    def patient_key(self) -> str:
        return self.spec.patient_key

    def level(self, table: Mapping[str, Levels]) -> float:
        """What ``table`` says of this presentation at this stage; 0 at stage 0."""
        return at_stage(table.get(self.presentation), self.stage)

    def factor(self, name: str) -> float:
        """The factor on a laboratory value, 1 at stage 0, growing evenly on the logarithmic scale."""
        levels = LABORATORY_FACTORS[name].get(self.presentation, ())
        return math.exp(at_stage(tuple(math.log(level) for level in levels), self.stage))

    def luck(self, name: str) -> float:
        """A standard normal number: mostly the patient's own, a little of the day."""
        own = normal_draw(name, self.patient_key)
        day = normal_draw(name, self.patient_key, self.spec.finding, self.spec.stage)
        mixed = own + DAY_TO_DAY * day
        return max(-2.0, min(2.0, mixed / math.hypot(1, DAY_TO_DAY)))

    def has(self, comorbidity: str) -> bool:
        return comorbidity in self.spec.comorbidities


def vital_signs(visit: Visit) -> tuple[Measurement, ...]:
    """Heart rate, blood pressure, respiratory rate, oxygen saturation on air, temperature."""
    systolic, diastolic = _blood_pressure(visit)
    return (
        Measurement("Heart rate", _heart_rate(visit), "/min", 51, 90),
        Measurement("Systolic blood pressure", systolic, "mmHg", 111, 219),
        Measurement("Diastolic blood pressure", diastolic, "mmHg", 60, 90),
        Measurement("Respiratory rate", _respiratory_rate(visit), "/min", 12, 20),
        Measurement("Oxygen saturation", _saturation(visit), "%", 96, 100),
        Measurement("Temperature", _temperature(visit), "°C", 36.1, 38.0, 1),
    )


def _heart_rate(visit: Visit) -> float:
    rate = 72 + 8 * visit.luck("heart rate") + visit.level(VITAL_SHIFTS["heart rate"])
    return round(_clip(rate, 60 if visit.has("pacemaker") else 48, 165))


def _blood_pressure(visit: Visit) -> tuple[float, float]:
    age, shift = visit.spec.age, visit.level(VITAL_SHIFTS["systolic"])
    resting = 112 + 0.25 * age + 11 * visit.luck("systolic") + (9 if "hypertension" in visit.background.keys else 0)
    systolic = _clip(resting + shift, 74, 214)
    pulse_pressure = (
        42 + max(0, age - 40) * 0.4 + 0.35 * (resting - 125) + 4 * visit.luck("pulse pressure") + 0.3 * shift
    )
    return round(systolic), round(_clip(systolic - max(18, pulse_pressure), 38, 118))


def _respiratory_rate(visit: Visit) -> float:
    chronic = 2 * visit.has("emphysema") + visit.has("obesity")
    return round(
        _clip(14.5 + chronic + 1.4 * visit.luck("respiration") + visit.level(VITAL_SHIFTS["respiratory rate"]), 11, 42)
    )


def _saturation(visit: Visit) -> float:
    chronic = 2.5 * visit.has("emphysema") + 0.8 * visit.has("obesity") + 0.4 * visit.has("scoliosis")
    resting = 98.2 - max(0, visit.spec.age - 40) * 0.025 - chronic + 0.7 * visit.luck("saturation")
    return round(_clip(resting + visit.level(VITAL_SHIFTS["saturation"]), 74, 100))


def _temperature(visit: Visit) -> float:
    age = visit.spec.age
    rise = visit.level(VITAL_SHIFTS["temperature"]) * (FEVER_IN_THE_OLD if age >= OLD else 1)
    resting = 36.75 - max(0, age - 60) * 0.006 + 0.22 * visit.luck("temperature")
    return round(_clip(resting + rise * math.exp(0.25 * visit.luck("fever")), 35.6, 40.6), 1)


def laboratory(visit: Visit, complaints: Collection[str]) -> tuple[Measurement, ...]:
    """The blood tests that a doctor would order for ``complaints`` (families: "breath", "pain" …)."""
    values = [_crp(visit), _leucocytes(visit), _haemoglobin(visit), _creatinine(visit)]
    if visit.presentation != "routine":
        values.insert(0, _bnp(visit))
    if "pain" in complaints:
        values.append(_troponin(visit))
    if "pain" in complaints or ("breath" in complaints and visit.luck("d-dimer ordered") > 0.6):
        values.append(_d_dimer(visit))
    return tuple(values)


def _bnp(visit: Visit) -> Measurement:
    rise = 0.028 * (visit.spec.age - 45) + (0.4 if visit.spec.sex == "F" else 0)
    healthy = max(13.0, 13 * math.exp(rise)) * math.exp(0.4 * visit.luck("bnp"))
    chronic = (1.9 if visit.has("cardiomegaly") else 1) * (0.6 if visit.has("obesity") else 1)
    chronic *= 1.6 if "fibrillation" in visit.background.keys else 1
    return Measurement("BNP", round(_clip(healthy * chronic * visit.factor("bnp"), 5, 4900)), "pg/mL", None, 100)


def _crp(visit: Visit) -> Measurement:
    healthy = 1.6 * (1.8 if visit.has("obesity") else 1) * math.exp(0.45 * visit.luck("crp"))
    return Measurement("CRP", round(_clip(healthy * visit.factor("crp"), 1, 420)), "mg/L", None, 5)


def _leucocytes(visit: Visit) -> Measurement:
    resting = 6.6 + 1.2 * visit.luck("leucocytes") + (0.8 if visit.background.smoking.startswith("smokes") else 0)
    value = resting + visit.level(LEUCOCYTE_SHIFTS) * math.exp(0.25 * visit.luck("leucocytosis"))
    return Measurement("Leucocytes", round(_clip(value, 3.2, 32), 1), "10⁹/L", 4.0, 11.0, 1)


def _haemoglobin(visit: Visit) -> Measurement:
    mean, low, high = (136, 120, 155) if visit.spec.sex == "F" else (150, 130, 175)
    lost = max(0, visit.spec.age - 60) * 0.3 + (9 if visit.presentation == "tired" else 0)
    lost += 8 if "kidney" in visit.background.keys else 0
    return Measurement(
        "Haemoglobin", round(_clip(mean - lost + 8 * visit.luck("haemoglobin"), 82, 180)), "g/L", low, high
    )


def _creatinine(visit: Visit) -> Measurement:
    mean, low, high = (66, 44, 80) if visit.spec.sex == "F" else (83, 62, 106)
    resting = mean + max(0, visit.spec.age - 50) * 0.25 + 8 * visit.luck("creatinine")
    resting *= 1.55 if "kidney" in visit.background.keys else 1
    return Measurement("Creatinine", round(_clip(resting * visit.factor("creatinine"), 38, 420)), "µmol/L", low, high)


def _troponin(visit: Visit) -> Measurement:
    healthy = 4.5 * math.exp(0.015 * max(0, visit.spec.age - 45) + 0.3 * visit.luck("troponin"))
    return Measurement("Troponin T", round(_clip(healthy * visit.factor("troponin"), 3, 140)), "ng/L", None, 14)


def _d_dimer(visit: Visit) -> Measurement:
    limit = max(500, visit.spec.age * 10)
    healthy = 230 * math.exp(0.011 * max(0, visit.spec.age - 40) + 0.4 * visit.luck("d-dimer"))
    return Measurement("D-dimer", round(_clip(healthy * visit.factor("d_dimer"), 100, 9000), -1), "µg/L", None, limit)


def _clip(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
