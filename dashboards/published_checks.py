"""What pages read of the checks: the latest result of each, their history, and the steward's own findings. Scope first.

Statuses are for everybody. Numbers of a municipality are its steward's; those of the country are shown where neither
they nor what they leave over (beside the steward's own) is small, and never to leaders.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from dashboards import suppression
from dashboards.published import Source, threshold
from dashboards.scope import COUNTRY, Place, Scope

EVERYWHERE = COUNTRY.code
"""In `place`: the result over all municipalities."""

NUMBERS = ("rows", "applicable", "failing", "share", "accepted", "listed")
RESULT = ("check_id", "frame", "place", "is_by_place", "status", "severity", "threshold", "checked_at")
FINDING = ("check_id", "row_key", "first_seen", "accepted_until", "accepted_reason", "assigned_to", "state")
FINDING_STATES = ("open", "assigned", "accepted")


def open_checks(path: Path) -> Source | None:
    """The last finished check of a store; none when nothing was checked, or when it does not say that it is sample."""
    from pipelines.store import Store

    checked: Source | None = Store(path).last("check")
    return checked if checked is not None and checked.run.get("is_sample") is True else None


def has_judged(checks: Source, run_id: str) -> bool:
    """Whether these are results of the run that the pages show, or of an earlier one."""
    rows = checks.table("check_results").filter(pl.col("run_id") == run_id).head(1)
    return not rows.collect().is_empty()


def results(checks: Source, scope: Scope) -> pl.DataFrame:
    """The latest result of every check in every place of the scope (`RESULT` and `NUMBERS`).

    A check that was left out of the last run (it was for one table) keeps its result of the run before. `is_by_place`
    says that it was counted for municipalities at all.
    """
    is_latest = pl.col("checked_at") == pl.col("checked_at").max().over("check_id")
    is_by_place = pl.col("municipality_code").is_not_null().any().over("check_id")
    rows = checks.table("check_results").filter(is_latest).with_columns(is_by_place.alias("is_by_place"))
    kept = _with_numbers_for(_in_scope(rows, scope), scope)
    return kept.select(*RESULT, *NUMBERS).sort("check_id", "place").collect()


def of_run(checks: Source, scope: Scope, run_id: str, place: str) -> pl.DataFrame:
    """`check_id, place, status, checked_at` of this very run, everywhere and in one place of the scope: no number."""
    scope.require((COUNTRY if place == EVERYWHERE else Place("municipality", place),))
    return (
        checks.table("check_results")
        .filter(pl.col("run_id") == run_id)
        .with_columns(pl.col("municipality_code").fill_null(EVERYWHERE).alias("place"))
        .filter(pl.col("place").is_in([EVERYWHERE, place]))
        .select("check_id", "place", "status", "checked_at")
        .sort("check_id", "place")
        .collect()
    )


def history(checks: Source, scope: Scope) -> pl.DataFrame:
    """Checks by status in the whole country in every run, oldest first: `run_id, checked_at, status, checks`."""
    rows = _of_scope(checks, scope).filter(pl.col("place") == EVERYWHERE)
    return (
        rows.with_columns(pl.col("checked_at").max().over("run_id"))
        .group_by("run_id", "checked_at", "status")
        .agg(pl.len().cast(pl.Int64).alias("checks"))
        .sort("checked_at", "run_id", "status")
        .collect()
    )


def history_of(checks: Source, scope: Scope, check_id: str) -> pl.DataFrame:
    """One check in every run, oldest first: `checked_at, place, status`, and `failing` for the steward's own rows."""
    rows = _of_scope(checks, scope).filter(pl.col("check_id") == check_id)
    own = EVERYWHERE if scope.municipality_code is None else scope.municipality_code
    counts = pl.when(pl.lit(scope.role == "steward") & (pl.col("place") != EVERYWHERE)).then(pl.col("failing"))
    return (
        rows.filter(pl.col("place").is_in([EVERYWHERE, own]))
        .select("checked_at", "place", "status", counts.alias("failing"))
        .sort("checked_at", "place")
        .collect()
    )


def failing_by_municipality(checks: Source, scope: Scope, check_id: str) -> pl.DataFrame:
    """Where a check finds something: `place, status, failing`, by status and size.

    For national coordination `failing` is null where it is small or would give a small one away; a municipality reads
    itself.
    """
    own = results(checks, scope).filter((pl.col("check_id") == check_id) & (pl.col("place") != EVERYWHERE))
    if scope.role != "national":
        return own.select("place", "status", "failing")
    rows = _of_scope(checks, scope).filter((pl.col("check_id") == check_id) & (pl.col("place") != EVERYWHERE))
    latest = rows.filter(pl.col("checked_at") == pl.col("checked_at").max()).collect()
    found = latest.filter(pl.col("failing") > 0).sort(["failing", "place"], descending=[True, False])
    is_shown = pl.Series(suppression.shown_parts(found["failing"].to_list(), threshold()), dtype=pl.Boolean)
    shown = found.with_columns(pl.when(is_shown).then(pl.col("failing")).alias("failing"))
    return shown.select("place", "status", "failing").sort(
        "failing", "place", descending=[True, False], nulls_last=True
    )


def findings(checks: Source, scope: Scope) -> pl.DataFrame:
    """Open findings of the steward's own municipality (`FINDING`), the oldest first.

    `state` is `accepted` up to and with the last day of the acceptance, as of the day of the check; then it is open
    again.
    """
    code = scope.require_rows()
    checked: date = checks.run["finished_at"].date()
    rows = checks.table("check_failures").filter(pl.col("still_open") & (pl.col("municipality_code") == code))
    return (
        rows.with_columns(pl.col("first_seen").cast(pl.Date), pl.col("accepted_until").cast(pl.Date))
        .with_columns(_state(checked).alias("state"))
        .select(FINDING)
        .sort("first_seen", "check_id", "row_key")
        .collect()
    )


def _state(checked: date) -> pl.Expr:
    is_accepted = (pl.col("accepted_until") >= checked).fill_null(value=False)
    is_assigned = pl.col("assigned_to").is_not_null()
    return (
        pl.when(is_accepted)
        .then(pl.lit("accepted"))
        .when(is_assigned)
        .then(pl.lit("assigned"))
        .otherwise(pl.lit("open"))
    )


def _of_scope(checks: Source, scope: Scope) -> pl.LazyFrame:
    return _in_scope(checks.table("check_results"), scope)


def _in_scope(results: pl.LazyFrame, scope: Scope) -> pl.LazyFrame:
    """Rows of the scope with `place`: a municipality, or everywhere."""
    rows = results.with_columns(pl.col("municipality_code").fill_null(EVERYWHERE).alias("place"))
    if scope.role == "national":
        return rows
    return rows.filter(pl.col("place").is_in([EVERYWHERE, scope.municipality_code]))


def _with_numbers_for(rows: pl.LazyFrame, scope: Scope) -> pl.LazyFrame:
    """Numbers where the scope may read them; null elsewhere."""
    is_country = pl.col("place") == EVERYWHERE
    is_own = pl.lit(scope.role == "steward") & ~is_country
    failing, passing = pl.col("failing"), pl.col("applicable") - pl.col("failing")
    elsewhere = [part - pl.when(is_own).then(part).sum().over("check_id") for part in (failing, passing)]
    small = [suppression.is_small(part, threshold()) for part in (failing, passing, *elsewhere)]
    may = pl.lit(scope.role != "leader") & (is_own | (is_country & ~pl.any_horizontal(small)))
    return rows.with_columns(pl.when(may).then(pl.col(name)).alias(name) for name in NUMBERS)
