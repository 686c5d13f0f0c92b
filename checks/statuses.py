"""What a check comes to: its status in a fixed order, and what the worst of them says to a scheduler."""

from __future__ import annotations

import polars as pl

from checks.declared import SEVERITIES, Severity

ALL_WELL, CRITICAL_FAILED, HAS_ERRORS = 0, 11, 12
"""Exit codes. Failed warnings are told in words; they stop nothing."""


def share() -> pl.Expr:
    """Failing rows among those that the claim is about, accepted ones included; null where it is about none."""
    return pl.when(pl.col("applicable") > 0).then(pl.col("failing") / pl.col("applicable"))


def status() -> pl.Expr:
    """From `error`, `applicable`, `failing`, `accepted` and `threshold`: the first that fits, in the order of STATUSES.

    Accepted rows do not fail a check, but it has not passed without failing rows either. The threshold itself is still
    kept: 29 of 100 rows is no more than 0.29.
    """
    counted_share = (pl.col("failing") - pl.col("accepted")) / pl.col("applicable")
    return (
        pl.when(pl.col("error").is_not_null())
        .then(pl.lit("error"))
        .when(pl.col("applicable").fill_null(0) == 0)
        .then(pl.lit("not_applicable"))
        .when(counted_share > pl.col("threshold"))
        .then(pl.lit("failed"))
        .when(pl.col("failing") > 0)
        .then(pl.lit("passed_with_failing_rows"))
        .otherwise(pl.lit("passed"))
    )


def overall(results: pl.DataFrame) -> pl.DataFrame:
    """One row per check: the municipalities' own are left out."""
    return results.filter(pl.col("municipality_code").is_null())


def worst_failure(results: pl.DataFrame) -> Severity | None:
    """The gravest severity among the failed checks; an error is not a failure."""
    failed = set(overall(results).filter(pl.col("status") == "failed")["severity"])
    return next((severity for severity in SEVERITIES if severity in failed), None)


def exit_code(results: pl.DataFrame) -> int:
    """A failed critical check comes before an error: the data are known to be wrong."""
    if worst_failure(results) == "critical":
        return CRITICAL_FAILED
    return HAS_ERRORS if (overall(results)["status"] == "error").any() else ALL_WELL
