"""A small table of children, and what the engine answers about it."""

from __future__ import annotations

from checks.polars_engine import validate  # isort: skip  # first: it imports GX quietly

import json
from datetime import date
from typing import Any

import polars as pl
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

CHILDREN = pl.DataFrame(
    {
        "child": ["a", "b", "c", "d", None],
        "municipality": ["0101", "0101", "0147", "0147", "0147"],
        "born": [date(2024, 1, 1), date(2024, 2, 1), None, date(2024, 3, 1), date(2030, 1, 1)],
        "weight": [3500, 12, None, 2800, 3000],
    }
)
COMPLETE = {"result_format": "COMPLETE"}


def answered(frame: pl.DataFrame | pl.LazyFrame, *expectations: Expectation, **about: Any) -> list[Any]:
    for each in expectations:
        each.severity = "warning"  # type: ignore[assignment]  # pydantic reads it
    return validate(frame, ExpectationSuite(name="some", expectations=list(expectations)), **about).results


def rows(frame: pl.DataFrame, expectation: Expectation) -> list[int]:
    return answered(frame, expectation, result_format=COMPLETE)[0].result["unexpected_index_list"]


def said(result: Any) -> str:
    return json.dumps(result.to_json_dict()["exception_info"])


LIGHT = {"column": "weight", "min_value": 2500}
