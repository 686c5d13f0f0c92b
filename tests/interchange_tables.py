"""Tables as they are declared to others, with made-up values of every state, and texts that are hard to write."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from published_frames import COPENHAGEN, LAESOE, SVENDBORG, country, run_facts, written

from reports.interchange.declared import CATALOGUES, NUMBER, Limits, Table, tables

HARD_TEXTS = ("=1+1", "-5 apples", "+45", "@home", "\tindented", 'says "so"', "a, b", "two\nlines", "æøå", "'", "1,5")
SOME_PLACES = ("country", "1083", SVENDBORG, LAESOE, COPENHAGEN)
"""Of every kind one or more, and one so small that nearly all of it is hidden."""

ROWS = 60
TYPES: dict[str, Any] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "date": pl.Date(),
    "list": pl.List(pl.String()),
}


def made_up(table: Table, seed: int = 1) -> pl.DataFrame:
    """Rows with keys of their own; what a state empties is empty, and else there is always something."""
    chance = random.Random(f"{seed} {table.name}")
    rows = {_key(row, table): row for row in _rows(table, chance)}
    schema = {name: TYPES[limits.kind] for name, limits in table.limits.items()}
    return pl.DataFrame(list(rows.values()), schema=schema)


def published_tables() -> dict[str, pl.DataFrame]:
    """Every published table, made up."""
    return {name: made_up(table) for name, table in tables().items() if name not in CATALOGUES}


def country_with_counts() -> dict[str, pl.DataFrame]:
    """Shares and steps of a country, with the counts that go with the shares; those excused are hidden somewhere."""
    of_some = pl.col("group_value").is_in(SOME_PLACES)
    tables_of_country = country().tables.items()
    shown = {name: rows.filter(of_some) for name, rows in tables_of_country if name.startswith("published_")}
    whole = {"numerator_ever": pl.col("numerator"), "missed": pl.col("denominator") - pl.col("numerator")}
    ever = shown["published_shares"].filter(
        (pl.col("share_of") == "numerator_ever") & pl.col("state").is_in(["number", "suppressed"])
    )
    counts = [
        ever.with_columns(pl.lit(outcome).alias("outcome"), count.alias("count")) for outcome, count in whole.items()
    ]
    excused = ever.filter(pl.col("group_kind") != "municipality").with_columns(
        pl.lit("excused").alias("outcome"),
        pl.lit(None, dtype=pl.Int64).alias("count"),
        pl.lit("suppressed").alias("state"),
    )
    columns = tables()["published_counts"].columns
    return shown | {"published_counts": pl.concat([*counts, excused]).select(columns)}


def published_as(folder: Path, shown: Mapping[str, pl.DataFrame]) -> Path:
    """A store that has published these tables."""
    written(folder, "publish", dict(shown), run_facts())
    return folder


def _rows(table: Table, chance: random.Random) -> Iterator[dict[str, Any]]:
    emptied_by = {name: (state, states) for state, states, names in table.told_in for name in names}
    for _ in range(ROWS):
        row = {name: _value(limits, chance) for name, limits in table.limits.items()}
        for name in table.declared.optional:
            row[name] = None if chance.random() < 0.5 else row[name]
        for name, (state, states) in emptied_by.items():
            row[name] = row[name] if row[state] in states else None
        yield row


def _value(limits: Limits, chance: random.Random) -> object:
    if limits.values:
        return chance.choice([*limits.values, *(NUMBER for _ in limits.values if NUMBER in limits.values)])
    if limits.kind == "text":
        return chance.choice(HARD_TEXTS) if chance.random() < 0.4 else f"value {chance.randrange(10_000)}"
    if limits.kind == "date":
        return date(2026, 9, 30) - timedelta(days=chance.randrange(400))
    if limits.kind == "list":
        return [f"group_{chance.randrange(100)}" for _ in range(chance.randrange(1, 4))]
    lowest = -1_000_000 if limits.minimum is None else limits.minimum
    highest = 1_000_000 if limits.maximum is None else limits.maximum
    return chance.randint(lowest, highest) if limits.kind == "integer" else chance.uniform(lowest, highest)


def _key(row: Mapping[str, Any], table: Table) -> str:
    return repr([row[name] for name in table.declared.key])
