"""What a report reads: published figures of the country, its regions and municipalities, with the eyes of national
coordination, through the readers of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from dashboards import published, published_analysis
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.headlines import SELECTABLE
from dashboards.language import Words
from dashboards.opening import Source
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.shares import KEYS, VALUES, Shares
from pipelines.alerts import alerts
from pipelines.comparison import Target, compared
from pipelines.definitions.measures import Measure
from pipelines.trends import trends
from reports.national_report.periods import ReportPeriod, report_period
from reports.opened import months_reported

NATIONAL = Scope("national")
FIGURE = ("numerator", "denominator", "state")


@dataclass(frozen=True)
class Reading:
    """A publication, its period and the language; `run` is the run behind it (none: not on this machine), `earlier` the
    publication before it that told other figures."""

    tables: Source
    period: ReportPeriod
    words: Words
    run: Source | None = None
    earlier: Source | None = None

    @staticmethod
    def of(tables: Source, asked: str, words: Words, run: Source | None, earlier: Source | None) -> Reading:
        """UserError where there is no such period."""
        measures = tuple(measure for measure in SELECTABLE if measure.step is None)
        quarters = published_analysis.quarters(tables, NATIONAL, measures, (COUNTRY,))["period"].unique().sort()
        return Reading(tables, report_period(asked, tables.run["as_of"], quarters.to_list()), words, run, earlier)

    @property
    def as_of(self) -> date:
        """The day that the figures are true on."""
        day: date = self.tables.run["as_of"]
        return day

    @property
    def geography(self) -> Geography:
        """The division of the country on that day."""
        return Geography.on(self.as_of)

    @cached_property
    def regions(self) -> tuple[Place, ...]:
        """By name."""
        rows = self.geography.municipalities.select("region_name", "region_code").unique().sort("region_name")
        return tuple(Place("region", code) for code in rows["region_code"])

    @cached_property
    def names(self) -> dict[str, str]:
        """By code, of municipalities, regions and the country."""
        named = {place.code: self.geography.name(place) for place in (*self.geography.places, *self.regions)}
        return named | {COUNTRY.code: self.words("place.country")}

    def short_name(self, place: Place) -> str:
        """For the head of a column: a region without the word."""
        return self.names[place.code].removeprefix("Region ")

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Those that are counted in the periods of this report: the steps of the thread have no quarters."""
        is_year = self.period.kind == "year"
        return tuple(measure for measure in SELECTABLE if is_year or measure.step is None)

    @cached_property
    def shares(self) -> Shares:
        """Every measure in the country and in the regions, in the period that is told and one year earlier."""
        names = (self.period.before, self.period.told)
        places = (COUNTRY, *self.regions)
        if self.period.kind == "year":
            return Shares(published.shares(self.tables, NATIONAL, self.measures, places, kind="year", names=names))
        return Shares(_on_grid(self.quarters, self.measures, places, names))

    @cached_property
    def quarters(self) -> pl.DataFrame:
        """Quarters of the country and the regions, up to the end of the period."""
        rows = published_analysis.quarters(self.tables, NATIONAL, tuple(SELECTABLE), (COUNTRY, *self.regions))
        last = self.period.told if self.period.kind == "quarter" else f"{self.period.told}-Q4"
        return rows.filter(pl.col("period") <= last)

    @cached_property
    def lasting(self) -> pl.DataFrame:
        """Rows of `pipelines.trends`: every measure with quarters, in the country and in each region."""
        polarity = {measure.name: measure.high_is_good for measure in SELECTABLE}
        series = self.quarters.select("measure", "place", "period", *FIGURE)
        return trends(series.lazy(), polarity).collect()

    @cached_property
    def alerts(self) -> pl.DataFrame:
        """Those of them that hold when all are looked at together."""
        return alerts(self.lasting.lazy()).collect()

    @cached_property
    def compared(self) -> pl.DataFrame:
        """Every municipality by every measure in the window, with verdict: rows of `pipelines.comparison.compared`."""
        places = (COUNTRY, *self.geography.places)
        window = self.period.window
        rows = published.shares(
            self.tables, NATIONAL, tuple(SELECTABLE), places, kind="three_years", names=[window]
        ).rename({"headline": "measure"})
        return pl.concat([_beside_country(rows, measure) for measure in SELECTABLE])

    @cached_property
    def told_most(self) -> Measure:
        """The measure that most municipalities have a figure in; the first of them where several have as many."""
        told = dict(self.compared.group_by("measure").agg(pl.col("share").is_not_null().sum()).iter_rows())
        return max(SELECTABLE, key=lambda measure: told[measure.name])

    def of_window(self, places: Sequence[Place]) -> Shares:
        """Every measure in these places in the window of three years."""
        window = self.period.window
        return Shares(
            published.shares(self.tables, NATIONAL, tuple(SELECTABLE), places, kind="three_years", names=[window])
        )

    def years(self, measures: Sequence[Measure]) -> tuple[Shares, list[str]]:
        """Measures of the country by year, up to the last year that was over at the end of the period."""
        last = int(self.period.asked[:4]) - (self.period.kind == "quarter" and not self.period.asked.endswith("Q4"))
        names = [year for year in published.periods(self.as_of, "year") if int(year) <= last]
        return Shares(published.shares(self.tables, NATIONAL, measures, (COUNTRY,), kind="year", names=names)), names

    @cached_property
    def reported(self) -> pl.DataFrame | None:
        """Rows of `months_reported`; none where nothing is known of the deliveries."""
        return months_reported(self.run, NATIONAL, self.as_of)

    @cached_property
    def thread(self) -> Thread:
        """Of the children of the country who were born in the window."""
        return published.thread(self.tables, NATIONAL, COUNTRY, self.period.window)


def _beside_country(rows: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    own = rows.filter(pl.col("measure") == measure.name)
    is_country = pl.col("place_kind") == COUNTRY.kind
    target = Target(*own.filter(is_country).select("numerator", "denominator").row(0))
    places = own.filter(~is_country).select("measure", "place", *FIGURE).lazy()
    floor = measure.facts.minimum_denominator
    return compared(places, target, high_is_good=measure.high_is_good, rank_floor=floor).collect()


def _on_grid(
    quarters: pl.DataFrame, measures: Sequence[Measure], places: Sequence[Place], names: Sequence[str]
) -> pl.DataFrame:
    """Every measure, place and quarter: what no row was published of is missing."""
    grid = (
        pl.DataFrame({"headline": [measure.name for measure in measures]})
        .join(pl.DataFrame({"place_kind": [p.kind for p in places], "place": [p.code for p in places]}), how="cross")
        .join(pl.DataFrame({"period": list(names)}), how="cross")
    )
    known = quarters.rename({"measure": "headline"})
    return grid.join(known, on=("headline", "place", "period"), how="left").select(
        *KEYS, pl.col("state").fill_null("missing"), *VALUES
    )
