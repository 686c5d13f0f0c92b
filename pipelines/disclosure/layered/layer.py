"""One layer of the country: places that together make up one whole whose sums are shown, for many measures at once.

Every place begins with all that is not sensitive. Where a sensitive count could be narrowed from the sums of the
whole, a neighbour gives up some detail as well, the smallest that helps, until each has room for every value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.layered.outcomes import HIDDEN, TOO_MANY, Outcomes, is_finer, joined, tells
from pipelines.disclosure.layered.room import alone, among_neighbours
from pipelines.disclosure.linked_tables import Flags, Integers, Numbers

FAR = 8.0
"""Children that neighbours may be asked for; beyond that the place itself shows less."""


@dataclass(frozen=True, eq=False)
class Layer:
    """counts: problems, places, leaves (children). columns: problems, leaves (the partition of the whole).
    not_to_tell: problems, places, outcomes."""

    counts: Integers
    columns: Integers
    outcomes: Outcomes
    threshold: int
    not_to_tell: Flags | None = None

    @property
    def finest(self) -> Integers:
        """What each place could show by itself, never more than the whole does."""
        return joined(self.outcomes.partition(self.counts, self.threshold, self.not_to_tell), self.columns[:, None])


def alone_protected(counts: Integers, outcomes: Outcomes, threshold: int, not_to_tell: Flags | None = None) -> Integers:
    """The partitions of places that are part of no shown sum. counts: places, leaves; not_to_tell: places, outcomes."""
    found = outcomes.partition(counts, threshold, not_to_tell)
    for depth in range(outcomes.depth - 1, -2, -1):
        open_ = _lacking(counts, found, *alone(counts, found, outcomes), outcomes, threshold)
        lacks = (open_ > 0).any(axis=-1)
        found[lacks] = joined(found[lacks], outcomes.cuts[depth]) if depth >= 0 else HIDDEN
    return found


def protected(layer: Layer) -> Integers:
    """The partition of every place: problems, places, leaves."""
    finest = layer.finest
    levels = np.zeros(finest.shape[:2], dtype=np.int64)
    found = finest.copy()
    todo = np.arange(len(finest))
    while len(todo):
        lacking = _lacks(layer, found, todo)
        todo, lacking = todo[(lacking > 0).any(axis=(1, 2))], lacking[(lacking > 0).any(axis=(1, 2))]
        for problem, lacks in zip(todo.tolist(), lacking, strict=True):
            _give_up(layer, problem, lacks, found[problem], levels[problem])
        found[todo] = _at_levels(layer, finest[todo], levels[todo])
    return found


def _lacks(layer: Layer, found: Integers, problems: Integers) -> Numbers:
    counts, columns = layer.counts[problems], layer.columns[problems]
    up, down = among_neighbours(counts, found[problems], columns, layer.outcomes)
    lacking = _lacking(counts, found[problems], up, down, layer.outcomes, layer.threshold)
    is_settled = (columns == HIDDEN).all(axis=-1) | (found[problems] == HIDDEN).all(axis=(-1, -2))
    lacking[is_settled] = 0
    return lacking


def _lacking(
    counts: Integers, partition: Integers, up: Numbers, down: Numbers, outcomes: Outcomes, threshold: int
) -> Numbers:
    """How many children of room are missing for each hidden sensitive count, places by outcomes."""
    of_all = outcomes.counted(counts)
    hidden = outcomes.sensitive(of_all, threshold) & ~tells(partition, outcomes)
    to_the_top = (threshold - 1) - (of_all + up)
    to_one = (of_all - down) - 1
    return np.where(hidden, np.maximum(np.maximum(to_the_top, to_one), 0), 0)


def _at_levels(layer: Layer, finest: Integers, levels: Integers) -> Integers:
    """Level 0: the finest; then one split less for each level; at last nothing at all."""
    cuts = layer.outcomes.cuts
    found = finest.copy()
    for level in range(1, len(cuts)):
        at = levels == level
        found[at] = joined(finest[at], cuts[len(cuts) - 1 - level])
    found[levels >= len(cuts)] = HIDDEN
    return found


def _give_up(layer: Layer, problem: int, lacks: Numbers, found: Integers, levels: Integers) -> None:
    """One more step down for a place that lacks room, or for the neighbour that can give it most cheaply."""
    place = int(lacks.max(axis=1).argmax())
    outcome = int(lacks[place].argmax())
    is_hidden = bool((found[place] == HIDDEN).all())
    neighbour = None
    if is_hidden or lacks[place, outcome] <= FAR:
        neighbour = _neighbour(layer, problem, place, outcome, lacks[place, outcome], found, is_hidden=is_hidden)
    if neighbour is not None:
        levels[neighbour[0]] = neighbour[1]
    elif not is_hidden:
        levels[place] += 1
    else:
        levels[:] = layer.outcomes.depth + 1


def _neighbour(
    layer: Layer, problem: int, place: int, outcome: int, needed: float, found: Integers, *, is_hidden: bool
) -> tuple[int, int] | None:
    """The smallest place that, showing less, gives the room: its number and the level that it has to go to."""
    counts = layer.counts[problem]
    level = layer.outcomes.depth + 1 if is_hidden else _level_of(layer, found[place])
    at_level = np.full_like(found, HIDDEN)
    if not is_hidden:
        at_level = joined(found, layer.outcomes.cuts[layer.outcomes.depth - level])
    differs = (at_level != found).any(axis=1) & (counts.sum(axis=1) > 0)
    differs[place] = False
    inside = layer.outcomes.members[outcome]
    supply = np.minimum(counts[:, inside].sum(axis=1), counts[:, ~inside].sum(axis=1) if not is_hidden else TOO_MANY)
    helps = differs & (supply > 0)
    if not helps.any():
        return None
    enough = helps & (supply >= needed)
    size = counts.sum(axis=1)
    chosen = np.where(enough, size, TOO_MANY).argmin() if enough.any() else np.where(helps, supply, -1).argmax()
    return int(chosen), level


def _level_of(layer: Layer, partition: Integers) -> int:
    """The first level that tells nothing apart that this place does not."""
    cuts = layer.outcomes.cuts
    return next(level for level in range(len(cuts)) if is_finer(partition, cuts[len(cuts) - 1 - level]))
