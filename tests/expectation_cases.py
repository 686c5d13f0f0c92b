"""Every supported expectation on a small table with everything in it."""

# ruff: noqa: DTZ001  # moments of a table without a time zone

from __future__ import annotations

from checks.polars_engine import ExpectColumnQuantilesToBeBetween  # isort: skip  # first: it imports GX quietly

import math
from datetime import date, datetime
from typing import Any

import great_expectations.expectations as gxe
import polars as pl
from great_expectations.expectations.conditions import Column
from great_expectations.expectations.expectation import Expectation
from hypothesis import strategies as st

SCHEMA: dict[str, Any] = {
    "whole": pl.Int64,
    "other": pl.Int64,
    "real": pl.Float64,
    "word": pl.String,
    "kind": pl.String,
    "day": pl.Date,
    "moment": pl.Datetime("ns"),
    "flag": pl.Boolean,
    "empty": pl.Float64,
}
WORDS = ["a", "æ", "Ørsted", "blåbær", "2024-01-31", "2024-02-30", "31/1/2024", '{"a": 1}', "[1", "", "a b", "A%", "10"]
DAYS = [date(2024, 1, 1), date(2024, 1, 31), date(2023, 12, 31), date(2000, 2, 29)]
MOMENTS = [datetime(2024, 1, 1, 12), datetime(2024, 1, 1), datetime(1999, 12, 31, 23, 59, 59)]
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "whole": st.integers(-5, 5),
    "other": st.integers(-5, 5),
    "real": st.sampled_from([0.0, 0.5, -1.25, 3.0, 100.0, math.nan, 1.0, 2.0]),
    "word": st.sampled_from(WORDS),
    "kind": st.sampled_from(["x", "y"]),
    "day": st.sampled_from(DAYS),
    "moment": st.sampled_from(MOMENTS),
    "flag": st.booleans(),
    "empty": st.none(),
}


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Few rows, so that duplicates, ties and columns without a value are common; no rows too."""
    height = draw(st.integers(0, 9))
    columns = {}
    for name, values in VALUES.items():
        present = draw(st.sampled_from([values, st.none() | values, st.none() | values, st.none()]))
        columns[name] = draw(st.lists(present, min_size=height, max_size=height))
    return (
        pl.DataFrame(columns, schema=SCHEMA).with_row_index("id", offset=100).with_columns(pl.col("id").cast(pl.Int64))
    )


def everything() -> pl.DataFrame:
    """Each word, ties, gaps, NaN, and a row with nothing in it."""
    size = len(WORDS) + 1
    columns: dict[str, list[Any]] = {
        "whole": [1, 1, 2, None, 5, -5, 3, 2, None, 0, 4, 4, 1, None],
        "other": [1, 2, None, None, 5, 8, 0, 2, 3, 0, 4, -4, 2, None],
        "real": [0.5, 0.5, float("nan"), None, 100.0, 1.0, 2.0, 3.0, 1.0, 2.0, 1.5, 0.0, float("nan"), None],
        "word": [*WORDS, None],
        "kind": ["x", "y", None] * 4 + ["x", None],
        "day": [date(2024, 1, 31)] * 5 + [date(2024, 1, 1)] * 4 + [None] * 5,
        "moment": [datetime(2024, 1, 1, 12)] * 6 + [datetime(1999, 12, 31)] * 3 + [None] * 5,
        "flag": [True, False, None, True] * 3 + [True, None],
        "empty": [None] * size,
    }
    return pl.DataFrame(columns, schema=SCHEMA).with_row_index("id", offset=100).cast({"id": pl.Int64})


def column_cases() -> dict[str, Expectation]:
    few = Column("kind") == "x"
    return {
        "null": gxe.ExpectColumnValuesToBeNull(column="real"),
        "null, some rows": gxe.ExpectColumnValuesToBeNull(column="real", row_condition=few),
        "not null": gxe.ExpectColumnValuesToNotBeNull(column="word"),
        "not null, no NaN": gxe.ExpectColumnValuesToNotBeNull(column="real"),
        "not null, mostly": gxe.ExpectColumnValuesToNotBeNull(column="day", mostly=0.5),
        "not null, some rows": gxe.ExpectColumnValuesToNotBeNull(column="whole", row_condition=few),
        "in set": gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=[1, 2, 3]),
        "in set, words": gxe.ExpectColumnValuesToBeInSet(column="word", value_set=["a", "blåbær", "Ørsted"]),
        "in set, reals": gxe.ExpectColumnValuesToBeInSet(column="real", value_set=[0, 0.5, 3]),
        "in set, fractions among whole": gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=[1.0, 2.5]),
        "in set, flags": gxe.ExpectColumnValuesToBeInSet(column="flag", value_set=[True]),
        "in set, one for a flag": gxe.ExpectColumnValuesToBeInSet(column="flag", value_set=[1]),
        "in set, a flag for one": gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=[True, 2]),
        "in set, numbers for flags": gxe.ExpectColumnValuesToBeInSet(column="flag", value_set=[0, 2.5, "x"]),
        "in set, a word among numbers": gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=[1, 2.0, "x"]),
        "in set, a number among words": gxe.ExpectColumnValuesToBeInSet(column="word", value_set=["a", 2.0]),
        "not in set, a word among reals": gxe.ExpectColumnValuesToNotBeInSet(column="real", value_set=[0.5, "x", 3]),
        "in set, some rows": gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=[1, 2], row_condition=few),
        "in empty set": gxe.ExpectColumnValuesToBeInSet(column="word", value_set=[]),
        "not in set": gxe.ExpectColumnValuesToNotBeInSet(column="whole", value_set=[1, 2, 3]),
        "not in set, days": gxe.ExpectColumnValuesToNotBeInSet(column="day", value_set=["2024-01-31"]),
        "between": gxe.ExpectColumnValuesToBeBetween(column="whole", min_value=-2, max_value=2),
        "between, strict": gxe.ExpectColumnValuesToBeBetween(
            column="whole", min_value=-2, max_value=2, strict_min=True, strict_max=True
        ),
        "between, min only": gxe.ExpectColumnValuesToBeBetween(column="real", min_value=0.5),
        "between, strict max only": gxe.ExpectColumnValuesToBeBetween(column="real", max_value=3, strict_max=True),
        "between, moments": gxe.ExpectColumnValuesToBeBetween(column="moment", min_value=datetime(2000, 1, 1)),
        "between, days as moments": gxe.ExpectColumnValuesToBeBetween(column="day", max_value=datetime(2024, 1, 1)),
        "between, mostly": gxe.ExpectColumnValuesToBeBetween(column="whole", min_value=0, mostly=0.6),
        "unique": gxe.ExpectColumnValuesToBeUnique(column="whole"),
        "unique, reals": gxe.ExpectColumnValuesToBeUnique(column="real"),
        "unique, some rows": gxe.ExpectColumnValuesToBeUnique(column="whole", row_condition=few),
        "increasing": gxe.ExpectColumnValuesToBeIncreasing(column="whole"),
        "increasing, strictly": gxe.ExpectColumnValuesToBeIncreasing(column="real", strictly=True),
        "increasing, some rows": gxe.ExpectColumnValuesToBeIncreasing(column="moment", row_condition=few),
        "decreasing": gxe.ExpectColumnValuesToBeDecreasing(column="day"),
        "decreasing, strictly": gxe.ExpectColumnValuesToBeDecreasing(column="whole", strictly=True),
        "z-score": gxe.ExpectColumnValueZScoresToBeLessThan(column="real", threshold=1.2, double_sided=True),
        "z-score, one side": gxe.ExpectColumnValueZScoresToBeLessThan(column="whole", threshold=1, double_sided=False),
        "outliers": gxe.ExpectColumnValuesToNotBeOutliers(column="real"),
        "outliers, std": gxe.ExpectColumnValuesToNotBeOutliers(column="whole", method="std", multiplier=1.0),
        "column is missing": gxe.ExpectColumnValuesToNotBeNull(column="nowhere"),
    }


def text_cases() -> dict[str, Expectation]:
    return {
        "length": gxe.ExpectColumnValueLengthsToEqual(column="word", value=1),
        "lengths": gxe.ExpectColumnValueLengthsToBeBetween(column="word", min_value=1, max_value=6),
        "lengths, strict": gxe.ExpectColumnValueLengthsToBeBetween(column="word", min_value=1, strict_min=True),
        "regex": gxe.ExpectColumnValuesToMatchRegex(column="word", regex="[æøå]"),
        "regex, whole word": gxe.ExpectColumnValuesToMatchRegex(column="word", regex=r"^\w+$"),
        "not regex": gxe.ExpectColumnValuesToNotMatchRegex(column="word", regex=r"\d"),
        "regexes, any": gxe.ExpectColumnValuesToMatchRegexList(column="word", regex_list=["^a", "å"]),
        "regexes, all": gxe.ExpectColumnValuesToMatchRegexList(column="word", regex_list=["b", "æ"], match_on="all"),
        "not regexes": gxe.ExpectColumnValuesToNotMatchRegexList(column="word", regex_list=["^a", "å"]),
        "strftime": gxe.ExpectColumnValuesToMatchStrftimeFormat(column="word", strftime_format="%Y-%m-%d"),
        "dateutil": gxe.ExpectColumnValuesToBeDateutilParseable(column="word"),
        "json": gxe.ExpectColumnValuesToBeJsonParseable(column="word"),
    }


def joint_cases() -> dict[str, Expectation]:
    few = (Column("kind") == "x") | (Column("whole") > 2)
    two, three = ["whole", "other"], ["whole", "other", "real"]
    equal, greater = gxe.ExpectColumnPairValuesToBeEqual, gxe.ExpectColumnPairValuesAToBeGreaterThanB
    pairs = {"column_A": "whole", "column_B": "other"}
    return {
        "pair equal": equal(**pairs),
        "pair equal, either": equal(**pairs, ignore_row_if="either_value_is_missing"),
        "pair equal, neither": equal(**pairs, ignore_row_if="neither"),
        "pair equal, some rows": equal(**pairs, row_condition=few),
        "pair equal, mostly": equal(**pairs, mostly=0.3),
        "pair greater": greater(**pairs),
        "pair greater or equal": greater(**pairs, or_equal=True, ignore_row_if="either_value_is_missing"),
        "pair greater, days": greater(column_A="moment", column_B="day", ignore_row_if="either_value_is_missing"),
        "pair in set": gxe.ExpectColumnPairValuesToBeInSet(**pairs, value_pairs_set=[(1, 1), (2, 3), (0, None)]),
        "pair in set, a word among numbers": gxe.ExpectColumnPairValuesToBeInSet(
            **pairs, value_pairs_set=[(1, 1), ("x", 3), (2, "x"), (True, 2)]
        ),
        "compound unique": gxe.ExpectCompoundColumnsToBeUnique(column_list=["kind", "flag"]),
        "compound unique, reals": gxe.ExpectCompoundColumnsToBeUnique(
            column_list=["kind", "real"], ignore_row_if="never"
        ),
        "compound unique, some rows": gxe.ExpectCompoundColumnsToBeUnique(
            column_list=["kind", "flag"], row_condition=few
        ),
        "sum": gxe.ExpectMulticolumnSumToEqual(column_list=three, sum_total=3),
        "sum, never": gxe.ExpectMulticolumnSumToEqual(column_list=two, sum_total=3, ignore_row_if="never"),
        "sum, any": gxe.ExpectMulticolumnSumToEqual(column_list=two, sum_total=3, ignore_row_if="any_value_is_missing"),
        "all equal": gxe.ExpectMulticolumnValuesToBeEqual(column_list=three, ignore_row_if="never"),
        "within record": gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord(column_list=three),
        "within record, never": gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord(
            column_list=two, ignore_row_if="never", row_condition=few
        ),
    }


def figure_cases() -> dict[str, Expectation]:
    few = (Column("kind") == "x") & Column("whole").is_not_null()
    ranges = {"quantiles": [0.1, 0.25, 0.5, 0.9], "value_ranges": [[None, 0], [None, 1], [-1, 1], [0, None]]}
    bins = {"bins": [-5, -1, 1, 5], "weights": [0.3, 0.4, 0.3]}
    return {
        "min": gxe.ExpectColumnMinToBeBetween(column="whole", min_value=-3),
        "min, reals": gxe.ExpectColumnMinToBeBetween(column="real", min_value=0),
        "max, some rows": gxe.ExpectColumnMaxToBeBetween(column="whole", max_value=3, row_condition=few),
        "max, days": gxe.ExpectColumnMaxToBeBetween(column="moment", max_value=datetime(2024, 1, 1)),
        "mean": gxe.ExpectColumnMeanToBeBetween(column="real", min_value=0, max_value=10),
        "mean, some rows": gxe.ExpectColumnMeanToBeBetween(column="whole", min_value=0, row_condition=few),
        "median": gxe.ExpectColumnMedianToBeBetween(column="real", min_value=0, max_value=3),
        "sum of column": gxe.ExpectColumnSumToBeBetween(column="whole", min_value=0),
        "standard deviation": gxe.ExpectColumnStdevToBeBetween(column="real", max_value=3),
        "distinct count": gxe.ExpectColumnUniqueValueCountToBeBetween(column="word", min_value=2),
        "distinct count, reals": gxe.ExpectColumnUniqueValueCountToBeBetween(column="real", max_value=2),
        "unique proportion": gxe.ExpectColumnProportionOfUniqueValuesToBeBetween(column="word", min_value=0.7),
        "non-null proportion": gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(column="real", min_value=0.7),
        "distinct in set": gxe.ExpectColumnDistinctValuesToBeInSet(column="whole", value_set=[0, 1, 2, 3]),
        "distinct contain": gxe.ExpectColumnDistinctValuesToContainSet(column="kind", value_set=["x", "y"]),
        "distinct contain, a word among numbers": gxe.ExpectColumnDistinctValuesToContainSet(
            column="whole", value_set=[1, 2.0, "x"]
        ),
        "distinct in set, ones for flags": gxe.ExpectColumnDistinctValuesToBeInSet(column="flag", value_set=[1]),
        "distinct equal": gxe.ExpectColumnDistinctValuesToEqualSet(column="kind", value_set=["y", "z"]),
        "distinct in set, days": gxe.ExpectColumnDistinctValuesToBeInSet(column="day", value_set=["2024-01-31"]),
        "most common": gxe.ExpectColumnMostCommonValueToBeInSet(column="word", value_set=["a", "æ"]),
        "most common, ties": gxe.ExpectColumnMostCommonValueToBeInSet(column="whole", value_set=[1], ties_okay=True),
        "quantiles": ExpectColumnQuantilesToBeBetween(
            column="whole", quantile_ranges=ranges, allow_relative_error="lower"
        ),
        "quantiles, linear": ExpectColumnQuantilesToBeBetween(
            column="real", quantile_ranges=ranges, allow_relative_error="linear"
        ),
        "divergence": gxe.ExpectColumnKLDivergenceToBeLessThan(
            column="kind", partition_object={"values": ["x", "y"], "weights": [0.5, 0.5]}, threshold=0.2
        ),
        "divergence, bins": gxe.ExpectColumnKLDivergenceToBeLessThan(
            column="other", partition_object=bins, threshold=0.2, tail_weight_holdout=0.1
        ),
        "rows": gxe.ExpectTableRowCountToBeBetween(min_value=3),
        "rows, exactly": gxe.ExpectTableRowCountToEqual(value=4),
        "columns": gxe.ExpectTableColumnCountToEqual(value=10),
        "columns, about": gxe.ExpectTableColumnCountToBeBetween(max_value=3),
        "columns, in order": gxe.ExpectTableColumnsToMatchOrderedList(column_list=["id", *SCHEMA]),
        "columns, as a set": gxe.ExpectTableColumnsToMatchSet(column_set=["id", "whole"], exact_match=False),
        "column exists": gxe.ExpectColumnToExist(column="word"),
        "column is not there": gxe.ExpectColumnToExist(column="nowhere"),
        "mean of words": gxe.ExpectColumnMeanToBeBetween(column="word", max_value=3),
    }


def like_cases() -> dict[str, Expectation]:
    """Not in the pandas engine: SQL's patterns."""
    listed = ["a%", "_"]
    return {
        "like": gxe.ExpectColumnValuesToMatchLikePattern(column="word", like_pattern="%b_"),
        "like, escaped": gxe.ExpectColumnValuesToMatchLikePattern(column="word", like_pattern="A!%", escape="!"),
        "not like": gxe.ExpectColumnValuesToNotMatchLikePattern(column="word", like_pattern="_"),
        "likes, any": gxe.ExpectColumnValuesToMatchLikePatternList(column="word", like_pattern_list=listed),
        "not likes": gxe.ExpectColumnValuesToNotMatchLikePatternList(column="word", like_pattern_list=listed),
    }


def end_cases() -> dict[str, Expectation]:
    """What ends in a line break is told apart here, and not in the pandas engine."""
    return {"end": gxe.ExpectColumnValuesToMatchRegex(column="word", regex="^a$")}


def different_cases() -> dict[str, tuple[Expectation, str]]:
    """What differs from the pandas engine on purpose, with the reason; the README's table says the same."""
    low = {"quantiles": [0.05], "value_ranges": [[None, None]]}
    others = Column("kind") != "x"
    return {
        "text for numbers": (
            gxe.ExpectColumnValuesToBeBetween(column="word", min_value=1),
            "a wrong type is an error from the schema, also where no value is there to fail",
        ),
        "words for numbers in a set": (
            gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=["x"]),
            "a set with not one value of the column's kind is an error; in pandas nothing is a member",
        ),
        "bad pattern": (
            gxe.ExpectColumnValuesToMatchRegex(column="word", regex="("),
            "a bad pattern is an error also where no value is there",
        ),
        "look-around": (
            gxe.ExpectColumnValuesToMatchRegex(column="word", regex="(?=a)"),
            "Rust's regular expressions have none: an error",
        ),
        "regex on numbers": (
            gxe.ExpectColumnValuesToMatchRegex(column="whole", regex="1"),
            "pandas makes text of numbers and dates first; here a column that is not text is an error",
        ),
        "length of numbers": (
            gxe.ExpectColumnValueLengthsToEqual(column="whole", value=1),
            "the same for lengths",
        ),
        "text that is no JSON": (
            gxe.ExpectColumnValuesToMatchJsonSchema(column="word", json_schema={"type": "object"}),
            "is unexpected; the pandas engine stops at it",
        ),
        "nearest quantile": (
            ExpectColumnQuantilesToBeBetween(column="whole", quantile_ranges=low),
            "half-way between two values, Polars takes the upper one, numpy the one at an even place",
        ),
        "rows that are not x": (
            gxe.ExpectColumnValuesToNotBeNull(column="whole", row_condition=others),
            "a row whose condition is unknown does not count, as in SQL; pandas counts it under != and not in",
        ),
        "moments against days": (
            gxe.ExpectColumnValuesToBeBetween(column="moment", min_value=date(2000, 1, 1)),
            "a day is its midnight; pandas refuses to compare",
        ),
        "order of words": (
            gxe.ExpectColumnValuesToBeIncreasing(column="word"),
            "text has an order; pandas cannot subtract it",
        ),
    }
