"""From counts to shares that may be shown: pure steps on frames, for `published.py` alone.

One row per headline, place and period, with `state` (see `suppression`), and `numerator`, `denominator`, `share`,
`low`, `high` (Wilson, 95 %) that are null unless the state is `number`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from dashboards import suppression
from dashboards.headlines import Headline
from dashboards.intervals import Interval, wilson_high, wilson_low
from dashboards.scope import Place
from dashboards.suppression import State

KEYS = ("headline", "place_kind", "place", "period")
VALUES = ("numerator", "denominator", "share", "low", "high")
_COUNTED = ("numerator", "denominator", "pending", "rest")


def of_places(rows: pl.LazyFrame, places: Sequence[Place]) -> pl.LazyFrame:
    """Rows of these groups, with `group_kind` and `group_value` named `place_kind` and `place`."""
    groups = pl.LazyFrame(
        {"place_kind": [place.kind for place in places], "place": [place.code for place in places]},
        schema={"place_kind": pl.String, "place": pl.String},
    )
    named = rows.rename({"group_kind": "place_kind", "group_value": "place"})
    return named.join(groups, on=["place_kind", "place"], how="semi")


def of_obligations(counts: pl.LazyFrame, headlines: Sequence[Headline]) -> pl.LazyFrame:
    """Numerator, denominator and what is pending of each headline: the sums over its population.

    `rest` is what coverage and loss of the same contacts leave over, shown side by side: it must not be small either.
    """
    members = pl.LazyFrame(
        {
            "measure": [measure for headline in headlines for measure in headline.population],
            "headline": [headline.name for headline in headlines for _ in headline.population],
            "numerator_name": [headline.numerator for headline in headlines for _ in headline.population],
        },
        schema={"measure": pl.String, "headline": pl.String, "numerator_name": pl.String},
    )
    names = sorted({headline.numerator for headline in headlines})
    numerator = pl.coalesce(pl.lit(None, pl.Int64), *(_where_named(name) for name in names))
    beside_coverage = pl.when(pl.col("numerator_name") == "lost_to_follow_up").then(
        pl.col("denominator") - pl.col("numerator_ever") - pl.col("lost_to_follow_up")
    )
    return (
        counts.join(members, on="measure")
        .group_by(KEYS)
        .agg(
            numerator.sum().alias("numerator"),
            pl.col("denominator").sum(),
            (pl.col("early") + pl.col("not_due")).sum().alias("pending"),
            beside_coverage.sum().alias("rest"),
        )
        .select(*KEYS, *_COUNTED)
    )


def _where_named(name: str) -> pl.Expr:
    return pl.when(pl.col("numerator_name") == name).then(pl.col(name))


def of_steps(steps: pl.LazyFrame, headlines: Sequence[Headline]) -> pl.LazyFrame:
    """Children inside a step of the continuity picture among all exposed children of the window of birth years."""
    members = pl.LazyFrame(
        {"step": [headline.step for headline in headlines], "headline": [headline.name for headline in headlines]},
        schema={"step": pl.String, "headline": pl.String},
    )
    group = ["place_kind", "place", "period"]
    totals = steps.filter(pl.col("lost_reason").is_null()).rename({"birth_period": "period"})
    exposed = totals.filter(pl.col("step") == "exposed").select(*group, pl.col("children").alias("denominator"))
    return (
        totals.join(members, on="step")
        .join(exposed, on=group)
        .select(
            *("headline", *group),
            pl.col("children").alias("numerator"),
            "denominator",
            pl.lit(0, pl.Int64).alias("pending"),
            pl.lit(0, pl.Int64).alias("rest"),
        )
    )


def on_grid(
    counted: pl.LazyFrame,
    delivered: pl.LazyFrame,
    headlines: Sequence[Headline],
    places: Sequence[Place],
    periods: Sequence[str],
) -> pl.LazyFrame:
    """Every headline in every place and period, in the order asked for.

    Where a place delivered anything in the period, an absent count is zero: nobody was due. Elsewhere nobody counted,
    and it stays null.
    """
    group = ["place_kind", "place", "period"]
    grid = (
        pl.LazyFrame({"headline": [headline.name for headline in headlines]})
        .join(
            pl.LazyFrame({"place_kind": [place.kind for place in places], "place": [place.code for place in places]}),
            how="cross",
            maintain_order="left_right",
        )
        .join(pl.LazyFrame({"period": periods}), how="cross", maintain_order="left_right")
    )
    known = delivered.select(group).unique().with_columns(is_delivered=pl.lit(value=True))
    return (
        grid.join(counted, on=KEYS, how="left", maintain_order="left")
        .join(known, on=group, how="left", maintain_order="left")
        .with_columns(
            pl.when("is_delivered").then(pl.col(name).fill_null(0)).otherwise(pl.col(name)) for name in _COUNTED
        )
    )


def protected(rows: pl.LazyFrame, threshold: int) -> pl.LazyFrame:
    """State, share and interval beside the counts, and no value left where the state is not `number`."""
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    state = suppression.state_of_share(numerator, denominator, pl.col("pending"), threshold)
    is_number = state == "number"
    state = (
        pl.when(is_number & suppression.is_small(pl.col("rest"), threshold)).then(pl.lit("suppressed")).otherwise(state)
    )
    return rows.with_columns(
        state.alias("state"),
        pl.when(denominator > 0).then(numerator / denominator).alias("share"),
        wilson_low(numerator, denominator).alias("low"),
        wilson_high(numerator, denominator).alias("high"),
    ).select(*KEYS, "state", *(pl.when(pl.col("state") == "number").then(pl.col(name)).alias(name) for name in VALUES))


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

    def get(self, headline: Headline, place: Place, period: str) -> Share:
        """The figure; KeyError when it was not read."""
        return self._shares[headline.name, place, period]

    def series(self, headline: Headline, place: Place, periods: Sequence[str]) -> list[Share]:
        """One headline in one place over periods."""
        return [self.get(headline, place, period) for period in periods]
