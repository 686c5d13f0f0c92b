"""What a national release tells beside the counts of obligations: development, times to event, participation, costs.

Counts become cells for the auditor. Means, ratios and costs are told by rule 5: where enough children are behind them,
and where the counts that they are made from are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.analysis import Costs
from pipelines.cost_differences import DIFFERENCES, differences
from pipelines.counted import Run, counted
from pipelines.definitions.reference import Reference
from pipelines.development import EXPOSED, EXPOSURE, NOT_ASSESSED, OTHERS
from pipelines.disclosure import published_development as shown
from pipelines.disclosure.breakdowns.cells import Protected, protected
from pipelines.disclosure.closed import Closed
from pipelines.disclosure.cost_figures import told_costs, told_differences
from pipelines.disclosure.course_tables import competing, course_breakdowns
from pipelines.disclosure.development_tables import development_breakdowns, in_periods
from pipelines.disclosure.linked_tables import Flags
from pipelines.disclosure.places_and_periods import Calendar, name
from pipelines.disclosure.published_courses import exact_curves, published_curves, published_medians
from pipelines.pathway_costs import ALL, FIGURES, TO_AGE, oldest_common_age
from pipelines.pathways import NONE_OF_THESE, PATHWAY, PATHWAYS
from pipelines.pathways import OTHERS as OTHER_CHILDREN
from pipelines.statistics.standardisation import Strata, proportions, ratios, sums_over_people, with_weights

BEHIND_A_MEAN = 20
"""So many children of each pathway have lived through the last age that costs are told to."""

CRUDE, ALIKE = "crude", "alike"
"""Nothing held alike; and the same birth year and municipality."""

DIGITS = 3
OF_RATIO = ("period", "age_band", "domain", "outcome")


@dataclass(frozen=True, eq=False)
class BesideCounts:
    """`protected` has the cells; the frames are exact, and what `published` gives away of them is all that leaves."""

    protected: Protected
    reference: Reference
    as_of: date
    threshold: int
    development: Analysed
    competing: pl.DataFrame
    first_years: Mapping[str, int]
    participation: pl.DataFrame
    costs: pl.DataFrame
    differences: pl.DataFrame
    price_years: pl.DataFrame
    closed: Closed

    def published(self, hidden: Flags, told_shares: pl.DataFrame) -> dict[str, pl.LazyFrame]:
        """Tables for readers by name. `hidden`: what the gate hides of the cells. `told_shares`: `programme, period`
        whose share of exposed children and of the others is told among the counts."""
        rows = shown.told(self.protected.rows, hidden)
        own = self.development
        development = shown.published_development(rows, own.assessed, own.first_year, self.as_of).collect()
        curves = exact_curves(rows, self.competing)
        tables = {
            "published_development": development.lazy(),
            "published_z_scores": shown.published_z_scores(rows, own.z_sums, self.threshold),
            "published_ratios": _told_ratios(own.ratios, development),
            "published_curves": published_curves(curves, self.first_years, self.reference, self.as_of),
            "published_medians": published_medians(curves, self.threshold),
            "published_participation": _told_participation(self.participation, told_shares),
            "published_costs": self.costs.lazy(),
            "published_cost_differences": self.differences.lazy(),
            "published_price_years": self.price_years.lazy(),
        }
        return {name: self.closed.beside(name, each) for name, each in tables.items()}


@dataclass(frozen=True, eq=False)
class Analysed:
    """Of cohort development: where anybody was assessed, sums of z-scores, ratios, and the first year of birth."""

    assessed: pl.DataFrame
    z_sums: pl.DataFrame
    ratios: pl.DataFrame
    first_year: int


def beside_counts(
    run: Run, as_of: date, reference: Reference, threshold: int, closed: Closed | None = None
) -> BesideCounts:
    """From the tables of a finished run. What is `closed` was published before, and is no part of the new cells."""
    before = closed or Closed({}, as_of)
    periods = {name(years): years for years in Calendar(as_of).periods}
    found = counted(run, reference, as_of, periods)
    development, courses = found.counts.development(), found.counts.all_courses()
    counts = in_periods(development.counts.lazy(), as_of).collect().sort("period", "age_band")
    breakdowns = [*development_breakdowns(counts), *course_breakdowns(courses, as_of)]
    births = development.counts["cohort"].min()
    first_years = courses.group_by(pl.col("interval").cast(pl.String)).agg(pl.col("cohort").min())
    told, between, price_years = _costs(found.costs, reference, threshold)
    return BesideCounts(
        protected(before.without(breakdowns), threshold),
        reference,
        as_of,
        threshold,
        Analysed(
            _assessed(counts, threshold),
            in_periods(development.z_sums.lazy(), as_of).collect(),
            _ratios(in_periods(development.strata.with_columns(born="cohort").lazy(), as_of)),
            births if isinstance(births, int) else as_of.year,
        ),
        competing(courses, as_of),
        dict(first_years.iter_rows()),
        found.counts.participation(list(periods)),
        told,
        between,
        price_years,
        before,
    )


def _assessed(counts: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Periods, bands and domains in which anybody was assessed, and those with so few exposed children that it must not
    be told that nobody was."""
    place = ["period", "age_band", "domain"]
    is_assessed = (pl.col("outcome") != NOT_ASSESSED) & (pl.col("children") > 0)
    exposed = pl.col("children").filter(pl.col("group_value") == EXPOSED, pl.col("group_kind") == EXPOSURE).sum()
    few = counts.group_by(place).agg(exposed.alias("exposed")).filter(pl.col("exposed") < threshold)
    return pl.concat([counts.filter(is_assessed).select(place), few.select(place)]).unique()


def _ratios(strata: pl.LazyFrame) -> pl.DataFrame:
    """Exposed against others, crude and with birth year and municipality alike, as they are mixed among the exposed."""
    found = []
    for standardised, within in ((CRUDE, ()), (ALIKE, ("born", "municipality_code"))):
        shape = Strata(by=OF_RATIO, within=within)
        told = proportions(sums_over_people(with_weights(strata, shape, EXPOSED), shape))
        rows = ratios(told, shape, EXPOSED, OTHERS)
        found.append(rows.select(*OF_RATIO, pl.lit(standardised).alias("standardised"), *RATIO, "state", "reason"))
    return pl.concat(found).collect(engine="streaming")


RATIO = ("ratio", "low", "high")


def _told_ratios(exact: pl.DataFrame, development: pl.DataFrame) -> pl.LazyFrame:
    """Where the share of both groups is told; rounded."""
    is_share = (pl.col("group_kind") == EXPOSURE) & (pl.col("share_of").is_in(["concern", "monitor_or_concern"]))
    keys = ["period", "age_band", "domain", "outcome"]
    states = (
        development.lazy()
        .filter(is_share)
        .rename({"share_of": "outcome"})
        .group_by(keys)
        .agg(pl.col("state").filter(pl.col("state") != "number").first().alias("hidden"))
    )
    is_told = pl.col("hidden").is_null()
    rounded = [pl.when(is_told).then(pl.col(column).round_sig_figs(DIGITS)).alias(column) for column in RATIO]
    shapes = pl.LazyFrame({"standardised": [CRUDE, ALIKE]})
    return (
        states.join(shapes, how="cross")
        .join(exact.lazy(), on=[*keys, "standardised"], how="left")
        .with_columns(*rounded, pl.when(is_told).then("reason").alias("reason"))
        .with_columns(pl.coalesce("hidden", "state", pl.lit("not_applicable")).alias("state"))
        .select(*keys, "standardised", *RATIO, "state", "reason")
        .sort(*keys, "standardised")
    )


def _told_participation(exact: pl.DataFrame, told_shares: pl.DataFrame) -> pl.LazyFrame:
    """Where the shares of both groups are told among the counts; rounded."""
    figures = {
        "exposed_share": pl.col("proportion").round(DIGITS),
        "others_share": pl.col("reference_proportion").round(DIGITS),
        **{column: pl.col(column).round(DIGITS) for column in RATIO},
    }
    is_told = pl.col("is_told").fill_null(value=False)
    return (
        exact.lazy()
        .join(told_shares.lazy().with_columns(is_told=True), on=["programme", "period"], how="left")
        .select(
            "period",
            "programme",
            "standardised",
            *(pl.when(is_told).then(figure).alias(column) for column, figure in figures.items()),
            pl.when(is_told).then("state").otherwise(pl.lit("suppressed")).alias("state"),
        )
    )


def _costs(
    costs: Costs | None, reference: Reference, threshold: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Told costs and differences, to the oldest age that the pathways with enough children have in common, and price
    years. A pathway with fewer has rows that are suppressed; without costs, each has one that is missing."""
    if costs is None:
        price_years = pl.DataFrame(schema=dict.fromkeys(("price_year", "year_without_index"), pl.Int32()))
        return _missing_costs(), pl.DataFrame(schema=DIFFERENCES), price_years
    figures = costs.figures
    large = [each for each in PATHWAYS if oldest_common_age(figures, [each], BEHIND_A_MEAN) is not None]
    to_age = oldest_common_age(figures, large, BEHIND_A_MEAN) if large else None
    age = 0 if to_age is None else to_age
    beside = [each for each in (NONE_OF_THESE, OTHER_CHILDREN) if _reaches(figures, each, age)]
    told = told_costs(figures, costs.yearly, costs.followed, reference.services, age, threshold, [*large, *beside])
    return told, told_differences(differences(costs.blocks, age), told), costs.price_years


def _missing_costs() -> pl.DataFrame:
    """The whole cost of each pathway, which nobody has worked out."""
    whole = {"breakdown": "total", "part": ALL, "span": TO_AGE, "state": "missing"}
    schema = {**FIGURES, "price_year": pl.Int32(), "discount_rate": pl.Float64()}
    return pl.DataFrame([{"pathway": pathway, **whole} for pathway in PATHWAY.categories], schema=schema)


def _reaches(figures: pl.DataFrame, pathway: str, age: int) -> bool:
    """Whether enough of its children have lived through the age."""
    oldest = oldest_common_age(figures, [pathway], BEHIND_A_MEAN)
    return oldest is not None and oldest >= age
