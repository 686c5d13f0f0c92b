"""All that an attacker knows: every release in one system of cells, values, relations and consequences of the rules.

Cells of several releases are the same when they have the same name. A correction makes a new cell of every name whose
published value it changes: the old value stays true of what was counted then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from pipelines.disclosure.auditor.verdict import ENDLESS
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers, Published, PublishedRate, Relations

UNKNOWN = -1
CONTRADICTION = "contradiction: a published value differs from the one published earlier"


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Cells from 0 on: those of the release first, under its own numbers, then those of earlier releases alone.

    `values` is UNKNOWN where never published. `low` and `high` are limits that the rules and rates state beyond the
    relations. `inside` has pairs: the first is counted within the second. `apart`: (cell, threshold), the cell is not
    from 1 to threshold - 1. `thresholds` is 0 for cells that need no judgement.
    """

    values: Integers
    relations: Relations
    low: Integers
    high: Integers
    inside: Integers
    apart: Integers
    rates: tuple[PublishedRate, ...]
    thresholds: Integers
    clashes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def unknown(self) -> Flags:
        """Cells that nobody has published."""
        unknown: Flags = self.values == UNKNOWN
        return unknown


@dataclass(frozen=True, eq=False)
class Numbering:
    """The cell of each cell of each release, the last release first in the numbering; and the values by cell."""

    cells: tuple[Integers, ...]
    values: Integers
    clashes: tuple[str, ...]


def numbered(
    releases: Sequence[Published], corrections: Sequence[bool], renewed: Sequence[frozenset[int]]
) -> Numbering:
    """Cells by name over all releases; `renewed` are cells of a correction that are new though no value tells so."""
    numbers = count()
    newest: defaultdict[str, int] = defaultdict(numbers.__next__)
    values = np.zeros(0, dtype=np.int64)
    cells, clashes = [], []
    for release, is_correction, anew in zip(releases, corrections, renewed, strict=True):
        at = np.fromiter((newest[name] for name in release.names), np.int64, len(release))
        values = _longer(values, at)
        differs = (values[at] != UNKNOWN) & (release.counts >= 0) & (values[at] != release.counts)
        if is_correction:
            differs[list(anew)] = True
            for cell in np.flatnonzero(differs).tolist():
                at[cell] = newest[release.names[cell]] = next(numbers)
            values = _longer(values, at)
        elif differs.any():
            clashes.append(CONTRADICTION)
        shown = release.counts >= 0
        values[at[shown]] = release.counts[shown]
        cells.append(at)
    return _last_first(cells, values, tuple(clashes))


def _longer(values: Integers, at: Integers) -> Integers:
    """Room for the cells `at`; what is new is not known."""
    missing = max(0, int(at.max(initial=-1)) + 1 - len(values))
    return np.append(values, np.full(missing, UNKNOWN, dtype=np.int64))


def _last_first(cells: list[Integers], values: Integers, clashes: tuple[str, ...]) -> Numbering:
    place = np.full(len(values), -1, dtype=np.int64)
    place[cells[-1]] = np.arange(len(cells[-1]))
    others = place < 0
    place[others] = np.arange(len(cells[-1]), len(cells[-1]) + int(others.sum()))
    ordered = np.empty_like(values)
    ordered[place] = values
    return Numbering(tuple(place[at] for at in cells), ordered, clashes)


def known(releases: Sequence[Published], numbering: Numbering) -> Knowledge:
    """Everything that the releases say, in order of time."""
    size = len(numbering.values)
    facts = Knowledge(
        values=numbering.values,
        relations=_distinct(_all_relations(releases, numbering)),
        low=np.zeros(size, dtype=np.int64),
        high=np.full(size, ENDLESS, dtype=np.int64),
        inside=np.zeros((0, 2), dtype=np.int64),
        apart=np.zeros((0, 2), dtype=np.int64),
        rates=(),
        thresholds=_thresholds(releases, numbering),
        clashes=numbering.clashes,
    )
    for release, at in zip(releases, numbering.cells, strict=True):
        facts = with_rates(with_rules(facts, release, at), release, at)
    return facts


def _all_relations(releases: Sequence[Published], numbering: Numbering) -> Relations:
    each = zip((release.relations for release in releases), numbering.cells, strict=True)
    return Relations.joined([Relations(at[some.totals], at[some.parts], some.starts) for some, at in each])


def _thresholds(releases: Sequence[Published], numbering: Numbering) -> Integers:
    """A cell that is hidden everywhere is judged by the threshold of the last release that has it."""
    thresholds = np.zeros(len(numbering.values), dtype=np.int64)
    for release, at in zip(releases, numbering.cells, strict=True):
        thresholds[at] = release.threshold
    hidden = np.zeros(len(thresholds), dtype=bool)
    for release, at in zip(releases[:-1], numbering.cells[:-1], strict=True):
        hidden[at[release.suppressed]] = True
    hidden &= numbering.values == UNKNOWN
    hidden[numbering.cells[-1][releases[-1].suppressed]] = True
    return np.where(hidden, thresholds, 0)


def _distinct(relations: Relations) -> Relations:
    """Without the relations that several releases have in common, part for part."""
    if not len(relations):
        return relations
    rows = relations.of_parts
    order = np.lexsort((relations.parts, rows))
    parts, lengths = relations.parts[order], relations.lengths
    mark = np.random.default_rng(20).integers(1, 2**63, size=int(relations.parts.max()) + 1, dtype=np.uint64)
    sums = np.add.reduceat(mark[parts], relations.starts[:-1])
    twin = _first_alike(sums, lengths, relations.totals)
    same = np.zeros(len(relations), dtype=np.int64)
    places = np.arange(len(parts)) - relations.starts[rows] + relations.starts[twin[rows]]
    np.add.at(same, rows, parts == parts[places])
    kept = np.flatnonzero((twin == np.arange(len(relations))) | (same != lengths))
    inside = np.isin(rows, kept, kind="table")
    starts = np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int64)
    return Relations(relations.totals[kept], parts[inside], starts)


def _first_alike(*columns: NDArray[np.generic]) -> Integers:
    """For each row the first row with the same values."""
    order = np.lexsort(columns)
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = np.logical_or.reduce([column[order[1:]] != column[order[:-1]] for column in columns])
    twin = np.empty(len(order), dtype=np.int64)
    twin[order] = order[is_new][np.cumsum(is_new) - 1]
    return twin


def _once(pairs: Integers) -> Integers:
    """Each pair once."""
    if not len(pairs):
        return pairs
    once: Integers = pairs[_first_alike(pairs[:, 1], pairs[:, 0]) == np.arange(len(pairs))]
    return once


def with_rules(facts: Knowledge, release: Published, at: Integers) -> Knowledge:
    """What follows from knowing the rules: a numerator is inside its denominator; a shown zero has a denominator of 0
    or at least the threshold; a shown count is not its whole denominator."""
    has = np.flatnonzero(release.denominators != NO_DENOMINATOR)
    part, whole = at[has], at[release.denominators[has]]
    shown, base = facts.values[part], facts.values[whole]
    low, high = facts.low.copy(), facts.high.copy()
    within = (base >= 0) & (base >= shown)
    np.minimum.at(high, part[within], base[within])
    under = (release.counts[has] > 0) & (base == UNKNOWN)
    np.maximum.at(low, whole[under], shown[under] + 1)
    zero = (release.counts[has] == 0) & (base == UNKNOWN)
    apart = np.stack([whole[zero], np.full(int(zero.sum()), release.threshold)], axis=1)
    both = (shown == UNKNOWN) & (base == UNKNOWN)
    return replace(
        facts,
        low=low,
        high=high,
        apart=_once(np.concatenate([facts.apart, apart])),
        inside=_once(np.concatenate([facts.inside, np.stack([part[both], whole[both]], axis=1)])),
    )


def with_rates(facts: Knowledge, release: Published, at: Integers) -> Knowledge:
    """A shown share bounds whichever side is hidden; what is hidden on both sides is kept as a rate."""
    low, high, rates = facts.low.copy(), facts.high.copy(), list(facts.rates)
    for rate in release.rates:
        part, whole = int(at[rate.numerator]), int(at[rate.denominator])
        least, most = rate.value - rate.half, rate.value + rate.half
        if facts.values[whole] >= 0:
            base = int(facts.values[whole])
            low[part] = max(int(low[part]), -((-least * base) // 1))
            high[part] = min(int(high[part]), (most * base) // 1)
        elif facts.values[part] >= 0:
            shown = int(facts.values[part])
            low[whole] = max(int(low[whole]), -((-shown / most) // 1)) if most > 0 else low[whole]
            high[whole] = min(int(high[whole]), (shown / least) // 1) if least > 0 else high[whole]
        else:
            rates.append(replace(rate, numerator=part, denominator=whole))
    return replace(facts, low=low, high=high, rates=tuple(rates))
