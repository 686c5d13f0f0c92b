"""The Polars engine answers as GX's own pandas engine does, on tables with every kind of value and none."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from engine_answers import pandas_answers, polars_answers, suite_of
from expectation_cases import (
    WORDS,
    column_cases,
    different_cases,
    end_cases,
    everything,
    figure_cases,
    joint_cases,
    like_cases,
    tables,
    text_cases,
)
from hypothesis import HealthCheck, Phase, given, settings

from checks.polars_engine import SUPPORTED

pytestmark = pytest.mark.slow

CASES = {"column": column_cases, "text": text_cases, "joint": joint_cases, "figure": figure_cases}
ROW_NUMBERS = {"result_format": "COMPLETE"}
ROW_IDS = {"result_format": "COMPLETE", "unexpected_index_column_names": ["id"]}
ONLY_IDS = {**ROW_IDS, "exclude_unexpected_values": True}
SUMMARY = {"result_format": "SUMMARY", "partial_unexpected_count": 2}


@pytest.mark.parametrize("kind", CASES)
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(table=tables())
def test_both_engines_give_the_same_answers(kind: str, table: pl.DataFrame) -> None:
    suite = suite_of(CASES[kind]())
    result_format = ROW_IDS if table.height % 2 else ROW_NUMBERS
    ours, theirs = polars_answers(table, suite, result_format), pandas_answers(table, suite, result_format)
    different = {name: (ours[name], theirs[name]) for name in theirs if ours[name] != theirs[name]}
    assert not different


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("result_format", ["BOOLEAN_ONLY", "BASIC", SUMMARY, ROW_IDS, ONLY_IDS], ids=str)
def test_every_result_format_says_the_same(kind: str, result_format: Any) -> None:
    table, suite = everything(), suite_of(CASES[kind]())
    assert polars_answers(table, suite, result_format) == pandas_answers(table, suite, result_format)


@pytest.mark.parametrize("case", different_cases())
def test_a_declared_difference_is_one(case: str) -> None:
    expectation, _ = different_cases()[case]
    suite = suite_of({case: expectation})
    of_none = everything().clear()
    ours = [polars_answers(table, suite, ROW_NUMBERS) for table in (everything(), of_none)]
    theirs = [pandas_answers(table, suite, ROW_NUMBERS) for table in (everything(), of_none)]
    assert ours != theirs


def test_the_end_of_a_text_is_its_end_and_not_the_line_break_before_it() -> None:
    table = everything().with_columns(pl.lit("a\n").alias("word"))
    suite = suite_of(end_cases())
    counted = [
        answers(table, suite, ROW_NUMBERS)["end"]["unexpected_count"] for answers in (polars_answers, pandas_answers)
    ]
    assert counted == [table.height, 0]


def test_sql_patterns_match_the_whole_value() -> None:
    answers = polars_answers(everything(), suite_of(like_cases()), ROW_NUMBERS)
    kept = {name: [word for word in WORDS if word not in each["unexpected_list"]] for name, each in answers.items()}
    assert kept == {
        "like": [word for word in WORDS if len(word) > 1 and word[-2] == "b"],
        "like, escaped": ["A%"],
        "not like": [word for word in WORDS if len(word) != 1],
        "likes, any": [word for word in WORDS if word.startswith("a") or len(word) == 1],
        "not likes": [word for word in WORDS if not word.startswith("a") and len(word) != 1],
    }


def test_every_supported_expectation_has_a_case() -> None:
    cases = [case for made in (*CASES.values(), like_cases) for case in made().values()]
    cases += [expectation for expectation, _ in different_cases().values()]
    elsewhere = {
        "expect_rows_to_keep_rule",
        "expect_column_dtype_to_be_in",
        "expect_table_row_count_to_equal_other_table",
    }
    assert {each.expectation_type for each in cases} | elsewhere == set(SUPPORTED)
