"""What may be said of a figure: beside the country by funnel limits, beside its past by the interval of the change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import polars as pl

from dashboards.intervals import change, direction
from dashboards.shares import Share
from pipelines.comparison import Target, compared_alone

Comparison = Literal["better", "similar", "worse", "incomparable"]


@dataclass(frozen=True)
class Verdict:
    """`is_clear`: outside of the 99.8 % limits as well, so of better and worse alone."""

    comparison: Comparison
    is_clear: bool = False

    @property
    def word(self) -> str:
        """The last part of the key of its text: `better`, `better_clear`."""
        return f"{self.comparison}_clear" if self.is_clear else self.comparison


@lru_cache(maxsize=20_000)
def beside_country(figure: Share, country: Share, correlation: float, *, high_is_good: bool) -> Verdict:
    """Whether the figure lies further from the country than places of its size do that differ as places usually do.

    `correlation` is what `published.usual_variation` found among all municipalities. Where either of the two figures
    is not shown, nothing can be said. Kept, for every reader of a place asks for the same; only what is
    published goes in.
    """
    own = pl.LazyFrame(
        {"numerator": [figure.numerator], "denominator": [figure.denominator], "state": [figure.state]},
        schema={"numerator": pl.Int64, "denominator": pl.Int64, "state": pl.String},
    )
    target = Target(country.numerator, country.denominator)
    judged = compared_alone(own, target, correlation, high_is_good=high_is_good)
    return Verdict(*judged.select(pl.col("verdict").cast(pl.String), "is_clear").collect().row(0))


def beside_its_past(figure: Share, earlier: Share, *, high_is_good: bool) -> Verdict:
    """Whether the same place has changed by more than chance; both figures are as unsure as their intervals say."""
    if figure.interval is None or earlier.interval is None:
        return Verdict("incomparable")
    return Verdict(direction(change(earlier.interval, figure.interval), high_is_good=high_is_good))
