"""The sample has no rows that no real country would have: nothing after its last day, nothing out of its time."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest

from pipelines.definitions.tables import TABLES
from sample_data.country import Country, make_country
from sample_data.families import HORIZON_DAYS

AS_OF = date(2026, 9, 30)
LAST_DAY = AS_OF + timedelta(days=HORIZON_DAYS)
MAY_LIE_AHEAD = {("pregnancies", "due_date"), ("costs", "end_date")}
"""A due date is expected, and a service is granted for a period."""
DAYS_TO_BIRTH, SECOND_BEGINS, THIRD_BEGINS = 280, 91, 189


@cache
def country() -> Country:
    return make_country(10_000, 1, AS_OF)


def rows_of(table: str) -> pl.DataFrame:
    return country().tables[table]


def years_old(rows: pl.DataFrame, day: str, child: str = "child_id") -> pl.DataFrame:
    births = rows_of("children").select(pl.col("child_id").alias(child), "birth_date")
    days = (pl.col(day) - pl.col("birth_date")).dt.total_days()
    return rows.join(births, on=child).with_columns((days / 365.25).alias("years"))


WRITTEN = [
    (table.name, column.name)
    for table in TABLES
    for column in table.columns
    if column.type_name == "date" and (table.name, column.name) not in MAY_LIE_AHEAD
]


@pytest.mark.parametrize(("table", "column"), WRITTEN, ids=lambda name: name)
def test_no_day_lies_after_the_last_day_of_writing(table: str, column: str) -> None:
    days = rows_of(table)[column]
    assert days.null_count() < days.len()
    assert days.max() <= LAST_DAY  # type: ignore[operator]


def test_special_education_begins_at_four_and_support_in_day_care_by_eight() -> None:
    records = years_old(rows_of("support_records"), "opened_date")
    taught = records.filter(record_type="special_education")["years"]
    supported = records.filter(record_type="daycare_support")["years"]
    assert taught.len() > 0
    assert supported.len() > 0
    assert taught.min() >= 4  # type: ignore[operator]
    assert supported.max() <= 8  # type: ignore[operator]


@pytest.mark.parametrize(
    ("trimester", "begins"), [("trimester_1", 0), ("trimester_2", SECOND_BEGINS), ("trimester_3", THIRD_BEGINS)]
)
def test_nobody_knows_of_a_trimester_before_it_began(trimester: str, begins: int) -> None:
    own = rows_of("children").select("child_id", pl.col("pregnancy_id").alias("own_pregnancy_id"))
    due = rows_of("pregnancies").select("pregnancy_id", "due_date")
    written = (
        rows_of("exposures")
        .join(own, on="child_id", how="left")
        .with_columns(pl.coalesce("pregnancy_id", "own_pregnancy_id").alias("pregnancy_id"))
        .join(due, on="pregnancy_id")
        .with_columns((pl.col("registered_date") - pl.col("due_date")).dt.total_days().alias("since_due"))
    )
    has_begun = pl.col("since_due") >= begins - DAYS_TO_BIRTH
    assert written.filter(~has_begun)[trimester].null_count() == written.filter(~has_begun).height
    assert written.filter(has_begun & pl.col(trimester)).height > 0


def test_codes_of_newborns_stand_with_children_and_jaundice_is_of_the_first_week() -> None:
    diagnoses = rows_of("diagnoses")
    of_mothers = diagnoses.filter(pl.col("person_id").is_in(rows_of("pregnancies")["mother_id"].implode()))
    jaundice = years_old(diagnoses.filter(sks_code="DP599"), "diagnosed_date", child="person_id")
    assert of_mothers.height > 0
    assert of_mothers.filter(pl.col("sks_code").str.to_uppercase().str.starts_with("DP")).is_empty()
    assert jaundice.height > 0
    assert (jaundice["years"] * 365.25).max() < 7  # type: ignore[operator]


def test_nobody_leaves_a_confirmed_exposure_on_the_lowest_level_of_care() -> None:
    named = rows_of("exposures").filter(certainty="confirmed")["pregnancy_id"].drop_nulls()
    confirmed = rows_of("pregnancies").filter(pl.col("pregnancy_id").is_in(named.implode()))
    assert confirmed.height > 0
    assert 1 not in set(confirmed["care_level"])
    assert 1 in set(rows_of("pregnancies")["care_level"])
