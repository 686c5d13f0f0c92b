"""What the gate reads beside the counts of obligations: from the rows of a run, or from the returns of municipalities.

Both give the same tables, so that a national store that holds no row of a person publishes the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from pipelines.analysis import Analysis, Costs, CountsBeside
from pipelines.definitions.reference import Reference
from pipelines.store import OF_RETURNS

RETURNED = {name: f"returned_{name}" for name in ("population", "results", "courses", "contacts")}
"""The counts beside those of obligations, by their name in `CountsBeside`, as a store made from returns has them."""


class Run(Protocol):
    """A finished run: lazy tables by name, and which there are."""

    @property
    def versions(self) -> Mapping[str, int]:
        """Table to version."""

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the store, unread."""


@dataclass(frozen=True)
class Counted:
    """`costs` is null where no rows are: rule 5 asks what each child has cost, and no return says it."""

    counts: CountsBeside
    costs: Costs | None


def is_of_returns(run: Run) -> bool:
    """Whether the run was made from returns, and its store has no row of a person."""
    return OF_RETURNS in run.versions


def counted(run: Run, reference: Reference, as_of: date, periods: Mapping[str, Sequence[int]]) -> Counted:
    """`periods`: name to years, in which contacts are counted together."""
    if is_of_returns(run):
        return Counted(CountsBeside(**{name: run.table(table) for name, table in RETURNED.items()}), None)
    analysis = Analysis(run, reference, as_of)
    return Counted(analysis.counts(periods), analysis.costs())
