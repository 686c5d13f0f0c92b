"""The commands and files of docs/guidance.md do what the page says, from an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import polars as pl
import pytest

from pipelines.cli import app
from pipelines.store import Store

PAGE = Path(__file__).parent.parent / "docs" / "guidance.md"
BLOCK = re.compile(r"(?:^`(?P<file>[\w./]+)`\n\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_eating_disorders_are_added_by_the_steps_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    example = PAGE.read_text("utf-8").split("## Example: eating disorders")[1]
    ran = []
    for block in BLOCK.finditer(example):
        if block["file"]:
            Path(block["file"]).write_text(block["text"], "utf-8")
        elif block["kind"] == "sh":
            for line in block["text"].splitlines():
                command = shlex.split(line)
                assert app(command[1:], standalone_mode=False) in {None, 0}, line
                ran.append(command[1])
    assert ran == ["guidance", "guidance", "guidance", "sample", "run", "guidance"]
    assert "eating_disorders keeps every rule: 4 recommendations." in capsys.readouterr().out
    run = Store(tmp_path / "disorders" / "store").snapshot()
    groups = run.table("exposed").select(pl.col("substance_group").unique()).collect()["substance_group"]
    assert {"anorexia", "bulimia"} <= set(groups)
    kinds = run.table("obligations").select(pl.col("kind").cast(pl.String).unique()).collect()["kind"]
    assert "registered" in kinds.to_list()
    assert "on_child_record" not in kinds.to_list()


def test_a_draft_as_it_is_names_what_is_left_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "heart_disease"
    app(["guidance", "new", str(folder)], standalone_mode=False)
    text = (folder / "guidance.toml").read_text("utf-8")
    assert text.count("gæt / guess") >= 5
    assert "TODO" not in text
    assert app(["guidance", "check", str(folder)], standalone_mode=False) == 27
    assert "recommendations.csv, row 2: text_da is empty" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["rare_disabilities", "exposed_before_birth", "with space", "notes.txt"])
def test_a_draft_is_not_written_under_a_name_that_no_guidance_can_have(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    assert app(["guidance", "new", str(tmp_path / name)], standalone_mode=False) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]
    assert "Traceback" not in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert app(["guidance", "new", str(tmp_path / "file" / "hearts")], standalone_mode=False) == 6
    assert "cannot be written" in capsys.readouterr().err


def test_a_draft_does_not_write_over_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    assert app(["guidance", "new", str(tmp_path)], standalone_mode=False) == 2
    assert "nothing was touched" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]
