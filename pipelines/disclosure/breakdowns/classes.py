"""How far the groups of a whole may be told apart: small groups are told together, and so are small neighbouring days.

Nothing that is told is sensitive: every count of every class is 0 or at least the threshold, and none is the whole of
its class. A class is one group, or several that are told together; it never splits again further down. So what is not
told is at least two groups in a class of enough children, and the auditor has the last word (see `cells`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.linked_tables import Integers

Class = tuple[int, ...]
"""Numbers of the groups that are told together."""

Bins = tuple[tuple[int, ...], ...]
"""Outcomes that are told together, such as neighbouring days."""

FINE_ENOUGH = 4
"""With so many bins a curve is worth telling; for fewer a small group is rather told together with others."""


@dataclass(frozen=True)
class Split:
    """An outcome (-1: all children) and the parts that it is the sum of; `is_ordered`: neighbours may be joined."""

    whole: int
    parts: tuple[int, ...]
    is_ordered: bool = False


@dataclass(frozen=True)
class Told:
    """What of one split may be told: of which classes, and in which bins. No classes: nothing."""

    classes: tuple[Class, ...]
    bins: Bins

    @property
    def is_anything(self) -> bool:
        """Whether something is told at all."""
        return bool(self.classes)


NOTHING = Told((), ())


def told_sizes(sizes: Integers, members: Sequence[int], threshold: int) -> tuple[Class, ...]:
    """Classes whose number of children may be told; a single one is the whole. Groups without anybody are in none."""
    classes: tuple[Class, ...] = tuple((group,) for group in members if sizes[group])
    while len(classes) > 1:
        of_classes = np.array([sizes[list(each)].sum() for each in classes])
        small = np.flatnonzero(of_classes < threshold).tolist()
        if not small:
            return classes
        classes = _fewer(classes, of_classes, small)
    return classes


def told_of_whole(counts: Integers, split: Split, threshold: int) -> Told:
    """Of a whole that stands alone. counts: one row of outcomes; the last is that of all children."""
    fine = tuple((part,) for part in split.parts)
    return _told(counts[None, :], ((0,),), split, threshold, fine, at_least=1)


def told_of_parts(counts: Integers, classes: Sequence[Class], split: Split, threshold: int, bins: Bins) -> Told:
    """Of the groups that divide a whole, told apart as `classes` so far. counts: groups, outcomes (all children last).

    `bins`: those of the whole; a part is never told in finer ones. A single class is the whole again: it tells nothing
    more. Nothing at all means that the whole itself must not be told, for its groups could be known from it.
    """
    found = _told(counts, tuple(classes), split, threshold, bins, at_least=2)
    if found.is_anything:
        return found
    everybody = tuple(sorted(group for each in classes for group in each))
    has_room = _have_room(counts, classes, (everybody,), split, bins, threshold)
    return Told((everybody,), bins) if has_room else NOTHING


def _told(counts: Integers, before: tuple[Class, ...], split: Split, threshold: int, bins: Bins, at_least: int) -> Told:
    """Joins classes until what is told is safe, and fine enough when it has an order; else the finest there was."""
    best, classes = NOTHING, before
    while len(classes) >= at_least:
        of_classes = np.array([counts[list(each)].sum(axis=0) for each in classes])
        unsafe = [] if split.is_ordered else _unsafe(of_classes, split, threshold)
        joined = _joined_bins(of_classes, threshold, bins) if split.is_ordered else bins
        has_room = not unsafe and _have_room(counts, before, classes, split, joined, threshold)
        if not split.is_ordered and has_room:
            return Told(classes, bins)
        if split.is_ordered and has_room and len(joined) > max(1, len(best.bins)):
            best = Told(classes, joined)
        if split.is_ordered and has_room and len(joined) >= min(FINE_ENOUGH, len(bins)) > 1:
            return best
        if len(classes) == 1:
            break
        classes = _fewer(classes, of_classes[:, split.whole], unsafe)
    return best


def _have_room(
    counts: Integers, before: Sequence[Class], classes: Sequence[Class], split: Split, bins: Bins, threshold: int
) -> bool:
    """Whether what was told apart before and is told together now keeps its secrets.

    Readers know how many children each of these has. A sensitive part of one of them (few, nobody, everybody) must
    still be able to have every small value, the others taking the rest. A zero of the whole is one of its groups too.
    """
    for together in classes:
        inside = [each for each in before if set(each) <= set(together)]
        if len(inside) < 2:
            continue
        sizes = np.array([counts[list(each), split.whole].sum() for each in inside])
        for each in bins:
            parts = np.array([counts[np.ix_(one, each)].sum() for one in inside])
            if not parts.any():
                continue
            most = np.minimum(sizes, parts.sum())
            least = np.maximum(0, parts.sum() - (sizes.sum() - sizes))
            is_sensitive = (parts < threshold) | (parts == sizes)
            highest = np.minimum(threshold - 1, sizes)
            if (is_sensitive & ((least > 1) | (most < highest))).any():
                return False
    return True


def _joined_bins(of_classes: Integers, threshold: int, bins: Bins) -> Bins:
    """The finest neighbouring bins in which every class is safe; none when there are no such."""
    closed: list[tuple[int, ...]] = []
    open_: tuple[int, ...] = ()
    for each in bins:
        open_ = (*open_, *each)
        if _are_safe(of_classes, open_, threshold):
            closed.append(open_)
            open_ = ()
    while open_ and closed:
        open_ = (*closed.pop(), *open_)
        if _are_safe(of_classes, open_, threshold):
            closed.append(open_)
            open_ = ()
    return tuple(closed)


def _are_safe(of_classes: Integers, bins: Sequence[int], threshold: int) -> bool:
    """Of all children of each class."""
    sums = of_classes[:, list(bins)].sum(axis=1)
    return all(_is_safe(int(count), int(of), threshold) for count, of in zip(sums, of_classes[:, -1], strict=True))


def _unsafe(of_classes: Integers, split: Split, threshold: int) -> list[int]:
    """Classes with a part that may not be told."""
    whole = of_classes[:, split.whole]
    return [
        at
        for at, (counts, of) in enumerate(zip(of_classes, whole, strict=True))
        if not all(_is_safe(int(counts[part]), int(of), threshold) for part in split.parts)
    ]


def _fewer(classes: tuple[Class, ...], sizes: Integers, unsafe: Sequence[int]) -> tuple[Class, ...]:
    """The unsafe ones together, with the smallest other one when they are alone or none is; the first stays first."""
    together = set(unsafe)
    others = sorted((int(size), at) for at, size in enumerate(sizes) if at not in together)
    while len(together) < 2 and others:
        together.add(others.pop(0)[1])
    kept = [each for at, each in enumerate(classes) if at not in together]
    residual = tuple(sorted(group for at in together for group in classes[at]))
    return (*kept, residual)


def _is_safe(count: int, whole: int, threshold: int) -> bool:
    """0 of at least t, or at least t and not all."""
    return whole >= threshold and (count == 0 or threshold <= count < whole)
