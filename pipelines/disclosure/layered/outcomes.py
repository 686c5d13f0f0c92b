"""A tree of outcomes (denominator, ever, missed ...), and how far it may be told apart for one place and period.

A *partition* tells which leaves of the tree are told apart: each leaf has the number of the first leaf that it is
counted together with, or HIDDEN where not even the sum of all is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.linked_tables import Flags, Integers

HIDDEN = -1
TOO_MANY = 1 << 40


@dataclass(frozen=True, eq=False)
class Outcomes:
    """`members[outcome, leaf]` says what an outcome counts; `parts` what it is the sum of; the last one counts all.

    `has_share`: shown as a share of all, so that "everyone" and "nobody of few" are sensitive too.
    """

    names: tuple[str, ...]
    members: Flags
    parts: Mapping[int, tuple[int, ...]]
    has_share: Flags

    @classmethod
    def of(cls, leaves: Sequence[str], sums: Mapping[str, Sequence[str]], shares: Sequence[str]) -> Outcomes:
        """From names: leaves, then sums from the smallest to the one of all."""
        names = (*leaves, *sums)
        members = np.zeros((len(names), len(leaves)), dtype=np.bool_)
        members[: len(leaves)] = np.eye(len(leaves), dtype=np.bool_)
        for name, parts in sums.items():
            members[names.index(name)] = members[[names.index(part) for part in parts]].any(axis=0)
        numbers = {names.index(name): tuple(names.index(part) for part in parts) for name, parts in sums.items()}
        return cls(names, members, numbers, np.array([name in shares for name in names]))

    @property
    def whole(self) -> int:
        """The outcome that counts all."""
        return len(self.names) - 1

    @property
    def depth(self) -> int:
        """How many times the whole can be split."""
        return len(self.cuts) - 1

    @property
    def cuts(self) -> list[Integers]:
        """The partitions that split nothing, then the whole, then its parts, and so on to the leaves."""
        found, level = [], [self.whole]
        while True:
            cut = np.empty(self.members.shape[1], dtype=np.int64)
            for outcome in level:
                cut[self.members[outcome]] = self.members[outcome].argmax()
            found.append(cut)
            if not any(outcome in self.parts for outcome in level):
                return found
            level = [part for outcome in level for part in self.parts.get(outcome, (outcome,))]

    def counted(self, leaves: Integers) -> Integers:
        """Counts of all outcomes along the last axis, from those of the leaves."""
        counts: Integers = leaves @ self.members.T.astype(np.int64)
        return counts

    def sensitive(self, counts: Integers, threshold: int) -> Flags:
        """Which counts (all outcomes along the last axis) are sensitive in themselves."""
        whole = counts[..., [self.whole]]
        small = (counts >= 1) & (counts < threshold)
        of_few = (counts == 0) & (whole >= 1) & (whole < threshold)
        everyone = (counts > 0) & (counts == whole)
        return np.asarray(small | (self.has_share & (of_few | everyone)), dtype=np.bool_)

    def telling_zeros(self, leaves: Integers, among_few: Flags) -> Flags:
        """Zeros that would tell a zero of few: nobody here is nobody in any part of it. `among_few` says, for the
        places of `leaves`, of which outcomes a part asks that has from 1 to threshold - 1 children."""
        counts = self.counted(leaves)
        return np.asarray((counts == 0) & (counts[..., [self.whole]] > 0) & self.has_share & among_few, dtype=np.bool_)

    def partition(self, leaves: Integers, threshold: int, not_to_tell: Flags | None = None) -> Integers:
        """The finest partition that shows no sensitive count and leaves no sum of hidden ones below the threshold.

        leaves: any shape, leaves along the last axis; `not_to_tell`: outcomes that are not to be shown either. Where
        nobody is counted everything is told apart: all are 0.
        """
        counts = self.counted(leaves).reshape(-1, len(self.names))
        bad = self.sensitive(counts, threshold)
        if not_to_tell is not None:
            bad |= not_to_tell.reshape(bad.shape)
        first = self.members.argmax(axis=1)
        found = np.full((len(counts), self.members.shape[1]), HIDDEN, dtype=np.int64)
        is_shown = np.zeros_like(bad)
        is_shown[:, self.whole] = counts[:, self.whole] >= threshold
        found[is_shown[:, self.whole]] = first[self.whole]
        for outcome in sorted(self.parts, reverse=True):
            parts = self.parts[outcome]
            together, is_split = _together(counts[:, parts], bad[:, parts], threshold)
            is_split &= is_shown[:, outcome]
            of_group = first[list(parts)][together.argmax(axis=1)]
            for at, part in enumerate(parts):
                is_shown[:, part] = is_split & ~together[:, at]
                found[np.ix_(is_shown[:, part], self.members[part])] = first[part]
                grouped = is_split & together[:, at]
                found[np.ix_(grouped, self.members[part])] = of_group[grouped, None]
        found[counts[:, self.whole] == 0] = np.arange(self.members.shape[1])
        return found.reshape(leaves.shape)


def _together(counts: Integers, bad: Flags, threshold: int) -> tuple[Flags, Flags]:
    """Which parts of a sum stay together, the smallest that hide the bad ones; and whether others are left at all."""
    together = bad.copy()
    for _ in range(counts.shape[1]):
        lacks = together.any(axis=1) & _gives_away(counts, together, threshold)
        candidates = np.where(together | (counts == 0), TOO_MANY, counts)
        rows = np.flatnonzero(lacks & (candidates.min(axis=1) < TOO_MANY))
        together[rows, candidates.argmin(axis=1)[rows]] = True
    return together, ~(together.any(axis=1) & _gives_away(counts, together, threshold))


def _gives_away(counts: Integers, together: Flags, threshold: int) -> Flags:
    small = (counts * together).sum(axis=1) < threshold
    return np.asarray((together.sum(axis=1) < 2) | small, dtype=np.bool_)


def joined(partition: Integers, other: Integers) -> Integers:
    """The finest partition that tells apart nothing that one of two does not; HIDDEN where one of them is hidden."""
    reach = _same(partition) | _same(np.broadcast_to(other, partition.shape))
    for _ in range(max(1, int(np.ceil(np.log2(partition.shape[-1]))))):
        reach = reach @ reach
    hidden = ((partition == HIDDEN) | (other == HIDDEN)).any(axis=-1, keepdims=True)
    return np.where(hidden, HIDDEN, reach.argmax(axis=-1))


def tells(partition: Integers, outcomes: Outcomes) -> Flags:
    """Which outcomes follow from a partition: those that cut no part of it."""
    members = outcomes.members
    cut = (_same(partition)[..., None, :, :] & members[:, :, None] & ~members[:, None, :]).any(axis=(-1, -2))
    return np.asarray(~cut & (partition != HIDDEN).all(axis=-1)[..., None], dtype=np.bool_)


def is_finer(partition: Integers, other: Integers) -> Flags:
    """Whether a partition tells apart all that another does."""
    same, is_known = _same(partition), (partition != HIDDEN).all(axis=-1)
    within = (~same | _same(np.broadcast_to(other, partition.shape))).all(axis=(-1, -2))
    return np.asarray(within & is_known | (other == HIDDEN).all(axis=-1), dtype=np.bool_)


def _same(partition: Integers) -> Flags:
    return np.asarray(partition[..., :, None] == partition[..., None, :], dtype=np.bool_)
