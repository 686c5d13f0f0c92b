"""Who has not reported, and since when: municipality by municipality in each delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from dashboards.quality.months import LACKING, Strip

KEYS = ("delivery", "municipality_code")
WORST_FIRST = ("missing", "declared_incomplete", "reported", "too_few_to_say")
"""Of several deliveries in one month: a municipality that lacks one has not reported all."""


def missing_now(reporting: pl.DataFrame) -> pl.DataFrame:
    """`delivery, municipality_code, since, months`: those whose last months are missing, the longest first.

    Months with too few rows to say anything neither begin such a run nor end it. A month that is said to be incomplete
    has come. Where nothing has ever come, `since` is the first month that was looked at.
    """
    known = reporting.filter(pl.col("state") != "too_few_to_say").sort("month")
    is_missing = pl.col("state") == "missing"
    last_told = pl.col("month").filter(~is_missing).max()
    after = is_missing & (pl.col("month") > last_told.fill_null(date.min))
    found = known.group_by(KEYS).agg(
        pl.col("month").filter(after).min().alias("since"), after.sum().cast(pl.Int64).alias("months")
    )
    return found.filter(pl.col("months") > 0).sort("since", "months", *KEYS, descending=[False, True, False, False])


def by_delivery(reporting: pl.DataFrame) -> pl.DataFrame:
    """`delivery, reported, expected, municipalities, lacking`: months by delivery, those that lack most first.

    `municipalities`: in which something was to be expected; `lacking`: those of them with a month that is not there.
    """
    is_expected = pl.col("state").is_in([*LACKING, "reported"])
    is_lacking, municipality = pl.col("state").is_in(LACKING), pl.col("municipality_code")
    counted = reporting.group_by("delivery").agg(
        (pl.col("state") == "reported").sum().cast(pl.Int64).alias("reported"),
        is_expected.sum().cast(pl.Int64).alias("expected"),
        municipality.filter(is_expected).n_unique().cast(pl.Int64).alias("municipalities"),
        municipality.filter(is_lacking).n_unique().cast(pl.Int64).alias("lacking"),
    )
    return counted.sort(pl.col("expected") - pl.col("reported"), "delivery", descending=[True, False])


def of_all_deliveries(reporting: pl.DataFrame) -> pl.DataFrame:
    """`municipality_code, month, state`: of all deliveries of a month the state that needs eyes most."""
    order = pl.Enum(WORST_FIRST)
    worst = pl.col("state").cast(order).sort().first().cast(pl.String)
    return reporting.group_by("municipality_code", "month").agg(worst.alias("state"))


def strips_of(reporting: pl.DataFrame, codes: Sequence[str], months: Sequence[date]) -> list[Strip]:
    """A strip for each of the municipalities, in their order; null where the delivery has no such month there."""
    told = {(code, month): state for code, month, state in
            reporting.select("municipality_code", "month", "state").iter_rows()}  # fmt: skip
    return [Strip(code, tuple(told.get((code, month)) for month in months)) for code in codes]
