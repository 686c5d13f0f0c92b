"""What checks of a store named, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from checks.defects.found import Named


def named_before(statuses: Sequence[tuple[str, str, str]], failures: Sequence[tuple[str, str]]) -> Named:
    return Named(
        pl.DataFrame(statuses, schema=["check_id", "status", "severity"], orient="row"),
        pl.DataFrame(failures, schema={"check_id": pl.String, "row_key": pl.String}, orient="row"),
        keys={},
        pseudonyms=pl.Series([], dtype=pl.String),
    )
