"""Reading a case's lesion mask."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cases.library.models import Case


def lesion_mask(case: Case) -> NDArray[np.uint8]:
    """The case's mask, rows × columns, 0 or 255."""
    with case.mask.open("rb") as file:
        return np.asarray(Image.open(io.BytesIO(file.read())).convert("L"))
