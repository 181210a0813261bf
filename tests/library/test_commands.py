"""The commands of this room hand their options on and say what is wrong."""

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("name", ["generate_cases", "train_generator", "evaluate_generator", "preview_corpus"])
def test_a_command_explains_its_options(name, capsys):
    with pytest.raises(SystemExit) as end:
        call_command(name, "--help")
    assert end.value.code == 0
    assert name in capsys.readouterr().out


def test_generate_cases_refuses_an_unknown_finding(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("generate_cases", "--finding", "hiccups", "--out", str(tmp_path / "out"))
    assert end.value.code == 2
    assert "“hiccups” is not a known finding" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_train_generator_refuses_an_impossible_size(tmp_path):
    with pytest.raises(CommandError, match="not a multiple of 16"):
        call_command("train_generator", "--size", "13", "--out", str(tmp_path))


def test_evaluate_generator_says_that_there_is_no_model(tmp_path):
    with pytest.raises(CommandError, match=r"holds no .*safetensors"):
        call_command("evaluate_generator", "--model", str(tmp_path))


def test_preview_corpus_draws_the_sheet_that_is_asked_for(tmp_path):
    call_command("preview_corpus", "--sheet", "comorbidities", "--size", "32", "--out", str(tmp_path / "sheets"))
    assert [file.name for file in (tmp_path / "sheets").iterdir()] == ["comorbidities.png"]


def test_preview_corpus_knows_its_sheets(tmp_path):
    with pytest.raises(CommandError, match="Choose from: findings, comorbidities"):
        call_command("preview_corpus", "--sheet", "brains", "--out", str(tmp_path / "sheets"))
    assert not (tmp_path / "sheets").exists()
