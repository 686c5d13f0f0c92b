"""Rooms that are claimed really exist, and what the layers show gives nothing away: every table is tried."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pytest
from enumerated_tables import possible
from random_releases import can_be_tried, sensitive_cells
from small_trees import THREE_LEAVES, some_counts, some_partition, worlds

from pipelines.disclosure.layered.country import Years, among_few, below, of_country
from pipelines.disclosure.layered.outcomes import HIDDEN, Outcomes, joined, tells
from pipelines.disclosure.layered.room import UNBOUND, alone, among_neighbours
from pipelines.disclosure.linked_tables import Integers, LinkedTables, Published


def test_rooms_beside_neighbours_are_there() -> None:
    """Whatever partitions places have under a told whole: every value between is in some table."""
    claimed = 0
    for seed in range(150):
        chance = random.Random(seed)
        outcomes = chance.choice(THREE_LEAVES)
        leaves = outcomes.members.shape[1]
        counts = some_counts(chance, (chance.randint(1, 3), leaves), 3)
        columns = np.array(some_partition(chance, leaves))
        if HIDDEN in columns:
            continue
        own = np.array([some_partition(chance, leaves) for _ in counts])
        partition = joined(own, columns)
        up, down = among_neighbours(counts[None], partition[None], columns[None], outcomes)
        tables = [outcomes.counted(np.array(table)) for table in worlds(counts, partition, columns.tolist())]
        values = np.stack(tables)
        claimed += all_there(values, outcomes.counted(counts), up[0], down[0])
    assert claimed > 300


@pytest.mark.parametrize("seed", range(60))
def test_rooms_of_a_place_by_itself_are_there(seed: int) -> None:
    chance = random.Random(seed)
    outcomes = chance.choice(THREE_LEAVES)
    leaves = outcomes.members.shape[1]
    counts = some_counts(chance, (1, leaves), 5)
    partition = np.array([some_partition(chance, leaves)])
    up, down = alone(counts, partition, outcomes)
    if (partition == HIDDEN).all():
        assert (up == UNBOUND).all()
        assert (down == outcomes.counted(counts)).all()
        return
    tables = [outcomes.counted(np.array(table)) for table in worlds(counts, partition, partition[0].tolist())]
    all_there(np.stack(tables), outcomes.counted(counts), up, down)


def all_there(values: Integers, true: Integers, up: np.ndarray, down: np.ndarray) -> int:
    """How many values beside the true ones are claimed; each must be in some table."""
    claimed = 0
    for place, outcome in np.ndindex(*true.shape):
        n = int(true[place, outcome])
        low, high = n - int(min(down[place, outcome], n)), n + int(min(up[place, outcome], 50))
        assert set(range(low, high + 1)) <= set(values[:, place, outcome].tolist())
        claimed += high - low
    return claimed


@dataclass(frozen=True)
class Place:
    """A whole and the places that it consists of, one measure and one period, as the layers show them."""

    tables: LinkedTables
    hidden: np.ndarray


def shown(counts: Integers, outcomes: Outcomes, threshold: int) -> Place:
    """counts: places, leaves. Nobody counted is no cell, as in a release."""
    of_places = counts[None, :, None]
    whole_counts = of_places.sum(axis=1, keepdims=True)
    zeros = outcomes.telling_zeros(whole_counts, among_few(of_places, threshold))
    whole = of_country(Years(whole_counts, (), zeros), outcomes, threshold)
    found = below(of_places, whole[:, 0], outcomes, threshold)
    told = np.concatenate([tells(whole, outcomes)[0, 0], tells(found, outcomes)[0, :, 0]])
    every = np.concatenate([counts.sum(axis=0, keepdims=True), counts])
    is_cell = every.sum(axis=1) > 0
    named = {
        f"{at}:{name}": int(n)
        for at in np.flatnonzero(is_cell).tolist()
        for name, n in zip(outcomes.names, outcomes.counted(every[at]), strict=True)
    }
    places = [at for at in np.flatnonzero(is_cell).tolist() if at]
    sums = [(f"0:{name}", [f"{at}:{name}" for at in places]) for name in outcomes.names if places]
    sums += [
        (f"{at}:{outcomes.names[total]}", [f"{at}:{outcomes.names[part]}" for part in parts])
        for at in np.flatnonzero(is_cell).tolist()
        for total, parts in outcomes.parts.items()
    ]
    shares = [name for name, has in zip(outcomes.names, outcomes.has_share.tolist(), strict=True) if has]
    rate_of = {
        f"{at}:{name}": f"{at}:{outcomes.names[-1]}" for at in np.flatnonzero(is_cell).tolist() for name in shares
    }
    return Place(LinkedTables.of(named, sums, rate_of, threshold), ~told[is_cell].ravel())


def assert_nothing_is_given_away(place: Place) -> int:
    """Every value from 1 to t-1 is in some table for each sensitive count; how many there were."""
    sensitive = sensitive_cells(place.tables)
    assert not (sensitive & ~place.hidden).any()
    published = Published.of(place.tables, place.hidden)
    if not sensitive.any() or not can_be_tried([published]):
        return 0
    found = possible([published])
    wanted = set(range(1, place.tables.threshold))
    for cell in np.flatnonzero(sensitive).tolist():
        assert wanted <= found[place.tables.names[cell]]
    return int(sensitive.sum())


def test_what_the_layers_show_of_small_places_gives_nothing_away() -> None:
    tried = 0
    for seed in range(400):
        chance = random.Random(seed)
        outcomes = chance.choice(THREE_LEAVES)
        counts = some_counts(chance, (chance.randint(1, 4), outcomes.members.shape[1]), chance.choice([3, 6, 9]))
        tried += assert_nothing_is_given_away(shown(counts, outcomes, 3))
    assert tried > 300


EVER = THREE_LEAVES[0]


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param([[0, 0, 2], [9, 0, 9]], id="zero of few beside a large place"),
        pytest.param([[0, 0, 2], [0, 0, 9]], id="nobody was reached anywhere"),
        pytest.param([[7, 0, 0], [8, 0, 0]], id="everybody in one category"),
        pytest.param([[7, 0, 0], [1, 1, 4]], id="everybody in one category in one of two"),
        pytest.param([[4, 3, 2]], id="a whole of one place"),
        pytest.param([[4, 1, 2], [0, 0, 0]], id="one place with children and one without"),
        pytest.param([[0, 0, 0], [0, 0, 0]], id="nobody anywhere"),
        pytest.param([[1, 0, 0], [0, 1, 0], [0, 0, 1]], id="one child each"),
        pytest.param([[2, 0, 0], [2, 0, 0]], id="two and two"),
        pytest.param([[1, 0, 1], [9, 9, 9], [9, 9, 9]], id="one small place beside two large ones"),
    ],
)
def test_hard_cases_give_nothing_away(counts: list[list[int]]) -> None:
    assert_nothing_is_given_away(shown(np.array(counts), EVER, 3))
