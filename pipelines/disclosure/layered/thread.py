"""What is released of the continuity picture and what of it is hidden, as flags on the whole cube."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.cube import Cube
from pipelines.disclosure.hierarchies import Axis, Sum
from pipelines.disclosure.layered.country import Years, among_few, below, narrowed, of_country, told_years
from pipelines.disclosure.layered.outcomes import Outcomes, tells
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers
from pipelines.disclosure.places_and_periods import RESIDENCE, country_of, regions_of
from pipelines.disclosure.thread_cells import INSIDE, LOST


@dataclass(frozen=True, eq=False)
class ThreadPattern:
    """`released` and `told` have the shape of the cube: which combinations are cells, and which of them are shown."""

    cube: Cube
    threshold: int
    released: Flags
    told: Flags

    @classmethod
    def of(cls, cube: Cube, threshold: int) -> ThreadPattern:
        """By fixed periods of three birth years; by single years where a place can show all three of them.

        Reasons of losses are told of the country alone.
        """
        pattern = cls(cube, threshold, *(np.zeros(cube.counts.shape, dtype=np.bool_) for _ in range(2)))
        if cube.counts.size:
            pattern._add_all()
        return pattern

    def _add_all(self) -> None:
        places, steps = self.cube.axes[0], self.cube.axes[2]
        with_reasons = tree(steps, range(len(steps.groups)), self.cube.rate_of)
        chain = tree(steps, sorted({*steps.of_kinds(LOST), *steps.of_kinds(INSIDE)}), self.cube.rate_of)
        country = places.of_kinds(country_of(RESIDENCE))
        regions, merged = regions_of(places, RESIDENCE)
        years = self._counts(country, with_reasons)
        asked = among_few(self._counts(places.of_kinds(f"{RESIDENCE}/municipality"), chain).of_periods, self.threshold)
        zeros = with_reasons.outcomes.telling_zeros(years.of_periods, asked)
        whole = of_country(Years(years.of_periods, (), zeros), with_reasons.outcomes, self.threshold)
        self._add(country, with_reasons, years, whole)
        columns = narrowed(whole[:, 0], chain.leaves_of(with_reasons))
        inside = [
            [g for g in places.of_kinds(f"{RESIDENCE}/municipality") if places.groups[g].leaves < places.groups[r].leaves]
            for r in regions
        ]
        few = [among_few(self._counts(groups, chain).of_periods, self.threshold) for groups in inside]
        of_regions = self._add_below(regions, chain, columns, np.concatenate(few, axis=1))
        for at, groups in enumerate(inside):
            self._add_below(groups, chain, of_regions[:, at])
        for region, parts in merged.items():
            nobody = self.cube.counts[parts][..., [chain.groups[-1]]] == 0
            self.told[region] = (self.told[parts] | nobody).all(axis=0)
            self.released[region] = self.released[parts].all(axis=0)

    def _counts(self, places: Sequence[int], of: Tree) -> Years:
        born = self.cube.axes[1]
        years = born.of_kinds("year")
        leaves = of.groups[: of.outcomes.members.shape[1]]
        counts = self.cube.counts[np.ix_(places, years, leaves)][None]
        return Years(counts, [born.positions_within(years, period) for period in born.of_kinds("three_years")])

    def _add_below(self, places: Sequence[int], of: Tree, whole: Integers, few: Flags | None = None) -> Integers:
        years = self._counts(places, of)
        zeros = None if few is None else of.outcomes.telling_zeros(years.of_periods, few)
        partition = below(years.of_periods, whole, of.outcomes, self.threshold, zeros)
        self._add(places, of, years, partition)
        return partition

    def _add(self, places: Sequence[int], of: Tree, years: Years, partition: Integers) -> None:
        born = self.cube.axes[1]
        fixed = np.ix_(places, born.of_kinds("three_years"), of.groups)
        self.told[fixed] |= tells(partition, of.outcomes)[0]
        self.released[fixed] = True
        told = told_years(years, partition, of.outcomes, self.threshold)[0]
        single = np.ix_(places, born.of_kinds("year"), of.groups)
        self.told[single] |= told
        self.released[single] |= told


@dataclass(frozen=True, eq=False)
class Tree:
    """Some groups of an axis as a tree of outcomes: the group of each of them, leaves first and the whole last."""

    outcomes: Outcomes
    groups: list[int]
    axis: Axis

    def leaves_of(self, finer: Tree) -> Flags:
        """Which leaves of a finer tree each leaf of this one counts."""
        own = self.axis.members[self.groups[: self.outcomes.members.shape[1]]]
        others = finer.axis.members[finer.groups[: finer.outcomes.members.shape[1]]]
        return np.asarray(own @ others.T > 0)


def tree(axis: Axis, groups: Sequence[int], rate_of: Integers) -> Tree:
    """The tree of groups whose sums make one tree. Its leaves are the groups that none of the others is part of."""
    order = sorted(
        groups, key=lambda at: (any(at == each.total for each in _sums(axis, groups)), len(axis.groups[at].leaves))
    )
    at = {group: position for position, group in enumerate(order)}
    parts = {at[each.total]: tuple(at[part] for part in each.ways[0]) for each in _sums(axis, groups)}
    leaves = [group for group in order if at[group] not in parts]
    members = np.array([[axis.groups[leaf].leaves <= axis.groups[group].leaves for leaf in leaves] for group in order])
    names = tuple(" ".join(axis.groups[group].labels[0]) for group in order)
    return Tree(Outcomes(names, members, parts, rate_of[order] != NO_DENOMINATOR), order, axis)


def _sums(axis: Axis, groups: Sequence[int]) -> list[Sum]:
    return [each for each in axis.sums if each.total in groups and set(each.ways[0]) <= set(groups)]
