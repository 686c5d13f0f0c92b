"""Standardised proportions, ratios and means, against published examples, other libraries and properties."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from benchmarks.ratio_intervals import Setting, told_by
from pipelines.statistics.mean_interval import with_mean
from pipelines.statistics.standardisation import (
    Strata,
    proportions,
    ratios,
    sums_over_people,
    with_weights,
)

pytestmark = pytest.mark.slow

SHAPE = Strata(by=("place",), within=("stratum",))
CRUDE = Strata(by=("place",), within=())


def strata(*rows: tuple[int, str, int, int]) -> pl.LazyFrame:
    """Rows of stratum, group, events, people."""
    table = pl.LazyFrame(rows, schema=["stratum", "group", "events", "people"], orient="row")
    return table.with_columns(place=pl.lit("here"))


def standardised(table: pl.LazyFrame, shape: Strata = SHAPE, standard: str | None = "own") -> pl.DataFrame:
    return proportions(sums_over_people(with_weights(table, shape, standard), shape)).sort("group").collect()


def ratio(table: pl.LazyFrame, shape: Strata = SHAPE, standard: str | None = "own") -> dict[str, object]:
    told = standardised(table, shape, standard).lazy()
    return ratios(told, shape, "own", "other").collect().row(0, named=True)


FLEISS_PEOPLE = [
    [230061, 329449, 114920, 39487, 14208, 3052],
    [72202, 326701, 208667, 83228, 28466, 5375],
    [15050, 175702, 207081, 117300, 45026, 8660],
    [2293, 68800, 132424, 98301, 46075, 9834],
    [327, 30666, 123419, 149919, 104088, 34392],
]
FLEISS_EVENTS = [
    [107, 141, 60, 40, 39, 25],
    [25, 150, 110, 84, 82, 39],
    [3, 71, 114, 103, 108, 75],
    [1, 26, 64, 89, 137, 96],
    [0, 8, 63, 112, 262, 295],
]


def test_direct_standardisation_of_downs_syndrome_by_birth_order_is_that_of_fay_and_feuer() -> None:
    """Fleiss 1981, p. 249; adjusted and crude rates per 100,000 in Fay and Feuer 1997, table 1 (R: epitools), for birth
    orders 1 to 5 and more, standardised to the ages of all mothers. To 1e-12 by the formula in numpy."""
    rows = [
        (age, f"order {order + 1}", FLEISS_EVENTS[order][age], FLEISS_PEOPLE[order][age])
        for order in range(5)
        for age in range(6)
    ]
    adjusted, crude = (
        standardised(strata(*rows), shape, standard=None)["proportion"].to_list() for shape in (SHAPE, CRUDE)
    )
    assert [round(rate * 1e5, 1) for rate in adjusted] == [92.3, 91.2, 85.1, 92.7, 75.5]
    assert [round(rate * 1e5, 1) for rate in crude[:3]] == [56.3, 67.6, 83.3]
    every = np.array(FLEISS_PEOPLE).sum(axis=0)
    rates = np.array(FLEISS_EVENTS) / np.array(FLEISS_PEOPLE)
    assert adjusted == pytest.approx((rates * every).sum(axis=1) / every.sum(), abs=1e-12)


def people_of(table: pl.LazyFrame, group: str) -> tuple[np.ndarray, np.ndarray]:
    """One entry per person: its weight, and whether it had the event."""
    rows = with_weights(table, SHAPE, "own").filter(pl.col("group") == group, pl.col("weight").is_not_null()).collect()
    weights = np.repeat(rows["weight"].to_numpy(), rows["people"].to_numpy())
    events = [[1] * has + [0] * (of - has) for has, of in rows.select("events", "people").iter_rows()]
    return weights, np.concatenate(events)


MIXED = strata(
    (1, "own", 2, 7), (1, "other", 3, 41), (2, "own", 1, 1), (2, "other", 0, 1),
    (3, "own", 4, 9), (3, "other", 30, 120), (4, "own", 0, 3), (5, "other", 9, 50),
)  # fmt: skip


def test_variances_are_the_sandwich_of_a_weighted_mean_as_statsmodels_has_it() -> None:
    import statsmodels.api as sm

    told = standardised(MIXED)
    for row in told.iter_rows(named=True):
        weights, events = people_of(MIXED, row["group"])
        fit = sm.WLS(events, np.ones(len(events)), weights=weights).fit(cov_type="HC0")
        assert row["proportion"] == pytest.approx(fit.params[0], abs=1e-9)
        assert row["variance"] == pytest.approx(fit.cov_params()[0][0], abs=1e-9)


def test_the_ratio_that_is_not_standardised_is_that_of_scipy() -> None:
    found = ratio(strata((1, "own", 13, 90), (1, "other", 40, 700)), CRUDE)
    assert found["ratio"] == pytest.approx(stats.contingency.relative_risk(13, 90, 40, 700).relative_risk, abs=1e-12)


@given(st.integers(1, 40), st.integers(0, 60), st.integers(1, 60), st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_the_ends_of_a_ratio_are_where_newcombes_interval_of_p_less_r_times_q_meets_zero(
    events: int, without: int, other_events: int, other_without: int
) -> None:
    """The definition of Donner and Zou, solved by search instead of in closed form."""
    people, others = events + without, other_events + other_without
    found = ratio(strata((1, "own", events, people), (1, "other", other_events, others)), CRUDE)
    p, (low, high) = events / people, _wilson(events, people)
    q, (q_low, q_high) = other_events / others, _wilson(other_events, others)

    def lower(r: float) -> float:
        return p - r * q - np.sqrt((p - low) ** 2 + r**2 * (q_high - q) ** 2)

    def upper(r: float) -> float:
        return p - r * q + np.sqrt((high - p) ** 2 + r**2 * (q - q_low) ** 2)

    assert found["low"] == pytest.approx(optimize.brentq(lower, 0, p / q, xtol=1e-14), abs=1e-6)
    top = p / q * 2
    while upper(top) > 0:
        top *= 2
    assert found["high"] == pytest.approx(optimize.brentq(upper, p / q, top, xtol=1e-12), rel=1e-6)


def _wilson(events: int, people: int) -> tuple[float, float]:
    interval = stats.binomtest(events, people).proportion_ci(method="wilson")
    return interval.low, interval.high


counts = st.tuples(st.integers(1, 30), st.integers(1, 300), st.integers(0, 30))


@given(st.lists(counts, min_size=1, max_size=8), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_standardising_a_homogeneous_country_changes_nothing(mix: list[tuple[int, int, int]], tenths: int) -> None:
    """Each group has one share of events in all of its strata; only how they are mixed differs."""
    rows = [
        row
        for stratum, (own, other, _) in enumerate(mix)
        for row in ((stratum, "own", tenths * own, 10 * own), (stratum, "other", other, 10 * other))
    ]
    for standard in ("own", "other", None):
        told, crude = standardised(strata(*rows), SHAPE, standard), standardised(strata(*rows), CRUDE)
        assert told["proportion"].to_list() == pytest.approx(crude["proportion"].to_list(), abs=1e-12)
        assert ratio(strata(*rows), SHAPE, standard)["ratio"] == pytest.approx(tenths, abs=1e-9)


@given(st.lists(counts, min_size=1, max_size=8), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_and_the_names_of_strata_change_nothing(mix: list[tuple[int, int, int]], random: object) -> None:
    rows = [
        row
        for stratum, (own, other, has) in enumerate(mix)
        for row in ((stratum, "own", min(has, own), own), (stratum, "other", min(has + 1, other), other))
    ]
    mixed = [(90 - stratum, group, events, people) for stratum, group, events, people in rows]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    first, other = ratio(strata(*rows)), ratio(strata(*mixed))
    for name in ("ratio", "low", "high", "variance", "reference_variance"):
        assert first[name] == pytest.approx(other[name], rel=1e-9)


def test_standardised_to_the_first_group_its_own_proportion_is_what_it_is() -> None:
    told = standardised(strata((1, "own", 3, 10), (1, "other", 5, 50), (2, "own", 2, 30), (2, "other", 7, 40)))
    row = told.row(by_predicate=pl.col("group") == "own", named=True)
    assert (row["proportion"], row["low"], row["high"]) == pytest.approx((5 / 40, *_wilson(5, 40)), abs=1e-9)


def test_a_mix_that_passes_for_an_effect_disappears() -> None:
    """Half of own live where one in two has the event, of the others one in eleven; in each place both are alike."""
    table = strata((1, "own", 50, 100), (1, "other", 50, 100), (2, "own", 10, 100), (2, "other", 100, 1000))
    assert ratio(table, CRUDE)["ratio"] == pytest.approx(2.2)
    assert ratio(table)["ratio"] == pytest.approx(1)


def test_strata_where_a_group_has_nobody_are_left_out_and_told() -> None:
    told = {row["group"]: row for row in standardised(MIXED).iter_rows(named=True)}
    assert (told["own"]["people"], told["own"]["left_out"]) == (17, 3)
    assert (told["other"]["people"], told["other"]["left_out"]) == (162, 50)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(1, "own", 3, 10)], "nobody"),
        ([(1, "own", 3, 10), (2, "other", 3, 10)], "nobody"),
        ([(1, "own", 3, 10), (1, "other", 0, 0)], "nobody"),
        ([(1, "own", 3, 10), (1, "other", 0, 30)], "no_events"),
    ],
)
def test_where_there_is_no_ratio_a_word_says_why(rows: list[tuple[int, str, int, int]], reason: str) -> None:
    found = ratio(strata(*rows))
    assert (found["state"], found["reason"]) == ("not_applicable", reason)
    assert (found["ratio"], found["low"], found["high"]) == (None, None, None)


def test_without_an_event_in_the_first_group_the_ratio_is_0_and_has_an_upper_end() -> None:
    found = ratio(strata((1, "own", 0, 10), (1, "other", 20, 100)))
    assert (found["ratio"], found["low"], found["state"]) == (0, 0, "number")
    assert found["high"] == pytest.approx(1.5, abs=0.2)


def test_everybody_in_both_groups_is_a_ratio_of_1_with_room_on_both_sides() -> None:
    found = ratio(strata((1, "own", 8, 8), (1, "other", 50, 50)))
    assert found["ratio"] == 1
    assert 0.6 < float(str(found["low"])) < 1 < float(str(found["high"])) < 1.1


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 9), st.integers(0, 9)), max_size=6))
@settings(max_examples=80, deadline=None)
def test_no_figure_is_ever_no_number_and_intervals_hold_their_figure(rows: list[tuple[int, int, int, int]]) -> None:
    table = strata(
        *((at, "own", min(a, n), n) for at, (a, n, _, _) in enumerate(rows)),
        *((at, "other", min(b, m), m) for at, (_, _, b, m) in enumerate(rows)),
        (99, "own", 1, 1),
    )
    found = ratio(table)
    if found["state"] == "number":
        low, value, high = (float(str(found[name])) for name in ("low", "ratio", "high"))
        assert 0 <= low <= value + 1e-9
        assert value - 1e-9 <= high < float("inf")
    else:
        assert found["reason"] is not None


@pytest.mark.parametrize(
    "setting",
    [Setting(5, 20, 1, 0.25, 1.3), Setting(50, 10, 25, 0.07, 1.8), Setting(200, 10, 200, 0.25, 1.3),
     Setting(500, 20, 50, 0.86, 0.69)],
)  # fmt: skip
def test_intervals_of_ratios_hold_the_true_one_in_93_to_97_percent(setting: Setting) -> None:
    """A short form of `benchmarks/ratio_intervals.py`; 1,000 draws stray from the truth by about a point."""
    assert 0.93 - 0.012 <= told_by(setting, 1000, seed=8)["holds"] <= 0.97 + 0.012


# Means


def test_a_mean_has_the_interval_of_students_t_as_scipy_has_it() -> None:
    scores = [-1.2, 0.4, 0.3, -2.0, 1.1, -0.7]
    sums = pl.LazyFrame({"n": [6], "total": [sum(scores)], "squares": [sum(score**2 for score in scores)]})
    told = with_mean(sums, "n", "total", "squares").collect().row(0, named=True)
    low, high = stats.t.interval(0.95, 5, loc=np.mean(scores), scale=stats.sem(scores))
    assert (told["mean"], told["low"], told["high"]) == pytest.approx((np.mean(scores), low, high), abs=1e-9)


def test_one_alone_has_a_mean_and_no_interval_and_nobody_has_neither() -> None:
    sums = pl.LazyFrame(
        {"n": [1, 0, None, 3], "total": [0.5, 0.0, None, 3.0], "squares": [0.25, 0.0, None, 3.0]},
        schema={"n": pl.Int64, "total": pl.Float64, "squares": pl.Float64},
    )
    rows = with_mean(sums, "n", "total", "squares").select("mean", "low", "high").collect().rows()
    assert rows == [(0.5, None, None), (None, None, None), (None, None, None), (1.0, 1.0, 1.0)]
