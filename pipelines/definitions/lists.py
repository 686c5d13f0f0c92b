"""The closed lists as Polars types: small numbers inside, words outside."""

from __future__ import annotations

import polars as pl

from pipelines.definitions import enumerations as e

KIND = pl.Enum(e.KINDS)
STATUS = pl.Enum(e.STATUSES)
REASON = pl.Enum((*e.EXCUSES, *e.LOSS_REASONS))
SECTOR = pl.Enum(e.SECTORS)
SEVERITY = pl.Enum(e.SEVERITIES)
