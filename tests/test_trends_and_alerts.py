"""Trends in words, lists of alerts, and revisions between two publications."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import false_discovery_control

from pipelines.alerts import alerts, revisions
from pipelines.statistics.false_discovery import adjusted
from pipelines.trends import trends

QUARTERS = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
SCHEMA = {
    "measure": pl.String, "place": pl.String, "period": pl.String, "numerator": pl.Int64, "denominator": pl.Int64,
    "state": pl.String,
}  # fmt: skip
Row = tuple[str, str, str, int | None, int | None, str]


def series(counted: list[int | None], periods: list[str] = QUARTERS, place: str = "0479", size: int = 50) -> list[Row]:
    """Suppressed where nothing is given."""
    return [
        ("m", place, period, x, None if x is None else size, "suppressed" if x is None else "number")
        for x, period in zip(counted, periods, strict=False)
    ]


def told(rows: list[Row], *, high_is_good: bool = True) -> dict[str, object]:
    found = trends(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), {"m": high_is_good}).collect()
    return found.row(0, named=True) if found.height else {}


FALL: list[int | None] = [40] * 8 + [29, 30]


def test_a_lasting_fall_is_worsening_or_improving_as_the_polarity_says() -> None:
    fall = told(series(FALL))
    assert (fall["trend"], fall["since_period"], fall["last_period"]) == ("worsening", "2025-Q1", "2025-Q2")
    assert (fall["before_share"], fall["after_share"]) == (pytest.approx(0.8), pytest.approx(0.59))
    assert (fall["before_denominator"], fall["after_denominator"]) == (400, 100)
    assert told(series(FALL), high_is_good=False)["trend"] == "improving"


def test_the_rule_and_its_p_value_are_of_quarters_when_no_quarter_is_told() -> None:
    """Years are told, and quarters of another place are all hidden: the baseline is eight periods for both."""
    years = series([40] * 5 + [20, 20], [str(year) for year in range(2018, 2025)])
    hidden = series([None] * 8, place="0461")
    alone = trends(pl.LazyFrame(years, schema=SCHEMA, orient="row"), {"m": True}).collect().row(0, named=True)
    beside = trends(pl.LazyFrame([*years, *hidden], schema=SCHEMA, orient="row"), {"m": True}).collect()
    assert alone["trend"] == "worsening"
    assert beside.filter(place="0479").select("trend", "reason").row(0) == ("cannot_be_said", "too_few_periods")
    longer = series([40] * 5 + [20] * 6, [str(year) for year in range(2014, 2025)])
    judged = trends(pl.LazyFrame([*longer, *hidden], schema=SCHEMA, orient="row"), {"m": True}).collect()
    found = judged.filter(place="0479").row(0, named=True)
    assert found["since_period"] == "2022", "the first that eight periods stand before"
    assert found["p_value"] == pytest.approx(8 * 2 * ndtr(-abs(found["z"])))


def test_a_steady_series_has_no_change_and_nothing_is_told_of_one() -> None:
    steady = told(series([40, 41, 39, 40, 42, 40, 38, 41, 40, 39]))
    assert (steady["trend"], steady["reason"], steady["p_value"]) == ("no_change", None, 1.0)
    assert {steady[name] for name in ("since_period", "before_share", "after_share", "z")} == {None}


def test_hidden_periods_are_gaps_and_no_zeros() -> None:
    gaps = told(series([40, None, 40, 40, None, 40, 40, 40, 40, 40, 41, None]))
    assert (gaps["trend"], gaps["reason"]) == ("cannot_be_said", "too_few_periods")
    enough = told(series([40, None, 40, 40, 41, 40, 40, 40, 40, None, 30, 29]))
    assert (enough["trend"], enough["since_period"]) == ("worsening", "2025-Q3")


def test_what_stands_in_a_hidden_row_is_not_read() -> None:
    rows = [
        *series([40] * 8),
        ("m", "0479", "2025-Q1", 0, 50, "suppressed"),
        ("m", "0479", "2025-Q2", 0, 50, "missing"),
    ]
    assert told([*rows, *series([40, 41], ["2025-Q3", "2025-Q4"])])["trend"] == "no_change"


@pytest.mark.parametrize(
    ("periods", "reason"),
    [
        ([f"{year}-{year + 2}" for year in range(2010, 2022)], "overlapping_periods"),
        ([*QUARTERS[:11], QUARTERS[0]], "overlapping_periods"),
        ([*QUARTERS[:11], "2024"], "overlapping_periods"),
        ([*QUARTERS[:11], "2025-Q5"], "unknown_period"),
        ([*QUARTERS[:11], "2025-2023"], "unknown_period"),
        (QUARTERS[:9], "too_few_periods"),
    ],
)
def test_what_cannot_be_said_has_its_reason(periods: list[str], reason: str) -> None:
    found = told(series([40] * 12, periods))
    assert (found["trend"], found["reason"], found["p_value"]) == ("cannot_be_said", reason, None)


def test_windows_side_by_side_and_years_need_a_baseline_of_four() -> None:
    years = [str(year) for year in range(2018, 2024)]
    assert told(series([400, 401, 399, 400, 300, 301], years, size=500))["trend"] == "worsening"
    windows = [f"{year}-{year + 2}" for year in range(2002, 2020, 3)]
    assert told(series([400, 401, 399, 400, 500, 499], windows, size=500))["trend"] == "improving"
    assert told(series([40] * 5, years))["reason"] == "too_few_periods"


def test_a_series_without_recent_figures_says_nothing_of_today() -> None:
    rows = [*series([40] * 12, place="0101"), *series([40] * 10 + [None, None])]
    found = trends(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), {"m": True}).collect()
    assert dict(found.select("place", "reason").iter_rows()) == {"0101": None, "0479": "no_recent_figure"}


def test_periods_that_are_not_yet_due_are_as_if_they_were_not_there() -> None:
    coming: list[Row] = [("m", "0479", f"2026-Q{quarter}", None, None, "not_yet_due") for quarter in (1, 2, 3)]
    assert told([*series([40] * 12), *coming])["trend"] == "no_change"


def test_a_measure_without_a_polarity_is_not_judged() -> None:
    found = trends(pl.LazyFrame(series(FALL), schema=SCHEMA, orient="row"), {}).collect()
    assert found["reason"].to_list() == ["unknown_polarity"]


def test_no_rows_and_no_figures_are_no_trouble() -> None:
    assert told([]) == {}
    assert told(series([None] * 12))["reason"] == "too_few_periods"


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [*series(FALL), *series([40] * 10, place="0101")]
    forth, back = (
        trends(pl.LazyFrame(r, schema=SCHEMA, orient="row"), {"m": True}).collect() for r in (rows, rows[::-1])
    )
    assert forth.equals(back)


# Alerts


def listed(rows: list[Row]) -> pl.DataFrame:
    return alerts(trends(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), {"m": True})).collect()


DEEP: list[int | None] = [40] * 8 + [15, 14, 15, 16]


def test_worsening_comes_first_then_the_most_children() -> None:
    rise: list[int | None] = [10] * 8 + [35, 36, 36, 35]
    deeper: list[int | None] = [45] * 8 + [10, 11, 10, 12]
    found = listed([*series(rise, place="a"), *series(DEEP, place="b"), *series(deeper, place="c")])
    assert found["place"].to_list() == ["c", "b", "a"]
    assert found["direction"].to_list() == ["worsening", "worsening", "improving"]
    assert found["sentence"].to_list() == ["alert.worsening", "alert.worsening", "alert.improving"]
    assert found["children"].to_list() == [137, 100, 102], "0.9 x 200 - 43; 0.8 x 200 - 60; 142 - 0.2 x 200"


def test_a_change_that_is_enough_alone_is_not_enough_among_many_series() -> None:
    """A p-value of 0.02 or so is under 10 % by itself, and over it when a hundred series are looked at."""
    alone = series([40] * 8 + [30, 31])
    assert listed(alone).height == 1
    others = [row for at in range(100) for row in series([40] * 10, place=f"{at:04}x")]
    assert listed([*alone, *others]).height == 0
    assert listed([*series(DEEP), *others])["place"].to_list() == ["0479"]


def test_series_of_which_nothing_can_be_said_do_not_make_the_list_stricter() -> None:
    hidden = [row for at in range(100) for row in series([None] * 10, place=f"{at:04}x")]
    assert listed([*series([40] * 8 + [30, 31]), *hidden]).height == 1
    assert listed(hidden).height == 0


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg() -> None:
    """Second implementation: by hand, p x n / rank, smallest from the right."""
    mild: list[int | None] = [40] * 8 + [32, 31, 32, 31]
    rows = [*series(DEEP, place="a"), *series(mild, place="b"), *series([40] * 12, place="c")]
    judged = trends(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), {"m": True}).collect()
    p = np.sort(judged["p_value"].to_numpy())
    by_hand = np.minimum.accumulate((p * 3 / np.arange(1, 4))[::-1])[::-1]
    q = alerts(judged.lazy(), false_part=1.0).collect()["q_value"].sort().to_numpy()
    assert q == pytest.approx(by_hand[:2], rel=1e-9)


# Revisions


def publication(*rows: tuple[str, int | None, int | None, str]) -> pl.LazyFrame:
    schema = {"period": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "state": pl.String}
    return pl.LazyFrame(list(rows), schema=schema, orient="row")


def test_every_published_figure_that_is_another_one_is_told_as_a_revision() -> None:
    earlier = publication(
        ("2018", 5, 10, "number"),
        ("2019", 34, 41, "number"),
        ("2020", 34, 41, "number"),
        ("2021", None, None, "suppressed"),
        ("2022", None, None, "missing"),
        ("2023", 8, 10, "number"),
        ("2024", None, None, "not_yet_due"),
        ("2025", 7, 10, "number"),
    )
    later = publication(
        ("2018", 5, 10, "number"),
        ("2019", 36, 41, "number"),
        ("2020", None, None, "suppressed"),
        ("2021", 30, 40, "number"),
        ("2022", None, None, "not_applicable"),
        ("2024", 3, 9, "number"),
        ("2025", 14, 20, "number"),
        ("2026", 5, 9, "number"),
    )
    found = revisions(earlier, later, ["period"]).collect()
    assert dict(found.select("period", "revision").iter_rows()) == {
        "2019": "corrected",
        "2020": "now_hidden",
        "2021": "now_shown",
        "2022": "now_absent",
        "2023": "withdrawn",
        "2025": "corrected",
    }
    points = dict(found.select("period", "difference_points").iter_rows())
    assert points["2019"] == pytest.approx(200 / 41)
    assert points["2025"] == pytest.approx(0), "the same share of more children is a revision too"
    assert {points[period] for period in ("2020", "2021", "2022", "2023")} == {None}


def test_the_same_publication_twice_has_no_revision() -> None:
    same = publication(("2019", 34, 41, "number"), ("2020", None, None, "suppressed"))
    assert revisions(same, same, ["period"]).collect().height == 0


@settings(derandomize=True, deadline=None)
@given(st.lists(st.none() | st.floats(0, 1) | st.sampled_from([0.0, 0.05, 1.0])))
def test_adjusted_p_values_of_any_list_are_those_of_scipy(given_values: list[float | None]) -> None:
    found = adjusted(pl.Series(given_values, dtype=pl.Float64))
    known = [value for value in given_values if value is not None]
    assert [value is None for value in found] == [value is None for value in given_values]
    expected = false_discovery_control(known).tolist() if known else []
    assert found.drop_nulls().to_list() == pytest.approx(expected, rel=1e-12, abs=1e-300)
