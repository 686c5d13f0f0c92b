"""The bootstrap against scipy's, and how often its intervals cover the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipelines.statistics.bootstrap import Array, Resampled, resampled

COSTS = np.array([0.0, 0.0, 0.0, 1200.0, 800.0, 310.0, 95.0, 20_000.0, 4300.0, 777.0, 150.0, 2600.0])
OTHER = np.array([15.0, 900.0, 33.0, 0.0, 5100.0, 64.0, 1300.0])
BY_CHILD = np.array([[3.0, 1], [0, 1], [5, 2], [9, 1], [1, 3], [14, 2], [2, 2], [6, 1], [0, 0]])


def ratio(sums: Array) -> Array:
    """Every column over the last one."""
    above, below = sums[:, :-1], sums[:, -1:]
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)


def mean_of(values: Array, resamples: int = 200, seed: int = 1) -> Resampled:
    """Means of columns: each unit counts for one."""
    with_ones = np.concatenate([values.reshape(len(values), -1), np.ones((len(values), 1))], axis=1)
    return resampled(with_ones, ratio, resamples, seed)


def with_draws_of(found: Resampled, draws: Array) -> Resampled:
    return Resampled(found.estimate, draws.reshape(-1, 1), found.squares, found.cubes)


def test_the_interval_of_a_mean_is_that_of_scipy_on_the_same_draws() -> None:
    """scipy.stats.bootstrap, method BCa, to 1e-6: its draws, our interval."""
    theirs = stats.bootstrap((COSTS,), np.mean, method="BCa", n_resamples=999, rng=np.random.default_rng(7))
    low, high = with_draws_of(mean_of(COSTS), theirs.bootstrap_distribution).interval()
    assert (low[0], high[0]) == pytest.approx(tuple(theirs.confidence_interval), abs=1e-6)


def test_the_interval_of_a_ratio_is_that_of_scipy_on_the_same_draws() -> None:
    """Costs over years lived, resampled together: scipy's paired bootstrap, to 1e-6."""

    def cost_per_year(costs: Array, years: Array, axis: int = -1) -> Array:
        return costs.sum(axis=axis) / years.sum(axis=axis)

    data = (BY_CHILD[:, 0], BY_CHILD[:, 1])
    theirs = stats.bootstrap(data, cost_per_year, paired=True, vectorized=True, n_resamples=999, rng=3)
    low, high = with_draws_of(resampled(BY_CHILD, ratio, 10, 1), theirs.bootstrap_distribution).interval()
    assert (low[0], high[0]) == pytest.approx(tuple(theirs.confidence_interval), abs=1e-6)


def test_the_interval_of_a_difference_is_that_of_scipy_on_the_same_draws() -> None:
    def difference(later: Array, earlier: Array, axis: int = -1) -> Array:
        return later.mean(axis=axis) - earlier.mean(axis=axis)

    theirs = stats.bootstrap((COSTS, OTHER), difference, vectorized=True, n_resamples=999, rng=5)
    ours = with_draws_of(mean_of(COSTS).minus(mean_of(OTHER)), theirs.bootstrap_distribution)
    low, high = ours.interval()
    assert (low[0], high[0]) == pytest.approx(tuple(theirs.confidence_interval), abs=1e-6)


def test_our_own_draws_give_the_interval_of_scipy_within_chance() -> None:
    theirs = stats.bootstrap((COSTS,), np.mean, n_resamples=20_000, rng=np.random.default_rng(11))
    low, high = mean_of(COSTS, resamples=20_000).interval()
    width = theirs.confidence_interval.high - theirs.confidence_interval.low
    assert abs(low[0] - theirs.confidence_interval.low) < 0.03 * width
    assert abs(high[0] - theirs.confidence_interval.high) < 0.03 * width


def coverage(sample: Array, truth: float) -> float:
    """The share of the columns, each a sample of its own, whose interval holds the truth."""
    low, high = mean_of(sample, resamples=1000, seed=4).interval()
    return float(((low <= truth) & (truth <= high)).mean())


@pytest.mark.parametrize("children", [50, 150])
def test_intervals_cover_the_mean_of_even_costs_in_93_to_97_of_100_samples(children: int) -> None:
    costs = np.random.default_rng(8).normal(50_000, 12_000, size=(children, 3000))
    assert 0.93 <= coverage(costs, 50_000) <= 0.97


def test_intervals_of_moderately_skewed_costs_cover_nearly_as_often() -> None:
    costs = np.random.default_rng(9).gamma(1.0, 20_000, size=(100, 3000))
    assert 0.92 <= coverage(costs, 20_000) <= 0.97


def test_intervals_of_very_skewed_costs_cover_too_seldom_and_this_is_said() -> None:
    """One child in twelve has a cost, and it is lognormal: 50 children hold too few of the dear ones."""
    random = np.random.default_rng(10)
    costs = random.lognormal(11, 1, size=(50, 3000)) * (random.random((50, 3000)) < 1 / 12)
    assert 0.80 <= coverage(costs, float(np.exp(11.5)) / 12) <= 0.93


def test_one_unit_alone_has_a_mean_and_no_interval() -> None:
    found = mean_of(np.array([5.0]))
    low, high = found.interval()
    assert found.estimate[0] == 5
    assert np.isnan([low[0], high[0]]).all()


def test_units_that_are_all_alike_have_no_interval() -> None:
    low, high = mean_of(np.full(9, 3.0)).interval()
    assert np.isnan([low[0], high[0]]).all()


def test_no_units_have_no_statistic() -> None:
    found = resampled(np.zeros((0, 2)), ratio, 10, 1)
    low, high = found.interval()
    assert np.isnan([found.estimate[0], low[0], high[0]]).all()


def test_draws_without_a_denominator_are_left_out() -> None:
    """Two of nine lived so long: some resamples have neither, and the interval stands on the others."""
    units = np.array([[4.0, 1], [8, 1], *[[0, 0]] * 7])
    low, high = resampled(units, ratio, 500, 1).interval()
    assert 4 <= low[0] <= 6 <= high[0] <= 8


def test_an_unknown_cost_leaves_the_other_columns_alone() -> None:
    values = np.stack([COSTS, np.where(COSTS == 95, np.nan, COSTS)], axis=1)
    low, high = mean_of(values).interval()
    alone = mean_of(COSTS).interval()
    assert (low[0], high[0]) == pytest.approx((alone[0][0], alone[1][0]))
    assert np.isnan([low[1], high[1]]).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.integers(0, 1000))
def test_moving_there_and_back_turns_the_interval_round(values: list[float], seed: int) -> None:
    one, other = mean_of(np.array(values), 50, seed), mean_of(COSTS, 50, seed + 1)
    there, back = one.minus(other).interval(), other.minus(one).interval()
    assert np.nan_to_num(there[0]) == pytest.approx(np.nan_to_num(-back[1]), rel=1e-6, abs=1e-6)
    assert np.nan_to_num(there[1]) == pytest.approx(np.nan_to_num(-back[0]), rel=1e-6, abs=1e-6)


def test_the_same_seed_draws_the_same_whatever_the_columns() -> None:
    alone, beside = mean_of(COSTS, seed=2), mean_of(np.stack([COSTS, COSTS**2], axis=1), seed=2)
    assert alone.draws[:, 0] == pytest.approx(beside.draws[:, 0])
