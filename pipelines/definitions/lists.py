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


def recommendation(reference: Reference) -> pl.Enum:
    """The recommendations that the reference files name."""
    named = pl.concat([frame["recommendation"] for frame in (reference.schedule, reference.deadlines)])
    return pl.Enum(named.drop_nulls().unique().sort())
