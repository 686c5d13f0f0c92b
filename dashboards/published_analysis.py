"""The only reader of what is published beside the shares of obligations: development, times to event, participation and
costs. And of shares by quarter, in which changes are looked for. Asks the scope first.

Figures are of the country, of regions, and of groups of exposed children; none is of one municipality.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from dashboards import shares as share_steps
from dashboards.opening import Source
from dashboards.published import CannotBeRead
from dashboards.scope import COUNTRY, Place, Scope
from pipelines.definitions.measures import Measure

Table = Literal[
    "published_shares",
    "published_development",
    "published_z_scores",
    "published_ratios",
    "published_curves",
    "published_medians",
    "published_participation",
    "published_costs",
    "published_cost_differences",
    "published_price_years",
]
FIGURE = ("share", "low", "high", "state")
GROUP = ("group_kind", "group_value", "members")
RATIO = ("ratio", "low", "high", "state")
AMOUNT = ("low_dkk", "high_dkk", "state")
COLUMNS: dict[Table, tuple[str, ...]] = {
    "published_shares": (
        "measure",
        "attribution",
        "group_kind",
        "group_value",
        "period_kind",
        "period",
        "share_of",
        "numerator",
        "denominator",
        *FIGURE,
    ),
    "published_development": (
        "period",
        "age_band",
        "domain",
        *GROUP,
        "share_of",
        "numerator",
        "denominator",
        *FIGURE,
    ),
    "published_z_scores": ("period", "age_band", "domain", *GROUP, "mean", "low", "high"),
    "published_ratios": ("period", "age_band", "domain", "outcome", "standardised", *RATIO, "reason"),
    "published_curves": ("interval", "period", *GROUP, "days", "children", "share", "low", "high", "at_risk", "state"),
    "published_medians": ("interval", "period", *GROUP, "median_days", "state"),
    "published_participation": (
        "period",
        "programme",
        "standardised",
        "exposed_share",
        "others_share",
        *RATIO,
    ),
    "published_costs": (
        "pathway",
        "breakdown",
        "part",
        "span",
        "age",
        "children",
        "mean_dkk",
        *AMOUNT,
        "price_year",
        "discount_rate",
    ),
    "published_cost_differences": (
        "from_pathway",
        "to_pathway",
        "breakdown",
        "part",
        "to_age",
        "children",
        "difference_dkk",
        *AMOUNT,
    ),
    "published_price_years": ("price_year", "year_without_index"),
}
"""What is read of each. A store that was published before one of them existed is to be published again."""


def quarters(tables: Source, scope: Scope, measures: Sequence[Measure], places: Sequence[Place]) -> pl.DataFrame:
    """`measure, place, period, numerator, denominator, share, low, high, state` of measures of obligations, in the
    quarters that are published, oldest first. Municipalities have none: a quarter of theirs is too small."""
    scope.require(tuple(places))
    is_asked = (pl.col("attribution") == "responsible") & (pl.col("period_kind") == "quarter")
    rows = share_steps.of_places(_table(tables, "published_shares").filter(is_asked), places)
    own = [measure for measure in measures if measure.step is None]
    figures = share_steps.of_obligations(rows, own).rename({"headline": "measure"}).drop("place_kind")
    return _collected(
        figures.select("measure", "place", "period", *share_steps.VALUES, "state").sort("measure", "place", "period")
    )


def development(tables: Source, scope: Scope, domain: str) -> pl.DataFrame:
    """Shares of results and of assessed children, by period of birth, age band and group."""
    return _of_country(scope, _table(tables, "published_development").filter(pl.col("domain") == domain))


def z_scores(tables: Source, scope: Scope, domain: str) -> pl.DataFrame:
    """Mean z-scores with intervals; what may not be told has no row."""
    return _of_country(scope, _table(tables, "published_z_scores").filter(pl.col("domain") == domain))


def ratios(tables: Source, scope: Scope, outcome: str) -> pl.DataFrame:
    """Exposed against all other children, crude and with birth year and municipality alike."""
    return _of_country(scope, _table(tables, "published_ratios").filter(pl.col("outcome") == outcome))


def curves(tables: Source, scope: Scope, interval: str) -> pl.DataFrame:
    """Cumulative incidence on the days that are told, by period and group; of regions those that the scope covers."""
    rows = _of_country(scope, _table(tables, "published_curves").filter(pl.col("interval") == interval))
    return _of_scope(rows, scope)


def medians(tables: Source, scope: Scope, interval: str) -> pl.DataFrame:
    """The days within which half of the children had the event; `not_reached` where fewer had."""
    rows = _of_country(scope, _table(tables, "published_medians").filter(pl.col("interval") == interval))
    return _of_scope(rows, scope)


def participation(tables: Source, scope: Scope) -> pl.DataFrame:
    """Coverage of exposed and of other children, and the first as a ratio to the second."""
    return _of_country(scope, _table(tables, "published_participation"))


def costs(tables: Source, scope: Scope) -> pl.DataFrame:
    """Mean cost per child by pathway."""
    return _of_country(scope, _table(tables, "published_costs"))


def cost_differences(tables: Source, scope: Scope) -> pl.DataFrame:
    """How much more or less a child of one pathway has cost than one of another."""
    return _of_country(scope, _table(tables, "published_cost_differences"))


def years_without_index(tables: Source, scope: Scope) -> Sequence[int]:
    """Years that the price index lacks, oldest first: amounts that they are part of are missing."""
    years = _of_country(scope, _table(tables, "published_price_years"))["year_without_index"]
    return [int(year) for year in years.drop_nulls().unique().sort()]


def _of_country(scope: Scope, rows: pl.LazyFrame) -> pl.DataFrame:
    scope.require((COUNTRY,))
    return _collected(rows)


def _of_scope(rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    regions = rows.filter(pl.col("group_kind") == "region")["group_value"].unique().to_list()
    seen = [region for region in regions if scope.may_see(Place("region", region))]
    return rows.filter((pl.col("group_kind") != "region") | pl.col("group_value").is_in(seen))


def _table(tables: Source, name: Table) -> pl.LazyFrame:
    try:
        return tables.table(name).select(COLUMNS[name])
    except Exception as fault:  # the engine's own errors share no base class; a table may also not be there at all
        raise _cannot_be_read() from fault


def _collected(rows: pl.LazyFrame) -> pl.DataFrame:
    try:
        return rows.collect()
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise _cannot_be_read() from fault


def _cannot_be_read() -> CannotBeRead:
    return CannotBeRead("The published tables cannot be read", to_do="Make them again with: roedtraad publish")
