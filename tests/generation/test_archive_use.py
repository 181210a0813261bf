"""What archives are for: splits by patient, batches, and an account on the command line."""

import json
import subprocess
import sys
from io import StringIO

import numpy as np
import pytest
from PIL import Image

from generation.corpus.archives import ARCHIVES, cli, open_archive
from generation.corpus.archives.corpus import ArchiveCorpus, collate, condition_of
from generation.corpus.archives.errors import ArchiveError
from generation.corpus.archives.labels import LabelMap
from generation.corpus.archives.record import ArchiveRecord
from generation.patients.anatomy import CONDITION_NAMES, condition_vector
from generation.spec import CaseSpec
from generation.vocabulary import COMORBIDITIES, FINDINGS
from tests.generation.archive_makers import nih_archive, nih_row, write_dicom

THREE = {"train": 0.8, "validation": 0.1, "test": 0.1}


@pytest.fixture
def nih(tmp_path):
    rows = [
        nih_row(f"{patient:08}_{film:03}.png", ("Pneumothorax", "No Finding", "Effusion")[film], age=40 + film)
        for patient in range(1, 41)
        for film in range(3)
    ]
    return nih_archive(tmp_path, rows)


def part_of(archive, shares, seed=0):
    return {record.patient_id: name for name, part in archive.split(shares, seed).items() for record in part}


def test_no_patient_is_in_two_parts(nih):
    parts = open_archive("nih", nih).split(THREE)
    people = [{record.patient_id for record in part} for part in parts.values()]
    assert sum(map(len, people)) == len(set.union(*people)) == 40
    assert sum(len(part) for part in parts.values()) == 120
    assert len(people[0]) > 24


def test_the_same_seed_gives_the_same_parts_and_another_seed_others(nih):
    archive = open_archive("nih", nih)
    assert part_of(archive, THREE) == part_of(open_archive("nih", nih), THREE)
    assert part_of(archive, THREE) != part_of(archive, THREE, seed=1)


def test_a_patient_stays_in_a_part_when_others_leave(nih):
    before = part_of(open_archive("nih", nih), THREE)
    for path in nih.glob("images_*/images/0000000*"):
        path.unlink()
    after = part_of(open_archive("nih", nih), THREE)
    assert len(after) == 31
    assert after.items() <= before.items()


@pytest.mark.parametrize("shares", [{}, {"train": 0.5}, {"train": 1.1, "test": -0.1}])
def test_shares_that_do_not_add_up_are_refused(nih, shares):
    with pytest.raises(ValueError, match="add up to 1"):
        open_archive("nih", nih).split(shares)


def record(**known):
    return ArchiveRecord(path=None, patient_id="p", source="", **known)


@pytest.mark.parametrize(
    "spec",
    [
        CaseSpec(finding="pneumothorax", stage=2, side="left", age=70, sex="M", comorbidities=("emphysema",)),
        CaseSpec(finding="pneumonia", stage=1.5, side="right", lobe="upper", age=18, sex="F"),
        CaseSpec(age=80, sex="F"),
    ],
)
def test_a_film_of_which_all_is_known_has_the_condition_of_its_spec(spec):
    known = record(
        findings=dict.fromkeys(FINDINGS, False) | {spec.finding: True},
        comorbidities={key: key in spec.comorbidities for key in COMORBIDITIES},
        stage=spec.stage or None,
        side=None if spec.side == "none" else spec.side,
        lobe=spec.lobe or None,
        age=spec.age,
        sex=spec.sex,
    )
    values = condition_of(known)
    assert all(certain for _, certain in values)
    assert np.allclose([value for value, _ in values], condition_vector([spec])[0])


def test_what_is_not_known_is_told_apart_from_what_is_absent():
    film = record(findings={"pneumothorax": True, "pneumonia": False}, side="right", comorbidities={"obesity": False})
    values = dict(zip(CONDITION_NAMES, condition_of(film), strict=True))
    assert values["pneumothorax:right::1"] == (1.0, True)
    assert values["pneumothorax:right::2"] == (0.0, False)
    assert values["pneumothorax:left::1"] == (0.0, True)
    assert values["pneumonia:right:lower:1"] == (0.0, True)
    assert values["pleural_effusion:left::1"] == (0.0, False)
    assert values["age"] == (0.0, False)
    assert values["obesity"] == (0.0, True)
    assert values["emphysema"] == (0.0, False)


def test_a_side_is_not_given_to_either_of_two_findings():
    values = condition_of(record(findings={"pneumothorax": True, "pleural_effusion": True}, side="right"))
    assert [value for name, value in zip(CONDITION_NAMES, values, strict=True) if name.endswith("::1")][-4:] == [
        *[(0.0, False)] * 4
    ]


def test_a_batch_holds_pictures_masks_conditions_and_what_is_known(nih):
    archive = open_archive("nih", nih)
    corpus = ArchiveCorpus(archive, archive.split(THREE)["train"], 32)
    batch = corpus.batch(np.random.default_rng(0), 9)
    assert batch.image.shape == batch.mask.shape == (9, 1, 32, 32)
    assert batch.condition.shape == batch.condition_known.shape == (9, len(CONDITION_NAMES))
    assert batch.known_condition.shape == (9, 2 * len(CONDITION_NAMES))
    assert batch.mask_known.any()  # normal films: nothing to mark
    assert not batch.mask_known.all()
    assert batch.mask.sum() == 0
    assert not batch.condition[~batch.condition_known].any()
    assert batch.grade.tolist() == [-1] * 9
    assert archive.report.decoded == 9
    assert batch.to("cpu").image.equal(batch.image)


def test_an_unreadable_film_is_counted_and_replaced_in_a_batch(nih):
    archive = open_archive("nih", nih)
    records = archive.records()[:2]
    records[0].path.write_bytes(b"broken")
    batch = ArchiveCorpus(archive, records, 32).batch(np.random.default_rng(0), 8)
    assert len(batch.image) == 8
    assert archive.report.unreadable.total > 0
    records[1].path.write_bytes(b"broken")
    with pytest.raises(ArchiveError, match="in a row cannot be read"):
        ArchiveCorpus(archive, records, 32).batch(np.random.default_rng(0), 1)
    with pytest.raises(ArchiveError, match="no film to learn from"):
        ArchiveCorpus(archive, [], 32)


def test_grades_of_another_scale_travel_in_the_batch(nih):
    archive = open_archive("nih", nih)
    sample = archive.load(archive.records()[0], 16)
    object.__setattr__(sample.record, "grade", 3)
    assert collate([sample]).grade.tolist() == [3]


def check(path, *options):
    import argparse

    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    out, err = StringIO(), StringIO()
    code = cli.run(vars(parser.parse_args([str(path), *options])), out, err)
    return code, out.getvalue(), err.getvalue()


def test_the_command_prints_the_account_as_data(nih):
    (nih / "images_001" / "images" / "00000001_000.png").write_bytes(b"broken")
    code, out, _ = check(nih, "--kind", "nih", "--json", "--decode", "all", "--size", "16")
    result = json.loads(out)
    assert code == 0
    assert (result["films"], result["kept"], result["decoded"]) == (120, 120, 119)
    assert result["unreadable"] == {
        "picture that cannot be read (broken, cut short, or of another kind)": {
            "count": 1,
            "examples": ["Data_Entry_2017_v2020.csv line 2"],
        }
    }
    assert result["contents"]["findings"]["pneumothorax"] == {"present": 40, "absent": 80}
    assert sum(part["patients"] for part in result["split"].values()) == 40
    assert "NIH Clinical Center" in result["terms"]


def test_the_command_prints_a_table_for_people(nih):
    code, out, _ = check(nih, "--kind", "nih", "--decode", "2", "--size", "16")
    assert code == 0
    assert "     120 films met (120 table rows)" in out
    assert "pneumothorax 40 (absent 80)" in out
    assert "2 decoded, 0 unreadable" in out
    assert "split: train" in out


def test_the_command_says_why_it_stops_and_when_nothing_is_left(tmp_path, nih):
    assert check(tmp_path / "nowhere", "--kind", "nih")[::2] == (
        2,
        f"check_archive: There is no folder {tmp_path / 'nowhere'}.\n",
    )
    for option, message in (("--split=50,50", "three numbers"), ("--decode=few", "a number or all")):
        code, _, err = check(nih, "--kind", "nih", option)
        assert (code, message in err) == (2, True)
    assert check(nih, "--kind", "nih", "--views", "L")[0] == 1


def test_the_command_names_no_patient_when_it_stops(tmp_path):
    write_dicom(tmp_path / "a.dcm", PatientName="Quillfeather^Ottoline")
    code, out, err = check(tmp_path, "--kind", "dicom", "--json")
    assert (code, out) == (2, "")
    assert "a.dcm still identifies its patient: Patient's Name (0010,0010)" in err
    assert "Quillfeather" not in err


def test_the_sheet_shows_the_decoded_films(nih, tmp_path):
    sheet = tmp_path / "out" / "sheet.png"
    assert check(nih, "--kind", "nih", "--decode", "8", "--size", "64", "--sheet", str(sheet))[0] == 0
    assert Image.open(sheet).size == (6 * 64, 2 * (64 + 26))


def test_every_label_map_speaks_the_vocabulary():
    maps = {
        kind: value
        for kind, archive in ARCHIVES.items()
        for value in vars(sys.modules[archive.__module__]).values()
        if isinstance(value, LabelMap)
    }
    assert set(maps) == {"nih", "chexpert", "vindr"}
    for labels in maps.values():
        assert set(labels.findings) <= set(FINDINGS) - {"normal"}
        assert set(labels.comorbidities) <= set(COMORBIDITIES)


def test_archives_are_read_without_torch_or_django():
    code = "import sys, generation.corpus.archives.cli; print({'torch', 'django'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
