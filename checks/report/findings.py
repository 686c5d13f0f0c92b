"""What is known of a check's failing rows beside their number: since when, how many are new, what stewards decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from checks.run import Outcome


@dataclass(frozen=True)
class Findings:
    """Counts only. `since`: when the oldest open one was first seen; `new`: null the first time the check is asked."""

    open: int = 0
    new: int | None = None
    assigned: int = 0
    accepted: int = 0
    since: datetime | None = None


def findings_of(outcome: Outcome, municipality: str | None) -> dict[str, Findings]:
    """Open findings by check, of a municipality or of all."""
    rows = outcome.snapshot.table("check_failures").filter(pl.col("still_open"))
    if municipality is not None:
        rows = rows.filter(pl.col("municipality_code") == municipality)
    is_new = pl.col("first_seen") == outcome.results["checked_at"].max()
    counted = rows.group_by("check_id").agg(
        pl.len().cast(pl.Int64).alias("open"),
        is_new.sum().cast(pl.Int64).alias("new"),
        pl.col("assigned_to").is_not_null().sum().cast(pl.Int64).alias("assigned"),
        pl.col("accepted_until").is_not_null().sum().cast(pl.Int64).alias("accepted"),
        pl.col("first_seen").min().alias("since"),
    )
    before = _asked_before(outcome)
    rows_of = {row[0]: Findings(*row[1:]) for row in counted.collect().iter_rows()}
    return {name: told if name in before else replace(told, new=None) for name, told in rows_of.items()}


def _asked_before(outcome: Outcome) -> set[str]:
    """Checks that have a result from before this one: of any other nobody knows what is new."""
    times = outcome.snapshot.table("check_results").group_by("check_id").agg(pl.col("checked_at").n_unique())
    return set(times.filter(pl.col("checked_at") > 1).collect()["check_id"])
