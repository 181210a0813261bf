"""Doors for real archives: radiographs that others collected, as labelled films for the same training.

Nothing here needs torch until tensors are asked for (``corpus``), and nothing of any archive is shipped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.chexpert import CheXpert
from generation.corpus.archives.errors import ArchiveError
from generation.corpus.archives.folder_csv import FilmsWithTable
from generation.corpus.archives.folder_dicom import DicomFolder
from generation.corpus.archives.nih import ChestXray14
from generation.corpus.archives.oai import KneeGrades
from generation.corpus.archives.rsna import RsnaPneumonia
from generation.corpus.archives.siim import SiimPneumothorax
from generation.corpus.archives.vindr import VinDrCxr

ARCHIVES: dict[str, type[Archive]] = {
    archive.kind: archive
    for archive in (
        FilmsWithTable,
        DicomFolder,
        ChestXray14,
        CheXpert,
        VinDrCxr,
        RsnaPneumonia,
        SiimPneumothorax,
        KneeGrades,
    )
}


def open_archive(kind: str, root: Path | str, **options: Any) -> Archive:
    """The archive of this kind in the folder ``root``; nothing is read yet.

    ``options`` are those of the archive's class. Raises ArchiveError for an unknown kind or a missing folder.
    """
    if kind not in ARCHIVES:
        raise ArchiveError(f"“{kind}” is not a known kind of archive. Choose one of: {', '.join(ARCHIVES)}.")
    return ARCHIVES[kind](Path(root), **options)
