"""The closed lists as Polars types: small numbers inside, words outside."""

from __future__ import annotations

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference

KIND = pl.Enum(e.KINDS)
STATUS = pl.Enum(e.STATUSES)
REASON = pl.Enum((*e.EXCUSES, *e.LOSS_REASONS))
SECTOR = pl.Enum(e.SECTORS)
SEVERITY = pl.Enum(e.SEVERITIES)


def municipality(reference: Reference) -> pl.Enum:
    """The codes that a record may carry."""
    return pl.Enum(reference.municipality_codes)


def measure(reference: Reference) -> pl.Enum:
    """Every measure: a kind, a transition, or a milestone of the schedule."""
    kinds = [kind for kind in e.KINDS if kind not in ("carried_at_transition", "follow_up")]
    return pl.Enum([*kinds, *transitions(reference), *milestones(reference)])


def transitions(reference: Reference) -> list[str]:
    """`carried_at_transition:school_start` and so on."""
    rows = reference.deadlines.filter(pl.col("transition").is_not_null())
    return rows.select(pl.concat_str("kind", pl.lit(":"), "transition")).to_series().to_list()


def milestones(reference: Reference) -> list[str]:
    """`programme:contact_code` of every schedule row."""
    return reference.schedule.select(pl.concat_str("programme", pl.lit(":"), "contact_code")).to_series().to_list()


def recommendation(reference: Reference) -> pl.Enum:
    """The recommendations that the reference files name."""
    named = pl.concat([frame["recommendation"] for frame in (reference.schedule, reference.deadlines)])
    return pl.Enum(named.drop_nulls().unique().sort())
