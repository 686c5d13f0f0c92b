"""What every obligation is made of before its status is known; a kind makes rows of this shape, the rest is common."""

from __future__ import annotations

import polars as pl

from pipelines.definitions import lists
from pipelines.definitions.reference import Reference


def columns(reference: Reference) -> dict[str, pl.DataType]:
    """The common shape. `subject_id` is null when the subject is the child, the pregnancy or the measure itself.

    `loss_reason` is the reason that holds if the obligation turns out overdue, `found_date` the day of what was found
    instead. `own_municipality_code` is there for kinds whose responsible municipality does not follow from residence.
    """
    return {
        "child_id": pl.Int64(),
        "pregnancy_id": pl.Int64(),
        "kind": lists.KIND,
        "measure": reference.measures,
        "subject_id": pl.String(),
        "trigger_date": pl.Date(),
        "due_date": pl.Date(),
        "met_date": pl.Date(),
        "is_denied": pl.Boolean(),
        "loss_reason": lists.REASON,
        "found_date": pl.Date(),
        "own_municipality_code": reference.municipality,
        "has_own_municipality": pl.Boolean(),
        "sector": lists.SECTOR,
        "severity": lists.SEVERITY,
        "recommendation": reference.recommendation,
    }


def draft(rows: pl.LazyFrame, reference: Reference, **values: pl.Expr) -> pl.LazyFrame:
    """The rows in the common shape, and what a kind says beside it; what it does not say is null (or false)."""
    common = columns(reference)
    shaped = (
        values.get(name, pl.lit(False if dtype == pl.Boolean() else None)).cast(dtype).alias(name)
        for name, dtype in common.items()
    )
    beside = (value.alias(name) for name, value in values.items() if name not in common)
    return rows.select(*shaped, *beside)


def reason(name: str) -> pl.Expr:
    """One of the reasons, as its type."""
    return pl.lit(name, dtype=lists.REASON)


def declared(reference: Reference, kind: str, transition: str | None = None) -> dict[str, pl.Expr]:
    """The columns that a row of `deadlines.csv` decides: kind, measure, severity, recommendation."""
    row = reference.deadline(kind, transition)
    return {
        "kind": pl.lit(kind, dtype=lists.KIND),
        "measure": pl.lit(f"{kind}:{transition}" if transition else kind, dtype=reference.measures),
        "severity": pl.lit(row["severity"], dtype=lists.SEVERITY),
        "recommendation": pl.lit(row["recommendation"], dtype=reference.recommendation),
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
        .then(reason("not_confirmed"))
        .when(pl.col("left_out_date").is_not_null())
        .then(reason("exposure_left_out"))
        .otherwise(reason("no_handover"))
    )


def handover_found() -> pl.Expr:
    """The day on which the hand-over of `handover_reason` was sent."""
    return pl.coalesce("unconfirmed_date", "left_out_date")


def not_met_by_first_knowers_alone() -> pl.Expr:
    """False when every first knower is a hand-over that itself meets the obligation: nobody knew anything to carry."""
    return pl.col("meeting_first_knowers").fill_null(0) < pl.col("first_knowers")
