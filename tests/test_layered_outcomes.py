"""How far the outcomes of one place may be told apart, against plain sets."""

from __future__ import annotations

import random

import numpy as np
import pytest
from small_trees import TREES, Blocks, blocks_of, some_counts, some_partition

from pipelines.disclosure.layered.country import Years, narrowed, over_periods
from pipelines.disclosure.layered.outcomes import HIDDEN, Outcomes, is_finer, joined, tells
from pipelines.disclosure.layered.shorter_periods import told_years

CASES = range(60)


def merged(one: Blocks, other: Blocks) -> Blocks:
    """Blocks grow together where they share a leaf, until none do."""
    found = [set(block) for block in one]
    for block in other:
        touched = [each for each in found if each & block]
        found = [each for each in found if each not in touched] + [set(block).union(*touched)]
    return frozenset(frozenset(each) for each in found)


def is_told(blocks: Blocks | None, counted: set[int]) -> bool:
    return blocks is not None and all(block <= counted or not block & counted for block in blocks)


@pytest.mark.parametrize("seed", CASES)
def test_joined_partitions_tell_apart_only_what_both_do(seed: int) -> None:
    chance = random.Random(seed)
    leaves = chance.randint(1, 5)
    one, other = (some_partition(chance, leaves) for _ in range(2))
    both = blocks_of(joined(np.array(one), np.array(other)).tolist())
    sets = blocks_of(one), blocks_of(other)
    assert both == (None if sets[0] is None or sets[1] is None else merged(sets[0], sets[1]))


@pytest.mark.parametrize("seed", CASES)
def test_an_outcome_is_told_when_it_cuts_nothing_that_is_told_together(seed: int) -> None:
    chance = random.Random(seed)
    outcomes = chance.choice(TREES)
    partition = some_partition(chance, outcomes.members.shape[1])
    counted = [set(np.flatnonzero(row).tolist()) for row in outcomes.members]
    assert tells(np.array(partition), outcomes).tolist() == [is_told(blocks_of(partition), each) for each in counted]


@pytest.mark.parametrize("seed", CASES)
def test_a_partition_is_finer_when_its_blocks_lie_in_those_of_the_other(seed: int) -> None:
    chance = random.Random(seed)
    leaves = chance.randint(1, 4)
    one, other = (some_partition(chance, leaves) for _ in range(2))
    fine, coarse = blocks_of(one), blocks_of(other)
    within = fine is not None and coarse is not None and all(any(a <= b for b in coarse) for a in fine)
    assert bool(is_finer(np.array(one), np.array(other))) == (within or coarse is None)


@pytest.mark.parametrize("seed", range(200))
def test_a_place_by_itself_tells_no_sensitive_count_and_leaves_no_small_rest(seed: int) -> None:
    chance = random.Random(seed)
    outcomes, threshold = chance.choice(TREES), chance.randint(3, 6)
    leaves = some_counts(chance, (outcomes.members.shape[1],), 9)
    not_to_tell = outcomes.telling_zeros(leaves, np.array([chance.random() < 0.5]))
    partition = outcomes.partition(leaves, threshold, not_to_tell)
    counts, told = outcomes.counted(leaves), tells(partition, outcomes)
    if counts[outcomes.whole] == 0:
        assert partition.tolist() == list(range(len(leaves)))
        return
    assert told[outcomes.whole] == (counts[outcomes.whole] >= threshold)
    assert not (told & (outcomes.sensitive(counts, threshold) | not_to_tell)).any()
    for total, parts in outcomes.parts.items():
        hidden = [part for part in parts if not told[part]]
        if told[total] and hidden:
            assert len(hidden) > 1
            assert counts[hidden].sum() >= threshold


def test_what_is_not_sensitive_is_told_to_the_last_leaf() -> None:
    for outcomes in TREES:
        leaves = np.full(outcomes.members.shape[1], 9)
        assert outcomes.partition(leaves, 5).tolist() == list(range(len(leaves)))


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((9, 9, 9), {"timely", "late", "missed", "ever", "all"}),
        ((9, 9, 0), {"all"}),  # everybody was reached at last: "ever" is the whole
        ((9, 0, 9), {"timely", "late", "missed", "ever", "all"}),
        ((9, 2, 9), {"ever", "missed", "all"}),
        ((0, 0, 9), {"timely", "late", "missed", "ever", "all"}),
        ((2, 1, 1), set()),
        ((0, 0, 2), set()),
    ],
)
def test_which_outcomes_are_told_of_a_place_by_itself(counts: tuple[int, ...], told: set[str]) -> None:
    outcomes = TREES[0]
    found = tells(outcomes.partition(np.array(counts), 5), outcomes)
    assert {name for name, is_it in zip(outcomes.names, found.tolist(), strict=True) if is_it} == told


def test_the_cuts_of_a_tree_lead_from_nothing_split_to_the_leaves() -> None:
    assert [cut.tolist() for cut in TREES[0].cuts] == [[0, 0, 0], [0, 0, 2], [0, 1, 2]]
    assert [cut.tolist() for cut in TREES[2].cuts] == [[0, 0, 0], [0, 0, 2], [0, 1, 2]]
    assert TREES[-1].depth == 0


@pytest.mark.parametrize("seed", CASES)
def test_a_coarser_tree_tells_what_its_leaves_do_not_cut(seed: int) -> None:
    chance = random.Random(seed)
    fine, coarse = TREES[1], TREES[0]
    members = fine.members[[fine.names.index(name) for name in ("timely", "late", "missed")]]
    partition = some_partition(chance, 4)
    found = blocks_of(narrowed(np.array(partition), members).tolist())
    blocks = blocks_of(partition)
    if blocks is None:
        assert found is None
        return
    leaves = [frozenset(np.flatnonzero(row).tolist()) for row in members]
    touched = frozenset(frozenset(at for at, leaf in enumerate(leaves) if leaf & block) for block in blocks)
    assert found == merged(frozenset(frozenset([at]) for at in range(len(leaves))), touched)
    assert coarse.members.shape[1] == len(leaves)


def some_years(chance: random.Random, outcomes: Outcomes) -> tuple[Years, np.ndarray]:
    counts = some_counts(chance, (1, 1, 3, outcomes.members.shape[1]), 12)
    return Years(counts, [[0, 1, 2]]), outcomes.partition(counts, 4)


@pytest.mark.parametrize("seed", CASES)
def test_a_period_of_years_tells_what_all_its_years_tell(seed: int) -> None:
    chance = random.Random(seed)
    outcomes = chance.choice(TREES)
    years, partition = some_years(chance, outcomes)
    found = tells(over_periods(partition, years), outcomes)[0, 0, 0]
    nobody = years.counts[0, 0].sum(axis=-1) == 0
    by_year = tells(partition, outcomes)[0, 0] | nobody[:, None]
    assert (found <= by_year.all(axis=0)).all()
    if not nobody.all():
        assert found[outcomes.whole] == by_year[:, outcomes.whole].all()


@pytest.mark.parametrize("seed", CASES)
def test_years_are_told_beside_their_period_all_or_none_and_no_further_than_it(seed: int) -> None:
    chance = random.Random(seed)
    outcomes = chance.choice(TREES)
    years, partition = some_years(chance, outcomes)
    of_period = outcomes.partition(years.of_periods, 4)
    told = told_years(years, of_period, outcomes, 4)[0, 0]
    nobody = years.counts[0, 0].sum(axis=-1) == 0
    assert (told == told[0]).all()
    assert (told[0] <= tells(of_period, outcomes)[0, 0, 0]).all()
    assert (told <= tells(partition, outcomes)[0, 0] | nobody[:, None]).all()
    if (of_period == HIDDEN).all():
        assert not told.any()


def test_years_of_a_large_place_that_would_give_those_of_a_small_one_away_are_not_told() -> None:
    outcomes = TREES[3]
    small, large = [[3, 0], [2, 0], [3, 0]], [[20, 10], [20, 10], [20, 10]]
    beside = Years(np.array([[large, small]]), [[0, 1, 2]])
    alone = Years(np.array([[large, [[20, 9], [0, 0], [20, 9]]]]), [[0, 1, 2]])
    told, told_alone = (
        told_years(each, outcomes.partition(each.of_periods, 5), outcomes, 5) for each in (beside, alone)
    )
    assert not told.any()
    assert told_alone[0, 0].all()
