"""What is counted of children beside their obligations: development, times to event, participation and costs.

Made from the rows of a finished run, for the gate; exact, and never to be shown. The only file that composes these
stages. All but the costs are counts by municipality (`CountsBeside`), which is how returns have them too: the figures
are made from the counts by the same steps, whoever counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

import polars as pl

from pipelines import development as development_stage
from pipelines import participation_gap as participation_stage
from pipelines.as_of import known_on
from pipelines.band_populations import band_populations, homes_at_birth
from pipelines.bucket import held
from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import table_named
from pipelines.event_table import binned, event_table
from pipelines.evidence import about_each_child
from pipelines.latest_assessments import latest_assessments
from pipelines.pathway_costs import Blocks, followed, pathway_costs
from pipelines.pathways import pathways
from pipelines.residence import spells, with_residence
from pipelines.statistics.standardisation import Strata
from pipelines.time_to_event import Course, time_to_event
from pipelines.yearly_costs import Prices, yearly_costs

AT = ("municipality_code",)
REST = "rest"
"""In the place of a municipality: Christiansø, and children whose municipality nobody knows; they are held together as
one, for they are a handful."""


class Run(Protocol):
    """A finished run: lazy tables by name."""

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the store, unread."""


@dataclass(frozen=True)
class Development:
    """Counts by birth year, band, domain and group; sums of z-scores; and strata for standardised ratios."""

    counts: pl.DataFrame
    z_sums: pl.DataFrame
    strata: pl.DataFrame


@dataclass(frozen=True)
class Costs:
    """Figures per child with their intervals, and what they were made from. `price_years`: `price_year`, and the years
    of which costs have days but `price_index.csv` no index (one row with null when there is none)."""

    figures: pl.DataFrame
    yearly: pl.LazyFrame
    followed: pl.LazyFrame
    blocks: Blocks
    price_years: pl.DataFrame


@dataclass(frozen=True)
class CountsBeside:
    """Counts of children that add up over municipalities (`municipality_code`, or `REST`). A child counts where it
    lived at birth; in `courses` where it lived on the day that the course began.

    `population` and `results`: who was looked for and who was assessed, see `development`. `courses`: endings by bin of
    days, see `event_table`. `contacts`: pairs of contacts by `period` that they were due in, see `participation_gap`.
    """

    population: pl.LazyFrame
    results: pl.LazyFrame
    courses: pl.LazyFrame
    contacts: pl.LazyFrame

    def development(self) -> Development:
        """Results of assessments, and who was not assessed, by year of birth."""
        return Development(
            development_stage.development_counts(self.population, self.results).collect(),
            development_stage.development_z_sums(self.results).collect(),
            development_stage.development_strata(self.results).collect(),
        )

    def all_courses(self) -> pl.DataFrame:
        """Endings by interval, group and bin of days; `cohort` is the year of the origin, which for times that begin at
        birth is the birth year: a period of origins closes, one of births does not."""
        keys = ("interval", "cohort", "group_kind", "group_value", "bin")
        return self.courses.group_by(keys).agg(pl.col("event", "competing", "censored").sum()).collect()

    def participation(self, periods: Sequence[str]) -> pl.DataFrame:
        """Coverage of exposed children against that of others, as a ratio, in each universal programme: of contacts due
        in the years of each period and before the as-of date. `standardised`: `crude`, or `alike` in birth year,
        municipality and contact."""
        gaps = [
            _gap(self.contacts.filter(pl.col("period") == period), shape).with_columns(
                pl.lit(standardised).alias("standardised"), period=pl.lit(period)
            )
            for period in periods
            for standardised, shape in (("crude", participation_stage.CRUDE), ("alike", participation_stage.ALIKE))
        ]
        return pl.concat(gaps).collect()


def _or_rest(code: pl.Expr) -> pl.Expr:
    known = code.cast(pl.String)
    is_rest = known.is_in([e.OUTSIDE_CODE, e.OUTSIDE, e.UNKNOWN]) | known.is_null()
    return pl.when(is_rest).then(pl.lit(REST)).otherwise(known)


def _gap(contacts: pl.LazyFrame, shape: Strata) -> pl.LazyFrame:
    return participation_stage.participation_gap(participation_stage.participation(contacts, shape))


@dataclass(frozen=True)
class Analysis:
    """The tables of a run as they were known on its as-of date, and what can be made of them."""

    run: Run
    reference: Reference
    as_of: date

    def _known(self, name: str) -> pl.LazyFrame:
        return known_on(self.run.table(name), table_named(name), self.as_of)

    @property
    def _children(self) -> pl.LazyFrame:
        return self.run.table("children_in_view")

    @property
    def _exposed(self) -> pl.LazyFrame:
        return self.run.table("exposed")

    @cached_property
    def _homes(self) -> pl.LazyFrame:
        """Spells of residence, worked out once."""
        return held(spells(self._known("residences")))

    @cached_property
    def _at_birth(self) -> pl.LazyFrame:
        """Where each child lived at birth, worked out once."""
        homes = homes_at_birth(self._children, self._homes)
        return held(homes.with_columns(_or_rest(pl.col(AT[0])).alias(AT[0])))

    def counts(self, periods: Mapping[str, Sequence[int]]) -> CountsBeside:
        """All that adds up over municipalities; contacts for each period (name to years)."""
        population, results = self._development()
        return CountsBeside(population, results, self._courses(), self._contacts(periods))

    def _development(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        populations = band_populations(self._children, self._exposed, self._homes, self.as_of)
        placed = held(populations.join(self._at_birth, on="child_id"))
        latest = latest_assessments(self._known("assessments"), placed)
        cells = development_stage.population_cells(placed, AT)
        outcomes = development_stage.outcome_cells(latest, placed, AT)
        return (
            held(development_stage.population_by_group(cells, AT)),
            held(development_stage.results_by_group(outcomes, AT)),
        )

    def _courses(self) -> pl.LazyFrame:
        course = self._course()
        times = self._times(course)
        begun_in = _or_rest(pl.col("residence_code")).alias("begun_in")
        rows = with_residence(times, course.spells, "origin_date").select(*times.collect_schema(), begun_in)
        events = held(event_table(held(rows), course, ("begun_in",)))
        return held(binned(events, ("begun_in",)).rename({"begun_in": AT[0]}))

    def courses_by_day(self) -> pl.DataFrame:
        """Endings by day of the whole country, for curves of all that is known."""
        course = self._course()
        return event_table(self._times(course), course).collect(engine="streaming")

    def _course(self) -> Course:
        return Course(
            self._children,
            self._exposed,
            about_each_child(self._known("handovers"), self._children),
            self._known("support_records"),
            self._known("assessments"),
            self._homes,
            self.reference,
            self.as_of,
        ).kept(held)

    def _times(self, course: Course) -> pl.LazyFrame:
        return held(time_to_event(course).with_columns(pl.col("origin_date").dt.year().alias("cohort")))

    def _contacts(self, periods: Mapping[str, Sequence[int]]) -> pl.LazyFrame:
        of_year = {year: name for name, years in periods.items() for year in years}
        period = pl.col("due_date").dt.year().replace_strict(of_year, default=None, return_dtype=pl.String)
        due = self.run.table("obligations").with_columns(period.alias("period")).filter(pl.col("period").is_not_null())
        contacts = participation_stage.contacts_of_children(due, self.reference, self.as_of, ("period",))
        alike = participation_stage.with_what_is_held_alike(
            held(contacts), self._children, self._exposed, self._at_birth
        )
        return held(participation_stage.contact_pairs(held(alike), self.reference, ("period",)))

    def costs(self) -> Costs:
        """Cost per child and age by pathway, payer, service and nature."""
        prices = Prices.of(self.reference, self.as_of)
        path = pathways(
            self._exposed,
            self.run.table("obligations"),
            self._known("support_records"),
            self._children,
            self.reference,
        )
        people = held(followed(self._children, path, self.as_of))
        yearly = held(yearly_costs(self._known("costs"), people, prices, self.as_of))
        blocks = Blocks.of(yearly, people, self.reference)
        return Costs(pathway_costs(blocks, prices), yearly, people, blocks, self._price_years(prices))

    def _price_years(self, prices: Prices) -> pl.DataFrame:
        missing = prices.years_without_index(self._known("costs"), self.as_of).collect()["year"].to_list()
        years = {"price_year": [prices.price_year] * max(1, len(missing)), "year_without_index": missing or [None]}
        return pl.DataFrame(years, schema=dict.fromkeys(years, pl.Int32()))
