"""Any folder of DICOM radiographs: films and what their headers say; no labels."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.dicom import is_dicom
from generation.corpus.archives.record import ArchiveRecord

DICOM_SUFFIXES = frozenset({".dcm", ".dicom", ".dic", ".ima"})
DIRECTORY = "DICOMDIR"


class DicomFolder(Archive):
    """Every DICOM file below the folder, whatever its name. Findings are unknown throughout.

    For labels beside the films use the kind "csv": its table may list DICOM files as well.
    """

    kind = "dicom"
    title = "Folder of DICOM files"
    terms = "yours; make sure that you may use the films"

    def _read(self) -> Iterator[ArchiveRecord]:
        seen: dict[str, str] = {}
        for path in sorted(path for path in self.root.rglob("*") if path.is_file() and path.name != DIRECTORY):
            source = str(path.relative_to(self.root))
            if path.suffix.lower() not in DICOM_SUFFIXES and not is_dicom(path):
                self._note("file that is not DICOM left alone", source)
                continue
            header = self._header(path, source)
            if header is None:
                continue
            first = seen.setdefault(str(header.get("SOPInstanceUID") or source), source)
            if first != source:
                self._skip("film that is there already (same SOP Instance UID)", source)
                continue
            record = ArchiveRecord(path=path, patient_id=self._patient(header, source), source=source)
            yield self._person_of(record, header)

    def _patient(self, header: Dataset, source: str) -> str:
        """The patient's number; the study stands in where a file has none."""
        number = str(header.get("PatientID", "") or "").strip()
        if not number:
            self._note("file without a patient number, taken as a patient of its own", source)
        elif header.get("PatientIdentityRemoved") != "YES":
            self._note("file that does not say its patient's identity was removed", source)
        if any(tag.is_private for tag in list(header.keys())):
            self._note("file with private fields, which cannot be checked", source)
        return number or str(header.get("StudyInstanceUID") or source)
