"""Requests as they are declared: what is shipped can be asked, and every slip is told with its place and a way out."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.requests.declared import DeclarationRefused, load, names, shipped
from pipelines.requests.respondents import municipalities

SHIPPED = ("eating_disorders", "pregnant_substance_use", "rare_disabilities")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(shipped() / "eating_disorders", tmp_path / "eating_disorders")
    return tmp_path


def changed(folder: Path, file: str, old: str, new: str) -> None:
    place = folder / "eating_disorders" / file
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new, 1), "utf-8")


def test_three_requests_are_shipped() -> None:
    assert tuple(names()) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_request_asks_in_four_themes_and_of_providers_flow_capacity_waiting_time_and_competences(
    name: str,
) -> None:
    request = load(name)
    assert {question.theme for question in request.of("municipality")} == {1, 2, 3, 4}
    of_providers = {question.id: question.kind for question in request.of("provider")}
    expected = {"inflow": "number", "outflow": "number", "capacity": "number", "waiting_time": "days"}
    assert expected.items() <= of_providers.items()
    assert of_providers["competences"] == "list"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_reply_is_approved_by_the_directors_then_k22_and_kkr_then_councils_and_region(name: str) -> None:
    after = {step.id: step.after for step in load(name).approvals}
    assert after == {
        "directors_forum": ("draft",),
        "k22": ("directors_forum",),
        "kkr": ("directors_forum",),
        "councils": ("k22", "kkr"),
        "region": ("k22", "kkr"),
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("questions.csv", "citizens,1,", "citizens,5,", "row 2: theme"),
        ("questions.csv", "municipality,number", "municipality,figure", "row 2: kind"),
        ("questions.csv", "under_18,1", "citizens,1", "row 3: id stands twice"),
        ("questions.csv", ",development,", ",weather,", "row 4: choices names weather"),
        ("questions.csv", "true,true,,,Hvor", "true,true,,height,Hvor", "row 2: compared_with names height"),
        ("questions.csv", "true,true,,,Hvor", "yes,true,,,Hvor", "row 2: required"),
        ("questions.csv", "id,theme", "name,theme", "other columns"),
        ("questions.csv", "yes_no,,,true,false", "yes_no,,,true,true", "counts_people belongs"),
        ("request.toml", "days = 60", "days = 0", "days is 1 to"),
        ("request.toml", 'after = ["answers"]', 'after = ["region"]', "after names region"),
        ("request.toml", 'id = "draft"', 'id = "sketch"', "answers and draft are needed"),
        ("request.toml", "tolerance = 0.1", "tolerance = 2", "tolerance"),
        ("request.toml", "version = 1", 'version = "one"', "version"),
        ("request.toml", "tolerance = 0.1", "tolerence = 0.1", "tolerence"),
        ("request.toml", "[themes]", "[themes", "line"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_place(folder: Path, file: str, old: str, new: str, told: str) -> None:
    changed(folder, file, old, new)
    with pytest.raises(DeclarationRefused) as refused:
        load("eating_disorders", folder)
    assert re.search(re.escape(told), str(refused.value), re.IGNORECASE)
    assert refused.value.to_do


def test_a_file_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "eating_disorders" / "questions.csv").unlink()
    with pytest.raises(DeclarationRefused, match=r"questions\.csv cannot be read"):
        load("eating_disorders", folder)


def test_a_name_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(UserError, match="rare_disabilities"):
        load("weather")


def test_another_word_is_another_fingerprint(folder: Path) -> None:
    before = load("eating_disorders", folder).fingerprint
    changed(folder, "questions.csv", "Hvor mange af dem", "Hvor mange")
    assert load("eating_disorders", folder).fingerprint != before


@pytest.mark.parametrize(
    ("day", "region", "number"),
    [(date(2026, 6, 1), "1083", 22), (date(2026, 6, 1), "country", 98), (date(2027, 6, 1), "Region Østdanmark", 46)],
)
def test_a_region_is_asked_as_it_is_on_the_day(day: date, region: str, number: int) -> None:
    assert municipalities(Reference.load(), day, region).height == number


def test_a_region_that_is_none_on_the_day_is_told() -> None:
    with pytest.raises(UserError, match="There is no region 1084 on 2027"):
        municipalities(Reference.load(), date(2027, 6, 1), "1084")
