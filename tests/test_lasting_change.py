"""The rule of a lasting change: a plain second implementation, and what it finds and leaves."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics.lasting_change import NEVER, Rule, lasting_changes, signed_root

Series = list[tuple[int, int]]


def z_of(before: Series, after: Series) -> float:
    (x1, n1), (x2, n2) = ([sum(column) for column in zip(*part, strict=True)] for part in (before, after))

    def likelihood(x: int, n: int) -> float:
        return sum(k * log(k / n) for k in (x, n - x) if k)

    twice = 2 * (likelihood(x1, n1) + likelihood(x2, n2) - likelihood(x1 + x2, n1 + n2))
    return sqrt(max(twice, 0)) * (1 if x2 * n1 > x1 * n2 else -1 if x2 * n1 < x1 * n2 else 0)


def goes_on(before: Series, after: Series, rule: Rule) -> bool:
    old, new = (sum(x for x, _ in part) / sum(n for _, n in part) for part in (before, after))
    way = [(x / n - old) * (1 if new > old else -1) for x, n in after[-rule.after :]]
    return min(way) >= rule.part_of_the_way * abs(new - old)


def naive(series: Series, rule: Rule) -> tuple[int, float]:
    """One series, one period at a time, as the docstring says it."""
    start, since, z = 0, NEVER, 0.0
    for end in range(1, len(series) + 1):
        if since != NEVER:
            z = z_of(series[start:since], series[since:end])
            if abs(z) < rule.limit:
                since = NEVER
            elif end - since >= rule.baseline + rule.after:
                start, since = since, NEVER
        if since == NEVER:
            starts = [
                c
                for c in range(max(start + rule.baseline, end - rule.baseline), end - rule.after + 1)
                if c - start >= rule.baseline
            ]
            found = [(abs(z_of(series[start:c], series[c:end])), -c) for c in starts]
            if found:
                best = max(found, key=lambda pair: (round(pair[0], 9), pair[1]))
                c = -best[1]
                signed = z_of(series[start:c], series[c:end])
                if best[0] >= rule.limit and goes_on(series[start:c], series[c:end], rule):
                    since, z = c, signed
    return since, z if since != NEVER else 0.0


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(10, 45), st.sampled_from([Rule(), Rule(baseline=4), Rule(limit=1.5)]))
def test_the_rule_agrees_with_a_plain_second_implementation(seed: int, periods: int, rule: Rule) -> None:
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 80, (4, periods))
    levels = np.where(np.arange(periods) < random.integers(0, periods), random.uniform(), random.uniform())
    counted = random.binomial(sizes, levels)
    found = lasting_changes(counted, sizes, rule)
    for row in range(4):
        series = list(zip(counted[row].tolist(), sizes[row].tolist(), strict=True))
        since, z = naive(series, rule)
        assert found.since[row] == since
        assert found.z[row] == pytest.approx(z, abs=1e-9)


def of(shares: list[float], size: int = 50) -> tuple[int, float]:
    """Where a change stands in one series, and its z."""
    counted = np.array([[round(share * size) for share in shares]])
    found = lasting_changes(counted, np.full_like(counted, size))
    return int(found.since[0]), float(found.z[0])


def test_a_fall_of_twenty_points_is_found_at_the_end_of_its_second_quarter() -> None:
    assert of([0.8] * 8 + [0.6])[0] == NEVER, "one quarter is no lasting change"
    since, z = of([0.8] * 8 + [0.6, 0.6])
    assert since == 8
    assert z < -2.6


def test_seven_quarters_are_no_baseline() -> None:
    assert of([0.8] * 7 + [0.5, 0.5])[0] == NEVER


def test_one_odd_quarter_is_not_a_lasting_change() -> None:
    assert of([0.8] * 10 + [0.3, 0.84])[0] == NEVER


def test_a_change_that_goes_back_is_forgotten() -> None:
    assert of([0.8] * 8 + [0.6, 0.6])[0] == 8
    assert of([0.8] * 8 + [0.6, 0.6] + [0.8] * 6)[0] == NEVER


def test_a_change_that_stays_becomes_the_new_normal_after_ten_quarters() -> None:
    assert of([0.8] * 8 + [0.6] * 9)[0] == 8
    assert of([0.8] * 8 + [0.6] * 10)[0] == NEVER
    assert of([0.8] * 8 + [0.6] * 10 + [0.8, 0.8])[0] == 18, "and is the baseline of the next one"


def test_a_flat_series_of_none_or_all_has_no_change() -> None:
    assert of([0.0] * 28) == (NEVER, 0.0)
    assert of([1.0] * 28) == (NEVER, 0.0)


def test_nothing_is_found_in_no_series_and_no_periods() -> None:
    empty = np.zeros((0, 0), np.int64)
    assert len(lasting_changes(empty, empty).since) == 0
    assert lasting_changes(np.zeros((2, 0), np.int64), np.zeros((2, 0), np.int64)).since.tolist() == [NEVER, NEVER]


def test_gaps_at_the_end_of_a_row_change_nothing() -> None:
    counted = np.array([[40] * 8 + [30, 30, 0, 0]])
    sizes = np.array([[50] * 10 + [0, 0]])
    assert lasting_changes(counted, sizes).since.tolist() == [8]


def test_z_is_the_signed_root_of_the_likelihood_ratio() -> None:
    """34 of 41 against 20 of 40, by the plain formula; the sides change places with the sign."""
    expected = z_of([(34, 41)], [(20, 40)])
    sides = [np.array([count]) for count in (34, 41, 20, 40)]
    assert signed_root(*sides)[0] == pytest.approx(expected, abs=1e-12)
    assert signed_root(sides[2], sides[3], sides[0], sides[1])[0] == pytest.approx(-expected, abs=1e-12)
    assert expected == pytest.approx(-3.19, abs=0.01)


def test_a_fall_of_the_measure_is_a_rise_of_its_complement() -> None:
    random = np.random.default_rng(3)
    sizes = random.integers(10, 80, (200, 24))
    counted = random.binomial(sizes, np.where(np.arange(24) < 14, 0.8, 0.6))
    found, mirrored = (lasting_changes(x, sizes) for x in (counted, sizes - counted))
    assert found.since.tolist() == mirrored.since.tolist()
    assert found.z == pytest.approx(-mirrored.z, abs=1e-9)


def test_the_promise_of_the_rule_holds() -> None:
    """Simulated with a fixed seed; the benchmark has the large numbers."""
    random = np.random.default_rng(11)
    shares = np.array([0.7] * 8 + [0.5] * 2)
    counted = random.binomial(50, shares, (4000, 10))
    assert (lasting_changes(counted, np.full_like(counted, 50)).since != NEVER).mean() >= 0.8
    still = random.binomial(50, 0.7, (4000, 28))
    assert lasting_changes(still, np.full_like(still, 50)).found.mean() <= 0.5
