"""What is released of the counts of obligations and what of it is hidden, as flags on the whole cube."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.disclosure.cube import Cube
from pipelines.disclosure.layered.country import (
    Years,
    among_few,
    below,
    narrowed,
    of_country,
    over_periods,
    to_years,
    told_quarters,
    told_years,
)
from pipelines.disclosure.layered.outcomes import Outcomes, tells
from pipelines.disclosure.linked_tables import Flags, Integers
from pipelines.disclosure.obligation_cells import (
    DENOMINATOR,
    EXCUSED,
    EXPOSED,
    LEAVES,
    LOSSES,
    OUTCOME,
    RATES,
    SUMS,
    TRAITS,
    losses_of,
)
from pipelines.disclosure.places_and_periods import AT_BIRTH, NOW, RESPONSIBLE, country_of, regions_of

OF_EXCUSED = Outcomes.of((EXCUSED,), {}, ())


def outcomes_of(losses: Sequence[str]) -> Outcomes:
    """The tree of outcomes of measures that can be lost in these ways; where there is one way, it is "missed"."""
    parts = {name: of for name, of in SUMS.items() if name != "missed"}
    if len(losses) < 2:
        return Outcomes.of(("numerator_timely", "late", "missed"), parts, RATES)
    sums = {"numerator_ever": parts["numerator_ever"], "missed": losses, DENOMINATOR: parts[DENOMINATOR]}
    return Outcomes.of((*LEAVES[:2], *losses), sums, RATES)


WITHOUT_LOSSES = outcomes_of(())
COARSE = WITHOUT_LOSSES.names
SHARED_LEAVES = COARSE[:3]


@dataclass(frozen=True, eq=False)
class Pattern:
    """`released` and `told` have the shape of the cube: which combinations are cells, and which of them are shown.

    `measures` are those that are looked at together: the flags of others are not touched.
    """

    cube: Cube
    threshold: int
    released: Flags
    told: Flags
    measures: tuple[int, ...] = ()

    @classmethod
    def of(cls, cube: Cube, threshold: int) -> Pattern:
        """All that is released of obligations."""
        pattern = cls(cube, threshold, *(np.zeros(cube.counts.shape, dtype=np.bool_) for _ in range(2)))
        single = cube.axes[0].of_kinds("measure")
        kinds = [losses_of(cube.axes[0].groups[measure].labels[0][1]) for measure in single]
        for losses in dict.fromkeys(kinds):
            of_kind = tuple(measure for measure, of in zip(single, kinds, strict=True) if of == losses)
            replace(pattern, measures=of_kind).add(outcomes_of(losses))
        replace(pattern, measures=tuple(single)).add_of_all_kinds()
        return pattern

    def add(self, outcomes: Outcomes) -> None:
        """What depends on the ways in which measures can be lost: the places and quarters of one attribution."""
        self.add_places(RESPONSIBLE, outcomes)

    def add_of_all_kinds(self) -> None:
        """What is the same for all measures."""
        self.add_places(AT_BIRTH, WITHOUT_LOSSES)
        self.add_places(NOW, WITHOUT_LOSSES)
        self.add_traits()
        self.add_excused()
        self.add_only_loss()
        self.add_programmes()

    @property
    def asked(self) -> Flags:
        """Combinations that readers may ask for: where a group's fixed periods are released so are its years, whether
        they are told or not; quarters where any are."""
        quarters = self.cube.axes[2].of_kinds("quarter")
        found = np.repeat(self.released[:, :, self.fixed].any(axis=(0, 2))[None, :, None], self.cube.counts.shape[2], axis=2)
        of_quarters = self.released[:, :, quarters].any(axis=(0, 2))
        found[:, :, quarters] = of_quarters[None, :, None]
        return np.asarray(np.broadcast_to(found, self.cube.counts.shape), dtype=np.bool_)

    @property
    def programmes(self) -> list[tuple[int, list[int]]]:
        """Each programme with its contacts among the measures."""
        axis = self.cube.axes[0]
        single = axis.of_kinds("measure")
        found = [
            (each, axis.positions_within(self.measures, each)) for each in axis.of_kinds("programme") if each not in single
        ]
        return [(each, contacts) for each, contacts in found if contacts]

    @property
    def years(self) -> list[int]:
        """The numbers of the years among the periods."""
        return self.cube.axes[2].of_kinds("year")

    @property
    def fixed(self) -> list[int]:
        """The numbers of the fixed periods."""
        return self.cube.axes[2].of_kinds("three_years")

    def number(self, outcome: str) -> int:
        """The number of an outcome on the cube's last axis."""
        return self.cube.axes[3].number(OUTCOME, outcome)

    def numbers(self, outcomes: Outcomes) -> list[int]:
        """The numbers of all outcomes of a tree."""
        return [self.number(name) for name in outcomes.names]

    def counts(self, groups: Sequence[int], outcomes: Outcomes) -> Years:
        """Leaf counts of groups by year."""
        leaves = self.numbers(outcomes)[: outcomes.members.shape[1]]
        counts = self.cube.counts[np.ix_(self.measures, groups, self.years, leaves)]
        periods = self.cube.axes[2]
        return Years(counts, [periods.positions_within(self.years, period) for period in self.fixed])

    def show(
        self, groups: Sequence[int], periods: Sequence[int], outcomes: Outcomes, told: Flags, released: Flags | None = None
    ) -> None:
        """told: measures, groups, periods, outcomes; released: the same, or everything."""
        at = np.ix_(self.measures, groups, periods, self.numbers(outcomes))
        self.told[at] |= told
        self.released[at] |= np.ones_like(told) if released is None else released

    def show_years(self, groups: Sequence[int], years: Years, outcomes: Outcomes, partition: Integers) -> None:
        """Years as they are, and fixed periods as far as their years go."""
        self.show(groups, self.years, outcomes, tells(partition, outcomes))
        self.show(groups, self.fixed, outcomes, tells(over_periods(partition, years), outcomes))

    def show_periods(self, groups: Sequence[int], years: Years, outcomes: Outcomes, partition: Integers) -> None:
        """Fixed periods as they are, and years where all of a period can be shown."""
        self.show(groups, self.fixed, outcomes, tells(partition, outcomes))
        told = told_years(years, partition, outcomes, self.threshold)
        self.show(groups, self.years, outcomes, told, told)

    def add_places(self, attribution: str, outcomes: Outcomes) -> None:
        """The country, its regions and municipalities in one attribution."""
        axis = self.cube.axes[1]
        country = axis.of_kinds(country_of(attribution))
        regions, merged = regions_of(axis, attribution)
        inside = [_inside(self.cube, attribution, region) for region in regions]
        smaller = [self.counts(groups, WITHOUT_LOSSES) for groups in inside]
        years = self._regions(regions, smaller, outcomes)
        of_all = self._country(country, years, smaller, outcomes)
        whole = of_country(of_all, outcomes, self.threshold)
        for programme, contacts in self.programmes:
            whole[contacts] = self._under_programme(programme, country, contacts, of_all, outcomes)
        of_regions = below(years.counts, whole[:, 0], outcomes, self.threshold, years.not_to_tell)
        self.show_years(country, of_all, outcomes, whole)
        self.show_years(regions, years, outcomes, of_regions)
        shared = _shared(outcomes)
        for at, (groups, of) in enumerate(zip(inside, smaller, strict=True)):
            columns = narrowed(over_periods(of_regions, years)[:, at], shared)
            self.show_periods(
                groups, of, WITHOUT_LOSSES, below(of.of_periods, columns, WITHOUT_LOSSES, self.threshold)
            )
        for region, parts in merged.items():
            self._show_merged(region, parts, outcomes, DENOMINATOR)
        if attribution == RESPONSIBLE:
            self._add_quarters(country, [*regions, *merged], whole, of_regions, outcomes)

    def _regions(self, regions: Sequence[int], smaller: Sequence[Years], outcomes: Outcomes) -> Years:
        years = self.counts(regions, outcomes)
        few = [to_years(among_few(of.of_periods, self.threshold), years) for of in smaller]
        in_common = np.array([name in COARSE for name in outcomes.names])
        asked = np.concatenate(few, axis=1) & in_common
        return replace(years, not_to_tell=outcomes.telling_zeros(years.counts, asked))

    def _country(
        self, country: Sequence[int], regions: Years, smaller: Sequence[Years], outcomes: Outcomes
    ) -> Years:
        years = self.counts(country, outcomes)
        few = [to_years(among_few(of.of_periods, self.threshold), years) for of in smaller]
        in_common = np.array([name in COARSE for name in outcomes.names])
        asked = among_few(regions.counts, self.threshold) | (np.concatenate(few, axis=1).any(axis=1)[:, None] & in_common)
        return replace(years, not_to_tell=outcomes.telling_zeros(years.counts, asked))

    def _under_programme(
        self, programme: int, country: Sequence[int], contacts: Sequence[int], of_all: Years, outcomes: Outcomes
    ) -> Integers:
        """The contacts of a programme in the country, under the programme's own years: contacts, 1, years, leaves."""
        counts = of_all.counts[contacts]
        whole_counts = counts.sum(axis=0, keepdims=True)
        asked = among_few(np.moveaxis(counts, 0, 1), self.threshold)
        of_programme = Years(whole_counts, of_all.periods, outcomes.telling_zeros(whole_counts, asked))
        whole = of_country(of_programme, outcomes, self.threshold)
        for periods, partition in ((self.years, whole), (self.fixed, over_periods(whole, of_programme))):
            at = np.ix_([programme], country, periods, self.numbers(outcomes))
            self.told[at] |= tells(partition, outcomes)
            self.released[at] = True
        flags = None if of_all.not_to_tell is None else np.moveaxis(of_all.not_to_tell[contacts], 0, 1)
        found = below(np.moveaxis(counts, 0, 1), whole[0], outcomes, self.threshold, flags)
        return np.moveaxis(found, 1, 0)

    def _show_merged(self, region: int, parts: Sequence[int], outcomes: Outcomes, of_whom: str) -> None:
        """A region that others are merged into follows from those: where all are told, or nobody is counted."""
        numbers, whom = self.numbers(outcomes), [self.number(of_whom)]
        for periods in (self.years, self.fixed):
            nobody = self.cube.counts[np.ix_(self.measures, parts, periods, whom)] == 0
            told = (self.told[np.ix_(self.measures, parts, periods, numbers)] | nobody).all(axis=1, keepdims=True)
            self.show([region], periods, outcomes, told)

    def _add_quarters(
        self,
        country: Sequence[int],
        regions: Sequence[int],
        whole: Integers,
        of_regions: Integers,
        outcomes: Outcomes,
    ) -> None:
        """Quarters of the regions and the country where all can be shown, else of the country where it can."""
        both = [*country, *regions[: of_regions.shape[1]]]
        partitions = np.concatenate([whole, of_regions], axis=1)
        quarters = self.cube.axes[2].of_kinds("quarter")
        of_years = [
            [quarters[at] for at in self.cube.axes[2].positions_within(quarters, year)] for year in self.years
        ]
        leaves = self.numbers(outcomes)[: outcomes.members.shape[1]]
        counts = np.stack([self.cube.counts[np.ix_(self.measures, both, of, leaves)] for of in of_years], axis=2)
        of_all = told_quarters(counts, partitions, outcomes, self.threshold)
        of_country_alone = told_quarters(counts[:, :1], partitions[:, :1], outcomes, self.threshold)
        for at, of in enumerate(of_years):
            for groups, told in (([*country, *regions], of_all), (country, of_country_alone)):
                shape = (len(self.measures), len(groups), len(of), len(outcomes.names))
                flags = np.broadcast_to(told[:, None, None, at], shape)
                self.show(groups, of, outcomes, flags, flags)

    def add_traits(self) -> None:
        """Exposed children by year, and their traits under them by fixed period."""
        axis = self.cube.axes[1]
        exposed = [at for at, group in enumerate(axis.groups) if EXPOSED in group.labels]
        values = [[g for g in axis.of_kinds(f"{RESPONSIBLE}/{trait}") if g not in exposed] for trait in TRAITS]
        if not exposed:
            return
        of_values = [self.counts(groups, WITHOUT_LOSSES) for groups in values if groups]
        years = self.counts(exposed, WITHOUT_LOSSES)
        few = [to_years(among_few(of.of_periods, self.threshold), years) for of in of_values]
        asked = np.any(few, axis=0) if few else np.zeros((1, 1, 1, 1), dtype=np.bool_)
        years = replace(years, not_to_tell=WITHOUT_LOSSES.telling_zeros(years.counts, asked))
        whole = of_country(years, WITHOUT_LOSSES, self.threshold)
        self.show_years(exposed, years, WITHOUT_LOSSES, whole)
        columns = over_periods(whole, years)[:, 0]
        for groups, of in zip([groups for groups in values if groups], of_values, strict=True):
            self.show_periods(
                groups, of, WITHOUT_LOSSES, below(of.of_periods, columns, WITHOUT_LOSSES, self.threshold)
            )

    def add_excused(self) -> None:
        """Excused obligations of regions and the country."""
        axis = self.cube.axes[1]
        country = axis.of_kinds(country_of(RESPONSIBLE))
        regions, merged = regions_of(axis, RESPONSIBLE)
        of_all, years = self.counts(country, OF_EXCUSED), self.counts(regions, OF_EXCUSED)
        whole = of_country(of_all, OF_EXCUSED, self.threshold)
        self.show_years(country, of_all, OF_EXCUSED, whole)
        self.show_years(regions, years, OF_EXCUSED, below(years.counts, whole[:, 0], OF_EXCUSED, self.threshold))
        for region, parts in merged.items():
            self._show_merged(region, parts, OF_EXCUSED, EXCUSED)

    def add_only_loss(self) -> None:
        """Where a measure can be lost in one way only, that way is told like "missed", in the places that tell losses."""
        axis = self.cube.axes[1]
        groups = [*axis.of_kinds(country_of(RESPONSIBLE)), *axis.of_kinds(f"{RESPONSIBLE}/region")]
        for measure in self.measures:
            losses = losses_of(self.cube.axes[0].groups[measure].labels[0][1])
            if len(losses) == 1:
                for flags in (self.told, self.released):
                    flags[measure, groups, :, self.number(losses[0])] |= flags[measure, groups, :, self.number("missed")]

    def add_programmes(self) -> None:
        """A programme follows from its contacts where all of them are told, or nobody is counted."""
        nobody = self.cube.counts[..., [self.number(DENOMINATOR)]] == 0
        empty = np.repeat(nobody, self.cube.counts.shape[-1], axis=-1)
        empty[..., self.number(EXCUSED)] = self.cube.counts[..., self.number(EXCUSED)] == 0
        for programme, positions in self.programmes:
            contacts = [self.measures[at] for at in positions]
            of_contacts = self.released[contacts]
            self.released[programme] |= of_contacts.any(axis=0) & (of_contacts | empty[contacts]).all(axis=0)
            self.told[programme] |= (self.told[contacts] | empty[contacts]).all(axis=0)


def _inside(cube: Cube, attribution: str, region: int) -> list[int]:
    groups = cube.axes[1].groups
    return [g for g in cube.axes[1].of_kinds(f"{attribution}/municipality") if groups[g].leaves < groups[region].leaves]


def _shared(outcomes: Outcomes) -> Flags:
    """The leaves of a tree that each leaf of the tree without losses counts."""
    return outcomes.members[[outcomes.names.index(name) for name in SHARED_LEAVES]]
