"""Is a count further from what was expected than chance can bring about?

`surprise` is Chernoff's bound for a Poisson count: no more than one in exp(surprise) counts lies that far out. A count
of nothing at all is as surprising as the number expected.
"""

from __future__ import annotations

import polars as pl

HARDLY_CHANCE = 16.0
"""One in nine million: thousands of municipality-months are looked at together."""


def surprise(rows: str, expected: str) -> pl.Expr:
    """Null where nothing is expected, or it is not known what."""
    found, usual = pl.col(rows), pl.col(expected)
    weighed = pl.when(found > 0).then(found * (found / usual).log()).otherwise(0.0)
    return pl.when(usual > 0).then(weighed - found + usual)


def far_fewer(rows: str, expected: str, share: float, beyond: float = HARDLY_CHANCE) -> pl.Expr:
    """Less than that share of what was expected, and hardly by chance."""
    return (pl.col(rows) < share * pl.col(expected)) & (surprise(rows, expected) > beyond)


def far_more(rows: str, expected: str, times: float, beyond: float = HARDLY_CHANCE) -> pl.Expr:
    """More than so many times what was expected, and hardly by chance."""
    return (pl.col(rows) > times * pl.col(expected)) & (surprise(rows, expected) > beyond)
