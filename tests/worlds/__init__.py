"""Small random worlds full of edge cases: most dates lie on, a day before or a day after a boundary of some rule.

A world is made from its seed alone. Each family grows a list of days that matter (births, windows, due dates, the as-of
day, every event so far); each new event is put near one of them, at a distance that some rule speaks of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from random import Random

from naive import judge, read_reference
from naive.world import TABLE_NAMES, World

from worlds.author import Author
from worlds.families import write_family

AS_OF_DATES = (
    date(2024, 2, 29),
    date(2025, 3, 1),
    date(2026, 8, 1),
    date(2026, 8, 2),
    date(2027, 1, 31),
)
IDS_OF = {
    "child_id": "children",
    "pregnancy_id": "pregnancies",
    "mother_id": "mothers",
    "person_id": "persons",
    "exposure_id": "exposures",
    "treatment_id": "treatments",
    "handover_id": "handovers",
    "record_id": "support_records",
    "contact_id": "contacts",
}
"""Columns that hold an id: these get a prefix when worlds are joined into one."""

REFERENCE = read_reference()


def random_world(seed: int) -> tuple[World, date]:
    """One to six families, and the day as of which they are to be judged."""
    as_of = AS_OF_DATES[seed % len(AS_OF_DATES)]
    author = Author(Random(seed), as_of, REFERENCE)
    for _ in range(author.random.randint(1, 6)):
        write_family(author)
    return author.world, as_of


def prefixed(world: World, prefix: str) -> World:
    """The same world with other names, so that it can live beside others."""
    return {
        table: [
            {column: prefix + cell if column in IDS_OF and cell is not None else cell for column, cell in row.items()}
            for row in rows
        ]
        for table, rows in world.items()
    }


def union(worlds: Iterable[World]) -> World:
    """Worlds side by side; their ids must differ."""
    joined: World = {table: [] for table in TABLE_NAMES}
    for world in worlds:
        for table, rows in world.items():
            joined[table] += rows
    return joined


def coverage(seeds: Iterable[int]) -> Counter[tuple[str, str, str | None]]:
    """How often each kind, status and reason occurs in the worlds of these seeds."""
    seen: Counter[tuple[str, str, str | None]] = Counter()
    for seed in seeds:
        verdict = judge(*random_world(seed), REFERENCE)
        seen.update((row["kind"], row["status"], row["reason"]) for row in verdict.obligations)
    return seen
