"""A country, its regions and their municipalities, for counts by year: who shows what, in years and in fixed periods.

The country shows its years; regions theirs under the country's; municipalities their fixed periods under their
region's, and years only where a period is shown and each of its years can be shown as far. So everything that a place
shows adds up to what the one above it shows, and each layer is protected by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.disclosure.layered.layer import Layer, alone_protected, protected
from pipelines.disclosure.layered.outcomes import Outcomes, joined
from pipelines.disclosure.linked_tables import Flags, Integers


@dataclass(frozen=True, eq=False)
class Years:
    """`counts`: things counted, places, years, leaves. `periods`: for each fixed period the positions of its years.
    `not_to_tell`: things, places, years, outcomes that must not be shown for the sake of smaller places."""

    counts: Integers
    periods: Sequence[Sequence[int]]
    not_to_tell: Flags | None = None

    @property
    def of_periods(self) -> Integers:
        """Counts of the fixed periods instead of the years."""
        return np.stack([self.counts[..., list(years), :].sum(axis=-2) for years in self.periods], axis=-2)


def of_country(years: Years, outcomes: Outcomes, threshold: int) -> Integers:
    """The partition of each year of a whole that is part of nothing shown. counts: things, years, leaves."""
    counts = years.counts
    flags = None if years.not_to_tell is None else years.not_to_tell.reshape(-1, len(outcomes.names))
    found = alone_protected(counts.reshape(-1, counts.shape[-1]), outcomes, threshold, flags)
    return found.reshape(counts.shape)


def below(
    counts: Integers, whole: Integers, outcomes: Outcomes, threshold: int, not_to_tell: Flags | None = None
) -> Integers:
    """The partitions of places under the one that they make up. counts: things, places, times, leaves; whole: things,
    times, leaves; not_to_tell: things, places, times, outcomes."""
    things, places, times, leaves = counts.shape
    columns = whole.reshape(things * times, leaves)
    flags = None if not_to_tell is None else _by_problem(not_to_tell)
    found = protected(Layer(_by_problem(counts), columns, outcomes, threshold, flags))
    return np.moveaxis(found.reshape(things, times, places, leaves), 2, 1)


def _by_problem(of_places: NDArray[Any]) -> NDArray[Any]:
    """Things, places, times, ... as things and times, places, ..."""
    things, places, times, last = of_places.shape
    return np.moveaxis(of_places, 1, 2).reshape(things * times, places, last)


def among_few(counts: Integers, threshold: int) -> Flags:
    """Whether any of several places has some children, but fewer than the threshold. counts: things, places, times,
    leaves; gives things, 1, times, 1."""
    children = counts.sum(axis=-1)
    few: Flags = ((children > 0) & (children < threshold)).any(axis=1)
    return few[:, None, :, None]


def to_years(of_periods: Flags, years: Years) -> Flags:
    """A flag of each fixed period as one of each of its years: things, places, times, last."""
    found = np.zeros((*of_periods.shape[:2], years.counts.shape[2], of_periods.shape[3]), dtype=np.bool_)
    for at, of_period in enumerate(years.periods):
        found[:, :, list(of_period)] = of_periods[:, :, [at]]
    return found


def over_periods(partition: Integers, years: Years) -> Integers:
    """What the years of each fixed period tell together of the whole period. A year without anybody hides nothing."""
    nobody = (years.counts.sum(axis=-1) == 0)[..., None]
    open_ = np.where(nobody, np.arange(partition.shape[-1]), partition)
    found = []
    for of_period in years.periods:
        together = open_[..., of_period[0], :]
        for year in of_period[1:]:
            together = joined(together, open_[..., year, :])
        found.append(together)
    return np.stack(found, axis=-2)


def narrowed(partition: Integers, members: Flags) -> Integers:
    """The partition of a tree whose leaves are groups of this one's: members[leaf of the smaller tree, leaf]."""
    first = members.argmax(axis=1)
    kept = joined(partition, first[members.argmax(axis=0)])[..., first]
    return joined(kept, kept)
