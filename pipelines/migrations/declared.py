"""What a migration is: a step from one version of the contract to the next, told per table, with its way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.errors import UserError

Rows = Callable[[pl.LazyFrame], pl.LazyFrame]


class FromTheFuture(UserError):
    """The store was made under a later contract than this program knows."""

    exit_code = 31


class NoWayThere(UserError):
    """The store needs another contract, and no declared migration leads there; or one did not keep its promise."""

    exit_code = 32


@dataclass(frozen=True)
class Change:
    """What happens to the rows of one table. `forward` and `back` change columns alone, never which rows there are."""

    table: str
    words: str
    forward: Rows
    back: Rows

    def __post_init__(self) -> None:
        """Figures that have been published never change: the ledger would no longer recognise them."""
        if self.table.startswith("published_"):
            raise ValueError(f"{self.table}: a migration does not touch what was published")


@dataclass(frozen=True)
class Migration:
    """From one version to the next. Versions are whole numbers, as text."""

    before: str
    after: str
    changes: tuple[Change, ...]

    def __post_init__(self) -> None:
        """One version at a time, so that every store goes the same way."""
        if int(self.after) != int(self.before) + 1:
            raise ValueError(f"a migration goes one version on, not from {self.before} to {self.after}")


@dataclass(frozen=True)
class Step:
    """A migration in the direction in which it is gone."""

    migration: Migration
    is_back: bool

    @property
    def words(self) -> str:
        """Such as `1 -> 2`."""
        ends = (self.migration.before, self.migration.after)
        return " -> ".join(reversed(ends) if self.is_back else ends)

    def of(self, table: str) -> list[Rows]:
        """What is done to a table, in its order; the way back undoes the last change first."""
        mine = [change for change in self.migration.changes if change.table == table]
        return [change.back for change in reversed(mine)] if self.is_back else [change.forward for change in mine]


def way(before: str, after: str, known: Sequence[Migration]) -> list[Step]:
    """The steps from one version to another, either way; none when it is the same. NoWayThere when one is missing."""
    is_back = int(after) < int(before)
    low, high = sorted((int(before), int(after)))
    by_start = {int(migration.before): migration for migration in known}
    if missing := [version for version in range(low, high) if version not in by_start]:
        raise NoWayThere(
            f"No migration is declared from contract {missing[0]} to {missing[0] + 1}",
            to_do="Install a release that knows both, or make the store anew from its deliveries.",
        )
    steps = [Step(by_start[version], is_back) for version in range(low, high)]
    return steps[::-1] if is_back else steps
