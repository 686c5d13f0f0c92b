"""What a national release tells beside the counts of obligations: development, times to event, participation, costs.

Counts become cells for the auditor. Means, ratios and costs are told by rule 5: where enough children are behind them,
and where the counts that they are made from are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipelines.analysis import Analysis, Run, cost_differences
from pipelines.definitions.reference import Reference
from pipelines.development import EXPOSED, EXPOSURE, NOT_ASSESSED, OTHERS
from pipelines.disclosure import published_development as shown
from pipelines.disclosure.breakdowns.cells import Protected, protected
from pipelines.disclosure.cost_figures import told_costs, told_differences
from pipelines.disclosure.course_tables import course_breakdowns
from pipelines.disclosure.development_tables import development_breakdowns, in_periods
from pipelines.disclosure.linked_tables import Flags
from pipelines.disclosure.places_and_periods import Calendar, name
from pipelines.pathway_costs import oldest_common_age
from pipelines.pathways import OTHERS as OTHER_CHILDREN
from pipelines.pathways import PATHWAYS
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
    as_of: date
    threshold: int
    assessed: pl.DataFrame
    z_sums: pl.DataFrame
    ratios: pl.DataFrame
    participation: pl.DataFrame
    costs: pl.DataFrame
    differences: pl.DataFrame
    first_year: int | None
    first_years: dict[str, int] = field(default_factory=dict)

    def published(self, hidden: Flags) -> dict[str, pl.LazyFrame]:
        """Tables for readers by name; `hidden`: what the gate hides of the cells."""
        rows = shown.told(self.protected.rows, hidden)
        first = self.first_year if self.first_year is not None else self.as_of.year
        development = shown.published_development(rows, self.assessed, first, self.as_of).collect()
        curves = shown.published_curves(rows, self.first_years, self.as_of).collect().lazy()
        return {
            "published_development": development.lazy(),
            "published_z_scores": shown.published_z_scores(rows, self.z_sums, self.threshold),
            "published_ratios": _told_ratios(self.ratios, development),
            "published_curves": curves,
            "published_medians": shown.published_medians(curves, self.threshold),
            "published_participation": self.participation.lazy(),
            "published_costs": self.costs.lazy(),
            "published_cost_differences": self.differences.lazy(),
        }


def beside_counts(run: Run, as_of: date, reference: Reference, threshold: int) -> BesideCounts:
    """From the tables of a finished run."""
    analysis = Analysis(run, reference, as_of)
    development, courses = analysis.development(), analysis.courses()
    counts = in_periods(development.counts.lazy(), as_of).collect().sort("period", "age_band")
    breakdowns = [*development_breakdowns(counts), *course_breakdowns(courses, as_of)]
    births = development.counts["cohort"].min()
    first_years = courses.group_by(pl.col("interval").cast(pl.String)).agg(pl.col("cohort").min())
    costs, differences = _costs(analysis, threshold)
    return BesideCounts(
        protected(breakdowns, threshold),
        as_of,
        threshold,
        _assessed(counts),
        in_periods(development.z_sums.lazy(), as_of).collect(),
        _ratios(in_periods(development.strata.with_columns(born="cohort").lazy(), as_of)),
        _participation(analysis, Calendar(as_of), threshold),
        costs,
        differences,
        births if isinstance(births, int) else None,
        dict(first_years.iter_rows()),
    )


def _assessed(counts: pl.DataFrame) -> pl.DataFrame:
    """Periods, bands and domains in which anybody was assessed."""
    is_assessed = (pl.col("outcome") != NOT_ASSESSED) & (pl.col("children") > 0)
    return counts.filter(is_assessed).select("period", "age_band", "domain").unique()


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


def _participation(analysis: Analysis, calendar: Calendar, threshold: int) -> pl.DataFrame:
    """Of contacts due in each fixed period: coverage of exposed and others, and the first as a ratio to the second.

    Told where at least the threshold of contacts were held, and were not, in both groups. Only rounded shares are told.
    """
    found = analysis.participation({name(years): years for years in calendar.periods})
    held, due = pl.col("events"), pl.col("people")
    others_held, others_due = pl.col("reference_events"), pl.col("reference_people")
    counts = [held, due - held, others_held, others_due - others_held]
    is_told = pl.all_horizontal(count >= threshold for count in counts).fill_null(value=False)
    figures = {
        "exposed_share": pl.col("proportion").round(DIGITS),
        "others_share": pl.col("reference_proportion").round(DIGITS),
        **{column: pl.col(column).round(DIGITS) for column in RATIO},
    }
    return found.select(
        "period",
        "programme",
        "standardised",
        *(pl.when(is_told).then(figure).alias(column) for column, figure in figures.items()),
        pl.when(is_told).then("state").otherwise(pl.lit("suppressed")).alias("state"),
    )


def _costs(analysis: Analysis, threshold: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Told costs, and told differences between pathways. Both empty where no age is common to all pathways."""
    costs = analysis.costs()
    figures = costs.figures
    to_age = oldest_common_age(figures, PATHWAYS, BEHIND_A_MEAN)
    if to_age is None:
        return figures.clear(), cost_differences(costs, 0).clear()
    services = analysis.reference.services
    told = told_costs(
        figures, costs.yearly, costs.followed, services, to_age, threshold, _large(figures, to_age, threshold)
    )
    return told, told_differences(cost_differences(costs, to_age), told)


def _large(figures: pl.DataFrame, to_age: int, threshold: int) -> Sequence[str]:
    """Pathways with enough children; how many is told in tens."""
    sizes = figures.filter(pl.col("age") <= to_age).group_by("pathway").agg(pl.col("children").min())
    large = sizes.filter(pl.col("children") >= threshold)["pathway"].cast(pl.String).to_list()
    return [pathway for pathway in (*PATHWAYS, OTHER_CHILDREN) if pathway in large]
