"""Small trees of outcomes with counts, and what their partitions say, by plain sets: the judge of the layers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.disclosure.layered.outcomes import HIDDEN, Outcomes
from pipelines.disclosure.linked_tables import Integers

TREES = (
    Outcomes.of(
        ("timely", "late", "missed"), {"ever": ("timely", "late"), "all": ("ever", "missed")}, ("ever", "timely")
    ),
    Outcomes.of(
        ("timely", "late", "unseen", "unwritten"),
        {"ever": ("timely", "late"), "missed": ("unseen", "unwritten"), "all": ("ever", "missed")},
        ("ever", "timely", "unseen"),
    ),
    Outcomes.of(
        ("kept", "lost2", "lost1"), {"second": ("kept", "lost2"), "first": ("second", "lost1")}, ("kept", "second")
    ),
    Outcomes.of(("yes", "no"), {"all": ("yes", "no")}, ("yes",)),
    Outcomes.of(("excused",), {}, ()),
)
THREE_LEAVES = tuple(tree for tree in TREES if tree.members.shape[1] <= 3)

Blocks = frozenset[frozenset[int]]


def blocks_of(partition: Sequence[int]) -> Blocks | None:
    """The leaves that are told together; None where nothing is told."""
    if HIDDEN in partition:
        return None
    return frozenset(frozenset(at for at, of in enumerate(partition) if of == each) for each in partition)


def some_partition(chance: random.Random, leaves: int) -> list[int]:
    """Each leaf by the first of its block; hidden now and then."""
    if chance.random() < 0.2:
        return [HIDDEN] * leaves
    drawn = [chance.randrange(leaves) for _ in range(leaves)]
    return [drawn.index(each) for each in drawn]


def some_counts(chance: random.Random, shape: tuple[int, ...], most: int) -> Integers:
    """Small counts: many zeros, and now and then a place without anybody, or with everybody in one category."""
    counts = np.array([chance.choice([0, 0, 1, 2, chance.randint(0, most)]) for _ in range(int(np.prod(shape)))])
    counts = counts.reshape(shape)
    for place in np.ndindex(shape[:-1]):
        luck = chance.random()
        if luck < 0.15:
            counts[place] = 0
        elif luck < 0.3:
            counts[place] = np.eye(shape[-1], dtype=np.int64)[chance.randrange(shape[-1])] * chance.randint(1, most)
    return counts


def worlds(counts: Integers, partition: Integers, columns: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """All tables (places by leaves) with the told sums of these places and, by column, of all of them together."""
    told = blocks_of(columns)
    assert told is not None
    left = {block: int(counts[:, sorted(block)].sum()) for block in told}
    yield from _worlds(
        [(row.tolist(), blocks_of(own.tolist())) for row, own in zip(counts, partition, strict=True)], left
    )


def _worlds(
    places: list[tuple[list[int], Blocks | None]], left: dict[frozenset[int], int]
) -> Iterator[list[tuple[int, ...]]]:
    if not places:
        if not any(left.values()):
            yield []
        return
    (row, own), *rest = places
    for drawn in _rows(len(row), left):
        if own is None or all(sum(drawn[at] for at in block) == sum(row[at] for at in block) for block in own):
            after = {block: n - sum(drawn[at] for at in block) for block, n in left.items()}
            for others in _worlds(rest, after):
                yield [drawn, *others]


def _rows(leaves: int, left: dict[frozenset[int], int]) -> Iterator[tuple[int, ...]]:
    """All rows whose columns are within what is left."""
    found: list[dict[int, int]] = [{}]
    for block, most in left.items():
        found = [known | more for known in found for more in _divided(sorted(block), most)]
    for each in found:
        yield tuple(each[at] for at in range(leaves))


def _divided(places: list[int], most: int) -> Iterator[dict[int, int]]:
    if not places:
        yield {}
        return
    for n in range(most + 1):
        for rest in _divided(places[1:], most - n):
            yield {places[0]: n} | rest
