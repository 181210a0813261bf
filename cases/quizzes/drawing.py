"""Draws a reader's mark over a case's overlay. Pure: knows no database."""

import io

from PIL import Image, ImageDraw

from cases.quizzes.marking import Point

MARK_COLOUR = (255, 214, 10, 255)
MARK_SHARE = 0.03
"""Half the width of the cross, as a share of the film's height."""


def truth_png(overlay: bytes, rows: int, mark: Point | None) -> bytes:
    """The overlay (RGBA PNG of the whole film, any resolution) with a cross at ``mark``, as PNG of the same size.

    ``mark`` is (row, column) in pixels of a film of ``rows`` rows.
    """
    picture = Image.open(io.BytesIO(overlay)).convert("RGBA")
    if mark is not None:
        scale = picture.height / rows
        y, x = ((place + 0.5) * scale - 0.5 for place in mark)
        arm = max(picture.height * MARK_SHARE, 2)
        width = max(round(picture.height / 128), 1)
        draw = ImageDraw.Draw(picture)
        draw.line((x - arm, y, x + arm, y), fill=MARK_COLOUR, width=width)
        draw.line((x, y - arm, x, y + arm), fill=MARK_COLOUR, width=width)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
