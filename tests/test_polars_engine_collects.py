"""However many checks there are, the table is read once; and once more where rows fail."""

from __future__ import annotations

from checks.polars_engine import (  # isort: skip  # first: it imports Great Expectations quietly
    ExpectRowsToKeepRule,
    new_context,
    register_rule,
    validate,
)

from pathlib import Path
from typing import Any

import great_expectations.expectations as gxe
import polars as pl
import pytest
from engine_answers import suite_of
from expectation_cases import column_cases, everything, figure_cases, joint_cases, text_cases
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

pytestmark = pytest.mark.slow

COMPLETE = {"result_format": "COMPLETE", "unexpected_index_column_names": ["id"]}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The plans that were collected and read the file (a check is tried on an empty table first: not counted)."""
    seen: list[str] = []
    collect = pl.LazyFrame.collect

    def counted(frame: pl.LazyFrame, *args: Any, **kwargs: Any) -> Any:
        plan = frame.explain(optimized=False)
        if "Parquet SCAN" in plan:
            seen.append(plan)
        return collect(frame, *args, **kwargs)

    monkeypatch.setattr(pl.LazyFrame, "collect", counted)
    return seen


@pytest.fixture
def table(tmp_path: Path) -> pl.LazyFrame:
    everything().write_parquet(tmp_path / "table.parquet")
    return pl.scan_parquet(tmp_path / "table.parquet")


def limits(count: int, above: int) -> list[Expectation]:
    return [
        gxe.ExpectColumnValuesToBeBetween(column="whole", min_value=-100 - number, max_value=above, severity="info")
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1, 40, 200])
def test_one_reading_when_nothing_fails(reads: list[str], table: pl.LazyFrame, count: int) -> None:
    result = validate(table, ExpectationSuite(name="fine", expectations=limits(count, 100)), result_format=COMPLETE)
    assert result.success
    assert len(reads) == 1


@pytest.mark.parametrize("count", [1, 40, 200])
def test_two_readings_when_rows_fail(reads: list[str], table: pl.LazyFrame, count: int) -> None:
    result = validate(table, ExpectationSuite(name="failing", expectations=limits(count, 1)), result_format=COMPLETE)
    assert len(result.results) == count
    assert len(reads) == 2


def test_two_readings_for_every_kind_of_check_together(reads: list[str], table: pl.LazyFrame) -> None:
    """Among them some of a wrong type and on columns that are not there."""
    register_rule("positive", pl.col("whole") <= 0)
    cases = {**column_cases(), **text_cases(), **joint_cases(), **figure_cases()}
    suite = suite_of({**cases, "rule": ExpectRowsToKeepRule(rule="positive")})
    result = validate(table, suite, result_format=COMPLETE)
    assert len(result.results) == len(cases) + 1
    assert len(reads) == 2


def test_one_reading_when_only_counts_are_asked_for(reads: list[str], table: pl.LazyFrame) -> None:
    only_counts = {"result_format": "BASIC", "partial_unexpected_count": 0}
    result = validate(table, suite_of(column_cases()), result_format=only_counts)
    assert not result.success
    assert len(reads) == 1


def test_another_table_joins_the_same_pass(reads: list[str], table: pl.LazyFrame, tmp_path: Path) -> None:
    path = str(tmp_path / "table.parquet")
    source = new_context().data_sources.add_polars("tables")
    one = source.add_parquet_asset("one", path=path)
    source.add_parquet_asset("two", path=path)
    same = gxe.ExpectTableRowCountToEqualOtherTable(other_table_name="two", severity="info")
    suite = ExpectationSuite(name="both", expectations=[same, *limits(5, 100)])
    assert one.get_batch(one.build_batch_request()).validate(suite).success
    assert len(reads) == 1


def test_an_expression_that_stops_costs_a_few_readings_not_one_for_each_check(
    reads: list[str], table: pl.LazyFrame
) -> None:
    """The pass is halved until the one is found, and never repeated for the others: GX asks three times over."""
    register_rule("stops", pl.col("word").cast(pl.Int64) > 1)
    suite = ExpectationSuite(
        name="stops", expectations=[ExpectRowsToKeepRule(rule="stops", severity="info"), *limits(60, 100)]
    )
    result = validate(table, suite, result_format=COMPLETE)
    assert [bool(each.result) for each in result.results].count(False) == 1
    assert len(reads) <= 2 * 8, "twice the logarithm of the number of counts"
