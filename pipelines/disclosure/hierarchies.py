"""What adds up to what along one axis of the counts: places, periods, outcomes, measures. Declared, never by hand.

A group is a set of leaves. Levels are declared from the finest to the coarsest, and the relations follow: a group is
the sum of the groups of a lower level that fill it exactly. A group that has the leaves of another *is* that other, so
a landsdel of one municipality is that municipality.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.linked_tables import Integers

Label = tuple[str, str]
"""Kind and value: `("region", "1083")`, `("year", "2024")`."""

GENERATION = "@"
"""`region@2007-01-01` and `region@2027-01-01` are two levels of one kind, `region`."""


@dataclass(frozen=True)
class Group:
    """Leaves that are counted together; all labels that they go by, the finest first."""

    labels: tuple[Label, ...]
    leaves: frozenset[str]


@dataclass(frozen=True)
class Sum:
    """One total and the ways to add it up, the nearest level first; one way says all that the others say."""

    total: int
    ways: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class Axis:
    """All groups of one dimension with their sums; `members[group, leaf]` is 1 where the leaf counts."""

    leaves: tuple[str, ...]
    groups: tuple[Group, ...]
    sums: tuple[Sum, ...]
    members: Integers

    @classmethod
    def of(cls, leaves: Sequence[str], groups: Sequence[Group], sums: Iterable[Sum]) -> Axis:
        """With the matrix that adds leaves up to groups."""
        at = {leaf: position for position, leaf in enumerate(leaves)}
        members = np.zeros((len(groups), len(leaves)), dtype=np.int64)
        for row, group in enumerate(groups):
            members[row, [at[leaf] for leaf in group.leaves]] = 1
        return cls(tuple(leaves), tuple(groups), tuple(sums), members)

    @classmethod
    def of_levels(cls, levels: Mapping[str, Mapping[str, Iterable[str]]]) -> Axis:
        """Levels by kind, the finest first; the groups of the finest hold every leaf."""
        groups = grouped(levels)
        leaves = [leaf for group in next(iter(levels.values())).values() for leaf in group]
        return cls.of(leaves, groups, sums_of(groups, levels))

    def number(self, kind: str, value: str) -> int:
        """The group of that label."""
        return next(at for at, group in enumerate(self.groups) if (kind, value) in group.labels)

    def of_kinds(self, *kinds: str) -> list[int]:
        """All groups that go by a label of these kinds."""
        return [at for at, group in enumerate(self.groups) if any(kind in kinds for kind, _ in group.labels)]

    def positions_within(self, groups: Sequence[int], whole: int) -> list[int]:
        """Where in `groups` those stand that lie inside another group."""
        inside = self.groups[whole].leaves
        return [at for at, group in enumerate(groups) if self.groups[group].leaves <= inside]


def grouped(levels: Mapping[str, Mapping[str, Iterable[str]]]) -> list[Group]:
    """Groups of all levels; those with the same leaves become one with several labels."""
    labels: dict[frozenset[str], list[Label]] = {}
    for kind, level in levels.items():
        for value, leaves in level.items():
            labels.setdefault(frozenset(leaves), []).append((kind.split(GENERATION)[0], value))
    return [Group(tuple(dict.fromkeys(names)), leaves) for leaves, names in labels.items()]


def sums_of(groups: Sequence[Group], levels: Mapping[str, Mapping[str, Iterable[str]]]) -> list[Sum]:
    """For each group the lower levels whose groups fill it exactly, the nearest first."""
    by_leaves = {group.leaves: at for at, group in enumerate(groups)}
    of_levels = [[by_leaves[frozenset(leaves)] for leaves in level.values()] for level in levels.values()]
    found = []
    for total, group in enumerate(groups):
        height = next(height for height, level in enumerate(of_levels) if total in level)
        ways = [_filling(group, list(dict.fromkeys(lower)), groups) for lower in reversed(of_levels[:height])]
        if any(ways):
            found.append(Sum(total, tuple(dict.fromkeys(way for way in ways if way))))
    return found


def _filling(group: Group, level: Sequence[int], groups: Sequence[Group]) -> tuple[int, ...]:
    """The groups of the level that lie inside, when they hold each leaf exactly once."""
    inside = [at for at in level if groups[at].leaves <= group.leaves]
    leaves = [leaf for at in inside for leaf in groups[at].leaves]
    return tuple(inside) if len(leaves) == len(group.leaves) and set(leaves) == group.leaves else ()


def joined_at(shared: Iterable[Label], parts: Sequence[Axis]) -> Axis:
    """Several axes with groups in common, such as the country, which is the sum of each of them.

    The leaves of a shared group are those of the first axis that has it.
    """
    leaves: list[str] = []
    groups: list[Group] = []
    sums: list[Sum] = []
    at_label: dict[Label, int] = {}
    for axis in parts:
        new = {}
        for at, group in enumerate(axis.groups):
            known = next((at_label[label] for label in group.labels if label in at_label), None)
            new[at] = len(groups) if known is None else known
            if known is None:
                groups.append(group)
            else:
                groups[known] = Group(
                    tuple(dict.fromkeys((*groups[known].labels, *group.labels))), groups[known].leaves
                )
        at_label |= {
            label: new[at] for at, group in enumerate(axis.groups) for label in group.labels if label in shared
        }
        leaves += axis.leaves
        sums += [Sum(new[each.total], tuple(tuple(new[at] for at in way) for way in each.ways)) for each in axis.sums]
    return Axis.of(leaves, groups, sums)
