"""Age, sex and view as archives write them, read into the vocabulary's words."""

from __future__ import annotations

import re

from generation.vocabulary import MAX_AGE

OLDEST = 120
"""Nobody is older: beyond it an age is a typing error, and which one cannot be known."""
YEARS_PER = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([YMWD]?)", re.IGNORECASE)
UNKNOWN = frozenset({"", "NAN", "NA", "N/A", "NONE", "NULL", "UNKNOWN", "UNK", "U", "O", "OTHER", "."})

SEX_WORDS = {"F": "F", "FEMALE": "F", "WOMAN": "F", "M": "M", "MALE": "M", "MAN": "M"}
VIEW_WORDS = {
    **dict.fromkeys(("PA", "POSTEROANTERIOR", "POSTERO-ANTERIOR", "POSTERO_ANTERIOR"), "PA"),
    **dict.fromkeys(("AP", "ANTEROPOSTERIOR", "ANTERO-POSTERIOR", "AP_HORIZONTAL", "AP SUPINE"), "AP"),
    **dict.fromkeys(("L", "LL", "RL", "LAT", "LATERAL", "LLD", "RLD", "LEFT LATERAL", "RIGHT LATERAL"), "L"),
}
LATERAL = "L"


def read_age(text: str, zero_is_unknown: bool = False) -> tuple[int | None, tuple[str, ...]]:
    """Years from "58", "58.0", "058Y", "018M"; and what was mended. Unknown ages are None.

    ``zero_is_unknown``: in archives of adults a 0 stands for "not recorded".
    """
    word = text.strip()
    if word.upper() in UNKNOWN:
        return None, ()
    match = AGE.fullmatch(word)
    if match is None:
        return None, ("age that is not a number left unknown",)
    years = float(match[1]) * YEARS_PER[match[2].upper() or "Y"]
    if years > OLDEST:
        return None, ("impossible age left unknown",)
    if years == 0 and zero_is_unknown:
        return None, ("age 0 left unknown",)
    if years >= MAX_AGE + 1:
        return MAX_AGE, (f"age above {MAX_AGE} taken as {MAX_AGE}",)
    return int(years), ()


def read_sex(text: str) -> tuple[str, tuple[str, ...]]:
    """ "F", "M", or "" where unknown; and what was mended."""
    return _word(text, SEX_WORDS, "sex that is not known left unknown")


def read_view(text: str) -> tuple[str, tuple[str, ...]]:
    """ "PA", "AP", "L" (any lateral), or "" where unknown; and what was mended."""
    return _word(text, VIEW_WORDS, "view that is not known left unknown")


def _word(text: str, words: dict[str, str], complaint: str) -> tuple[str, tuple[str, ...]]:
    word = text.strip().upper()
    if word in words:
        return words[word], ()
    return "", (() if word in UNKNOWN else (complaint,))
