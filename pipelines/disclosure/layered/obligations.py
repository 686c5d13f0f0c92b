"""The pattern of the counts of obligations: places in three attributions, quarters, traits, excused and programmes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
)
from pipelines.disclosure.layered.outcomes import HIDDEN, Outcomes, tells
from pipelines.disclosure.layered.pattern import Pattern
from pipelines.disclosure.layered.shorter_periods import told_quarters, told_years
from pipelines.disclosure.linked_tables import Flags, Integers
from pipelines.disclosure.obligation_cells import DENOMINATOR, EXCUSED, EXPOSED, LEAVES, OTHERS, RATES, SUMS, TRAITS
from pipelines.disclosure.places_and_periods import AT_BIRTH, NOW, RESPONSIBLE, Division

WORTH_OF_A_PERIOD = 3
"""A figure of a fixed period beside one of a year: three years of children, and the period that pages open with."""

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
COARSE_LEAVES = COARSE[: WITHOUT_LOSSES.members.shape[1]]


def obligation_pattern(cube: Cube, threshold: int) -> Pattern:
    """All that is released of obligations. Kinds of loss are told of the responsible regions and the country only."""
    pattern = Pattern.of_nothing(cube, threshold)
    for losses, of_some in pattern.by_losses():
        _add_places(of_some, RESPONSIBLE, outcomes_of(losses))
    _add_places(pattern, AT_BIRTH, WITHOUT_LOSSES)
    _add_places(pattern, NOW, WITHOUT_LOSSES)
    _add_excused(pattern)
    _add_only_loss(pattern)
    _add_programmes(pattern)
    return pattern


def _add_places(pattern: Pattern, attribution: str, outcomes: Outcomes) -> None:
    """The country, its regions and municipalities in one attribution."""
    division = Division.of(pattern.groups, attribution)
    smaller = [pattern.counts(groups, WITHOUT_LOSSES) for groups in division.inside]
    years = _regions(pattern, division, smaller, outcomes)
    traits = [pattern.counts(of, WITHOUT_LOSSES) for of in _values(pattern)] if attribution == RESPONSIBLE else []
    of_all = _country(pattern, division, years, [*smaller, *traits], outcomes)
    whole = of_country(of_all, outcomes, pattern.threshold)
    for programme, contacts in pattern.programmes:
        whole[contacts] = _under_programme(pattern, programme, division.country, contacts, of_all, outcomes)
    pattern.show_years(division.country, of_all, outcomes, whole)
    of_regions, of_periods = _add_regions(pattern, division, years, over_periods(whole, of_all), whole, outcomes)
    _add_municipalities(pattern, division, smaller, narrowed(of_periods, _coarse(outcomes)))
    _add_merged(pattern, division, outcomes, DENOMINATOR)
    if attribution == RESPONSIBLE:
        _add_quarters(pattern, division, whole, of_regions, outcomes)
        _add_traits(pattern, traits, whole, outcomes)


def _add_regions(
    pattern: Pattern,
    division: Division,
    years: Years,
    periods_of_all: Integers,
    years_of_all: Integers,
    outcomes: Outcomes,
) -> tuple[Integers, Integers]:
    """Each fixed period of a measure either by its years or as a whole, whichever tells more of the regions.

    Gives the partitions of single years, HIDDEN where a period is told as a whole, and of fixed periods.
    """
    by_year = below(years.counts, years_of_all[:, 0], outcomes, pattern.threshold, years.not_to_tell)
    together = over_periods(by_year, years)
    as_whole = below(
        years.of_periods, periods_of_all[:, 0], outcomes, pattern.threshold, _in_periods(years.not_to_tell, years)
    )
    beside = told_years(years, as_whole, outcomes, pattern.threshold)
    gain = WORTH_OF_A_PERIOD * (_told(tells(as_whole, outcomes)) - _told(tells(together, outcomes)))
    gain += _by_period(_told(beside), years) - _by_period(_told(tells(by_year, outcomes)), years)
    whole_at = (gain > 0)[:, None, :, None]
    partition = np.where(whole_at, as_whole, together)
    year_at = to_years(np.broadcast_to(whole_at, (*partition.shape[:3], 1)), years)
    pattern.show(division.regions, pattern.fixed, outcomes, tells(partition, outcomes))
    told = np.where(year_at, beside, tells(by_year, outcomes))
    pattern.show(division.regions, pattern.years, outcomes, told, told | ~year_at)
    return np.where(year_at, HIDDEN, by_year), partition


def _told(flags: Flags) -> Integers:
    """How many figures of all places and outcomes are told: things, times."""
    return np.asarray(flags.sum(axis=(1, 3), dtype=np.int64))


def _by_period(of_years: Integers, years: Years) -> Integers:
    """Numbers of single years added up by fixed period."""
    return np.stack([of_years[:, list(of)].sum(axis=1) for of in years.periods], axis=1)


def _in_periods(flags: Flags | None, years: Years) -> Flags | None:
    """Where something holds of any year of a fixed period."""
    if flags is None:
        return None
    return np.stack([np.logical_or.reduce(flags[:, :, list(of)], axis=2) for of in years.periods], axis=2)


def _add_municipalities(pattern: Pattern, division: Division, smaller: Sequence[Years], of_regions: Integers) -> None:
    """By fixed period, each region's under what is told of the region. Years only where the region has them: all the
    municipalities of a region would give its year away, and the year of a region beside it."""
    for at, (groups, of) in enumerate(zip(division.inside, smaller, strict=True)):
        found = below(of.of_periods, of_regions[:, at], WITHOUT_LOSSES, pattern.threshold)
        pattern.show_periods(groups, of, WITHOUT_LOSSES, found, under=[division.regions[at]])


def _regions(pattern: Pattern, division: Division, smaller: Sequence[Years], outcomes: Outcomes) -> Years:
    """Without zeros that tell a zero of few in one of their municipalities."""
    years = pattern.counts(division.regions, outcomes)
    asked = _small_inside(pattern, smaller, years) & _is_coarse(outcomes)
    return replace(years, not_to_tell=outcomes.telling_zeros(years.counts, asked))


def _country(
    pattern: Pattern, division: Division, regions: Years, smaller: Sequence[Years], outcomes: Outcomes
) -> Years:
    """Without zeros that tell a zero of few in one of its regions or municipalities."""
    years = pattern.counts(division.country, outcomes)
    of_municipalities = _small_anywhere(pattern, smaller, years) & _is_coarse(outcomes)
    asked = among_few(regions.counts, pattern.threshold) | of_municipalities
    if pair := _exposed_and_others(pattern):
        asked = asked | among_few(pattern.counts(pair, WITHOUT_LOSSES).counts, pattern.threshold) & _is_coarse(outcomes)
    return replace(years, not_to_tell=outcomes.telling_zeros(years.counts, asked))


def _small_inside(pattern: Pattern, smaller: Sequence[Years], years: Years) -> Flags:
    """Whether a place inside each of several wholes has few children in the fixed period of each year."""
    few = [to_years(among_few(of.of_periods, pattern.threshold), years) for of in smaller]
    measures, _, of_years, _ = years.counts.shape
    return np.concatenate([np.zeros((measures, 0, of_years, 1), dtype=np.bool_), *few], axis=1)


def _small_anywhere(pattern: Pattern, smaller: Sequence[Years], years: Years) -> Flags:
    """Whether any place inside any of several wholes has."""
    return np.asarray(np.logical_or.reduce(_small_inside(pattern, smaller, years), axis=1, keepdims=True))


def _is_coarse(outcomes: Outcomes) -> Flags:
    """The outcomes that are told of municipalities too."""
    return np.array([name in COARSE for name in outcomes.names])


def _coarse(outcomes: Outcomes) -> Flags:
    """The leaves of a tree that each leaf of the tree without losses counts."""
    return outcomes.members[[outcomes.names.index(name) for name in COARSE_LEAVES]]


def _under_programme(
    pattern: Pattern,
    programme: int,
    country: Sequence[int],
    contacts: Sequence[int],
    of_all: Years,
    outcomes: Outcomes,
) -> Integers:
    """The contacts of a programme in the country, under the programme's own years: contacts, 1, years, leaves."""
    counts = np.moveaxis(of_all.counts[contacts], 0, 1)
    together = counts.sum(axis=1)[:, None]
    asked = among_few(counts, pattern.threshold)
    if of_all.not_to_tell is not None:
        asked = asked | np.logical_or.reduce(of_all.not_to_tell[contacts], axis=0)[None]
    zeros = outcomes.telling_zeros(together, asked)
    of_programme = Years(together, of_all.periods, zeros)
    whole = of_country(of_programme, outcomes, pattern.threshold)
    replace(pattern, measures=(programme,)).show_years(country, of_programme, outcomes, whole)
    flags = None if of_all.not_to_tell is None else np.moveaxis(of_all.not_to_tell[contacts], 0, 1)
    return np.moveaxis(below(counts, whole[0], outcomes, pattern.threshold, flags), 1, 0)


def _add_merged(pattern: Pattern, division: Division, outcomes: Outcomes, of_whom: str) -> None:
    """A region that others are merged into follows from those: where all are told, or nobody is counted."""
    numbers, whom = pattern.numbers(outcomes), [pattern.number(of_whom)]
    for region, parts in division.merged.items():
        for periods in (pattern.years, pattern.fixed):
            nobody = pattern.cube.counts[np.ix_(pattern.measures, parts, periods, whom)] == 0
            told = (pattern.told[np.ix_(pattern.measures, parts, periods, numbers)] | nobody).all(axis=1, keepdims=True)
            pattern.show([region], periods, outcomes, told)


def _add_quarters(
    pattern: Pattern, division: Division, whole: Integers, of_regions: Integers, outcomes: Outcomes
) -> None:
    """Quarters of the regions and the country where all can be shown, else of the country where it can."""
    both, of_years = [*division.country, *division.regions], pattern.quarters_by_year
    leaves = pattern.leaves(outcomes)
    counts = np.stack([pattern.cube.counts[np.ix_(pattern.measures, both, of, leaves)] for of in of_years], axis=2)
    partitions = np.concatenate([whole, of_regions], axis=1)
    of_all = told_quarters(counts, partitions, outcomes, pattern.threshold)
    of_country_alone = told_quarters(counts[:, :1], partitions[:, :1], outcomes, pattern.threshold)
    for groups, told in (([*both, *division.merged], of_all), (division.country, of_country_alone)):
        for at, of in enumerate(of_years):
            shape = (len(pattern.measures), len(groups), len(of), len(outcomes.names))
            flags = np.broadcast_to(told[:, None, None, at], shape)
            pattern.show(groups, of, outcomes, flags, flags)


def _add_traits(pattern: Pattern, smaller: Sequence[Years], whole: Integers, outcomes: Outcomes) -> None:
    """Exposed children and all others by year, under the country; traits of the exposed by fixed period."""
    pair = _exposed_and_others(pattern)
    if not pair:
        return
    years = pattern.counts(pair, WITHOUT_LOSSES)
    asked = _small_anywhere(pattern, smaller, years)
    years = replace(years, not_to_tell=WITHOUT_LOSSES.telling_zeros(years.counts, asked))
    columns = narrowed(whole[:, 0], _coarse(outcomes))
    found = below(years.counts, columns, WITHOUT_LOSSES, pattern.threshold, years.not_to_tell)
    pattern.show_years(pair, years, WITHOUT_LOSSES, found)
    of_exposed = over_periods(found, years)[:, 0]
    for of, counts in zip(_values(pattern), smaller, strict=True):
        pattern.show_periods(
            of, counts, WITHOUT_LOSSES, below(counts.of_periods, of_exposed, WITHOUT_LOSSES, pattern.threshold)
        )


def _exposed_and_others(pattern: Pattern) -> list[int]:
    """The groups of exposed children and of all others, in this order; none where nobody is exposed."""
    groups = pattern.groups.groups
    found = [at for label in (EXPOSED, OTHERS) for at, group in enumerate(groups) if label in group.labels]
    return found if any(EXPOSED in group.labels for group in groups) else []


def _values(pattern: Pattern) -> list[list[int]]:
    """The groups of each trait's values."""
    pair = _exposed_and_others(pattern)
    of_traits = [pattern.groups.of_kinds(f"{RESPONSIBLE}/{trait}") for trait in TRAITS]
    return [of for each in of_traits if (of := [value for value in each if value not in pair])]


def _add_excused(pattern: Pattern) -> None:
    """Excused obligations of regions and the country."""
    division = Division.of(pattern.groups, RESPONSIBLE)
    of_all, years = (pattern.counts(of, OF_EXCUSED) for of in (division.country, division.regions))
    whole = of_country(of_all, OF_EXCUSED, pattern.threshold)
    pattern.show_years(division.country, of_all, OF_EXCUSED, whole)
    found = below(years.counts, whole[:, 0], OF_EXCUSED, pattern.threshold)
    pattern.show_years(division.regions, years, OF_EXCUSED, found)
    _add_merged(pattern, division, OF_EXCUSED, EXCUSED)


def _add_only_loss(pattern: Pattern) -> None:
    """Where a measure can be lost in one way only, that way is told like "missed", in the places that tell losses."""
    division = Division.of(pattern.groups, RESPONSIBLE)
    groups, missed = [*division.country, *division.regions, *division.merged], pattern.number("missed")
    for measure in pattern.measures:
        losses = pattern.losses(measure)
        for flags in (pattern.told, pattern.released) if len(losses) == 1 else ():
            flags[measure, groups, :, pattern.number(losses[0])] |= flags[measure, groups, :, missed]


def _add_programmes(pattern: Pattern) -> None:
    """A programme follows from its contacts where all of them are told, or nobody is counted."""
    counts, excused = pattern.cube.counts, pattern.number(EXCUSED)
    empty = np.repeat(counts[..., [pattern.number(DENOMINATOR)]] == 0, counts.shape[-1], axis=-1)
    empty[..., excused] = counts[..., excused] == 0
    for programme, positions in pattern.programmes:
        contacts = [pattern.measures[at] for at in positions]
        released = pattern.released[contacts]
        pattern.released[programme] |= released.any(axis=0) & (released | empty[contacts]).all(axis=0)
        pattern.told[programme] |= (pattern.told[contacts] | empty[contacts]).all(axis=0)
