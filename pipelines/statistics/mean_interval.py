"""A mean with its 95 % interval (Student's t), from a count, a sum and a sum of squares."""

from __future__ import annotations

import polars as pl


def with_mean(rows: pl.LazyFrame, count: str, total: str, squares: str) -> pl.LazyFrame:
    """Adds `mean`, `low`, `high`. Null without anybody; one alone has a mean and no interval."""
    n = pl.col(count)
    mean = pl.when(n > 0).then(pl.col(total) / n)
    spread = (pl.col(squares) - pl.col(total) ** 2 / n).clip(lower_bound=0) / (n - 1)
    half = pl.col("t") * (spread / n).sqrt()
    return (
        rows.with_columns(n.map_batches(_t975, return_dtype=pl.Float64).alias("t"), mean.alias("mean"))
        .with_columns(
            pl.when(n > 1).then(pl.col("mean") - half).alias("low"),
            pl.when(n > 1).then(pl.col("mean") + half).alias("high"),
        )
        .drop("t")
    )


def _t975(counts: pl.Series) -> pl.Series:
    """The 97.5 % quantile of t with n - 1 degrees of freedom; null where there is none (n null, 0 or 1)."""
    from scipy.special import stdtrit

    degrees = (counts - 1).cast(pl.Float64)
    safe = degrees.clip(lower_bound=1).fill_null(1).to_numpy()
    quantile = pl.Series(stdtrit(safe, 0.975))
    return pl.select(pl.when(pl.lit(degrees >= 1)).then(pl.lit(quantile))).to_series()
