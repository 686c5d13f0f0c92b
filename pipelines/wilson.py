"""Wilson's 95 % interval of a share (E. B. Wilson 1927), as lazy expressions of two counts."""

from __future__ import annotations

import polars as pl

Z95 = 1.959963984540054


def wilson_low(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Lower end of Wilson's 95 % interval; null where the denominator is null or 0."""
    return (_centre(numerator, denominator) - _half_width(numerator, denominator)).clip(0, 1)


def wilson_high(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Upper end of Wilson's 95 % interval; null where the denominator is null or 0."""
    return (_centre(numerator, denominator) + _half_width(numerator, denominator)).clip(0, 1)


def _centre(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    return (numerator + Z95**2 / 2) / (_positive(denominator) + Z95**2)


def _half_width(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """In floats: the product of two counts of a country does not fit into 32 bits."""
    numerator, n = numerator.cast(pl.Float64), _positive(denominator).cast(pl.Float64)
    return Z95 / (n + Z95**2) * (numerator * (n - numerator) / n + Z95**2 / 4).sqrt()


def _positive(denominator: pl.Expr) -> pl.Expr:
    return pl.when(denominator > 0).then(denominator)
