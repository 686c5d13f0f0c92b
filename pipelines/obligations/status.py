"""The status algebra, common to all kinds, and who is responsible."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions import lists

OBLIGATIONS = (
    "child_id",
    "pregnancy_id",
    "kind",
    "measure",
    "subject_id",
    "trigger_date",
    "due_date",
    "met_date",
    "status",
    "reason",
    "found_date",
    "municipality_code",
    "sector",
    "severity",
    "recommendation",
)


def decided(drafts: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Drafts with their excuses looked up become obligations: status, reason, responsible municipality."""
    return (
        drafts.with_columns(status(as_of).alias("status"))
        .with_columns(
            reason().alias("reason"),
            pl.when(pl.col("status").is_in(e.GAP_STATUSES)).then("found_date").alias("found_date"),
            responsible().alias("municipality_code"),
        )
        .select(OBLIGATIONS)
    )


def status(as_of: date) -> pl.Expr:
    """First that fits, in the order of the specification. On its due date an obligation is not yet overdue."""
    due, met = pl.col("due_date"), pl.col("met_date")
    return (
        pl.when(met <= due)
        .then(pl.lit("met", dtype=lists.STATUS))
        .when(met > due)
        .then(pl.lit("late", dtype=lists.STATUS))
        .when(pl.col("excuse").is_not_null())
        .then(pl.lit("excused", dtype=lists.STATUS))
        .when(due >= as_of)
        .then(pl.lit("not_due", dtype=lists.STATUS))
        .when(pl.col("is_denied"))
        .then(pl.lit("contradicted", dtype=lists.STATUS))
        .otherwise(pl.lit("overdue", dtype=lists.STATUS))
    )


def excuse_of_child(as_of: date) -> pl.Expr:
    """Died on or before the due date; or due by `as_of` and living in no municipality then (with some spell known)."""
    died = (pl.col("death_date") <= pl.col("due_date")).fill_null(value=False)
    away = (pl.col("due_date") <= as_of) & ~pl.col("is_resident") & pl.col("has_spell")
    return (
        pl.when(died)
        .then(pl.lit("died", dtype=lists.REASON))
        .when(away)
        .then(pl.lit("not_resident", dtype=lists.REASON))
        .alias("excuse")
    )


def excuse_of_pregnancy() -> pl.Expr:
    """The pregnancy was lost, or ended in a stillbirth, on or before the due date."""
    lost = pl.col("outcome").is_in(["loss", "stillbirth"])
    ended = (pl.col("end_date") <= pl.col("due_date")).fill_null(value=False)
    return pl.when(lost & ended).then(pl.lit("pregnancy_ended", dtype=lists.REASON)).alias("excuse")


def reason() -> pl.Expr:
    """Why excused, or why lost; null for every other status."""
    return (
        pl.when(pl.col("status") == "excused")
        .then(pl.col("excuse"))
        .when(pl.col("status") == "overdue")
        .then(pl.col("loss_reason"))
    )


def responsible() -> pl.Expr:
    """The kind's own municipality, else by residence, else the pregnancy's, else null."""
    by_residence = pl.coalesce("residence_code", "pregnancy_municipality_code")
    return pl.when("has_own_municipality").then("own_municipality_code").otherwise(by_residence)


def alive_on_trigger() -> pl.Expr:
    """An obligation exists only for a child alive on the trigger date."""
    return (pl.col("death_date") >= pl.col("trigger_date")).fill_null(value=True)
