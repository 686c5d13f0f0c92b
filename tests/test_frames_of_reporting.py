"""Who has reported lately: silence of a year weighs, whatever the sixteen years before it were like."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from check_worlds import clean_world, stored_tables

from checks.catalogue import check_named
from checks.frames import Days, Frame, subject_of
from checks.frames.reporting import reporting
from pipelines.definitions.reference import Reference

REFERENCE = Reference.load()
AS_OF = date(2026, 9, 30)
FIRST, LAST = date(2010, 1, 1), date(2026, 8, 1)
ALL_MONTHS = pl.date_range(FIRST, LAST, "1mo", eager=True).to_list()


def reported(rows: dict[str, int], silent: dict[str, set[date]], ends: date = LAST, declared: bool = False) -> Frame:
    """So many rows each month from each municipality but in its silent months, in a delivery that ends some day."""
    told = [
        ("contacts", code, month, 0 if month in silent.get(code, set()) else usual)
        for code, usual in rows.items()
        for month in ALL_MONTHS
        if month <= ends
    ]
    schema = {"delivery": pl.String, "municipality_code": pl.String, "month": pl.Date, "rows": pl.Int64}
    without = pl.lit("declared_incomplete" if declared else "missing")
    months = pl.LazyFrame(told, schema=schema, orient="row").with_columns(
        pl.when(pl.col("rows") > 0).then(pl.lit("reported")).otherwise(without).alias("state")
    )
    tables = stored_tables(clean_world()) | {"reporting": months}
    return reporting(subject_of(tables.__getitem__, REFERENCE, Days(AS_OF, AS_OF)))


def failing(frame: Frame, wrong: str = "missing") -> list[str]:
    found = frame.rows.filter(check_named(f"reporting.{wrong}").is_failing)
    return found.select("municipality_code").sort("municipality_code").collect().to_series().to_list()


def months(first: date, count: int) -> set[date]:
    return {month for month in ALL_MONTHS if month >= first}.intersection(
        pl.date_range(first, pl.lit(first).dt.offset_by(f"{count - 1}mo"), "1mo", eager=True).to_list()
    )


USUAL = {"0101": 60, "0147": 20}


def test_nobody_who_reports_every_month_is_missing() -> None:
    assert failing(reported(USUAL, {})) == []


@pytest.mark.parametrize(("count", "found"), [(2, []), (3, ["0147"]), (12, ["0147"])])
def test_more_than_two_months_of_the_last_year_fail(count: int, found: list[str]) -> None:
    first = ALL_MONTHS[-count]
    assert failing(reported(USUAL, {"0147": months(first, count)})) == found


def test_one_silent_year_of_one_municipality_is_not_hidden_by_sixteen_good_ones_of_all_others() -> None:
    many = {f"{code:04}": 30 for code in range(101, 199)}
    check = check_named("reporting.missing")
    frame = reported(many, {"0150": months(date(2025, 9, 1), 12)})
    assert failing(frame) == ["0150"]
    assert 1 / frame.rows.filter(check.is_applicable).collect().height > check.threshold


def test_a_delivery_that_stopped_for_all_is_missing_from_all() -> None:
    assert failing(reported(USUAL, {}, ends=date(2026, 4, 1))) == ["0101", "0147"]


def test_a_delivery_that_ended_long_ago_is_history() -> None:
    frame = reported(USUAL, {}, ends=date(2024, 8, 1))
    assert frame.rows.collect().is_empty()


def test_a_municipality_silent_for_years_is_told_until_five_have_passed() -> None:
    for since, found in ((date(2023, 9, 1), ["0147"]), (date(2021, 8, 1), [])):
        assert failing(reported(USUAL, {"0147": months(since, 70)})) == found


def test_a_hole_of_ten_years_ago_fails_no_check_of_today() -> None:
    assert failing(reported(USUAL, {"0147": months(date(2016, 1, 1), 9)})) == []


def test_a_hole_of_the_year_before_last_still_counts() -> None:
    assert failing(reported(USUAL, {"0147": months(date(2025, 1, 1), 3)})) == ["0147"]


def test_a_small_municipality_is_too_small_for_months_but_not_for_a_year() -> None:
    small = USUAL | {"0482": 2}
    assert failing(reported(small, {"0482": months(date(2026, 4, 1), 5)})) == []
    assert failing(reported(small, {"0482": months(date(2025, 9, 1), 12)})) == ["0482"]


def test_of_a_tiny_municipality_nothing_can_be_said() -> None:
    frame = reported(USUAL | {"0825": 1}, {"0825": months(date(2025, 9, 1), 12)})
    judged = frame.rows.filter(check_named("reporting.missing").is_applicable).collect()
    assert sorted(judged["municipality_code"]) == ["0101", "0147"]


def test_months_declared_incomplete_are_not_missing_but_told_of() -> None:
    frame = reported(USUAL, {"0147": months(date(2026, 1, 1), 8)}, declared=True)
    assert failing(frame) == []
    assert failing(frame, "declared_incomplete") == ["0147"]
