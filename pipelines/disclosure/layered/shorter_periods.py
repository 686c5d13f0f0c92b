"""Years beside the fixed periods that they make up, and quarters beside their years: told where all of them can be."""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.layered.country import Years
from pipelines.disclosure.layered.outcomes import HIDDEN, TOO_MANY, Outcomes, is_finer, tells
from pipelines.disclosure.linked_tables import Flags, Integers


def told_years(years: Years, of_periods: Integers, outcomes: Outcomes, threshold: int) -> Flags:
    """Outcomes of single years that may be told beside their period: things, places, years, outcomes.

    The places make up one whole. All years of a period or none, as far as all of them and the period go; and only of
    so many places that what is left of the whole, which anybody can subtract, gives none of the others away.
    """
    by_itself = outcomes.partition(years.counts, threshold, years.not_to_tell)
    told = np.zeros((*years.counts.shape[:-1], len(outcomes.names)), dtype=np.bool_)
    for at, of_period in enumerate(years.periods):
        chosen = np.array(of_period, dtype=np.int64)
        counts, own = years.counts[..., chosen, :], by_itself[..., chosen, :]
        alone = _as_far_as_all_go(counts, own, of_periods[..., at, :], outcomes)
        told[..., chosen, :] = _without_small_rests(alone, outcomes.counted(counts), outcomes, threshold)
    return told


def _as_far_as_all_go(counts: Integers, own: Integers, of_period: Integers, outcomes: Outcomes) -> Flags:
    """For each place the finest cut that its period and all its years with children can tell; years are alike."""
    nobody = counts.sum(axis=-1) == 0
    told = np.zeros((*counts.shape[:-1], len(outcomes.names)), dtype=np.bool_)
    is_open = np.ones(counts.shape[:-2], dtype=np.bool_)
    for cut in reversed(outcomes.cuts[1:]):
        of_years = nobody | _shows(own, cut)
        fits = is_open & _shows(of_period, cut) & of_years.all(axis=-1)
        told |= fits[..., None, None] & tells(cut, outcomes)
        is_open &= ~fits
    return told


def _shows(partition: Integers, cut: Integers) -> Flags:
    return np.asarray((partition != HIDDEN).all(axis=-1) & is_finer(partition, cut), dtype=np.bool_)


def _without_small_rests(told: Flags, counts: Integers, outcomes: Outcomes, threshold: int) -> Flags:
    """Fewer places tell their years, the smallest gives up first, until no rest is sensitive.

    told, counts: things, places, the years of one period, outcomes.
    """
    found = told & (counts[..., [outcomes.whole]] > 0)
    size = counts[..., outcomes.whole].sum(axis=-1)
    while (lacking := _gives_away(found, counts, outcomes, threshold)).any():
        things = np.flatnonzero(lacking)
        is_telling = found[things].any(axis=(-1, -2))
        found[things, np.where(is_telling, size[things], TOO_MANY).argmin(axis=1)] = False
    kept = found.any(axis=(-1, -2), keepdims=True)
    return np.asarray(told & kept, dtype=np.bool_)


def _gives_away(told: Flags, counts: Integers, outcomes: Outcomes, threshold: int) -> Flags:
    """Things of which a rest is sensitive: what the places that tell nothing have together, of one year and outcome."""
    hidden = ~told
    of_all = np.broadcast_to(counts[..., [outcomes.whole]], counts.shape)
    rest, base = (counts * hidden).sum(axis=1), (of_all * hidden).sum(axis=1)
    among_few = (hidden & (of_all > 0) & (of_all < threshold)).any(axis=1)
    small = (rest > 0) & (rest < threshold)
    nobody, everybody = (rest == 0) & among_few, (rest > 0) & (rest == base)
    is_bad = told.any(axis=1) & (small | (outcomes.has_share & (nobody | everybody)))
    return np.asarray(is_bad.any(axis=(-1, -2)), dtype=np.bool_)


def told_quarters(quarters: Integers, of_years: Integers, outcomes: Outcomes, threshold: int) -> Flags:
    """Outcomes of quarters that may be told: things, years, outcomes, the same for all places and quarters of a year.

    quarters: things, places, years, quarters, leaves; of_years: things, places, years, leaves. As far as all go.
    """
    nobody = quarters.sum(axis=-1) == 0
    own = outcomes.partition(quarters, threshold)
    told = np.zeros((quarters.shape[0], quarters.shape[2], len(outcomes.names)), dtype=np.bool_)
    is_open = np.ones(told.shape[:2], dtype=np.bool_)
    for cut in reversed(outcomes.cuts):
        fits = nobody | ((own != HIDDEN).all(axis=-1) & is_finer(own, cut))
        year_nobody = nobody.all(axis=-1)
        of_year = year_nobody | ((of_years != HIDDEN).all(axis=-1) & is_finer(of_years, cut))
        fits_all = is_open & fits.all(axis=(1, 3)) & of_year.all(axis=1)
        told |= fits_all[..., None] & tells(cut, outcomes)
        is_open &= ~fits_all
    return told
