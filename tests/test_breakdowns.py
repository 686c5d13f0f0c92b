"""Breakdowns: groups and days are told together until nothing small is told, and the auditor has nothing against it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from enumerated_tables import possible
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.disclosure.breakdowns.cells import NO_CELL, OTHER, Breakdown, Division, Protected, protected
from pipelines.disclosure.breakdowns.classes import Split, Told, told_of_parts, told_of_whole, told_sizes
from pipelines.disclosure.gate import passed
from pipelines.disclosure.holding_back import released_beside
from pipelines.disclosure.linked_tables import Published
from pipelines.disclosure.sensitivity import sensitive

T = 5
ASSESSED = ("assessed", "not_assessed", "typical", "beyond", "children")
SPLITS = (Split(4, (0, 1)), Split(0, (2, 3)))
SHARE_OF = (4, 4, 0, 0, 4)


def table(*rows: tuple[int, ...]) -> np.ndarray:
    """Rows of (typical, beyond, not assessed) as rows of all outcomes."""
    return np.array([(a + b, c, a, b, a + b + c) for a, b, c in rows], dtype=np.int64)


def development(*groups: tuple[int, ...], untold: frozenset[int] = frozenset()) -> Breakdown:
    """The whole is the sum of its groups."""
    counts = table(*groups)
    names = ("exposure=exposed", *(f"substance={letter}" for letter in "abcdefgh"[: len(groups)]))
    members = tuple(range(1, len(groups) + 1))
    whole = counts.sum(axis=0, keepdims=True)
    return Breakdown(
        "d", names, (0,), (Division(0, members),), ASSESSED, SHARE_OF, untold, SPLITS, np.concatenate([whole, counts])
    )


def figures(made: Protected) -> dict[tuple[str, str], int]:
    """What is told, by group (members joined) and outcome."""
    rows = made.rows.iter_rows(named=True)
    return {("+".join(row["members"]), "+".join(row["parts"])): row["count"] for row in rows}


def test_small_groups_are_told_together() -> None:
    sizes = np.array([60, 40, 3, 2, 15])
    assert told_sizes(sizes, (1, 2, 3, 4), T) == ((1,), (4,), (2, 3))


def test_a_small_group_alone_takes_the_smallest_other_with_it() -> None:
    sizes = np.array([58, 40, 3, 15])
    assert told_sizes(sizes, (1, 2, 3), T) == ((1,), (2, 3))


def test_a_group_without_anybody_is_in_no_class() -> None:
    sizes = np.array([55, 40, 0, 15])
    assert told_sizes(sizes, (1, 2, 3), T) == ((1,), (3,))


def test_results_of_a_whole_are_told_only_when_none_of_them_is_small() -> None:
    split = Split(0, (2, 3))
    assert told_of_whole(table((20, 6, 9))[0], split, T).is_anything
    assert not told_of_whole(table((20, 4, 9))[0], split, T).is_anything


def test_everybody_in_one_result_is_not_told() -> None:
    assert not told_of_whole(table((0, 26, 9))[0], Split(0, (2, 3)), T).is_anything


def test_groups_with_a_small_result_are_told_together_at_that_result() -> None:
    counts = table((0, 0, 0), (20, 6, 10), (15, 3, 10), (12, 4, 10))
    told = told_of_parts(counts, ((1,), (2,), (3,)), Split(0, (2, 3)), T, ((2,), (3,)))
    assert told == Told(((1,), (2, 3)), ((2,), (3,)))


def test_neighbouring_days_are_told_together_until_each_is_large_enough() -> None:
    days = Split(5, (0, 1, 2, 3, 4), is_ordered=True)
    told = told_of_whole(np.array([6, 2, 2, 3, 8, 50]), days, T)
    assert told.bins == ((0,), (1, 2, 3), (4,))


def test_days_without_anybody_may_be_told() -> None:
    days = Split(3, (0, 1, 2), is_ordered=True)
    assert told_of_whole(np.array([6, 0, 9, 50]), days, T).bins == ((0,), (1,), (2,))


def test_a_rest_of_days_that_is_too_small_goes_with_the_day_before() -> None:
    days = Split(3, (0, 1, 2), is_ordered=True)
    assert told_of_whole(np.array([6, 7, 2, 50]), days, T).bins == ((0,), (1, 2))


def test_groups_are_never_told_in_finer_days_than_the_whole() -> None:
    days = Split(4, (0, 1, 2, 3), is_ordered=True)
    counts = np.array([[20, 20, 20, 20, 100], [10, 10, 10, 10, 50], [10, 10, 10, 10, 50]])
    told = told_of_parts(counts, ((1,), (2,)), days, T, ((0, 1), (2, 3)))
    assert told.bins == ((0, 1), (2, 3))


def test_what_is_told_of_a_breakdown_is_what_a_steward_would_write_down() -> None:
    made = protected([development((20, 6, 10), (15, 3, 10), (12, 4, 10))], T)
    told = figures(made)
    assert told["exposed", "typical"] == 47
    assert told["a", "beyond"] == 6
    assert told["b+c", "beyond"] == 7
    assert ("b", "beyond") not in told
    assert told["b", "assessed"] == 18
    assert made.rows.filter(made.rows["members"].list.len() > 1)["group"].unique().to_list() == [OTHER]


def test_a_whole_is_not_told_when_its_groups_cannot_bear_it() -> None:
    """Six were assessed, all of them in the first group: that nobody of the second was follows from the whole, as its
    groups are known to have 40 and 26 children."""
    told = figures(protected([development((6, 0, 34), (0, 0, 26))], T))
    assert told["exposed", "children"] == 66
    assert ("exposed", "assessed") not in told


def test_what_is_untold_has_no_row_and_no_shown_cell() -> None:
    made = protected([development((20, 6, 10), (15, 3, 10), (12, 4, 10), untold=frozenset({1, 4}))], T)
    told = figures(made)
    assert told["exposed", "assessed"] == 60
    assert not {outcome for _, outcome in told} & {"children", "not_assessed"}
    shown = [name for name, hidden in zip(made.tables.names, made.hidden, strict=True) if not hidden]
    assert not [name for name in shown if name.endswith(("|children", "|not_assessed"))]
    assert made.rows.filter(pl.col("outcome") == "assessed")["cell_of"].unique().to_list() == [NO_CELL]


def test_hidden_groups_stand_behind_the_told_ones_as_cells() -> None:
    made = protected([development((20, 6, 10), (15, 3, 10), (12, 4, 10))], T)
    number = {name: at for at, name in enumerate(made.tables.names)}
    small = number["d|substance=b|beyond"]
    assert made.hidden[small]
    assert made.tables.counts[small] == 3
    assert not made.hidden[number["d|substance=b+substance=c|beyond"]]
    assert len(made.tables.relations.broken(made.tables.counts)) == 0


def test_a_whole_and_its_divisions_are_tables_of_their_own() -> None:
    made = protected([development((20, 6, 10), (15, 3, 10), (12, 4, 10))], T)
    tables = dict(zip(made.tables.names, made.belongs_to.tolist(), strict=True))
    assert tables["d|exposure=exposed|typical"] != tables["d|substance=a|typical"]
    assert tables["d|substance=b+substance=c|beyond"] == tables["d|substance=a|typical"]


def test_nothing_at_all_makes_empty_tables() -> None:
    made = protected([], T)
    assert len(made.tables) == len(made.rows) == 0


groups = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.integers(0, 30)), min_size=1, max_size=6)


@given(groups)
@settings(max_examples=150, deadline=None)
def test_nothing_sensitive_is_ever_told(rows: list[tuple[int, ...]]) -> None:
    made = protected([development(*rows)], T)
    assert not (sensitive(made.tables) & ~made.hidden).any()
    assert made.rows.filter(made.rows["count"].is_between(1, T - 1)).is_empty()
    assert len(made.tables.relations.broken(made.tables.counts)) == 0


@given(groups)
@settings(max_examples=60, deadline=None)
def test_the_auditor_passes_a_breakdown_once_what_it_found_is_held_back(rows: list[tuple[int, ...]]) -> None:
    made = protected([development(*rows)], T)
    if len(made.tables):
        gone = released_beside(made.tables, made.hidden, made.belongs_to, [], None)
        assert (gone.hidden | ~made.hidden).all()


def small(*groups: tuple[int, int]) -> Breakdown:
    """Assessed or not, and nothing further: small enough to try every table."""
    counts = np.array([(yes, no, yes + no) for yes, no in groups], dtype=np.int64)
    names = ("exposure=exposed", *(f"substance={letter}" for letter in "abc"[: len(groups)]))
    members = tuple(range(1, len(groups) + 1))
    whole = counts.sum(axis=0, keepdims=True)
    splits = (Split(2, (0, 1)),)
    outcomes = ("assessed", "not_assessed", "children")
    every = np.concatenate([whole, counts])
    return Breakdown("s", names, (0,), (Division(0, members),), outcomes, (2, 2, 2), frozenset(), splits, every)


def attacked(rows: list[tuple[int, int]]) -> dict[str, set[int]]:
    """Every hidden sensitive count with what somebody who tries every table holds possible."""
    made = protected([small(*rows)], T)
    gone = released_beside(made.tables, made.hidden, made.belongs_to, [], None)
    asked = [made.tables.names[at] for at in np.flatnonzero(gone.hidden & sensitive(made.tables))]
    found = possible([Published.of(made.tables, gone.hidden)]) if asked else {}
    return {name: found[name] for name in asked}


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=3).filter(lambda r: sum(map(sum, r)))
)
@settings(max_examples=60, deadline=None)
def test_trying_every_table_leaves_every_small_value_possible(rows: list[tuple[int, int]]) -> None:
    for name, values in attacked(rows).items():
        assert set(range(1, T)) <= values, name


def test_trying_every_table_has_something_to_try() -> None:
    assert len(attacked([(9, 6), (6, 3), (5, 4)])) == 2


def test_a_leaky_choice_is_found_by_the_auditor() -> None:
    """The hidden cells are no decoration: one group's result shown too gives the other's away."""
    from pipelines.errors import NotPublished

    made = protected([development((20, 6, 10), (15, 3, 10), (12, 4, 10))], T)
    shown = made.hidden & (np.array(made.tables.names) != "d|substance=c|typical")
    with pytest.raises(NotPublished):
        passed(made.tables, shown)
