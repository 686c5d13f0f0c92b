"""Notifications about unborn children stand under the mother: they find the pregnancy that she had on the day."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.sources.linking.unlinked import set_aside, tell
from pipelines.sources.reading import Reading

DELIVERY = "unborn"
LONGEST_PREGNANCY_DAYS = 300
"""How far back a pregnancy is looked for that is only known by its end, or forward by its first contact."""


def hand_on_unborn(unborn: pl.DataFrame, pregnancies: pl.DataFrame, reading: Reading) -> None:
    """A hand-over to the family department for each notification with exactly one pregnancy on its day.

    It is received the day it was sent: the municipality itself has registered it. The others are faults `not_linked`.
    """
    linked = with_pregnancy_of_the_day(unborn, pregnancies, reading.reference)
    is_found = pl.col("linked_by") == "found"
    reading.hand_on("handovers", linked.filter(is_found).select(pl.exclude("mother_id", "linked_by"), *_as_handover()))
    lost = linked.filter(~is_found)
    tell(lost, "handovers", DELIVERY, reading)
    set_aside(lost, "handovers", reading)


def with_pregnancy_of_the_day(unborn: pl.DataFrame, pregnancies: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Adds `pregnancy_id` and `linked_by`: found, ambiguous (several pregnancies on the day) or none."""
    notified = unborn.with_row_index("_at").with_columns(
        pl.col("sent_date").str.to_date("%Y-%m-%d", strict=False).alias("_day")
    )
    first, last = window_of_pregnancy(reference)
    candidates = (
        notified.select("_at", "mother_id", "_day")
        .join(pregnancies.with_columns(first.alias("_first"), last.alias("_last")), on="mother_id")
        .filter(pl.col("_day").is_between("_first", "_last"))
        .group_by("_at", maintain_order=True)
        .agg(pl.col("pregnancy_id").min(), pl.len().alias("candidates"))
    )
    linked_by = (
        pl.when(pl.col("candidates") == 1)
        .then(pl.lit("found"))
        .when(pl.col("candidates") > 1)
        .then(pl.lit("ambiguous"))
        .otherwise(pl.lit("none"))
    )
    return (
        notified.join(candidates, on="_at", how="left", maintain_order="left")
        .with_columns(linked_by.alias("linked_by"))
        .with_columns(pl.when(pl.col("candidates") == 1).then("pregnancy_id").alias("pregnancy_id"))
        .drop("_at", "_day", "candidates")
    )


def window_of_pregnancy(reference: Reference) -> tuple[pl.Expr, pl.Expr]:
    """First and last day on which a woman may be notified as pregnant; both included, null when nothing is dated.

    From the earlier of first contact and conception (by the due date), else from 300 days before the end. Until the
    end, else some weeks after the due date, else 300 days after the first contact.
    """
    contact, due, end = pl.col("first_contact_date"), pl.col("due_date"), pl.col("end_date")
    longest = pl.duration(days=LONGEST_PREGNANCY_DAYS)
    conceived = due - pl.duration(days=reference.days_of("gestation_default_days"))
    overdue = due + pl.duration(days=reference.days_of("link_after_due_days"))
    first = pl.coalesce(pl.min_horizontal(contact, conceived), end - longest)
    return first, pl.coalesce(end, overdue, contact + longest)


def _as_handover() -> list[pl.Expr]:
    return [
        pl.lit("prebirth_notification").alias("kind"),
        pl.lit("family_department").alias("to_actor"),
        pl.col("municipality_code").alias("to_municipality_code"),
        pl.col("sent_date").alias("received_date"),
        pl.lit("notification").alias("legal_basis"),
    ]
