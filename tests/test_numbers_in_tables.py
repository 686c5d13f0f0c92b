"""Numbers below each other in a table are written alike, in the language's own way; names in a list are no sentence."""

from __future__ import annotations

import polars as pl
import pytest
from published_frames import FakeSnapshot

from dashboards.figure_tables import cells
from dashboards.language import Words
from dashboards.notebook.asking import Asking
from dashboards.notebook.developments import group_words, z_scores
from dashboards.scope import Scope

DA, EN = Words("da"), Words("en")


GROWTH = {"period": "2014-2016", "age_band": "5-7", "domain": "growth", "group_kind": "exposure", "members": None}


def asking(words: Words, *z_scores: dict[str, object]) -> Asking:
    rows = pl.DataFrame(z_scores, schema_overrides={"members": pl.List(pl.String)}, infer_schema_length=None)
    return Asking(FakeSnapshot({"published_z_scores": rows}), Scope("national"), words, "light")


def test_the_numbers_of_a_column_have_as_many_digits_as_the_finest_of_them() -> None:
    rows = pl.DataFrame(
        {"name": ["a", "b", "c"], "ratio": [0.68, 0.658, None], "low": [2.0, 12.5, 1234.5], "n": [1, 2, 3]}
    )
    assert cells(rows, DA) == [["a", "0,680", "2,0", "1"], ["b", "0,658", "12,5", "2"], ["c", "", "1.234,5", "3"]]
    assert cells(rows, EN)[2] == ["c", "", "1,234.5", "3"]


def test_a_number_without_end_is_cut_and_whole_ones_stay_whole() -> None:
    rows = pl.DataFrame(
        {"third": [1 / 3, 0.5], "whole": [3.0, -4.0], "none": [None, None]}, schema_overrides={"none": pl.Float64}
    )
    assert cells(rows, DA) == [["0,333", "3", ""], ["0,500", "−4", ""]]


def test_a_mean_has_the_digits_of_its_interval_and_those_of_few_children_only_one() -> None:
    many = GROWTH | {"group_value": "others", "mean": 0.1, "low": -0.14, "high": 0.28}
    few = GROWTH | {"group_value": "exposed", "mean": -0.0, "low": -0.4, "high": 0.3}
    told = z_scores(asking(DA, many, few), "growth").table
    assert [row[-2:] for row in told.rows()] == [("0,10", "−0,14 – 0,28"), ("0,0", "−0,4 – 0,3")]


@pytest.mark.parametrize(
    ("words", "told"), [(DA, "Sandsynlig, mistænkt (samlet)"), (EN, "Probable, suspected (together)")]
)
def test_of_groups_that_stand_together_the_first_alone_has_a_capital(words: Words, told: str) -> None:
    row = {"group_value": "other_groups", "members": ["probable", "suspected"]}
    assert group_words(row, asking(words, GROWTH)) == told
