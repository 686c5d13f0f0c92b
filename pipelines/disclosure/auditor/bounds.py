"""Bounds of each cell from the bounds of its relations, in whole numbers, until nothing moves any more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.auditor.knowledge import Knowledge
from pipelines.disclosure.auditor.verdict import ENDLESS
from pipelines.disclosure.linked_tables import Flags, Integers, Relations

ROUNDS = 200
"""Bounds hold after each round; those that creep on are left to the solver."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """Each cell lies from `low` to `high`, both included; ENDLESS is no bound."""

    low: Integers
    high: Integers

    @property
    def fixed(self) -> Flags:
        """Cells of which the value is known."""
        fixed: Flags = self.low == self.high
        return fixed

    @property
    def contradictory(self) -> Flags:
        """Cells that can have no value at all."""
        return self.low > self.high


def starting(facts: Knowledge) -> Bounds:
    """A published value is itself, anything else from 0 on."""
    unknown = facts.unknown
    return Bounds(np.where(unknown, 0, facts.values), np.where(unknown, ENDLESS, facts.values))


def propagated(facts: Knowledge, bounds: Bounds, *, with_rules: bool) -> Bounds:
    """What follows from each relation by itself, again and again; with the rules' own limits only where asked."""
    now = Bounds(bounds.low.copy(), bounds.high.copy())
    if with_rules:
        np.maximum(now.low, facts.low, out=now.low)
        np.minimum(now.high, facts.high, out=now.high)
    relations = _with_any(facts.relations, ~now.fixed, _broken(facts.relations, now))
    active = relations
    for _ in range(ROUNDS):
        low, high = now.low.copy(), now.high.copy()
        _by_relations(active, now)
        if with_rules:
            _by_rules(facts, now)
        moved = (low != now.low) | (high != now.high)
        if now.contradictory.any() or not moved.any():
            break
        active = _with_any(relations, moved)
    return now


def _broken(relations: Relations, now: Bounds) -> Flags:
    """Relations that the smallest values do not meet: where all is known, they are contradictions."""
    broken: Flags = relations.sums(now.low) != now.low[relations.totals]
    return broken


def _with_any(relations: Relations, cells: Flags, also: Flags | None = None) -> Relations:
    """The relations that have one of the cells, and others."""
    if not len(relations):
        return relations
    kept = cells[relations.totals] | np.logical_or.reduceat(cells[relations.parts], relations.starts[:-1])
    kept = kept if also is None else kept | also
    starts = np.concatenate([[0], np.cumsum(relations.lengths[kept])]).astype(np.int64)
    return Relations(relations.totals[kept], relations.parts[kept[relations.of_parts]], starts)


def _by_relations(relations: Relations, now: Bounds) -> None:
    """A total lies within the sums of its parts' bounds; a part within what the total leaves beside the others."""
    if not len(relations):
        return
    totals, parts, starts = relations.totals, relations.parts, relations.starts[:-1]
    least = np.add.reduceat(now.low[parts], starts)
    most = np.add.reduceat(now.high[parts], starts)
    np.maximum.at(now.low, totals, least)
    np.minimum.at(now.high, totals, np.minimum(most, ENDLESS))
    of = relations.of_parts
    others_least, others_most = least[of] - now.low[parts], most[of] - now.high[parts]
    ceiling = now.high[totals][of]
    floor = now.low[totals][of] - others_most
    np.maximum.at(now.low, parts, floor)
    np.minimum.at(now.high, parts, np.where(ceiling >= ENDLESS, ENDLESS, ceiling - others_least))


def _by_rules(facts: Knowledge, now: Bounds) -> None:
    """A numerator is at most its denominator; a cell that is not from 1 to t-1 is 0 or at least t."""
    part, whole = facts.inside.T
    np.minimum.at(now.high, part, now.high[whole])
    np.maximum.at(now.low, whole, now.low[part])
    cell, threshold = facts.apart.T
    small = now.high[cell] < threshold
    np.minimum.at(now.high, cell[small], 0)
    some = now.low[cell] > 0
    np.maximum.at(now.low, cell[some], threshold[some])
