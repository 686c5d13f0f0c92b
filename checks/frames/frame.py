"""What checks look at: rows with a key, where they belong, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipelines.definitions.reference import Reference

Read = Callable[[str], pl.LazyFrame]
"""A table of the store by its name."""


@dataclass(frozen=True)
class Frame:
    """Rows for the rules of one subject, with everything joined on that a rule reads; nothing is worked out yet.

    `key` names a row. `municipality` is the column that says where the row belongs; None: the rows belong nowhere.
    `targets` are what a steward has set for checks of the frame, by check id: they are kept beside the results.
    """

    name: str
    rows: pl.LazyFrame
    key: tuple[str, ...]
    municipality: str | None
    title_da: str
    title_en: str
    targets: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Days:
    """The day as of which figures are made, and the day on which the run was made."""

    as_of: date
    run_on: date

    @property
    def latest(self) -> date:
        """The later of the two: nothing can have happened after it. A run may look back, or a little ahead."""
        return max(self.as_of, self.run_on)

    def as_columns(self) -> list[pl.Expr]:
        """For rules that need to know what lies ahead."""
        return [pl.lit(self.as_of).alias("as_of"), pl.lit(self.latest).alias("latest_day")]


ROWS_BEFORE: dict[str, pl.DataType] = {"table": pl.String(), "rows_before": pl.Int64()}


def nothing_before() -> pl.LazyFrame:
    """Where no run came before, or it does not matter."""
    return pl.LazyFrame(schema=ROWS_BEFORE)


@dataclass(frozen=True)
class Subject:
    """The tables of a store, and what the frames have to know beside them.

    `links` among the tables says who belongs to which pregnancy. A table is read by the frame that asks for it, so that
    one that is gone is a fault of the frames that stand on it and of no other. `rows_before` has ROWS_BEFORE: the rows
    of each table in the last run before.
    """

    read: Read
    days: Days
    reference: Reference
    rows_before: Callable[[], pl.LazyFrame] = nothing_before
