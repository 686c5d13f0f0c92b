"""Rule 5: quantiles, sums and curves are shown when enough children are behind them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disclosure.statistics import (
    mean_may_be_shown,
    quantile_may_be_shown,
    steps_of_a_curve,
    sum_may_be_shown,
)


@pytest.mark.parametrize(
    ("children", "quantile", "is_shown"),
    [
        (9, 0.5, False),
        (10, 0.5, True),
        (11, 0.5, True),
        (19, 0.25, False),
        (20, 0.25, True),
        (20, 0.75, True),
        (50, 0.9, True),
        (49, 0.9, False),
        (1_000_000, 0.0, False),
        (1_000_000, 1.0, False),
    ],
)
def test_a_quantile_needs_five_children_on_either_side(children: int, quantile: float, is_shown: bool) -> None:
    assert quantile_may_be_shown(children, quantile, 5) == is_shown


def test_a_mean_needs_five_children() -> None:
    assert [mean_may_be_shown(children, 5) for children in (0, 4, 5)] == [False, False, True]


@pytest.mark.parametrize(
    ("amounts", "is_shown"),
    [
        ([], False),
        ([10, 10, 10, 10], False),
        ([10, 10, 10, 10, 10], True),
        ([40, 10, 10, 10, 10], True),
        ([41, 10, 10, 10, 10], False),
        ([10, 10, 10, 10, 0], False),
        ([-60, 10, 10, 10, 10, 10], False),
        ([100, -100, 1, 1, 1, 1], True),
    ],
)
def test_costs_need_five_children_and_none_above_half(amounts: list[float], is_shown: bool) -> None:
    assert sum_may_be_shown(amounts, 5) == is_shown


def test_a_curve_waits_until_five_children_are_behind_a_step() -> None:
    events = [2, 2, 1, 0, 7, 3, 1]
    at_risk = [100, 90, 80, 70, 60, 50, 40]
    assert steps_of_a_curve(events, at_risk, 5) == [False, False, True, False, True, False, False]


def test_a_curve_does_not_step_when_fewer_than_five_are_left_after_it() -> None:
    assert steps_of_a_curve([5, 5, 6], [20, 15, 10], 5) == [True, True, False]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60))), st.integers(3, 7))
def test_between_two_steps_of_a_curve_lie_at_least_as_many_events_as_the_threshold(
    times: list[tuple[int, int]], threshold: int
) -> None:
    events, at_risk = [n for n, _ in times], [n for _, n in times]
    shown = steps_of_a_curve(events, at_risk, threshold)
    places = [-1, *(at for at, is_shown in enumerate(shown) if is_shown)]
    assert all(sum(events[before + 1 : at + 1]) >= threshold for before, at in pairwise(places))
