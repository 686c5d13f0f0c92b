"""What every obligation is made of before its status is known. One kind makes rows of this shape, the rest is common."""

from __future__ import annotations

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference

COLUMNS: dict[str, pl.Expr] = {
    "child_id": pl.lit(None, pl.Int64),
    "pregnancy_id": pl.lit(None, pl.Int64),
    "kind": pl.lit(None, pl.Enum(e.KINDS)),
    "measure": pl.lit(None, pl.String),
    "subject_id": pl.lit(None, pl.String),
    "trigger_date": pl.lit(None, pl.Date),
    "due_date": pl.lit(None, pl.Date),
    "met_date": pl.lit(None, pl.Date),
    "is_denied": pl.lit(value=False),
    "loss_reason": pl.lit(None, pl.Enum(e.LOSS_REASONS)),
    "found_date": pl.lit(None, pl.Date),
    "own_municipality_code": pl.lit(None, pl.String),
    "has_own_municipality": pl.lit(value=False),
    "sector": pl.lit(None, pl.Enum(e.SECTORS)),
    "severity": pl.lit(None, pl.Enum(e.SEVERITIES)),
    "recommendation": pl.lit(None, pl.String),
}
"""`subject_id` is null when the subject is the child (or the pregnancy) itself. `loss_reason` is the reason that holds
if the obligation turns out overdue, `found_date` the day of what was found instead. `own_municipality_code` is there
for kinds whose responsible municipality does not follow from the child's residence."""


def draft(rows: pl.LazyFrame, **values: pl.Expr) -> pl.LazyFrame:
    """The rows in the common shape; what a kind does not say is null (or false)."""
    chosen = [
        values[name].cast(_dtype(default)).alias(name) if name in values else default.alias(name)
        for name, default in COLUMNS.items()
    ]
    return rows.select(chosen)


def _dtype(default: pl.Expr) -> pl.DataType:
    return pl.select(default).to_series().dtype


def declared(reference: Reference, kind: str, transition: str | None = None) -> dict[str, pl.Expr]:
    """The columns that a row of `deadlines.csv` decides: kind, measure, severity, recommendation."""
    row = reference.deadline(kind, transition)
    return {
        "kind": pl.lit(kind),
        "measure": pl.lit(f"{kind}:{transition}" if transition else kind),
        "severity": pl.lit(row["severity"]),
        "recommendation": pl.lit(row["recommendation"]),
    }


def days(reference: Reference, kind: str, transition: str | None = None) -> pl.Expr:
    """The time limit of a kind."""
    return pl.duration(days=int(str(reference.deadline(kind, transition)["days"])))


def sent_window(reference: Reference, kind: str, transition: str | None = None) -> pl.Expr:
    """How long before the trigger a hand-over may have been sent and still count."""
    return pl.duration(days=int(str(reference.deadline(kind, transition)["sent_window_days"])))


def handover_outcome(qualifying: pl.Expr) -> list[pl.Expr]:
    """Aggregates over candidate hand-overs of one obligation, where `qualifying` holds all conditions but two.

    The two are: the exposure is stated, and receipt is confirmed. Unknown counts as not stated.
    """
    stated = pl.col("has_exposure").fill_null(value=False)
    received = pl.col("received_date").is_not_null()
    return [
        pl.col("received_date").filter(qualifying & stated).min().alias("met_date"),
        pl.col("sent_date").filter(qualifying & stated & ~received).max().alias("unconfirmed_date"),
        pl.col("sent_date").filter(qualifying & ~stated).max().alias("left_out_date"),
        (qualifying & stated & received & (pl.col("sent_date") == pl.col("first_known_date")))
        .sum()
        .alias("meeting_first_knowers"),
    ]


def handover_reason() -> pl.Expr:
    """Sent but not confirmed; else sent without the exposure; else nothing was sent."""
    return (
        pl.when(pl.col("unconfirmed_date").is_not_null())
        .then(pl.lit("not_confirmed"))
        .when(pl.col("left_out_date").is_not_null())
        .then(pl.lit("exposure_left_out"))
        .otherwise(pl.lit("no_handover"))
    )


def handover_found() -> pl.Expr:
    """The day on which the hand-over of `handover_reason` was sent."""
    return pl.coalesce("unconfirmed_date", "left_out_date")


def not_met_by_first_knowers_alone() -> pl.Expr:
    """False when every first knower is a hand-over that itself meets the obligation: nobody knew anything to carry."""
    return pl.col("meeting_first_knowers").fill_null(0) < pl.col("first_knowers")
