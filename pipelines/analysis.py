"""What is counted of children beside their obligations: development, times to event, participation and costs.

Made from a finished run, for the gate; exact, and never to be shown. The only file that composes these stages.
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
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import table_named
from pipelines.event_table import binned, event_table
from pipelines.evidence import about_each_child
from pipelines.latest_assessments import latest_assessments
from pipelines.pathway_costs import Blocks, followed, pathway_costs
from pipelines.pathways import pathways
from pipelines.residence import spells
from pipelines.thread import held
from pipelines.time_to_event import Course, time_to_event
from pipelines.yearly_costs import Prices, yearly_costs


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
        return held(homes_at_birth(self._children, self._homes))

    def development(self) -> Development:
        """Results of assessments, and who was not assessed, by year of birth."""
        populations = held(band_populations(self._children, self._exposed, self._homes, self.as_of))
        latest = held(latest_assessments(self._known("assessments"), populations))
        outcomes = held(development_stage.outcome_cells(latest, populations))
        cells = held(development_stage.population_cells(populations))
        return Development(
            development_stage.development_counts(cells, outcomes).collect(),
            development_stage.development_z_sums(outcomes).collect(),
            development_stage.development_strata(latest, populations, self._at_birth).collect(engine="streaming"),
        )

    def courses(self) -> pl.DataFrame:
        """Endings by interval, group and bin of days; `cohort` is the year of the origin, which for times that begin at
        birth is the birth year: a period of origins closes, one of births does not."""
        return binned(self.courses_by_day().lazy()).collect()

    def courses_by_day(self) -> pl.DataFrame:
        """The same by day, for curves of all that is known."""
        course = Course(
            self._children,
            self._exposed,
            about_each_child(self._known("handovers"), self._children),
            self._known("support_records"),
            self._known("assessments"),
            self._homes,
            self.reference,
            self.as_of,
        ).kept(held)
        of_origin = pl.col("origin_date").dt.year().alias("cohort")
        rows = held(time_to_event(course).with_columns(of_origin))
        return event_table(rows, course).collect(engine="streaming")

    def participation(self, periods: Mapping[str, Sequence[int]]) -> pl.DataFrame:
        """Coverage of exposed children against that of others, as a ratio, in each universal programme: of contacts due
        in the years of each period and before the as-of date. `standardised`: `crude`, or `alike` in birth year,
        municipality and contact."""
        of_year = {year: name for name, years in periods.items() for year in years}
        period = pl.col("due_date").dt.year().replace_strict(of_year, default=None, return_dtype=pl.String)
        due = self.run.table("obligations").with_columns(period.alias("period")).filter(pl.col("period").is_not_null())
        contacts = participation_stage.contacts_of_children(due, self.reference, self.as_of, ("period",))
        alike = held(
            participation_stage.with_what_is_held_alike(held(contacts), self._children, self._exposed, self._at_birth)
        )
        gaps = [
            self._gaps(alike.filter(pl.col("period") == name)).with_columns(period=pl.lit(name)) for name in periods
        ]
        return pl.concat(gaps)

    def _gaps(self, contacts: pl.LazyFrame) -> pl.DataFrame:
        strata = held(participation_stage.contact_strata(contacts, self.reference))
        shapes = {"crude": participation_stage.CRUDE, "alike": participation_stage.ALIKE}
        gaps = [
            participation_stage.participation_gap(
                participation_stage.participation(contacts, strata, shape, self.reference)
            ).with_columns(pl.lit(name).alias("standardised"))
            for name, shape in shapes.items()
        ]
        return pl.concat(gaps).collect(engine="streaming")

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
