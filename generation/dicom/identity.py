"""Who and when in a file: patient, study, series and instance identifiers, and the day of the film.

Everything follows from the CaseSpec and the case's UUID, so that a file made again is the same file.
UIDs are ``2.25.<UUID as integer>`` (DICOM PS3.5, B.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS

CASEFORGE = uuid5(NAMESPACE_URL, "urn:caseforge")
"""The namespace of every UUID that Caseforge derives from words."""

FIRST_DAY = datetime(2015, 1, 1, tzinfo=UTC)
PATIENTS_SPREAD_OVER_DAYS = 3000
DAYS_BETWEEN_FINDINGS = 60
DAYS_BETWEEN_STAGES = 9


def uid(*words: object) -> str:
    """The UID that belongs to ``words``: equal words, equal UID."""
    return uid_of(uuid5(CASEFORGE, " ".join(map(str, words))))


def uid_of(identifier: UUID) -> str:
    """A UUID as a DICOM UID."""
    return f"2.25.{identifier.int}"


@dataclass(frozen=True)
class Identity:
    """The identifiers of one case. Cases of the same patient (``patient_key``) share ``patient_id``."""

    case_id: UUID
    patient_key: str
    study_moment: datetime

    @classmethod
    def of(cls, spec: CaseSpec, case_id: UUID) -> Identity:
        """The identity of the case ``case_id`` that shows ``spec``."""
        return cls(case_id, spec.patient_key, study_moment(spec))

    @property
    def patient_id(self) -> str:
        return f"SYN-{self.patient_key.upper()}"

    @property
    def patient_name(self) -> str:
        return f"SYNTHETIC^CASE {self.patient_key[:8].upper()}"

    @property
    def study_id(self) -> str:
        """The start of the case's UUID; also the accession number (both hold at most 16 characters)."""
        return self.case_id.hex[:12].upper()

    @property
    def study_uid(self) -> str:
        return uid("study", self.case_id)

    @property
    def series_uid(self) -> str:
        return uid("series", self.case_id, "film")

    @property
    def instance_uid(self) -> str:
        return uid("instance", self.case_id, "film")

    @property
    def frame_of_reference_uid(self) -> str:
        return uid("frame of reference", self.case_id)


def study_moment(spec: CaseSpec) -> datetime:
    """When the film was taken, in UTC: invented, decided by the spec alone.

    The films of one patient are days apart and in the order of the stages, the healthy film first.
    """
    start = int(spec.patient_key, 16)
    days = start % PATIENTS_SPREAD_OVER_DAYS
    days += list(FINDINGS).index(spec.finding) * DAYS_BETWEEN_FINDINGS
    days += round(spec.stage * DAYS_BETWEEN_STAGES)
    minutes_of_day = 8 * 60 + start // PATIENTS_SPREAD_OVER_DAYS % (10 * 60)
    return FIRST_DAY + timedelta(days=days, minutes=minutes_of_day)
