"""The Polars engine answers as GX's own pandas engine does, on tables with every kind of value and none."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from expectation_cases import column_cases, figure_cases, joint_cases, pandas_answers, polars_answers, suite_of, tables, text_cases
from hypothesis import HealthCheck, given, settings

CASES = {"column": column_cases, "text": text_cases, "joint": joint_cases, "figure": figure_cases}
COMPLETE = {"result_format": "COMPLETE"}


@pytest.mark.parametrize("kind", CASES)
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(table=tables())
def test_both_engines_give_the_same_answers(kind: str, table: pl.DataFrame) -> None:
    suite = suite_of(CASES[kind]())
    ours, theirs = polars_answers(table, suite, COMPLETE), pandas_answers(table, suite, COMPLETE)
    different = {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}
    assert not different
