"""Numbers of rows that are told beyond a steward's own municipality: none is small, and none gives a small one away."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import suppression


@given(st.lists(st.integers(0, 12), max_size=6))
def test_one_hidden_reason_is_never_alone(parts: list[int]) -> None:
    shown = suppression.shown_parts(parts, 5)
    hidden = [part for part, is_shown in zip(parts, shown, strict=True) if not is_shown]
    assert len(hidden) != 1 or sum(parts) == hidden[0]
    assert not {part for part, is_shown in zip(parts, shown, strict=True) if is_shown} & {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([12, 9, 2], [True, False, False]),
        ([18, 5, 5, 4, 4], [True, False, True, False, False]),
        ([20, 4, 3, 3], [False, False, False, False]),
        ([9, 6], [True, True]),
        ([0, 9, 6], [True, True, True]),
    ],
)
def test_hidden_reasons_cannot_be_worked_out_from_the_sum_that_is_left(parts: list[int], shown: list[bool]) -> None:
    assert suppression.shown_parts(parts, 5) == shown


@pytest.mark.parametrize(
    ("parts", "gives_away"),
    [
        ([1, 1, 1, 1, 1], True),
        ([4, 4], True),
        ([4, 4, 4], True),
        ([1] * 10 + [2, 2], True),
        ([3], True),
        ([3, 2], False),
        ([3, 3, 2], False),
        ([20, 3], False),
        ([9, 7], False),
        ([], False),
    ],
)
def test_a_total_of_hidden_parts_alone_is_shown_only_where_it_tells_none_of_them(
    parts: list[int], gives_away: bool
) -> None:
    assert suppression.gives_away(parts, suppression.shown_parts(parts, 5), 5) is gives_away


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_beside_a_shown_total_every_small_part_could_have_every_small_value(number: int) -> None:
    possible: dict[int, list[tuple[int, ...]]] = {}
    for parts in product(range(1, 5), repeat=number):
        shown = suppression.shown_parts(list(parts), 5)
        assert not any(shown)
        if not suppression.gives_away(list(parts), shown, 5):
            possible.setdefault(sum(parts), []).append(parts)
    assert bool(possible) == (number > 1)
    assert all({parts[at] for parts in some} == {1, 2, 3, 4} for some in possible.values() for at in range(number))
