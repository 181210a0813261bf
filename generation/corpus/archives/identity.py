"""The check that a DICOM file no longer says who the patient is.

Strict: a field that identifies a patient must be empty, plainly a placeholder, or (for names) repeat the patient's
number. Names of fields are told, contents never are: not in messages, not in reports, not in chained exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydicom.datadict import dictionary_description, dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from generation.corpus.archives.errors import IdentifiedPatientError

IDENTIFIERS = (
    "PatientName",
    "PatientBirthName",
    "PatientMotherBirthName",
    "OtherPatientNames",
    "OtherPatientIDs",
    "OtherPatientIDsSequence",
    "PatientBirthDate",
    "PatientBirthTime",
    "PatientBirthDateInAlternativeCalendar",
    "PatientAddress",
    "PatientTelephoneNumbers",
    "PatientTelecomInformation",
    "PatientInsurancePlanCodeSequence",
    "MedicalRecordLocator",
    "MilitaryRank",
    "ResponsiblePerson",
    "PersonName",
    "PersonAddress",
    "PersonTelephoneNumbers",
    "PersonTelecomInformation",
)
"""Direct identifiers of a patient among those that the Basic Profile removes (DICOM PS3.15, Table E.1-1)."""

STAFF_AND_SITE = (
    "ReferringPhysicianName",
    "PerformingPhysicianName",
    "NameOfPhysiciansReadingStudy",
    "OperatorsName",
    "RequestingPhysician",
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "StationName",
)
"""Not the patient, and never carried into a record: these are noted."""

PLACEHOLDERS = frozenset(
    {
        *("anon", "anonym", "anonymous", "anonymized", "anonymised", "anonymize", "anonymise", "deidentified"),
        *("identified", "removed", "redacted", "withheld", "hidden", "unknown", "unnamed", "none", "null", "name"),
        *("dummy", "phantom", "synthetic", "pseudonym", "xx", "xxx", "xxxx"),
    }
)
"""Words that no patient is called by."""
ROLES = frozenset(
    {*("patient", "subject", "participant", "person", "case", "study", "volunteer", "test"), *("no", "de", "x")}
)
"""Words that stand beside a placeholder or a number; some are surnames, so alone they prove nothing."""
BLANK_DATES = frozenset({"00000000", "00010101", "18000101", "19000101"})
LETTERS_OR_DIGITS = re.compile(r"[^\W_]+")
NUMBERED = re.compile(r"[0-9a-f]*[0-9][0-9a-f]*")


def check_identity(header: Dataset, file: str) -> None:
    """Do nothing where nobody is named. Raises IdentifiedPatientError, which names ``file`` and the field."""
    number = str(header.get("PatientID", "") or "").strip()
    for dataset in _levels(header):
        for keyword in IDENTIFIERS:
            if keyword in dataset and not _is_clear(dataset, keyword, number):
                raise IdentifiedPatientError(
                    f"{file} still identifies its patient: {_title(keyword)} is filled in. Nothing has been imported. "
                    "De-identify the archive (DICOM PS3.15, Basic Application Level Confidentiality Profile) "
                    "and try again."
                )


def _is_clear(dataset: Dataset, keyword: str, number: str) -> bool:
    try:
        return is_anonymous(dataset[keyword], number)
    except Exception:  # what cannot be read cannot be called empty
        return False


def _title(keyword: str) -> str:
    tag = Tag(keyword)
    return f"{dictionary_description(tag)} {tag}"


def is_anonymous(element: DataElement, patient_number: str) -> bool:
    """Whether a field says nothing of who the patient is."""
    if element.VR == "SQ":
        return not element.value
    text = str(element.value or "").strip(" \0^=")
    if not text:
        return True
    if element.VR in ("DA", "TM"):
        return text in BLANK_DATES or not text.strip("0.:")
    if text == patient_number and any(letter.isdigit() for letter in text):
        return True
    words = [word.lower() for word in LETTERS_OR_DIGITS.findall(text)]
    bare = [word.rstrip("0123456789") or word for word in words]
    if not all(known in PLACEHOLDERS or known in ROLES or NUMBERED.fullmatch(known) for known in bare):
        return False
    numbered = any(letter.isdigit() for letter in text)
    return not words or any(known in PLACEHOLDERS or (known in ROLES and numbered) for known in bare)


def staff_and_site(header: Dataset) -> list[str]:
    """Names of the fields that name staff or a hospital."""
    return [keyword for keyword in STAFF_AND_SITE if str(header.get(keyword, "") or "").strip(" ^")]


def _levels(dataset: Dataset) -> Iterator[Dataset]:
    """The dataset and the items of its sequences, at every depth. Other values are never looked at."""
    yield dataset
    for tag in list(dataset.keys()):
        if _is_sequence(dataset, tag):
            for item in dataset[tag].value or ():
                yield from _levels(item)


def _is_sequence(dataset: Dataset, tag: BaseTag) -> bool:
    representation = dataset.get_item(tag).VR
    if representation is None:
        representation = dictionary_VR(tag) if dictionary_has_tag(tag) else "UN"
    return representation == "SQ"
