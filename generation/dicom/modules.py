"""The DICOM modules that every object of a case shares: patient, study, equipment, and that it is synthetic.

The modules of one object class (DX, and beside it SEG, SR, GSPS) live in a file of their own.
Attributes follow PS3.3; the section of each module is named at its function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from generation.dicom.identity import Identity, uid
from generation.patients.vignette import Vignette
from generation.spec import CaseSpec
from generation.vocabulary import COMORBIDITIES, Code

DISCLAIMER = "Synthetic image for teaching, made by a computer. Shows no real patient. Not for diagnosis."
MANUFACTURER = "Caseforge"
SYNTHESIZING_EQUIPMENT = Code("109100", "DCM", "Synthesizing Equipment")


@dataclass(frozen=True)
class Provenance:
    """What made the pixels, and when (``made_at`` is aware of its time zone)."""

    model_name: str
    model_version: str
    weights_sha256: str
    made_at: datetime

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise ValueError("The time at which a case was made needs a time zone.")

    @property
    def sentence(self) -> str:
        """One sentence for people: the model, its version and the hash of its weights."""
        return (
            f"Made by {MANUFACTURER}, model {self.model_name} {self.model_version}, "
            f"weights SHA-256 {self.weights_sha256}."
        )


def new_file(sop_class: str, instance_uid: str) -> FileDataset:
    """An empty file of ``sop_class`` in Explicit VR Little Endian, UTF-8."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(instance_uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(uid("implementation"))
    meta.ImplementationVersionName = "CASEFORGE_1"
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = instance_uid
    return dataset


def add_patient(dataset: Dataset, spec: CaseSpec, identity: Identity, vignette: Vignette) -> None:
    """Patient (C.7.1.1) and Patient Study (C.7.2.2): age, sex, comorbidities as codes, the referral as history."""
    dataset.PatientName = identity.patient_name
    dataset.PatientID = identity.patient_id
    dataset.PatientBirthDate = ""
    dataset.PatientSex = spec.sex
    dataset.PatientAge = f"{spec.age:03d}Y"
    dataset.PatientComments = DISCLAIMER
    dataset.AdditionalPatientHistory = history_text(vignette)
    if spec.comorbidities:
        codes = [COMORBIDITIES[key].code for key in spec.comorbidities]
        dataset.AdmittingDiagnosesDescription = [code.meaning for code in codes]
        dataset.AdmittingDiagnosesCodeSequence = [code_item(code) for code in codes]


def history_text(vignette: Vignette) -> str:
    """The referral card as plain lines."""
    vitals, laboratory = (
        "; ".join(f"{value.name} {value.text}" for value in values) for values in (vignette.vitals, vignette.laboratory)
    )
    lines = [vignette.referral, vitals and f"Vital signs: {vitals}.", laboratory and f"Laboratory: {laboratory}."]
    return "\r\n".join(filter(None, lines))


def add_study(dataset: Dataset, identity: Identity, description: str) -> None:
    """General Study (C.7.2.1). The day is invented, see ``identity.study_moment``."""
    moment = identity.study_moment
    dataset.StudyInstanceUID = identity.study_uid
    dataset.StudyDate, dataset.StudyTime = date_and_time(moment)
    dataset.StudyID = identity.study_id
    dataset.AccessionNumber = identity.study_id
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = description


def add_equipment(dataset: Dataset, provenance: Provenance) -> None:
    """General Equipment (C.7.5.1)."""
    dataset.Manufacturer = MANUFACTURER
    dataset.ManufacturerModelName = provenance.model_name
    dataset.SoftwareVersions = provenance.model_version


def add_synthetic_marks(dataset: Dataset, provenance: Provenance) -> None:
    """Say in SOP Common (C.12.1) that the object is synthetic and what synthesized it."""
    moment = provenance.made_at.astimezone(UTC)
    dataset.SyntheticData = "YES"
    dataset.ContentQualification = "RESEARCH"
    dataset.TimezoneOffsetFromUTC = "+0000"
    dataset.InstanceCreationDate, dataset.InstanceCreationTime = date_and_time(moment)
    dataset.InstanceCreatorUID = uid("creator")
    equipment = Dataset()
    equipment.Manufacturer = MANUFACTURER
    equipment.ManufacturerModelName = provenance.model_name
    equipment.SoftwareVersions = provenance.model_version
    equipment.ContributionDateTime = moment.strftime("%Y%m%d%H%M%S+0000")
    equipment.ContributionDescription = f"{DISCLAIMER} {provenance.sentence}"
    equipment.PurposeOfReferenceCodeSequence = [code_item(SYNTHESIZING_EQUIPMENT)]
    dataset.ContributingEquipmentSequence = [equipment]


def code_item(code: Code) -> Dataset:
    """An item of a code sequence (PS3.3 table 8.8-1)."""
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme
    item.CodeMeaning = code.meaning
    return item


def date_and_time(moment: datetime) -> tuple[str, str]:
    """A moment as the values of a DA and a TM attribute, in UTC."""
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y%m%d"), moment.strftime("%H%M%S")


def set_all(dataset: Dataset, attributes: Mapping[str, Any]) -> None:
    """Set attributes by keyword."""
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
