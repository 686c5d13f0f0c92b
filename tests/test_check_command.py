"""`roedtraad check` and `roedtraad checks`: what they print, write and decide, and in which words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import Any

import polars as pl
import pytest
from checked_stores import checked, contact, store_with
from reported_checks import (
    ALL,
    EARLY,
    ODENSE,
    bad_in,
    every_status,
)
from typer.testing import CliRunner, Result

from checks.catalogue import CATALOGUE
from checks.catalogue_page import checks_page
from checks.days import danish_day
from checks.declared import SEVERITIES
from checks.report import reported, write_reports
from checks.report.words import Words, texts
from checks.run import Outcome
from dashboards.language import LANGUAGES, NO_BREAK
from pipelines.cli import app
from pipelines.commands import checks as commands
from pipelines.errors import StoreFailed

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")
IN_A_MONTH = str(danish_day(datetime.now(UTC)) + timedelta(days=30))


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return every_status(tmp_path_factory.mktemp("one"))


def test_both_languages_have_the_same_texts_and_placeholders() -> None:
    def placeholders(language: Any) -> dict[tuple[str, str], set[str | None]]:
        return {
            (section, name): {field for _, field, _, _ in Formatter().parse(text) if field}
            for section, names in texts(language).items()
            for name, text in names.items()
        }

    assert placeholders("da") == placeholders("en")
    assert all(text.strip() for language in LANGUAGES for names in texts(language).values() for text in names.values())


@pytest.mark.parametrize("words", [DA, EN], ids=LANGUAGES)
def test_every_table_status_severity_and_kind_of_the_catalogue_has_a_word(words: Words) -> None:
    assert [check.frame for check in CATALOGUE if words.frame(check.frame) == check.frame] == []
    assert all(words.category(check.category) and words(f"context.{check.context}") for check in CATALOGUE)
    assert all(words.severity(severity) for severity in SEVERITIES)


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.0, "0"),
        (1.0, "100"),
        (0.3621, "36"),
        (0.0021093, "0,21"),
        (0.001, "0,1"),
        (0.9985, "99,85"),
        (0.99999999, "over 99,999"),
        (0.00000001, "under 0,001"),
        (1 / 3, "33"),
    ],
)
def test_a_share_is_told_with_as_few_decimals_as_it_needs_and_never_rounded_to_none_or_all(
    share: float, told: str
) -> None:
    assert DA.share(share) == f"{told}{NO_BREAK}%"
    assert EN.share(share) == f"{told.replace(',', '.')}%"


def test_reports_that_cannot_be_written_say_why_and_leave_the_results(outcome: Outcome, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreFailed) as told:
        write_reports(outcome, reported(outcome, catalogue=ALL), tmp_path / "taken", DA)
    assert "The results are in the store" in str(told.value)


def test_a_municipality_gets_no_data_docs_since_they_count_the_whole_store(outcome: Outcome, tmp_path: Path) -> None:
    own = reported(outcome, municipality=ODENSE, catalogue=ALL)
    written = write_reports(outcome, own, tmp_path, DA)
    assert [file.name for file in written] == ["checks.html", "checks.json", "checks.xml"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["checks.html", "checks.json", "checks.xml"]


def roedtraad(*arguments: object) -> Result:
    assert commands.checks_app
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_shows_counts_writes_the_reports_and_ends_with_the_worst(tmp_path: Path) -> None:
    children = [{"child_id": "c1", "birth_date": "2025-01-08", "sex": "female"}]
    store = store_with(tmp_path, children=children, contacts=[contact(1)])
    out = tmp_path / "reports"
    done = roedtraad("check", "--store", store.folder, "--table", "children", "--report", out, "--lang", "en", "-q")
    whole = json.loads((out / "checks.json").read_text("utf-8"))
    assert done.exit_code == whole["exit_code"]
    assert {each["frame"] for each in whole["checks"]} == {"children"}
    assert {file.name for file in out.iterdir()} == {"checks.html", "checks.json", "checks.xml", "great_expectations"}
    assert done.output.count("Report: ") == 4
    shown = roedtraad("check", "--store", store.folder, "--table", "children", "--table", "stored")
    assert "Kontroller" in shown.output
    assert "check children" in shown.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--lang", "fr"), "Danish and English"),
        (("--municipality", "9999"), "no such municipality"),
        (("--table", "chldren"), "No check is about chldren"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_checked(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = roedtraad("check", "--store", tmp_path / "store", *arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_the_list_shows_every_check_or_those_of_a_table() -> None:
    whole = roedtraad("checks", "list", "--lang", "en").output
    assert all(check.id in whole for check in CATALOGUE)
    some = roedtraad("checks", "list", "--table", "children").output
    assert "children.mother_too_old" in some
    assert "contacts." not in some
    assert roedtraad("checks", "list", "--table", "chldren").exit_code == 2


def test_a_steward_accepts_assigns_and_takes_back_by_command(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=bad_in(m0461=3))
    checked(store, EARLY)
    common = ("--store", store.folder, "--reason", "Kendt", "--until", IN_A_MONTH, "--by", "Anne")
    accepted = roedtraad("checks", "accept", EARLY.id, "--key", "k1", *common)
    assert (accepted.exit_code, "1 failing row under the key" in accepted.output) == (0, True)
    assigned = roedtraad("checks", "assign", EARLY.id, "--municipality", ODENSE, "--to", "Bo", *common)
    assert (assigned.exit_code, "3 failing rows in municipality 0461" in assigned.output) == (0, True)
    found = store.last("check").table("check_failures").collect().sort("row_key")  # type: ignore[union-attr]
    assert found["accepted_reason"].to_list() == [None, "Kendt", None]
    assert found["assigned_to"].to_list() == ["Bo"] * 3
    by = ("--store", store.folder, "--by", "Bo")
    assert roedtraad("checks", "take-back", EARLY.id, "--key", "k1", *by).exit_code == 0
    assert roedtraad("checks", "take-back", EARLY.id, "--municipality", ODENSE, *by).exit_code == 0
    found = store.last("check").table("check_failures").collect()  # type: ignore[union-attr]
    assert found.select("accepted_reason", "assigned_to").null_count().row(0) == (3, 3)
    twice = roedtraad("checks", "take-back", EARLY.id, "--key", "k1", *by)
    assert (twice.exit_code, "nothing was taken back" in twice.output) == (1, True)
    missing = roedtraad("checks", "accept", EARLY.id, "--key", "nobody", *common)
    assert (missing.exit_code, "no such finding" in missing.output) == (1, True)


@pytest.mark.parametrize(
    "scope",
    [(), ("--key", "k1", "--municipality", ODENSE), ("--key", "k1", "--everywhere")],
    ids=["none", "key and municipality", "key and everywhere"],
)
def test_exactly_one_scope_is_named_and_the_whole_country_only_in_so_many_words(
    tmp_path: Path, scope: tuple[str, ...]
) -> None:
    store = store_with(tmp_path, contacts=bad_in(m0461=3))
    checked(store, EARLY)
    reason, by = ("--reason", "Kendt", "--until", IN_A_MONTH), ("--store", store.folder, "--by", "Anne")
    for command in (("accept", *reason), ("assign", "--to", "Bo", *reason), ("take-back",)):
        done = roedtraad("checks", command[0], EARLY.id, *command[1:], *by, *scope)
        assert (done.exit_code, "not said which findings" in done.output) == (2, True)
    everywhere = roedtraad("checks", "accept", EARLY.id, "--everywhere", *reason, *by)
    assert (everywhere.exit_code, "3 failing rows in the whole country" in everywhere.output) == (0, True)


def test_a_mistyped_store_is_told_and_no_folder_is_made(tmp_path: Path) -> None:
    mistyped = ("--store", tmp_path / "stoer")
    decided = (*mistyped, "--by", "Anne", "--everywhere")
    for command in (
        ("check", *mistyped),
        ("checks", "accept", EARLY.id, "--reason", "Kendt", "--until", IN_A_MONTH, *decided),
        ("checks", "take-back", EARLY.id, *decided),
    ):
        done = roedtraad(*command)
        assert (done.exit_code, "Mind the name" in done.output) == (5, True)
    assert list(tmp_path.iterdir()) == []


def test_reports_that_have_no_place_are_refused_before_anything_is_checked(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=[contact(1)])
    (tmp_path / "taken" / "great_expectations").mkdir(parents=True)
    (tmp_path / "taken" / "great_expectations" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for folder, told in (
        ("taken", "something else than Data Docs"),
        ("file", "is a file"),
        ("file/below", "is a file"),
    ):
        done = roedtraad("check", "--store", store.folder, "--report", tmp_path / folder)
        assert (done.exit_code, told in " ".join(done.output.split())) == (6, True)
    assert store.last("check") is None
    own = roedtraad("check", "--store", store.folder, "--report", tmp_path / "taken", "--municipality", ODENSE, "-q")
    assert (tmp_path / "taken" / "checks.html").is_file()
    assert own.exit_code != 6


def test_that_the_data_are_wrong_comes_before_that_the_report_cannot_be_written(
    tmp_path: Path, outcome: Outcome
) -> None:
    told = reported(outcome, catalogue=ALL)
    (tmp_path / "taken").write_text("a file")
    assert commands._written(outcome, told, tmp_path / "taken", DA) == outcome.exit_code == 11
    fine = replace(outcome, results=outcome.results.filter(pl.col("status") == "passed"))
    assert commands._written(fine, told, tmp_path / "taken", DA) == StoreFailed.exit_code


def test_the_page_of_the_docs_has_every_check_once_and_is_not_stale() -> None:
    text = checks_page()
    assert re.findall(r"^### (\S+)$", text, flags=re.MULTILINE) == [check.id for check in CATALOGUE]
    assert all(said in text for check in CATALOGUE for said in (check.supplier_da, check.reader_en))
    page = Path(__file__).parent.parent / "docs" / "checks.md"
    assert page.read_text("utf-8") == text, "run `roedtraad docs`"


def test_great_expectations_is_imported_only_when_something_is_validated() -> None:
    light = "import sys, pipelines.cli, pipelines.commands.checks, checks.report, checks.catalogue_page"
    done = subprocess.run(
        [sys.executable, "-c", f"{light}; print('great_expectations' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
