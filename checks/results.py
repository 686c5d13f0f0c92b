"""Where results of checks live: three tables of the store that belong together under a row of `runs` of kind `check`.

`check_results` holds all checks of all runs, so that a trend can be read; `check_failures` the findings; and
`check_decisions` what stewards decided about them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from checks.decisions import DECISIONS
from checks.findings import FAILURES
from pipelines.progress import Progress
from pipelines.store import TAKEN_OVER, Snapshot, Store, Writer

KIND = "check"
RESULTS: dict[str, pl.DataType] = {
    "run_id": pl.String(),
    "checked_at": pl.Datetime("us", "UTC"),
    "check_id": pl.String(),
    "frame": pl.String(),
    "municipality_code": pl.String(),
    "rows": pl.Int64(),
    "applicable": pl.Int64(),
    "failing": pl.Int64(),
    "status": pl.String(),
    "share": pl.Float64(),
    "threshold": pl.Float64(),
    "severity": pl.String(),
    "error": pl.String(),
    "accepted": pl.Int64(),
    "listed": pl.Int64(),
    "target": pl.Float64(),
}
"""One row per checked run, check and municipality; `run_id` is the run or ingest whose rows were judged.

A null municipality is all rows together. A check whose rows belong to municipalities has a row of its own for each one
in the frame, unless no failing row says where it belongs. `error`: why it could not be calculated, as checks.faults
keeps it. `accepted`: failing rows that a steward has accepted. `listed`: failing rows whose keys were fetched; below
`failing` means that the rest is not in `check_failures`. `target`: what the steward's file of targets said then, for
checks against one."""

TABLES = {"check_results": RESULTS, "check_failures": FAILURES, "check_decisions": DECISIONS}
NAMES = "identities"
"""Kept beside them, so that a new secret can rename what they name."""


@dataclass(frozen=True)
class LastCheck:
    """What is known from the last check; nothing where there was none, or where a new secret has taken it away."""

    snapshot: Snapshot | None

    @staticmethod
    def of(store: Store) -> LastCheck:
        """A decision counts as a check: it belongs to the same tables."""
        return LastCheck(store.last(KIND))

    def table(self, name: str) -> pl.LazyFrame:
        """`check_results`, `check_failures` or `check_decisions`, empty where there is none."""
        nothing = pl.LazyFrame(schema=TABLES[name])
        if self.snapshot is None or name not in self.snapshot.versions:
            return nothing
        return pl.concat([nothing, self.snapshot.table(name)], how="diagonal").select(list(TABLES[name]))


def with_history(earlier: pl.LazyFrame, results: pl.DataFrame, asked: Collection[str]) -> pl.LazyFrame:
    """The results of all runs. A run that is checked again has its rows replaced: those of the checks asked now, and
    those of checks that nobody asks any more. `asked`: ids of checks that keep their rows unless there are new ones."""
    run_id = results.get_column("run_id").first()
    stays = (pl.col("run_id") != run_id) | (
        pl.col("check_id").is_in(list(asked)) & ~pl.col("check_id").is_in(results.get_column("check_id").implode())
    )
    return pl.concat([earlier if run_id is None else earlier.filter(stays), results.lazy()])


def commit(writer: Writer, run: Mapping[str, Any], progress: Progress) -> Snapshot:
    """The written tables become what `store.last("check")` finds. `run`: the row of the run that they are about."""
    stages = {stage.name: {"rows": stage.rows, "seconds": round(stage.seconds, 3)} for stage in progress.stages}
    return writer.commit(kind=KIND, stages=json.dumps(stages), **{name: run[name] for name in TAKEN_OVER})
