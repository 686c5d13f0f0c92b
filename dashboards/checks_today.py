"""The latest results of checks and the open findings, as the decisions of stewards stand on a day.

Decisions are made and end between two checks. With a `today` (a day in Denmark) they count as of that day, without one
as they did when the store was checked.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.accepted import on_day
from checks.decisions import in_force, with_decisions
from checks.results import TABLES
from dashboards.opening import Source
from pipelines.errors import UserError

IS_LATEST = pl.col("checked_at") == pl.col("checked_at").max().over("check_id")
"""Of the rows of `check_results`: a check that was left out of the last run keeps its result of the run before."""


def latest(checks: Source, today: date | None) -> pl.LazyFrame:
    """The latest rows of every check, for all municipalities: not for any reader yet."""
    rows = checks.table("check_results").filter(IS_LATEST)
    if today is None or (decisions := _decisions(checks)).is_empty():
        return rows
    return on_day(rows.collect(), _table(checks, "check_failures").collect(), decisions, today).lazy()


def open_findings(checks: Source, today: date | None) -> pl.LazyFrame:
    """Open findings of all municipalities, with the decisions that hold for them."""
    rows = _table(checks, "check_failures").filter(pl.col("still_open"))
    if today is None or (decisions := _decisions(checks)).is_empty():
        return rows
    return with_decisions(rows.collect(), in_force(decisions, today)).lazy()


def _decisions(checks: Source) -> pl.DataFrame:
    """None in a store of a version that kept none beside its results."""
    try:
        return _table(checks, "check_decisions").collect()
    except UserError:
        return pl.DataFrame(schema=TABLES["check_decisions"])


def _table(checks: Source, name: str) -> pl.LazyFrame:
    """With all its columns, whatever version has written it."""
    known = pl.LazyFrame(schema=TABLES[name])
    return pl.concat([known, checks.table(name)], how="diagonal").select(list(TABLES[name]))
