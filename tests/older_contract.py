"""An invented older contract, for the ways from it and back."""

from __future__ import annotations

import polars as pl

from pipelines.migrations import Change, Migration

RENAMED = Change(
    "children",
    "`weight` is called `birth_weight_g`",
    lambda rows: rows.rename({"weight": "birth_weight_g"}),
    lambda rows: rows.rename({"birth_weight_g": "weight"}),
)
ADDED = Change(
    "handovers",
    "`has_exposure` is new: unknown for rows of before",
    lambda rows: rows.with_columns(pl.lit(None, pl.Boolean).alias("has_exposure")),
    lambda rows: rows.drop("has_exposure"),
)
OLDER = (Migration("0", "1", (RENAMED, ADDED)),)
