"""What can be wrong with an archive, and with one of its films."""


class ArchiveError(ValueError):
    """The archive as a whole cannot be read. The message says which file, and what to do."""


class IdentifiedPatientError(ArchiveError):
    """A file still says who the patient is. The message names file and field, never what the field holds."""


class FilmError(ValueError):
    """One film cannot be used. The message is the reason under which it is counted."""
