"""The edge: tables as the specification names them, with pseudonyms instead of surrogates."""

from __future__ import annotations

import polars as pl

from pipelines.identity import with_pseudonyms
from pipelines.store import Snapshot

EVIDENCE = ("child_id", "source", "source_id", "evidence_date", "known_date", "certainty", "substance")
EXPOSED = (
    "child_id",
    "first_evidence_date",
    "first_known_date",
    "certainty",
    "substance_group",
    "known_before_birth",
)
OBLIGATIONS = (
    "child_id",
    "pregnancy_id",
    "kind",
    "subject_id",
    "trigger_date",
    "due_date",
    "met_date",
    "status",
    "reason",
    "municipality_code",
    "sector",
    "severity",
    "recommendation",
)
GAPS = (*OBLIGATIONS, "measure", "found_date", "age_days")


def as_specified(table: str, snapshot: Snapshot) -> pl.LazyFrame:
    """A table of a run as the world outside knows it."""
    identities = snapshot.table("identities")
    edges = {"evidence": evidence, "exposed": exposed, "obligations": obligations, "gaps": gaps}
    rows = snapshot.table(table)
    return edges[table](rows, identities) if table in edges else rows


def evidence(rows: pl.LazyFrame, identities: pl.LazyFrame) -> pl.LazyFrame:
    """`source_id` is the row's key; for a diagnosis `person_id|sks_code|diagnosed_date`."""
    of_diagnosis = pl.concat_str(
        "person_id", "sks_code", pl.col("diagnosed_date").dt.to_string("%Y-%m-%d"), separator="|"
    )
    named = with_pseudonyms(rows, identities, "child_id", "person")
    named = with_pseudonyms(named, identities, "person_id", "person")
    return named.with_columns(pl.coalesce("source_id", of_diagnosis).alias("source_id")).select(EVIDENCE)


def exposed(rows: pl.LazyFrame, identities: pl.LazyFrame) -> pl.LazyFrame:
    """One row per exposed child."""
    return with_pseudonyms(rows, identities, "child_id", "person").select(EXPOSED)


def obligations(rows: pl.LazyFrame, identities: pl.LazyFrame) -> pl.LazyFrame:
    """`subject_id` is the child or the pregnancy itself where the kind has no other subject."""
    return _with_subject(rows, identities).select(OBLIGATIONS)


def gaps(rows: pl.LazyFrame, identities: pl.LazyFrame) -> pl.LazyFrame:
    """The worklist: obligations in gap, with the measure, what was found, and the age in days."""
    return _with_subject(rows, identities).select(GAPS)


def _with_subject(rows: pl.LazyFrame, identities: pl.LazyFrame) -> pl.LazyFrame:
    named = with_pseudonyms(rows, identities, "child_id", "person")
    named = with_pseudonyms(named, identities, "pregnancy_id", "pregnancy")
    of_follow_up = pl.when(pl.col("kind") == "follow_up").then(pl.col("measure").cast(pl.String))
    return named.with_columns(
        pl.coalesce("subject_id", of_follow_up, "child_id", "pregnancy_id").alias("subject_id"),
        pl.col("kind", "status", "reason", "municipality_code", "sector", "severity", "recommendation").cast(pl.String),
    )
