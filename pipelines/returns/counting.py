"""The count tables of a run that holds rows: each row belongs to one municipality, where its figure counts.

- obligations: the municipality of the attribution itself; by traits, the one that is responsible,
- continuity: where an exposed child lives on the as-of date, or lived last,
- development and contacts: where the child lived at birth,
- courses: where it lived on the day that the course began.

So a child may count in several municipalities, and in each figure once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines import counts as counts_stage
from pipelines.analysis import Analysis
from pipelines.as_of import known_on
from pipelines.bucket import held
from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import table_named
from pipelines.disclosure.obligation_cells import TRAITS
from pipelines.disclosure.places_and_periods import NOWHERE, Calendar, name
from pipelines.residence import spells
from pipelines.returns.count_tables import CONTINUITY, MUNICIPALITY, OBLIGATIONS, REST, TABLES
from pipelines.store import Snapshot


def count_tables(run: Snapshot, reference: Reference, as_of: date) -> dict[str, pl.DataFrame]:
    """By name of the table: `municipality_code` (or `rest`) and its columns, of all municipalities of the run."""
    calendar = Calendar(as_of)
    beside = Analysis(run, reference, as_of).counts({name(years): years for years in calendar.periods})
    found: Mapping[str, pl.LazyFrame] = {
        OBLIGATIONS.name: pl.concat([_of_places(run, calendar), _of_traits(run, reference, calendar)]),
        CONTINUITY.name: _continuity(run),
        "population": beside.population,
        "results": beside.results,
        "courses": beside.courses,
        "contacts": beside.contacts,
    }
    return {of: _with_owner(rows, of) for of, rows in found.items()}


def _with_owner(rows: pl.LazyFrame, table: str) -> pl.DataFrame:
    """What belongs to no municipality belongs to the rest; in its order, which says nothing of any child."""
    declared = TABLES[table]
    owner = pl.col(MUNICIPALITY).cast(pl.String)
    is_rest = owner.is_in(NOWHERE)
    typed = [pl.col(column).cast(dtype) for column, dtype in declared.schema.items()]
    return (
        rows.select(pl.when(is_rest).then(pl.lit(REST)).otherwise(owner).alias(MUNICIPALITY), *typed)
        .group_by(MUNICIPALITY, *declared.keys)
        .agg(_sum(column, declared.may_be_null) for column in (*declared.numbers, *declared.sums))
        .sort(MUNICIPALITY, *declared.keys)
        .collect()
    )


def _sum(column: str, may_be_null: tuple[str, ...]) -> pl.Expr:
    """Null where it is known of no row."""
    added = pl.col(column).sum()
    return pl.when(pl.col(column).count() > 0).then(added).alias(column) if column in may_be_null else added


def _of_places(run: Snapshot, calendar: Calendar) -> pl.LazyFrame:
    """Those of periods that are over: of others nothing is published."""
    is_place = (pl.col("period_kind") == "quarter") & (pl.col("group_kind") == "municipality")
    rows = run.table("counts_by_group").filter(is_place & pl.col("period").is_in(calendar.quarters))
    return rows.select(pl.col("group_value").alias(MUNICIPALITY), *OBLIGATIONS.columns)


def _of_traits(run: Snapshot, reference: Reference, calendar: Calendar) -> pl.LazyFrame:
    """Counted from the rows: the run itself has counted traits for the whole country only."""
    as_of = calendar.as_of
    homes = spells(known_on(run.table("residences"), table_named("residences"), as_of))
    children, exposed = run.table("children_in_view"), run.table("exposed")
    groups = counts_stage.groups_of_children(children, exposed, homes, reference, as_of)
    obligations = run.table("obligations").select("child_id", "measure", "due_date", "status", "reason", MUNICIPALITY)
    period = pl.format("{}-Q{}", pl.col("due_date").dt.year(), pl.col("due_date").dt.quarter())
    code = pl.col(MUNICIPALITY)
    cells = held(
        obligations.join(groups.select("child_id", *TRAITS), on="child_id", how="left")
        .filter(code.is_not_null() & (code != e.OUTSIDE_CODE))
        .with_columns(period.alias("period"), (pl.col("due_date") < as_of).alias("is_due"))
        .filter(pl.col("period").is_in(calendar.quarters))
        .group_by("measure", "period", "is_due", "status", "reason", MUNICIPALITY, *TRAITS)
        .len("obligations")
        .with_columns(pl.col("obligations").cast(pl.Int64))
    )
    of_trait = [
        cells.with_columns(
            pl.lit(counts_stage.PLACED).alias("attribution"),
            pl.lit(trait).alias("group_kind"),
            pl.col(trait).cast(pl.String).fill_null(e.UNKNOWN).alias("group_value"),
        )
        .group_by(MUNICIPALITY, *OBLIGATIONS.keys)
        .agg(number.sum() for number in counts_stage.numbers() if number.meta.output_name() in OBLIGATIONS.numbers)
        .select(MUNICIPALITY, *OBLIGATIONS.columns)
        for trait in TRAITS
    ]
    return pl.concat(of_trait)


def _continuity(run: Snapshot) -> pl.LazyFrame:
    """Windows of three birth years, from which the gate works out single years."""
    is_own = (pl.col("group_kind") == "municipality") & (pl.col("birth_period_kind") == "three_years")
    rows = run.table("continuity").filter(is_own)
    return rows.select(pl.col("group_value").alias(MUNICIPALITY), *CONTINUITY.columns)
