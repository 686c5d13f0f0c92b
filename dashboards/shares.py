"""Published shares as pages ask for them: pure steps on frames, for `published.py` alone.

One row per headline, place and period, with `state` (see `states`), and `numerator`, `denominator`, `share`, `low`,
`high` (Wilson, 95 %) that are null unless the state is `number`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from dashboards.intervals import Interval
from dashboards.scope import Place
from dashboards.states import State
from pipelines.definitions.measures import Measure

KEYS = ("headline", "place_kind", "place", "period")
VALUES = ("numerator", "denominator", "share", "low", "high")


def of_places(rows: pl.LazyFrame, places: Sequence[Place]) -> pl.LazyFrame:
    """Rows of these groups, with `group_kind` and `group_value` named `place_kind` and `place`."""
    groups = pl.LazyFrame(
        {"place_kind": [place.kind for place in places], "place": [place.code for place in places]},
        schema={"place_kind": pl.String, "place": pl.String},
    )
    named = rows.rename({"group_kind": "place_kind", "group_value": "place"})
    return named.join(groups, on=["place_kind", "place"], how="semi")


def of_obligations(figures: pl.LazyFrame, headlines: Sequence[Measure]) -> pl.LazyFrame:
    """The rows of `published_shares` that the headlines name.

    Some shares are published of larger places only, so as to show more of the others. There they have the state of the
    coverage that they would stand beside: hidden where that is shown.
    """
    names = pl.LazyFrame(
        {
            "headline": [headline.name for headline in headlines],
            "measure": [headline.measure for headline in headlines],
            "share_of": [headline.numerator for headline in headlines],
        },
        schema={"headline": pl.String, "measure": pl.String, "share_of": pl.String},
    )
    own = figures.join(names, on=["measure", "share_of"]).select(*KEYS, "state", *VALUES)
    coverage = figures.filter(pl.col("share_of") == "numerator_ever").join(names.drop("share_of"), on="measure")
    state = pl.when(pl.col("state") == "number").then(pl.lit("suppressed")).otherwise("state")
    left_out = coverage.select(*KEYS, state.alias("state")).join(own, on=KEYS, how="anti")
    return pl.concat([own, left_out], how="diagonal")


def of_steps(steps: pl.LazyFrame, headlines: Sequence[Measure]) -> pl.LazyFrame:
    """Children inside a step of the continuity picture among all exposed children of the same birth years.

    A place without an exposed child has a state and no share.
    """
    names = pl.LazyFrame(
        {"step": [headline.step for headline in headlines], "headline": [headline.name for headline in headlines]},
        schema={"step": pl.String, "headline": pl.String},
    )
    state = pl.coalesce("share_state", "state")
    is_number = state == "number"
    numbers = {"numerator": "children", "denominator": "exposed"} | {name: name for name in ("share", "low", "high")}
    return (
        steps.filter(pl.col("quantity") == "inside")
        .join(names, on="step")
        .select(*KEYS, state.alias("state"), *(pl.when(is_number).then(old).alias(new) for new, old in numbers.items()))
    )


def on_grid(
    known: pl.LazyFrame,
    counted: pl.LazyFrame,
    headlines: Sequence[Measure],
    places: Sequence[Place],
    periods: Sequence[str],
    as_of: date,
) -> pl.LazyFrame:
    """Every headline in every place and period, in the order asked for.

    What nothing is published of is *not yet due* where the period is not over, *missing* where nobody delivered
    anything, and else *not applicable*: nobody was there. Steps of the thread say nothing of deliveries, so that holds
    of them too.
    """
    grid = (
        pl.LazyFrame({"headline": [headline.name for headline in headlines]})
        .join(
            pl.LazyFrame({"place_kind": [place.kind for place in places], "place": [place.code for place in places]}),
            how="cross",
            maintain_order="left_right",
        )
        .join(pl.LazyFrame({"period": periods}), how="cross", maintain_order="left_right")
    )
    delivered = counted.with_columns(is_counted=pl.lit(value=True))
    is_absent = pl.col("state").is_null() | (pl.col("state") == "not_applicable")
    state = (
        pl.when(is_absent & (pl.col("period").str.tail(4) >= str(as_of.year)))
        .then(pl.lit("not_yet_due"))
        .when(is_absent & pl.col("is_counted").is_null())
        .then(pl.lit("missing"))
        .otherwise(pl.col("state").fill_null("not_applicable"))
    )
    return (
        grid.join(known, on=KEYS, how="left", maintain_order="left")
        .join(delivered, on=["place_kind", "place", "period"], how="left", maintain_order="left")
        .select(*KEYS, state.alias("state"), *VALUES)
    )


@dataclass(frozen=True)
class Share:
    """One figure of a page. `share`, `low`, `high` lie between 0 and 1; all numbers are null unless it is a number."""

    headline: str
    place: Place
    period: str
    state: State
    numerator: int | None = None
    denominator: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def interval(self) -> Interval | None:
        """The share with its interval, when it may be shown."""
        if self.share is None or self.low is None or self.high is None:
            return None
        return Interval(self.share, self.low, self.high)


@dataclass(frozen=True)
class Instead:
    """A figure that is shown, and what it is of: `name` is a period for the place itself, else a place."""

    of: Literal["own", "region", "country"]
    name: str
    figure: Share


class Shares:
    """Shares by headline, place and period."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._shares = {
            (share.headline, share.place, share.period): share
            for share in (
                Share(
                    row["headline"],
                    Place(row["place_kind"], row["place"]),
                    row["period"],
                    row["state"],
                    *(row[value] for value in VALUES),
                )
                for row in rows.iter_rows(named=True)
            )
        }

    def get(self, headline: Measure, place: Place, period: str) -> Share:
        """The figure; KeyError when it was not read."""
        return self._shares[headline.name, place, period]

    def series(self, headline: Measure, place: Place, periods: Sequence[str]) -> list[Share]:
        """One headline in one place over periods."""
        return [self.get(headline, place, period) for period in periods]
