"""What is released of the continuity picture and what of it is hidden, as flags on the whole cube."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.cube import Cube
from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.layered.country import Years, among_few, below, narrowed, of_country
from pipelines.disclosure.layered.outcomes import Outcomes, tells
from pipelines.disclosure.layered.shorter_periods import told_years
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers
from pipelines.disclosure.places_and_periods import RESIDENCE, Division
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
        nothing = np.zeros(cube.counts.shape, dtype=np.bool_)
        pattern = cls(cube, threshold, nothing, nothing.copy())
        if cube.counts.size:
            pattern._add_all()
        return pattern

    @property
    def asked(self) -> Flags:
        """Combinations that readers may ask for: all cohorts of what is released by fixed period."""
        fixed = self.cube.axes[1].of_kinds("three_years")
        asked = self.released[:, fixed].any(axis=1, keepdims=True)
        return np.broadcast_to(asked, self.cube.counts.shape)

    def _add_all(self) -> None:
        steps, division = self.cube.axes[2], Division.of(self.cube.axes[0], RESIDENCE)
        reasons = tree(steps, range(len(steps.groups)), self.cube.rate_of)
        chain = tree(steps, sorted({*steps.of_kinds(LOST), *steps.of_kinds(INSIDE)}), self.cube.rate_of)
        small = np.concatenate([self._small(groups, chain) for groups in division.inside], axis=1)
        anywhere = np.concatenate([small, self._small(division.regions, chain)], axis=1)
        whole = self._add_country(division.country, reasons, np.logical_or.reduce(anywhere, axis=1, keepdims=True))
        columns = narrowed(whole[:, 0], chain.leaves_of(reasons))
        of_regions = self._add_below(division.regions, chain, columns, small)
        for at, groups in enumerate(division.inside):
            self._add_below(groups, chain, of_regions[:, at])
        self._add_merged(division, chain.groups[-1])

    def _small(self, places: Sequence[int], of: Tree) -> Flags:
        """Whether one of several places has few exposed children, by fixed period."""
        return among_few(self._by_period(places, of).of_periods, self.threshold)

    def _add_country(self, country: Sequence[int], of: Tree, small: Flags) -> Integers:
        years = self._by_period(country, of)
        zeros = of.outcomes.telling_zeros(years.of_periods, small)
        partition = of_country(Years(years.of_periods, (), zeros), of.outcomes, self.threshold)
        self._add(country, of, years, partition)
        return partition

    def _add_below(self, places: Sequence[int], of: Tree, whole: Integers, small: Flags | None = None) -> Integers:
        years = self._by_period(places, of)
        zeros = None if small is None else of.outcomes.telling_zeros(years.of_periods, small)
        partition = below(years.of_periods, whole, of.outcomes, self.threshold, zeros)
        self._add(places, of, years, partition)
        return partition

    def _add_merged(self, division: Division, whom: int) -> None:
        """A region that others are merged into follows from those: where all are told, or nobody is exposed."""
        for region, parts in division.merged.items():
            nobody = self.cube.counts[parts][..., [whom]] == 0
            self.told[region] = (self.told[parts] | nobody).all(axis=0)
            self.released[region] = self.released[parts].all(axis=0)

    def _by_period(self, places: Sequence[int], of: Tree) -> Years:
        """Leaf counts of places by birth year."""
        born = self.cube.axes[1]
        years = born.of_kinds("year")
        leaves = of.groups[: of.outcomes.members.shape[1]]
        counts = self.cube.counts[np.ix_(places, years, leaves)][None]
        return Years(counts, [born.positions_within(years, period) for period in born.of_kinds("three_years")])

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
    sums = [each for each in axis.sums if each.total in groups and set(each.ways[0]) <= set(groups)]
    totals = {each.total for each in sums}
    order = sorted(groups, key=lambda at: (at in totals, len(axis.groups[at].leaves)))
    at = {group: position for position, group in enumerate(order)}
    parts = {at[each.total]: tuple(at[part] for part in each.ways[0]) for each in sums}
    leaves = [group for group in order if group not in totals]
    members = np.array([[axis.groups[leaf].leaves <= axis.groups[group].leaves for leaf in leaves] for group in order])
    names = tuple(" ".join(axis.groups[group].labels[0]) for group in order)
    return Tree(Outcomes(names, members, parts, rate_of[order] != NO_DENOMINATOR), order, axis)
