"""Kinds 1 and 2: the exposure is registered, and it stands on the child's own record."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.obligations.draft import days, declared, draft, reason


def registered(exposed_children: pl.LazyFrame, evidence: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Due 30 days after the first evidence, never before birth; met by a registration that stands."""
    registrations = (
        evidence.filter(pl.col("source") == "registration")
        .group_by("child_id")
        .agg(pl.col("known_date").min().alias("met_date"))
    )
    by_the_region = pl.col("municipal_first_knowers") < pl.col("first_knowers")
    return draft(
        exposed_children.join(registrations, on="child_id", how="left"),
        reference,
        **declared(reference, "registered"),
        child_id=pl.col("child_id"),
        trigger_date=pl.col("first_evidence_date"),
        due_date=pl.max_horizontal("birth_date", pl.col("first_evidence_date") + days(reference, "registered")),
        met_date=pl.col("met_date"),
        loss_reason=reason("not_registered"),
        sector=pl.when(by_the_region).then(pl.lit("region")).otherwise(pl.lit("municipality")),
    )


def on_child_record(exposed_children: pl.LazyFrame, evidence: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Due 30 days after birth or first knowledge; met by what names the child itself, not only its pregnancy."""
    names_the_child = pl.col("source").is_in(reference.target.on_child_record) & (
        (pl.col("source") != "registration") | pl.col("names_child")
    )
    on_record = evidence.filter(names_the_child).group_by("child_id").agg(pl.col("known_date").min().alias("met_date"))
    trigger = pl.max_horizontal("birth_date", "first_known_date")
    return draft(
        exposed_children.join(on_record, on="child_id", how="left"),
        reference,
        **declared(reference, "on_child_record"),
        child_id=pl.col("child_id"),
        trigger_date=trigger,
        due_date=trigger + days(reference, "on_child_record"),
        met_date=pl.col("met_date"),
        loss_reason=reason("not_registered"),
        sector=pl.lit("municipality"),
    )
