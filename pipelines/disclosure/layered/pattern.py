"""What is released of the counts of obligations and what of it is told, as flags on the whole cube."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.disclosure.cube import Cube
from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.layered.country import Years, over_periods
from pipelines.disclosure.layered.outcomes import Outcomes, tells
from pipelines.disclosure.layered.shorter_periods import told_years
from pipelines.disclosure.linked_tables import Flags, Integers
from pipelines.disclosure.obligation_cells import OUTCOME, losses_of


@dataclass(frozen=True, eq=False)
class Pattern:
    """`released` and `told` have the shape of the cube: which combinations are cells, and which of them are shown.

    `measures` are those that are looked at together: the flags of others are not touched.
    """

    cube: Cube
    threshold: int
    released: Flags
    told: Flags
    measures: tuple[int, ...]

    @classmethod
    def of_nothing(cls, cube: Cube, threshold: int) -> Pattern:
        """Nothing is released yet; all single measures are looked at."""
        nothing = np.zeros(cube.counts.shape, dtype=np.bool_)
        return cls(cube, threshold, nothing, nothing.copy(), tuple(cube.axes[0].of_kinds("measure")))

    def by_losses(self) -> list[tuple[tuple[str, ...], Pattern]]:
        """The same flags for measures that can be lost in the same ways, with these ways."""
        measures: dict[tuple[str, ...], list[int]] = {}
        for measure in self.measures:
            measures.setdefault(self.losses(measure), []).append(measure)
        return [(losses, replace(self, measures=tuple(of_some))) for losses, of_some in measures.items()]

    def losses(self, measure: int) -> tuple[str, ...]:
        """The ways in which obligations of a measure can be lost."""
        return losses_of(self.cube.axes[0].groups[measure].labels[0][1])

    @property
    def groups(self) -> Axis:
        """Places and traits."""
        return self.cube.axes[1]

    @property
    def periods(self) -> Axis:
        """Quarters, years and fixed periods."""
        return self.cube.axes[2]

    @property
    def years(self) -> list[int]:
        """The numbers of the years among the periods."""
        return self.periods.of_kinds("year")

    @property
    def fixed(self) -> list[int]:
        """The numbers of the fixed periods."""
        return self.periods.of_kinds("three_years")

    @property
    def quarters_by_year(self) -> list[list[int]]:
        """For each year the numbers of its quarters."""
        quarters = self.periods.of_kinds("quarter")
        return [[quarters[at] for at in self.periods.positions_within(quarters, year)] for year in self.years]

    @property
    def programmes(self) -> list[tuple[int, list[int]]]:
        """Each programme with its contacts, as positions among the measures."""
        axis = self.cube.axes[0]
        single = axis.of_kinds("measure")
        several = [each for each in axis.of_kinds("programme") if each not in single]
        found = [(each, axis.positions_within(self.measures, each)) for each in several]
        return [(each, contacts) for each, contacts in found if contacts]

    @property
    def asked(self) -> Flags:
        """Combinations that readers may ask for: where a group's fixed periods are released so are its years, whether
        they are told or not; quarters where any are."""
        asked = np.zeros(self.released.shape[1:], dtype=np.bool_)
        asked[:] = self._released_in(self.fixed)
        quarters = self.periods.of_kinds("quarter")
        asked[:, quarters] = self._released_in(quarters)
        return np.broadcast_to(asked, self.cube.counts.shape)

    def _released_in(self, periods: Sequence[int]) -> Flags:
        """Groups and outcomes of which anything is released in some periods: groups, 1, outcomes."""
        return np.asarray(np.logical_or.reduce(self.released[:, :, periods], axis=(0, 2)))[:, None]

    def number(self, outcome: str) -> int:
        """The number of an outcome on the cube's last axis."""
        return self.cube.axes[3].number(OUTCOME, outcome)

    def numbers(self, outcomes: Outcomes) -> list[int]:
        """The numbers of all outcomes of a tree."""
        return [self.number(name) for name in outcomes.names]

    def leaves(self, outcomes: Outcomes) -> list[int]:
        """The numbers of the leaves of a tree."""
        return self.numbers(outcomes)[: outcomes.members.shape[1]]

    def counts(self, groups: Sequence[int], outcomes: Outcomes) -> Years:
        """Leaf counts of groups by year."""
        counts = self.cube.counts[np.ix_(self.measures, groups, self.years, self.leaves(outcomes))]
        return Years(counts, [self.periods.positions_within(self.years, period) for period in self.fixed])

    def show(
        self,
        groups: Sequence[int],
        periods: Sequence[int],
        outcomes: Outcomes,
        told: Flags,
        released: Flags | bool = True,
    ) -> None:
        """told: measures, groups, periods, outcomes; released: the same, or everything."""
        at = np.ix_(self.measures, groups, periods, self.numbers(outcomes))
        self.told[at] |= told
        self.released[at] |= released

    def show_years(self, groups: Sequence[int], years: Years, outcomes: Outcomes, partition: Integers) -> None:
        """Years as they are, and fixed periods as far as their years go."""
        self.show(groups, self.years, outcomes, tells(partition, outcomes))
        self.show(groups, self.fixed, outcomes, tells(over_periods(partition, years), outcomes))

    def show_periods(
        self,
        groups: Sequence[int],
        years: Years,
        outcomes: Outcomes,
        partition: Integers,
        under: Sequence[int] | None = None,
    ) -> None:
        """Fixed periods as they are, and years where all of a period can be shown and the group `under` shows them."""
        self.show(groups, self.fixed, outcomes, tells(partition, outcomes))
        told = told_years(years, partition, outcomes, self.threshold)
        if under is not None:
            told = told & self.told[np.ix_(self.measures, under, self.years, self.numbers(outcomes))]
        self.show(groups, self.years, outcomes, told, told)
