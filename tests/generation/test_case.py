"""Everything that is kept of a case agrees with the film that the pipeline made."""

import hashlib
import json
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from generation.dicom.dx import read_film
from generation.marks.label import DIGITAL_SOURCE_TYPE, LABEL
from generation.marks.preview import mask_png, preview_png, read_truth, truth_png
from generation.patients.vignette import write_vignette
from generation.pipelines.case import CaseFiles, make_case
from generation.pipelines.chest import default_pipeline
from generation.pipelines.models import ModelError, default_model
from generation.spec import CaseSpec
from tests.generation.standin import SIZE, film_of, stand_in_pipeline

MOMENT = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
EFFUSION = CaseSpec(finding="pleural_effusion", stage=2, side="left", age=66, sex="M", seed=4)


def made(spec: CaseSpec = EFFUSION, case_id: int = 1) -> CaseFiles:
    return make_case(spec, stand_in_pipeline, UUID(int=case_id), MOMENT)


def picture(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


def test_pixels_dicom_and_film_are_the_same_picture() -> None:
    files, film = made(), film_of(EFFUSION)
    raw = np.frombuffer(files.pixels, "<u2").reshape(files.rows, files.columns)
    assert np.array_equal(raw, film.pixels)
    read = read_film(files.dicom)
    assert np.array_equal(read.pixels, film.pixels)
    assert read.spec == EFFUSION
    assert read.pixel_spacing_mm == files.pixel_spacing_mm == film.pixel_spacing_mm


def test_the_truth_is_kept_without_loss() -> None:
    files, film = made(), film_of(EFFUSION)
    assert picture(files.mask).mode == "L"
    assert np.array_equal(read_truth(files.mask), film.mask)
    assert files.lesion_area_mm2 == film.mask.sum() * 4
    assert files.lesion_centroid == pytest.approx((30, 46), abs=0.01)


def test_a_normal_film_has_no_lesion() -> None:
    files = made(EFFUSION.healthy_twin())
    assert files.lesion_area_mm2 == 0
    assert files.lesion_centroid is None
    assert not read_truth(files.mask).any()
    assert not np.asarray(picture(files.overlay))[..., 3].any()


def test_the_overlay_lies_on_the_lesion_of_the_preview() -> None:
    files, film = made(), film_of(EFFUSION)
    preview, overlay = picture(files.preview), picture(files.overlay)
    assert preview.mode == "L"
    assert overlay.mode == "RGBA"
    assert preview.size == overlay.size == (512, 512)
    shown = np.asarray(overlay)[..., 3] > 0
    truth = np.kron(film.mask, np.ones((512 // SIZE, 512 // SIZE), bool))
    assert (shown & truth).sum() / (shown | truth).sum() > 0.9


def test_a_lesion_of_one_line_is_still_seen() -> None:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[20:40, 10] = True
    assert (np.asarray(picture(mask_png(mask)))[..., 3] > 0).any()


def test_the_preview_carries_the_label_where_the_film_does_not() -> None:
    grey = np.full((256, 256), 1000, np.uint16)
    shown = np.asarray(picture(preview_png(grey)))
    rows, columns = np.nonzero(shown != shown[0, 0])
    assert shown.max() > 180
    assert rows.min() > 0.9 * shown.shape[0]
    assert len(rows) < 0.03 * shown.size
    assert abs(columns.mean() - shown.shape[1] / 2) < 5


@pytest.mark.parametrize("width", [64, 128, 256, 512, 700])
def test_the_label_fits_on_films_of_any_size(width: int) -> None:
    shown = np.asarray(picture(preview_png(np.zeros((width, width), np.uint16))))
    assert shown.shape[1] >= 512
    columns = np.nonzero(shown)[1]
    assert columns.min() > 0.2 * shown.shape[1]
    assert columns.max() < 0.8 * shown.shape[1]


@pytest.mark.parametrize("kind", ["preview", "overlay", "mask"])
def test_every_picture_tells_machines_that_it_is_synthetic_and_nothing_about_the_answer(kind: str) -> None:
    png = getattr(made(), kind)
    chunks = {key: value for key, value in picture(png).info.items() if isinstance(value, str)}
    assert chunks["Disclaimer"] == LABEL
    assert DIGITAL_SOURCE_TYPE in chunks["XML:com.adobe.xmp"]
    words = json.dumps(chunks).lower()
    assert "effusion" not in words
    assert "stage" not in words


def test_provenance_is_complete_and_json() -> None:
    files = made()
    kept = json.loads(json.dumps(files.provenance))
    assert set(kept) == {
        "spec",
        "seed",
        "model_name",
        "model_version",
        "weights_sha256",
        "made_at",
        "seconds",
        "pixels_sha256",
    }
    assert CaseSpec.from_dict(kept["spec"]) == EFFUSION
    assert datetime.fromisoformat(kept["made_at"]) == MOMENT
    assert kept["pixels_sha256"] == hashlib.sha256(files.pixels).hexdigest()
    assert kept["seconds"] >= 0


def test_the_same_case_is_made_twice_the_same() -> None:
    one, two, other = made(), made(), made(case_id=2)
    for part in ("dicom", "preview", "overlay", "pixels", "mask", "vignette"):
        assert getattr(one, part) == getattr(two, part)
    assert other.pixels == one.pixels
    assert read_film(other.dicom).instance_uid != read_film(one.dicom).instance_uid


def test_the_card_belongs_to_the_spec() -> None:
    assert made().vignette == write_vignette(EFFUSION)


def test_masks_of_any_size_survive() -> None:
    mask = np.random.default_rng(0).random((33, 47)) > 0.5
    assert np.array_equal(read_truth(truth_png(mask)), mask)


@pytest.mark.slow
def test_the_bundled_model_makes_a_whole_case() -> None:
    try:
        default_model()
    except ModelError as error:
        pytest.skip(str(error))
    files = make_case(EFFUSION, default_pipeline(), UUID(int=1), MOMENT)
    again = make_case(EFFUSION, default_pipeline(), UUID(int=1), MOMENT)
    assert files.dicom == again.dicom
    assert files.rows == files.columns >= 128
    film = read_film(files.dicom)
    assert film.spec == EFFUSION
    assert film.pixels.std() > 200
    assert files.lesion_area_mm2 > 0
    assert files.lesion_centroid is not None
    assert files.lesion_centroid[1] > files.columns / 2, "the patient's left is on the right of the film"
