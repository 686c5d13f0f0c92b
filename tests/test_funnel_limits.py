"""Funnel limits, overdispersion and Wilson's interval against second implementations and examples worked by hand."""

from __future__ import annotations

from fractions import Fraction
from math import comb, exp, pi, sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipelines.statistics.funnel_limits import FunnelLimits, funnel_limits
from pipelines.statistics.overdispersion import mean_square_of_winsorised, overdispersion
from pipelines.wilson import wilson_high, wilson_low

TAILS = {"95": Fraction(1, 40), "998": Fraction(1, 1000)}


def spiegelhalter(n: int, target: Fraction, tail: Fraction) -> float:
    """A.1.1 of Spiegelhalter 2005 in whole fractions: (r - a) / n, r the smallest count with P(R <= r) > tail."""
    chances = [comb(n, k) * target**k * (1 - target) ** (n - k) for k in range(n + 1)]
    r = next(k for k in range(n + 1) if sum(chances[: k + 1]) > tail)
    within = (sum(chances[: r + 1]) - tail) / chances[r]
    return float((r - within) / n)


@pytest.mark.parametrize("target", [Fraction(1, 20), Fraction(3, 10), Fraction(1, 2), Fraction(83, 100)])
def test_limits_are_those_of_spiegelhalter_with_the_upper_one_child_higher(target: Fraction) -> None:
    """Second implementation in exact fractions of the published formula, to 1e-6 (here 1e-9)."""
    sizes = np.array([1, 2, 5, 7, 10, 20, 41, 80])
    limits = funnel_limits(sizes, float(target))
    for name, tail in TAILS.items():
        low = [max(spiegelhalter(int(n), target, tail), 0) for n in sizes]
        high = [min(spiegelhalter(int(n), target, 1 - tail) + 1 / n, 1) for n in sizes]
        assert getattr(limits, f"low_{name}") == pytest.approx(low, abs=1e-9)
        assert getattr(limits, f"high_{name}") == pytest.approx(high, abs=1e-9)


def test_ten_children_around_one_half_worked_by_hand() -> None:
    """P(R <= 1) = 11/1024, P(R <= 2) = 56/1024 > 0.025: r = 2, a = (56/1024 - 0.025) / (45/1024) = 0.67556."""
    limits = funnel_limits(np.array([10]), 0.5)
    assert limits.low_95 == pytest.approx([(2 - 0.6755555555555556) / 10], abs=1e-12)
    assert limits.high_95 == pytest.approx([1 - (2 - 0.6755555555555556) / 10], abs=1e-12)


@pytest.mark.parametrize("at_a_time", [1, 50, 1000])
def test_limits_of_a_place_are_the_same_however_many_others_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    """Denominators are looked at some at a time: the last of one lot and the first of the next are like all others."""
    sizes = np.array([400, 3, 60, 12, 61, 3, 1])
    together = funnel_limits(sizes, 0.7, 0.04)
    monkeypatch.setattr("pipelines.statistics.funnel_limits.AT_A_TIME", at_a_time)
    apart = funnel_limits(sizes, 0.7, 0.04)
    for name in ("low_998", "low_95", "high_95", "high_998"):
        assert getattr(apart, name) == pytest.approx(getattr(together, name), abs=1e-12)


def test_limits_with_overdispersion_are_those_of_the_beta_binomial_distribution() -> None:
    """Second implementation: scipy's beta-binomial, one denominator after the other."""
    target, correlation = 0.7, 0.04
    a, b = target * (1 / correlation - 1), (1 - target) * (1 / correlation - 1)
    sizes = np.array([3, 12, 60, 400])
    limits = funnel_limits(sizes, target, correlation)
    for at, n in enumerate(sizes):
        chances, cumulated = (f(np.arange(n + 1), n, a, b) for f in (stats.betabinom.pmf, stats.betabinom.cdf))
        r = int(np.argmax(cumulated > 0.025))
        low = max(0.0, (r - (cumulated[r] - 0.025) / chances[r]) / n)
        assert limits.low_95[at] == pytest.approx(low, abs=1e-9)


@given(st.integers(1, 150), st.floats(0.0, 1.0), st.sampled_from([0.0, 0.001, 0.05, 0.4]))
def test_what_lies_outside_is_never_more_likely_than_the_limit_says(n: int, target: float, correlation: float) -> None:
    limits = funnel_limits(np.array([n]), target, correlation)
    counts = np.arange(n + 1)
    if correlation and 0 < target < 1:
        size = 1 / correlation - 1
        chances = stats.betabinom.pmf(counts, n, max(target * size, 1e-300), max((1 - target) * size, 1e-300))
    else:
        chances = stats.binom.pmf(counts, n, target)
    for low, high, tail in (
        (limits.low_95[0], limits.high_95[0], 0.025),
        (limits.low_998[0], limits.high_998[0], 0.001),
    ):
        assert chances[counts / n < low - 1e-9].sum() <= tail + 1e-6
        assert chances[counts / n > high + 1e-9].sum() <= tail + 1e-6


@given(st.integers(1, 300), st.floats(0.0, 1.0), st.sampled_from([0.0, 0.02]))
def test_a_share_and_its_complement_have_the_same_funnel(n: int, target: float, correlation: float) -> None:
    limits, mirrored = (funnel_limits(np.array([n]), share, correlation) for share in (target, 1 - target))
    assert limits.low_95 == pytest.approx(1 - mirrored.high_95, abs=1e-6)
    assert limits.high_998 == pytest.approx(1 - mirrored.low_998, abs=1e-6)


def ordered(limits: FunnelLimits, target: float) -> bool:
    slack = 1e-9
    return bool(
        (limits.low_998 <= limits.low_95 + slack).all()
        and (limits.low_95 <= target + slack).all()
        and (limits.high_95 >= target - slack).all()
        and (limits.high_998 >= limits.high_95 - slack).all()
    )


@pytest.mark.parametrize("target", [0.0, 0.001, 0.4, 0.999, 1.0])
def test_limits_are_shares_in_order_around_the_target_also_when_it_is_none_or_all(target: float) -> None:
    limits = funnel_limits(np.arange(1, 200), target)
    assert ordered(limits, target)
    assert limits.low_998.min() >= 0
    assert limits.high_998.max() <= 1


def test_usual_variation_widens_the_funnel_and_nobody_has_no_limits() -> None:
    sizes = np.array([20, 100, 500])
    plain, wide = funnel_limits(sizes, 0.7), funnel_limits(sizes, 0.7, 0.02)
    assert (wide.low_95 < plain.low_95).all()
    assert (wide.high_95 > plain.high_95).all()
    assert len(funnel_limits(np.array([], dtype=np.int64), 0.7).low_95) == 0


# Overdispersion


def test_winsorised_normal_scores_have_a_mean_square_of_0_679() -> None:
    """Second implementation: the integral by the trapezoidal rule."""
    z = np.linspace(-10, 10, 400_001)
    end = stats.norm.ppf(0.9)
    density = np.exp(-(z**2) / 2) / sqrt(2 * pi)
    assert mean_square_of_winsorised() == pytest.approx(np.trapezoid(np.clip(z, -end, end) ** 2 * density, z), abs=1e-8)
    assert exp(0) == 1


def naive_dispersion(counted: list[int], sizes: list[int], target: float, whole: int) -> tuple[float, float]:
    """phi and correlation in plain Python, quantiles by hand (linear between the ordered scores)."""
    scores = sorted((x / n - target) / sqrt(target * (1 - target) / n) for x, n in zip(counted, sizes, strict=True))

    def quantile(part: float) -> float:
        at = part * (len(scores) - 1)
        first = int(at)
        return scores[first] + (at - first) * (scores[min(first + 1, len(scores) - 1)] - scores[first])

    low, high = quantile(0.1), quantile(0.9)
    squares = sum(min(max(z, low), high) ** 2 for z in scores) / 0.6786545588
    freedom = sum(1 - n / whole for n in sizes)
    room = sum((n - 1) * (1 - n / whole) for n in sizes)
    return squares / freedom, (squares - freedom) / room


def test_phi_and_correlation_agree_with_a_second_implementation() -> None:
    random = np.random.default_rng(7)
    sizes = random.integers(20, 400, 60)
    counted = random.binomial(sizes, random.beta(14, 6, 60))
    target, whole = counted.sum() / sizes.sum(), int(sizes.sum())
    found = overdispersion(counted, sizes, target, whole)
    phi, correlation = naive_dispersion(counted.tolist(), sizes.tolist(), target, whole)
    assert found.phi == pytest.approx(phi, rel=1e-6)
    assert found.correlation == pytest.approx(correlation, rel=1e-6)
    assert found.is_adjusted


def test_equal_places_are_not_adjusted_and_few_places_never() -> None:
    sizes = np.full(40, 100)
    equal = overdispersion(np.full(40, 70), sizes, 0.7, 4000)
    assert (equal.phi, equal.correlation) == (pytest.approx(0, abs=1e-9), 0.0)
    few = overdispersion(np.array([10, 90] * 4), np.full(8, 100), 0.5, 800)
    assert (few.places, few.phi, few.is_adjusted) == (8, None, False)


def test_a_country_of_none_or_all_has_no_dispersion() -> None:
    sizes = np.full(20, 50)
    assert overdispersion(np.zeros(20, np.int64), sizes, 0.0, 1000).phi is None
    assert overdispersion(sizes, sizes, 1.0, 1000).correlation == 0


# Wilson


def test_wilsons_interval_agrees_with_statsmodels() -> None:
    """Second implementation: statsmodels' proportion_confint, to 1e-12."""
    from statsmodels.stats.proportion import proportion_confint

    pairs = [(x, n) for n in (1, 2, 5, 10, 41, 500, 11_721) for x in {0, 1, n // 3, n - 1, n}]
    x, n = (np.array(column) for column in zip(*pairs, strict=True))
    low, high = proportion_confint(x, n, method="wilson")
    own = pl.DataFrame({"x": x, "n": n}).select(
        wilson_low(pl.col("x"), pl.col("n")).alias("low"), wilson_high(pl.col("x"), pl.col("n")).alias("high")
    )
    assert own["low"].to_numpy() == pytest.approx(np.clip(low, 0, 1), abs=1e-12)
    assert own["high"].to_numpy() == pytest.approx(np.clip(high, 0, 1), abs=1e-12)
