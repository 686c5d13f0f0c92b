"""Rows, rows that a claim is about, and rows that break it: all checks of a frame in one pass of plain Polars."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import polars as pl

from checks.declared import Check
from checks.faults import Fault

Counted = TypeVar("Counted")

COUNTS: dict[str, pl.DataType] = {
    "check_id": pl.String(),
    "rows": pl.Int64(),
    "applicable": pl.Int64(),
    "failing": pl.Int64(),
}
VALIDATED = COUNTS | {"listed": pl.Int64(), "error": pl.String()}
"""`listed`: failing rows whose keys were fetched; `error`: why the check could not be calculated."""

COUNTS_BY_MUNICIPALITY = COUNTS | {"municipality_code": pl.String()}


def counted(rows: pl.LazyFrame, checks: Sequence[Check]) -> pl.DataFrame:
    """The counts of each check over all rows."""
    found = _flags(rows, checks, []).select(pl.len(), pl.all().sum()).collect(engine="streaming")
    return _one_row_per_check(found, checks, COUNTS)


def counted_by_municipality(
    rows: pl.LazyFrame, column: str, checks: Sequence[Check], *, flawless: Collection[str] = ()
) -> pl.DataFrame:
    """The counts of each check per municipality, by one group-by; rows of no known municipality are left out.

    `flawless`: ids of checks that are known to fail nowhere, whose failing rows are not counted again.
    """
    municipality = pl.col(column).cast(pl.String).alias("municipality_code")
    found = (
        _flags(rows, checks, [municipality], flawless)
        .filter(pl.col("municipality_code").is_not_null())
        .group_by("municipality_code")
        .agg(pl.len(), pl.all().sum())
        .sort("municipality_code")
        .collect(engine="streaming")
    )
    nothing = [pl.lit(0).alias(f"{number} failing") for number, check in enumerate(checks) if check.id in flawless]
    return _one_row_per_check(found.with_columns(nothing), checks, COUNTS_BY_MUNICIPALITY)


def _flags(
    rows: pl.LazyFrame, checks: Sequence[Check], beside: Sequence[pl.Expr], flawless: Collection[str] = ()
) -> pl.LazyFrame:
    """Two flags per check and row, made before anything is grouped: a rule may look at other rows."""
    flags = [
        expression.alias(f"{number} {what}")
        for number, check in enumerate(checks)
        for what, expression in (("applicable", check.is_applicable), ("failing", check.is_failing))
        if what == "applicable" or check.id not in flawless
    ]
    return rows.with_columns(flags).select(*beside, *(pl.col(flag.meta.output_name()) for flag in flags))


def _one_row_per_check(found: pl.DataFrame, checks: Sequence[Check], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    parts = [
        found.select(
            pl.lit(check.id).alias("check_id"),
            pl.col("len").alias("rows"),
            pl.col(f"{number} applicable").alias("applicable"),
            pl.col(f"{number} failing").alias("failing"),
            *(name for name in schema if name not in COUNTS),
        )
        for number, check in enumerate(checks)
    ]
    return pl.concat([pl.DataFrame(schema=schema), *(part.cast(schema) for part in parts)])  # type: ignore[arg-type]


def each_on_its_own(
    checks: Sequence[Check], attempt: Callable[[Sequence[Check]], Counted]
) -> tuple[list[Counted], dict[str, str]]:
    """All checks at once; if that stops, in halves, until only a check that stops it is left out.

    The errors are Faults as they are kept: a library's own words may quote values of rows.
    """
    if not checks:
        return [], {}
    try:
        return [attempt(checks)], {}
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as fault:
        if len(checks) == 1:
            return [], {checks[0].id: str(Fault("rule_stopped", checks[0].frame, type(fault).__name__))}
    middle = len(checks) // 2
    counted_first, faults_first = each_on_its_own(checks[:middle], attempt)
    counted_last, faults_last = each_on_its_own(checks[middle:], attempt)
    return counted_first + counted_last, faults_first | faults_last
