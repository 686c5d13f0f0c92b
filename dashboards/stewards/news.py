"""What changed for a steward between two runs, and since which run it can be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import polars as pl

from checks.days import danish_day
from dashboards.opening import Source
from pipelines.gap_decisions import ABOUT, with_decisions

SOON = timedelta(days=30)
"""How far ahead what falls due, and what is accepted no longer, is told."""

Why = Literal["last_visit", "chosen", "first_visit", "not_kept", "no_new_run", "only_run"]


@dataclass(frozen=True)
class Since:
    """The run that the last one is compared with, and why that one. `before` is null when nothing can be compared."""

    before: Source | None
    why: Why
    moment: datetime | None

    @property
    def day(self) -> date | None:
        """The day, in Denmark, since which news are told."""
        return danish_day(self.moment) if self.moment else None


@dataclass(frozen=True)
class Changes:
    """Gaps that are new, that are gone, and that have become critical (as they are now)."""

    new: pl.DataFrame
    closed: pl.DataFrame
    graver: pl.DataFrame


def since_last_visit(now: Source, earlier: Sequence[Source], visited: datetime | None) -> Since:
    """The run that the reader saw last time: the latest that had finished by then.

    `earlier`: runs whose tables are kept, the latest first. On a first visit the run before; when the run of the last
    visit is kept no more, the oldest that is.
    """
    if visited is None:
        return Since(earlier[0], "first_visit", _finished(earlier[0])) if earlier else Since(None, "only_run", None)
    if _finished(now) <= visited:
        return Since(None, "no_new_run", visited)
    seen = next((run for run in earlier if _finished(run) <= visited), None)
    if seen is not None:
        return Since(seen, "last_visit", visited)
    return Since(earlier[-1], "not_kept", _finished(earlier[-1])) if earlier else Since(None, "only_run", visited)


def since_run(run: Source) -> Since:
    """As the reader chose."""
    return Since(run, "chosen", _finished(run))


def _finished(run: Source) -> datetime:
    finished: datetime = run.run["finished_at"]
    return finished


def changes(now: pl.DataFrame, before: pl.DataFrame) -> Changes:
    """Two worklists compared by whom and what each gap is about; both with `severity`."""
    about = list(ABOUT)
    known = before.select(*about, pl.col("severity").cast(pl.String).alias("_was"))
    both = now.join(known, on=about, how="inner", nulls_equal=True, maintain_order="left")
    became = (pl.col("severity").cast(pl.String) == "critical") & (pl.col("_was") != "critical")
    return Changes(
        now.join(known, on=about, how="anti", nulls_equal=True, maintain_order="left"),
        before.join(now, on=about, how="anti", nulls_equal=True, maintain_order="left"),
        both.filter(became).drop("_was"),
    )


def by_colleagues(history: pl.DataFrame, since: datetime | None, who: str) -> pl.DataFrame:
    """Decisions of others since a moment, one row per decision: who, when, what, how many gaps; the latest first."""
    others = history.filter(pl.col("decided_by") != who)
    later = others if since is None else others.filter(pl.col("decided_at") > since)
    keys = ["decided_at", "decided_by", "decision", "until", "text", "assigned_to"]
    return later.group_by(keys).agg(pl.len().cast(pl.Int64).alias("gaps")).sort("decided_at", descending=True)


def come_back(gaps: pl.DataFrame, before: pl.DataFrame, history: pl.DataFrame, day: date) -> pl.DataFrame:
    """Gaps (with decisions) whose acceptance held on a day, for what the run before had found, and holds no more."""
    held = with_decisions(before, history, day).filter(pl.col("accepted_until").is_not_null())
    return gaps.filter("is_back").join(
        held.select(*ABOUT), on=list(ABOUT), how="semi", nulls_equal=True, maintain_order="left"
    )


def running_out(gaps: pl.DataFrame, today: date) -> pl.DataFrame:
    """Gaps (with decisions) that are accepted only a little longer, the first first."""
    return gaps.filter(pl.col("accepted_until") <= today + SOON).sort("accepted_until", maintain_order=True)
