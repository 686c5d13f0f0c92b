"""Row conditions, rules of one's own, types, duplicates, flags, and what is refused when a suite is built."""

from __future__ import annotations

from engine_children import CHILDREN, COMPLETE, LIGHT, answered, rows, said  # isort: skip  # first: imports GX quietly

import json
import warnings
from datetime import date
from typing import Any

import great_expectations.expectations as gxe
import polars as pl
import pytest
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.conditions import Column
from great_expectations.expectations.expectation import Expectation

from checks.polars_engine import (
    ExpectColumnDtypeToBeIn,
    ExpectRowsToKeepRule,
    UnsupportedExpectationError,
    assert_supported,
    register_rule,
    supported_suite,
    unexpected_flag,
    validate,
)
from checks.polars_engine.duplicates import Repeated


@pytest.mark.parametrize(
    ("condition", "unexpected"),
    [
        (Column("municipality") == "0101", [1]),
        (Column("municipality") == "0147", []),
        (Column("municipality").is_in(["0101", "0147"]), [1]),
        (Column("municipality").is_not_in(["0101"]), []),
        (Column("born") >= "2024-02-01", [1]),
        (Column("born") > date(2024, 2, 1), []),
        (Column("born").is_null(), []),
        (Column("born").is_not_null() & (Column("child") != "a"), [1]),
        ((Column("child") == "b") | (Column("child") == "d"), [1]),
    ],
    ids=repr,
)
def test_a_row_condition_says_which_rows_count(condition: Any, unexpected: list[int]) -> None:
    assert rows(CHILDREN, gxe.ExpectColumnValuesToBeBetween(**LIGHT, row_condition=condition)) == unexpected


@pytest.mark.parametrize(
    ("condition", "unexpected"),
    [('col("municipality") == "0101"', [1]), ('col("weight") > 100', []), ('col("child").notnull()', [1])],
)
def test_the_older_text_of_a_row_condition_is_read(condition: str, unexpected: list[int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        given = {"row_condition": condition, "condition_parser": "great_expectations"}
        assert rows(CHILDREN, gxe.ExpectColumnValuesToBeBetween(**LIGHT, **given)) == unexpected


def test_a_row_condition_survives_json() -> None:
    suite = ExpectationSuite(
        name="saved",
        expectations=[
            gxe.ExpectColumnValuesToBeBetween(
                column="born", max_value=date(2025, 1, 1), severity="info", row_condition=Column("born") > "2024-01-15"
            )
        ],
    )
    saved = json.loads(json.dumps(suite.to_json_dict()))
    read = ExpectationSuite(name="read", expectations=saved["expectations"])
    assert [each.result["unexpected_count"] for each in validate(CHILDREN, read).results] == [1]


def test_a_rule_of_ones_own_is_an_expectation() -> None:
    register_rule("born before the end of 2024", pl.col("born") > date(2024, 12, 31))
    result = answered(CHILDREN, ExpectRowsToKeepRule(rule="born before the end of 2024"), result_format=COMPLETE)[0]
    assert not result.success
    assert (result.result["element_count"], result.result["unexpected_count"]) == (5, 1)
    assert result.result["unexpected_index_list"] == [4]
    assert result.result["unexpected_list"] == [{"born": date(2030, 1, 1)}]


def test_a_rule_counts_the_rows_that_it_is_about() -> None:
    register_rule("heavy in 0147", pl.col("weight") < 2900, among=pl.col("municipality") == "0147")
    result = answered(CHILDREN, ExpectRowsToKeepRule(rule="heavy in 0147", mostly=0.6))[0]
    assert (result.result["unexpected_count"], result.result["missing_count"]) == (1, 2)
    assert result.success, "one of three"
    assert not answered(CHILDREN, ExpectRowsToKeepRule(rule="heavy in 0147", mostly=0.7))[0].success


def test_a_rule_may_look_at_other_rows() -> None:
    register_rule("fewer than three in a municipality", pl.len().over("municipality") > 2)
    assert rows(CHILDREN, ExpectRowsToKeepRule(rule="fewer than three in a municipality")) == [2, 3, 4]


def test_a_rule_has_one_meaning() -> None:
    register_rule("once", pl.col("weight") > 1)
    register_rule("once", pl.col("weight") > 1)
    with pytest.raises(ValueError, match="another rule"):
        register_rule("once", pl.col("weight") > 2)


def test_a_rule_that_nobody_registered_is_an_error_of_its_check() -> None:
    assert "no rule has the name" in said(answered(CHILDREN, ExpectRowsToKeepRule(rule="unheard of"))[0])


@pytest.mark.parametrize(
    ("dtypes", "success"),
    [(["Int64"], True), (["String", "Int64"], True), (["Float64"], False)],
)
def test_a_type_is_named_as_polars_names_it(dtypes: list[str], success: bool) -> None:
    result = answered(CHILDREN, ExpectColumnDtypeToBeIn(column="weight", dtypes=dtypes))[0]
    assert (result.success, result.result["observed_value"]) == (success, "Int64")


def test_a_type_may_be_named_without_its_unit() -> None:
    moments = pl.DataFrame({"at": []}, schema={"at": pl.Datetime("ms")})
    assert answered(moments, ExpectColumnDtypeToBeIn(column="at", dtypes=["Datetime"]))[0].success


@pytest.mark.parametrize("dtype", [pl.Enum(["0101", "0147"]), pl.Categorical], ids=["enum", "categorical"])
def test_enumerations_are_text(dtype: Any) -> None:
    frame = CHILDREN.cast({"municipality": dtype})
    known = gxe.ExpectColumnValuesToBeInSet(column="municipality", value_set=["0101", "0999"])
    assert rows(frame, known) == [2, 3, 4]
    assert rows(frame, gxe.ExpectColumnValuesToMatchRegex(column="municipality", regex="^01[0]")) == [2, 3, 4]
    assert rows(frame, gxe.ExpectColumnValuesToBeUnique(column="municipality")) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("column", "value_set"), [("weight", ["x"]), ("child", [1, 2.0]), ("born", ["no day", 3]), ("flag", ["True"])]
)
def test_a_set_for_another_column_is_an_error_in_one_line_of_our_own(column: str, value_set: list[Any]) -> None:
    frame = CHILDREN.with_columns(flag=pl.lit(True))
    told = said(answered(frame, gxe.ExpectColumnValuesToBeInSet(column=column, value_set=value_set))[0])
    assert "nothing in the set is of that kind" in told
    assert "Hint" not in told
    assert "\n" not in told.strip()


def test_whole_numbers_are_compared_as_such_also_where_floating_point_has_no_room() -> None:
    frame = pl.DataFrame({"n": [2**53, 2**53 + 1, None]})
    assert rows(frame, gxe.ExpectColumnValuesToBeInSet(column="n", value_set=[2**53 + 1])) == [0]
    assert rows(frame, gxe.ExpectColumnValuesToBeInSet(column="n", value_set=[2**53 + 1, 0.5, 2**70])) == [0]


def test_infinity_is_a_number_and_nan_is_missing() -> None:
    frame = pl.DataFrame({"z": [float("inf"), float("nan"), 1.0]})
    assert rows(frame, gxe.ExpectColumnValuesToBeBetween(column="z", max_value=10)) == [0]
    assert rows(frame, gxe.ExpectColumnValuesToNotBeNull(column="z")) == [1]


def test_values_of_one_hash_are_told_apart() -> None:
    """As if all three had the same: the values themselves decide."""
    word = Repeated(pl.col("word"), pl.lit(True), is_dear=True)
    likely = pl.DataFrame({"word": ["a", "b", "a"], "likely": [True] * 3})
    assert likely.select(word.confirmed(pl.col("likely"))).to_series().to_list() == [True, False, True]


def test_repeated_words_and_pairs_are_found() -> None:
    words = pl.DataFrame({"word": ["a", "b", "a", None, None], "n": [1, 1, 1, 2, 2]})
    assert rows(words, gxe.ExpectColumnValuesToBeUnique(column="word")) == [0, 2]
    pairs = gxe.ExpectCompoundColumnsToBeUnique(column_list=["word", "n"])
    assert rows(words, pairs) == [0, 2, 3, 4]
    few = gxe.ExpectCompoundColumnsToBeUnique(column_list=["word", "n"], row_condition=Column("n") == 1)
    assert rows(words, few) == [0, 2]


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        (gxe.ExpectColumnValuesToBeOfType(column="weight", type_="int", severity="info"), "ExpectColumnDtypeToBeIn"),
        (gxe.ExpectColumnTypeToBe(column="weight", type_="int", severity="info"), "ExpectColumnDtypeToBeIn"),
        (gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT 1", severity="info"), "register_rule"),
        (gxe.ExpectColumnValuesToBeUnique(column="child"), "no severity is stated"),
        (gxe.ExpectColumnKLDivergenceToBeLessThan(column="weight", threshold=1, severity="info"), "partition_object"),
    ],
    ids=lambda each: getattr(each, "expectation_type", each),
)
def test_what_the_engine_does_not_calculate_is_refused_when_the_suite_is_built(
    expectation: Expectation, reason: str
) -> None:
    fine = gxe.ExpectColumnValuesToNotBeNull(column="child", severity="critical")
    with pytest.raises(UnsupportedExpectationError, match=reason):
        supported_suite("refused", [fine, expectation])
    assert_supported([fine])


def test_a_pandas_query_as_row_condition_is_refused() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        given = {"row_condition": "weight > 3", "condition_parser": "pandas", "severity": "info"}
        expectation = gxe.ExpectColumnValuesToBeUnique(column="child", **given)
        with pytest.raises(UnsupportedExpectationError, match=r"conditions\.Column"):
            assert_supported([expectation])


def test_what_inherits_from_a_supported_expectation_is_supported() -> None:
    class ExpectPlausibleWeight(gxe.ExpectColumnValuesToBeBetween):
        column: str = "weight"
        min_value: Any = 300

    suite = supported_suite("own", [ExpectPlausibleWeight(severity="warning")])
    assert [each.result["unexpected_count"] for each in validate(CHILDREN, suite).results] == [1]


def test_a_flag_says_row_by_row_what_the_engine_counts() -> None:
    light = gxe.ExpectColumnValuesToBeBetween(**LIGHT, row_condition=Column("municipality") == "0101")
    flagged = CHILDREN.with_columns(light=unexpected_flag(light, CHILDREN.schema))
    counted = flagged.group_by("municipality", maintain_order=True).agg(pl.col("light").sum())
    assert counted.rows() == [("0101", 1), ("0147", 0)]
    with pytest.raises(UnsupportedExpectationError, match="row by row"):
        unexpected_flag(gxe.ExpectColumnMaxToBeBetween(column="weight", max_value=1), CHILDREN.schema)


@pytest.mark.parametrize(
    "frame", [CHILDREN.clear(), pl.DataFrame({"weight": [None, None]})], ids=["no rows", "no type"]
)
def test_an_empty_table_passes_every_row_check(frame: pl.DataFrame) -> None:
    result = answered(frame, gxe.ExpectColumnValuesToBeBetween(**LIGHT))[0]
    assert (result.success, result.result["unexpected_count"]) == (True, 0)
