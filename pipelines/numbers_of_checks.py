"""Numbers of checks go when the rows that they count go: they are exact, and no gate has seen them.

How a check ended stays, so that a published figure keeps its caveat and its history.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipelines.store import Snapshot, Store, Writer

RESULTS = "check_results"
NUMBERS = ("rows", "applicable", "failing", "share", "accepted", "listed")


@dataclass(frozen=True)
class Over:
    """Results that were made before a moment, or of rows of runs whose time is over. A later check keeps them too."""

    before: datetime
    runs: Collection[str]

    def count(self, store: Store) -> int:
        """Results that still have a number; one that two checks keep is counted in each."""
        return sum(self._in(snapshot) for snapshot in _kept(store))

    def taken_from(self, store: Store, writer: Writer) -> dict[int, int]:
        """The versions of the table that have such numbers, and those without them that `runs` may name instead."""
        return {one.versions[RESULTS]: self._again(one, writer) for one in _kept(store) if self._in(one)}

    def _is_over(self) -> pl.Expr:
        return (pl.col("checked_at") < self.before) | pl.col("run_id").is_in(list(self.runs))

    def _in(self, snapshot: Snapshot) -> int:
        has_number = pl.any_horizontal(pl.col(NUMBERS).is_not_null())
        told = snapshot.table(RESULTS).filter(self._is_over() & has_number)
        return int(told.select(pl.len()).collect().item())

    def _again(self, snapshot: Snapshot, writer: Writer) -> int:
        own = Writer(writer.store, uuid.uuid4().hex[:12])
        own.staging.mkdir(parents=True)
        own.write(
            RESULTS, snapshot.table(RESULTS).with_columns(pl.when(~self._is_over()).then(pl.col(NUMBERS)).name.keep())
        )
        return own.commit_tables()[RESULTS]


def _kept(store: Store) -> list[Snapshot]:
    """One run for each version of the table whose files stay."""
    there = set(store.kept_versions().get(RESULTS, ()))
    runs = (Snapshot(store.folder, run) for run in store.runs().iter_rows(named=True))
    return list({one.versions[RESULTS]: one for one in runs if one.versions.get(RESULTS) in there}.values())
