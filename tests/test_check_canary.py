"""A canary in every field of every table: a name, a number and a word that may sing in the store and nowhere else."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from checked_stores import checked, claim, store_with
from deliveries import changed

from checks.catalogue import CATALOGUE
from checks.report import reported, write_reports
from checks.report.rows import to_look_at
from checks.report.words import Words
from checks.run import Outcome, check
from pipelines.definitions.contract import Table
from pipelines.definitions.tables import TABLES
from pipelines.store import Store

pytestmark = pytest.mark.slow

NAME, NUMBER, WORD = "Kanarie Fuglesang", "680125-4001", "zxkanariefugl"
CANARIES = (NAME, NUMBER, WORD)
SINGS = re.compile("kanarie|fuglesang|680125-?4001", re.IGNORECASE)
COMMAND = "import pipelines.commands.checks; from pipelines.cli import main; main()"


def with_canaries(table: Table) -> Iterator[dict[str, Any]]:
    """The good row of the delivery; and for each column and canary one that is good but for it. Keys differ."""
    yield changed(table.name)
    wrong = [(column, canary) for column in table.column_names for canary in CANARIES]
    for number, (column, canary) in enumerate(wrong):
        yield changed(table.name, **(_key(table, number) | {column: canary}))


def _key(table: Table, number: int) -> dict[str, str]:
    """One id, or the day in a key of several columns."""
    if len(table.key) == 1:
        return {table.key[0]: f"x{number}"}
    day = next(name for name in table.key if name.endswith("_date"))
    return {day: f"2025-03-{number + 1:02}"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Run, with canaries among the accepted rows and in quarantine."""
    tables: dict[str, Any] = {table.name: list(with_canaries(table)) for table in TABLES}
    return store_with(tmp_path_factory.mktemp("canary"), **tables)


@pytest.fixture(scope="module")
def outcome(store: Store) -> Outcome:
    return check(store)


def columns_that_sing(rows: pl.DataFrame) -> set[str]:
    texts = rows.select(pl.col(pl.String))
    return {name for name in texts.columns if texts[name].str.contains(r"(?i)kanarie|680125-?4001").any()}


def assert_silent(text: str) -> None:
    """Says how often it sings, and not around what."""
    assert len(SINGS.findall(text)) == 0


def test_the_canaries_are_in_the_tables_in_quarantine_and_among_the_findings(store: Store, outcome: Outcome) -> None:
    snapshot = store.snapshot()
    assert columns_that_sing(snapshot.table("assessments").collect()) == {"assessment_id", "instrument"}
    assert columns_that_sing(snapshot.table("diagnoses").collect()) == {"sks_code"}
    assert set(snapshot.table("quarantine").collect()["table"]) == {table.name for table in TABLES}
    assert columns_that_sing(outcome.snapshot.table("check_failures").collect()) == {"row_key"}
    failing = outcome.results.filter(pl.col("failing") > 0)
    assert failing["frame"].n_unique() > len(TABLES)


def test_results_hold_no_canary(outcome: Outcome) -> None:
    assert columns_that_sing(outcome.snapshot.table("check_results").collect()) == set()
    for told in outcome.validations.values():
        assert_silent(str(told.to_json_dict()))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("place", [None, "0461"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_no_report_holds_one_and_nothing_is_said_while_it_is_written(
    outcome: Outcome, tmp_path: Path, place: str | None, language: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    write_reports(outcome, reported(outcome, municipality=place), tmp_path, Words(language))
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) > (100 if place is None else 2)
    for file in files:
        assert_silent(str(file.relative_to(tmp_path)) + file.read_text("utf-8"))
    assert capfd.readouterr() == ("", "")


def test_the_command_prints_none_with_reports_and_every_log_line_on(store: Store, tmp_path: Path) -> None:
    arguments = ["check", "--store", str(store.folder), "--report", str(tmp_path / "reports")]
    loud = f"import logging; logging.basicConfig(level=logging.INFO); {COMMAND}"
    done = subprocess.run(
        [sys.executable, "-c", loud, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "250"},
    )
    assert done.returncode == 11, done.stderr
    assert "Kritisk" in done.stdout
    assert_silent(done.stdout + done.stderr)
    assert len([file for file in (tmp_path / "reports").rglob("*") if file.is_file()]) > 100


def test_no_log_line_of_a_check_holds_one(store: Store, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    with caplog.at_level(logging.DEBUG):
        again = check(store, tables=["contacts", "assessments", "diagnoses", "texts"])
        write_reports(again, reported(again), tmp_path, Words("da"))
    assert_silent(caplog.text)


@pytest.mark.parametrize(
    ("wants", "rule"),
    [
        ("date", pl.col("contact_id").str.to_date("%Y") > pl.date(2020, 1, 1)),
        ("number", pl.col("contact_id").cast(pl.Int64) > 0),
        ("json", pl.col("contact_id").str.json_decode(pl.Struct({"a": pl.Int64})).struct.field("a") > 0),
    ],
)
def test_a_rule_that_stops_at_a_value_does_not_repeat_it(
    store: Store, tmp_path: Path, wants: str, rule: pl.Expr, caplog: pytest.LogCaptureFixture
) -> None:
    stopping = claim(f"contacts.stops_at_{wants}", rule)
    outcome = checked(store, stopping)
    assert outcome.results["status"].to_list() == ["error"]
    report = reported(outcome, catalogue=[stopping])
    write_reports(outcome, report, tmp_path, Words("da"))
    for file in (file for file in tmp_path.rglob("*") if file.is_file()):
        assert_silent(file.read_text("utf-8"))
    assert_silent(str(list(to_look_at(report, Words("da")))) + caplog.text)


def test_the_catalogue_itself_holds_none() -> None:
    assert_silent(" ".join(check.claim_da + check.claim_en for check in CATALOGUE))
