"""Who stands first and last of the municipalities in a measure, where that may be said.

Only where the denominator is at least the measure's own minimum (20), only outside of the funnel limits, only alone,
only among ten or more that can be ranked (of fewer it is not known how much they usually differ), and never first and
last in one brief: then neither is said, for a place that is both is told by its verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from dashboards.scope import COUNTRY
from pipelines.comparison import Target, compared
from pipelines.definitions.measures import Measure
from pipelines.statistics.overdispersion import FEWEST_PLACES
from reports.brief.figures import Country

Side = Literal["best", "last"]
FIGURE = ("place", "numerator", "denominator", "state")
VERDICT_OF: dict[Side, str] = {"best": "better", "last": "worse"}


@dataclass(frozen=True)
class Standing:
    """First or last of so many municipalities that are ranked."""

    side: Side
    ranked: int


def standings(country: Country, measures: Sequence[Measure], window: str) -> dict[str, dict[str, Standing]]:
    """By municipality and measure; a municipality without any is not there."""
    rows = country.rows((tuple(measures), "three_years", (window,)))
    figures = pl.concat(rows.values())
    found: dict[str, dict[str, Standing]] = {}
    for measure in measures:
        for place, standing in _of_measure(figures.filter(pl.col("headline") == measure.name), measure).items():
            found.setdefault(place, {})[measure.name] = standing
    return found


def one_sided(standing: Mapping[str, Standing], shown: Sequence[Measure]) -> dict[str, Standing]:
    """Those of the measures that a brief shows; none where it would be first in one and last in another."""
    told = {each.name: standing[each.name] for each in shown if each.name in standing}
    return told if len({each.side for each in told.values()}) == 1 else {}


def _of_measure(figures: pl.DataFrame, measure: Measure) -> dict[str, Standing]:
    is_country = pl.col("place_kind") == COUNTRY.kind
    target = Target(*figures.filter(is_country).select("numerator", "denominator").row(0))
    places = figures.filter(pl.col("place_kind") == "municipality").select(FIGURE)
    ranked = (
        compared(
            places.lazy(),
            target,
            high_is_good=measure.high_is_good,
            rank_floor=measure.facts.minimum_denominator,
        )
        .filter(pl.col("rank").is_not_null() & (pl.col("ranked") >= FEWEST_PLACES))
        .collect()
    )
    return _ends(ranked)


def _ends(ranked: pl.DataFrame) -> dict[str, Standing]:
    """The first and the last, each where no other shares its place and its verdict says the same."""
    sides: tuple[tuple[Side, pl.Expr], ...] = (("best", pl.col("rank").min()), ("last", pl.col("rank").max()))
    found: dict[str, Standing] = {}
    for side, end in sides:
        there = ranked.filter(pl.col("rank") == end)
        if there.height == 1 and there["verdict"].cast(pl.String).item() == VERDICT_OF[side]:
            found[there["place"].item()] = Standing(side, int(there["ranked"].item()))
    return found
