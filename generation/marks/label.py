"""What pictures for the screen say about themselves: a visible label, and the same for machines.

The 12-bit pixels of the DICOM file carry no label, so that measuring and windowing stay undisturbed; its tags speak
(``generation.dicom.modules``). Every PNG carries both marks made here.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

LABEL = "SYNTHETIC · NOT FOR DIAGNOSIS"
FONT_SIZE_PER_WIDTH = 0.024
SMALLEST_FONT = 9
DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's word for "made by a trained model": what platforms look for in XMP."""

XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 Iptc4xmpExt:DigitalSourceType="{DIGITAL_SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def burn_label(image: Image.Image) -> Image.Image:
    """A copy of a grey picture (mode "L") with the label on a dimmed strip, centred at the lower edge."""
    labelled = image.copy()
    font = ImageFont.load_default(max(SMALLEST_FONT, round(image.width * FONT_SIZE_PER_WIDTH)))
    left, top, right, bottom = (round(edge) for edge in font.getbbox(LABEL))
    margin = max(2, (bottom - top) // 3)
    width, height = right - left + 4 * margin, bottom - top + 2 * margin
    x, y = (image.width - width) // 2, image.height - height - 2 * margin
    box = (x, y, x + width, y + height)
    labelled.paste(image.crop(box).point(lambda value: value * 2 // 5), box)
    ImageDraw.Draw(labelled).text((x + 2 * margin - left, y + margin - top), LABEL, fill=225, font=font)
    return labelled


def marked_png(image: Image.Image) -> bytes:
    """A PNG of ``image`` whose text chunks and XMP say that it is synthetic. Equal pictures give equal bytes."""
    info = PngInfo()
    info.add_text("Software", "Caseforge")
    info.add_itxt("Disclaimer", LABEL)
    info.add_itxt("XML:com.adobe.xmp", XMP)
    buffer = BytesIO()
    image.save(buffer, "PNG", pnginfo=info, optimize=True)
    return buffer.getvalue()
