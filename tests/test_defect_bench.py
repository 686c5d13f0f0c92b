"""The defect bench runs the real pipeline and the real checks: what is planted is found, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner

import checks.polars_engine  # noqa: F401 - first: it keeps the warnings of another package's import away
from checks.catalogue import CATALOGUE
from checks.defects import DEFECTS, chosen_defects
from checks.defects.bench import FLOOR, SCORES, Bench, bench
from pipelines.cli import app
from pipelines.commands.defects import defects as command
from pipelines.errors import WrongUse
from pipelines.shown_defects import defects_table, verdict

OF_EACH_SORT = (
    "children.weight_in_kilograms",
    "children.sex_in_danish",
    "contacts.before_birth",
    "costs.on_new_years_day",
    "assessments.delivered_twice",
    "diagnoses.before_birth",
    "residences.zero_lost",
    "links.lost",
)


@pytest.fixture(scope="module")
def small() -> Bench:
    return bench(children=4000, seed=3, rates=(0.05,), defects=chosen_defects(OF_EACH_SORT))


def test_every_defect_names_checks_that_there_are() -> None:
    known = {check.id for check in CATALOGUE}
    assert {check_id for defect in DEFECTS for check_id in defect.finders} <= known


def test_defects_of_each_sort_are_planted_and_found(small: Bench) -> None:
    scores = small.scores
    assert scores.schema == SCORES
    assert set(scores["defect"]) == set(OF_EACH_SORT)
    assert scores.filter((pl.col("planted") == 0) | (pl.col("found") < pl.col("planted"))).is_empty()


def test_what_was_set_aside_is_found_by_the_check_of_the_rows_as_delivered(small: Bench) -> None:
    found_by = dict(small.scores.select("defect", "found_by").iter_rows())
    assert found_by["children.sex_in_danish"] == "children_delivered.enumeration"
    assert found_by["residences.zero_lost"] == "residences_delivered.reference"


def test_nothing_is_named_in_families_in_which_nothing_was_planted(small: Bench) -> None:
    assert small.elsewhere.is_empty()
    assert small.scores["false_alarms"].sum() == 0


def test_no_check_fails_on_flawless_records(small: Bench) -> None:
    assert small.on_clean_data["check_id"].to_list() == []


def test_a_defect_that_its_check_does_not_look_for_is_missed_and_the_bench_is_not_good() -> None:
    (defect,) = chosen_defects(["costs.negative"])
    missed = bench(children=500, seed=3, rates=(0.05,), defects=[replace(defect, found_by=("costs.too_large",))])
    assert missed.scores["planted"].item() > 0
    assert missed.scores["found"].item() == 0
    assert missed.scores["found_by"].item() == ""
    assert not missed.is_good


def test_the_command_refuses_a_name_that_no_defect_has() -> None:
    ran = CliRunner().invoke(app, [command.__name__, "--only", "nonsense"])
    assert ran.exit_code == WrongUse.exit_code
    assert "nonsense" in ran.output


def test_the_table_says_per_type_what_was_found_and_by_whom(small: Bench) -> None:
    console = Console(width=200, record=True, file=StringIO())
    console.print(defects_table(small.scores, FLOOR))
    console.print(verdict(small.scores, small.on_clean_data, small.elsewhere, FLOOR))
    told = console.export_text()
    assert "children_delivered.enumeration" in told
    assert f"{len(OF_EACH_SORT)} of {len(OF_EACH_SORT)} types" in told
