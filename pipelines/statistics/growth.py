"""Growth: z-scores of measurements from a table of L, M and S by sex and age (Cole and Green 1992).

No table is shipped: the user gives the one that the measurements are to be read against.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.errors import UserError

SEXES = ("female", "male")
NUMBERS = ("age_days", "L", "M", "S")
ALMOST_ZERO = 1e-7
"""An L below this is read as 0: the power and the logarithm agree there to far more digits than are measured."""

FARTHEST = 3
"""Standard deviations up to which the power is trusted when extremes are restricted (WHO 2006)."""


def read_lms(file: Path) -> pl.DataFrame:
    """The table of a CSV file with columns `sex, age_days, L, M, S`, by sex and age; UserError when it is not one."""
    try:
        table = pl.read_csv(file, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise UserError("The LMS table cannot be read", where=str(file), to_do="Give a CSV file.") from fault
    missing = sorted({"sex", *NUMBERS} - set(table.columns))
    if missing or table.is_empty():
        fault_found = f"columns missing: {', '.join(missing)}" if missing else "no rows"
        raise _unfit(file, fault_found)
    table = table.select(
        pl.col("sex").str.strip_chars(), pl.col(NUMBERS).str.strip_chars().cast(pl.Float64, strict=False)
    )
    for what, is_wrong in _faults().items():
        if wrong := table.select(is_wrong.fill_null(value=True).sum()).item():
            raise _unfit(file, f"{what}: {wrong} rows")
    return table.sort("sex", "age_days")


def with_z_score(measured: pl.LazyFrame, lms: pl.LazyFrame, *, restrict_extremes: bool) -> pl.LazyFrame:
    """Adds `z_score` to rows with `sex`, `age_days` and `measurement` (in the unit of the table).

    L, M and S are interpolated straight between the two nearest ages. Null outside the ages of the table, for another
    sex, and for a measurement that is unknown or not above 0. With `restrict_extremes` a score beyond 3 goes on in
    steps of the distance from 2 to 3 standard deviations, as WHO does for weight (not for length or head).
    """
    own = pl.col("measurement")
    score = _score(own)
    if restrict_extremes:
        score = _restricted(own, score)
    parameters = [name for column in "LMS" for name in (column, f"{column}_before", f"{column}_after")]
    return (
        _between_ages(measured, lms)
        .with_columns(_interpolated(column) for column in "LMS")
        .with_columns(pl.when(own > 0).then(score).alias("z_score"))
        .drop(*parameters, "age_before", "age_after")
    )


def _faults() -> dict[str, pl.Expr]:
    """What makes a table unfit, as flags of rows; a value that is no number is null and counts as wrong."""
    power, middle, spread = pl.col("L"), pl.col("M"), pl.col("S")
    return {
        "sex is neither female nor male": ~pl.col("sex").is_in(SEXES),
        "age_days is no number, or negative": ~(pl.col("age_days").is_finite() & (pl.col("age_days") >= 0)),
        "L is no number": ~power.is_finite(),
        "M is no number above 0": ~(middle.is_finite() & (middle > 0)),
        "S is no number above 0": ~(spread.is_finite() & (spread > 0)),
        "L and S leave no room for 3 standard deviations": (power * spread).abs() * FARTHEST >= 1,
        "the same sex and age_days twice": pl.struct("sex", "age_days").is_duplicated(),
    }


def _unfit(file: Path, fault: str) -> UserError:
    return UserError(
        f"The LMS table cannot be used: {fault}",
        where=str(file),
        to_do="Columns are sex (female or male), age_days, L, M and S; one row for each sex and age.",
    )


def _between_ages(measured: pl.LazyFrame, lms: pl.LazyFrame) -> pl.LazyFrame:
    """The row of the table at or before each age, and the one at or after; the order of the rows is kept."""
    rows = measured.with_row_index("position").with_columns(_age("at")).sort("at")
    before, after = (_beside(lms, side) for side in ("before", "after"))
    return (
        rows.join_asof(before, on="at", by="sex", strategy="backward", check_sortedness=False)
        .join_asof(after, on="at", by="sex", strategy="forward", check_sortedness=False)
        .sort("position")
        .drop("position", "at")
    )


def _beside(lms: pl.LazyFrame, side: str) -> pl.LazyFrame:
    named = (pl.col(column).alias(f"{column}_{side}") for column in "LMS")
    return lms.select("sex", _age("at"), _age(f"age_{side}"), *named).sort("at")


def _age(name: str) -> pl.Expr:
    return pl.col("age_days").cast(pl.Float64).alias(name)


def _interpolated(column: str) -> pl.Expr:
    before, after = pl.col(f"{column}_before"), pl.col(f"{column}_after")
    span = pl.col("age_after") - pl.col("age_before")
    part = pl.when(span > 0).then((pl.col("age_days") - pl.col("age_before")) / span).otherwise(0)
    return (before + (after - before) * part).alias(column)


def _score(measurement: pl.Expr) -> pl.Expr:
    power, ratio = pl.col("L"), measurement / pl.col("M")
    by_power = (ratio**power - 1) / (power * pl.col("S"))
    return pl.when(power.abs() < ALMOST_ZERO).then(ratio.log() / pl.col("S")).otherwise(by_power)


def _at(deviations: int) -> pl.Expr:
    """The measurement that lies so many standard deviations from the median."""
    power, step = pl.col("L"), pl.col("S") * deviations
    by_power = (1 + power * step) ** (1 / power)
    return pl.col("M") * pl.when(power.abs() < ALMOST_ZERO).then(step.exp()).otherwise(by_power)


def _restricted(measurement: pl.Expr, score: pl.Expr) -> pl.Expr:
    above = FARTHEST + (measurement - _at(FARTHEST)) / (_at(FARTHEST) - _at(FARTHEST - 1))
    below = -FARTHEST + (measurement - _at(-FARTHEST)) / (_at(1 - FARTHEST) - _at(-FARTHEST))
    return pl.when(score > FARTHEST).then(above).when(score < -FARTHEST).then(below).otherwise(score)
