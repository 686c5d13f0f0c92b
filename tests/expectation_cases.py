"""Every supported expectation on a small table with everything in it, and both engines' answers in one plain form."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import great_expectations.expectations as gxe
import numpy as np
import pandas as pd
import polars as pl
from great_expectations.core import ExpectationSuite
from great_expectations.core.validation_definition import ValidationDefinition
from great_expectations.expectations.conditions import Column
from great_expectations.expectations.expectation import Expectation
from hypothesis import strategies as st

from checks.polars_engine import new_context, validate

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
    return pl.DataFrame(columns, schema=SCHEMA).with_row_index("id", offset=100).with_columns(pl.col("id").cast(pl.Int64))


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
        "between, moments as text": gxe.ExpectColumnValuesToBeBetween(column="moment", min_value="2000-01-01"),
        "between, days as moments": gxe.ExpectColumnValuesToBeBetween(column="day", max_value=datetime(2024, 1, 1)),
        "between, mostly": gxe.ExpectColumnValuesToBeBetween(column="whole", min_value=0, mostly=0.6),
        "between, text for numbers": gxe.ExpectColumnValuesToBeBetween(column="word", min_value=1),
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
        "regex, bad": gxe.ExpectColumnValuesToMatchRegex(column="word", regex="("),
        "strftime": gxe.ExpectColumnValuesToMatchStrftimeFormat(column="word", strftime_format="%Y-%m-%d"),
        "dateutil": gxe.ExpectColumnValuesToBeDateutilParseable(column="word"),
        "json": gxe.ExpectColumnValuesToBeJsonParseable(column="word"),
        "json schema": gxe.ExpectColumnValuesToMatchJsonSchema(column="word", json_schema={"type": "object"}),
        "regex on numbers": gxe.ExpectColumnValuesToMatchRegex(column="whole", regex="1"),
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
        "compound unique": gxe.ExpectCompoundColumnsToBeUnique(column_list=["kind", "flag"]),
        "compound unique, reals": gxe.ExpectCompoundColumnsToBeUnique(column_list=["kind", "real"], ignore_row_if="never"),
        "compound unique, some rows": gxe.ExpectCompoundColumnsToBeUnique(column_list=["kind", "flag"], row_condition=few),
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
        "distinct equal": gxe.ExpectColumnDistinctValuesToEqualSet(column="kind", value_set=["y", "z"]),
        "distinct in set, days": gxe.ExpectColumnDistinctValuesToBeInSet(column="day", value_set=["2024-01-31"]),
        "most common": gxe.ExpectColumnMostCommonValueToBeInSet(column="word", value_set=["a", "æ"]),
        "most common, ties": gxe.ExpectColumnMostCommonValueToBeInSet(column="whole", value_set=[1], ties_okay=True),
        "quantiles": gxe.ExpectColumnQuantileValuesToBeBetween(column="whole", quantile_ranges=ranges),
        "quantiles, linear": gxe.ExpectColumnQuantileValuesToBeBetween(
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


def suite_of(cases: Mapping[str, Expectation]) -> ExpectationSuite:
    for name, each in cases.items():
        each.meta, each.severity = {"case": name}, "warning"
    return ExpectationSuite(name="parity", expectations=list(cases.values()))


def polars_answers(table: pl.DataFrame, suite: ExpectationSuite, result_format: Any) -> dict[str, Any]:
    return by_case(validate(table, suite, result_format=result_format).results)


def pandas_answers(table: pl.DataFrame, suite: ExpectationSuite, result_format: Any) -> dict[str, Any]:
    """GX's own engine; a date is a moment at midnight there."""
    frame = table.with_columns(pl.col("day").cast(pl.Datetime("ns"))).to_pandas()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = new_context()
        asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("frame")
        data = asset.add_batch_definition_whole_dataframe("whole")
        context.suites.add(suite)
        run = context.validation_definitions.add(ValidationDefinition(name="run", data=data, suite=suite))
        return by_case(run.run(batch_parameters={"dataframe": frame}, result_format=result_format).results)


def by_case(results: Iterable[Any]) -> dict[str, Any]:
    return {each.expectation_config.meta["case"]: answer(each) for each in results}


def answer(result: Any) -> dict[str, Any]:
    """What is compared: success, counts, percentages, rows and figures; or that it could not be calculated."""
    if any(isinstance(each, dict) or each is True for each in (result.exception_info or {}).values()):
        return {"error": True}
    told = {key: plain(each) for key, each in result.result.items() if key not in LEFT_OUT}
    return {"success": bool(result.success), **told}


LEFT_OUT = {"unexpected_index_query", "partial_unexpected_counts", "partial_unexpected_list", "partial_unexpected_index_list"}
"""The query is each engine's own; what is partial is the beginning of what is compared in full."""


def plain(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {key: plain(each) for key, each in given.items()}
    if isinstance(given, np.ndarray | list | tuple | set):
        return [plain(each) for each in given]
    if isinstance(given, np.generic) and not isinstance(given, np.datetime64):
        given = given.item()
    if isinstance(given, np.datetime64 | date):
        given = pd.Timestamp(given)
        return None if pd.isna(given) else given.isoformat()
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None if given is None or given is pd.NaT else given
    return None if math.isnan(given) else round(float(given), 9)

