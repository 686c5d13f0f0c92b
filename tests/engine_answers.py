"""Both engines' answers to one suite, in one plain form that can be compared."""

from __future__ import annotations

from checks.polars_engine import new_context, validate  # isort: skip  # first: it imports GX quietly

import math
import warnings
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation


def suite_of(cases: Mapping[str, Expectation]) -> ExpectationSuite:
    for name, each in cases.items():
        each.meta, each.severity = {"case": name}, "warning"
    return ExpectationSuite(name="parity", expectations=list(cases.values()))


def polars_answers(table: pl.DataFrame, suite: ExpectationSuite, result_format: Any) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return by_case(validate(table, suite, result_format=result_format).results)


def pandas_answers(table: pl.DataFrame, suite: ExpectationSuite, result_format: Any) -> dict[str, Any]:
    """GX's own engine; a date is a moment at midnight there."""
    frame = table.with_columns(pl.col("day").cast(pl.Datetime("ns"))).to_pandas()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asset = new_context().data_sources.add_pandas("pandas").add_dataframe_asset("frame")
        batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
        return by_case(batch.validate(suite, result_format=result_format).results)


def by_case(results: Iterable[Any]) -> dict[str, Any]:
    return {each.expectation_config.meta["case"]: answer(each) for each in results}


def answer(result: Any) -> dict[str, Any]:
    """What is compared: success, counts, percentages, rows and figures; or that it could not be calculated."""
    if any(isinstance(each, dict) or each is True for each in (result.exception_info or {}).values()):
        return {"error": True}
    told = {key: plain(each) for key, each in result.result.items() if key not in LEFT_OUT}
    if "partial_missing_list" in told:  # of a set, in pandas
        told["partial_missing_list"] = sorted(told["partial_missing_list"], key=str)
    return {"success": bool(result.success), **told}


LEFT_OUT = {
    "unexpected_index_query",
    "partial_unexpected_counts",
    "partial_unexpected_list",
    "partial_unexpected_index_list",
}
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
