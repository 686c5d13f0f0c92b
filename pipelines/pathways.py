"""The course that knowledge took for each exposed child: never carried, lost, late, or early and unbroken."""

from __future__ import annotations

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference

NEVER, LOST, LATE, EARLY, NONE_OF_THESE = "never", "lost", "late", "early", "none_of_these"
PATHWAYS = (NEVER, LOST, LATE, EARLY)
"""In the order in which they are tried: the first that fits is the child's."""

OTHERS = "others"
"""Children who are not known to be exposed: they have no pathway and stand beside the others for comparison only."""

PATHWAY = pl.Enum((*PATHWAYS, NONE_OF_THESE, OTHERS))
DISCOVERED = ("registered", "on_child_record", "handed_over")
CARRIED = ("handed_over", "carried_in_record", "carried_at_move", "carried_at_transition")


def pathways(
    exposed: pl.LazyFrame,
    obligations: pl.LazyFrame,
    support_records: pl.LazyFrame,
    children: pl.LazyFrame,
    reference: Reference,
) -> pl.LazyFrame:
    """`child_id, pathway` of every exposed child, as it stands on the as-of date of the tables.

    A child that fits none of the four (nothing lost or late, but not registered, or excused, or not due yet) is
    `none_of_these`: it is not forced into a type.
    """
    return (
        exposed.select("child_id", "first_evidence_date")
        .join(children.select("child_id", "birth_date"), on="child_id")
        .join(_by_child(obligations), on="child_id", how="left")
        .join(_in_records(support_records, reference), on="child_id", how="left")
        .with_columns(pl.col(pl.Boolean).fill_null(value=False))
        .select("child_id", _pathway().alias("pathway"))
    )


def _pathway() -> pl.Expr:
    """First match. Evidence on the day of birth is not after it."""
    after_birth = (pl.col("first_evidence_date") > pl.col("birth_date")).fill_null(value=False)
    return (
        pl.when(pl.col("has_record") & ~pl.col("is_carried"))
        .then(pl.lit(NEVER, dtype=PATHWAY))
        .when("has_gap")
        .then(pl.lit(LOST, dtype=PATHWAY))
        .when(after_birth | pl.col("has_late"))
        .then(pl.lit(LATE, dtype=PATHWAY))
        .when("all_met")
        .then(pl.lit(EARLY, dtype=PATHWAY))
        .otherwise(pl.lit(NONE_OF_THESE, dtype=PATHWAY))
    )


def _by_child(obligations: pl.LazyFrame) -> pl.LazyFrame:
    """Whether something is lost (kinds 3-6), late or all met (kinds 1-3).

    All met: every obligation of kinds 1-3 that exists, and one does. A child that died before any of them began has
    met none.
    """
    kind, status = pl.col("kind").cast(pl.String), pl.col("status").cast(pl.String)
    discovered = kind.is_in(DISCOVERED)
    return (
        obligations.filter(kind.is_in({*DISCOVERED, *CARRIED}))
        .group_by("child_id")
        .agg(
            (kind.is_in(CARRIED) & status.is_in(e.GAP_STATUSES)).any().alias("has_gap"),
            (discovered & (status == "late")).any().alias("has_late"),
            (discovered.any() & (~discovered | (status == "met")).all()).alias("all_met"),
        )
    )


def _in_records(support_records: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Whether a record exists that should carry the exposure, and whether any record at all carries it.

    A record of a type that carries nothing (`other`) is no sign that knowledge was lost; where it says the exposure all
    the same, the exposure is carried.
    """
    carrying = reference.record_types.filter("carries_exposure")["record_type"].to_list()
    return support_records.group_by("child_id").agg(
        pl.col("record_type").cast(pl.String).is_in(carrying).any().alias("has_record"),
        (pl.col("exposure_status").cast(pl.String) == "recorded").fill_null(value=False).any().alias("is_carried"),
    )
