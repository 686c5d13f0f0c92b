"""How much is usual: a month that is missing is told, a holiday of all is not."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from check_worlds import clean_world, stored_tables

from checks.catalogue import check_named
from checks.frames import Days, Frame, subject_of
from checks.frames.feeds import feeds
from checks.frames.frame import Subject
from checks.frames.volume import volume, volume_by_year
from pipelines.definitions.reference import Reference

REFERENCE = Reference.load()
MONTHS = [date(2023 + at // 12, 1 + at % 12, 1) for at in range(36)]
EACH_MONTH = {"0101": 60, "0147": 40, "0751": 20}


def contacts_of(months: dict[tuple[str, date], int]) -> pl.LazyFrame:
    """That many contacts in each municipality and month, the others as usual."""
    days = [
        (code, month + timedelta(days=at % 28))
        for month in MONTHS
        for code, usual in EACH_MONTH.items()
        for at in range(months.get((code, month), usual))
    ]
    return pl.LazyFrame(days, schema={"municipality_code": pl.String, "contact_date": pl.Date}, orient="row").select(
        pl.int_range(pl.len()).cast(pl.String).alias("contact_id"),
        pl.lit(1, pl.Int64).alias("child_id"),
        pl.lit("gp").alias("programme"),
        pl.lit("year_3").alias("contact_code"),
        "contact_date",
        pl.lit("attended").alias("status"),
        "municipality_code",
    )


def volume_of(contacts: pl.LazyFrame, as_of: date = date(2025, 12, 15)) -> Frame:
    return volume(subject_with(contacts, as_of))


def subject_with(contacts: pl.LazyFrame, as_of: date) -> Subject:
    tables = stored_tables(clean_world()) | {"contacts": contacts}
    return subject_of(tables.__getitem__, REFERENCE, Days(as_of, as_of))


def fails(frame: Frame, check_id: str) -> int:
    return frame.rows.filter(check_named(check_id).is_failing).collect().height


def of_gp(frame: Frame) -> pl.DataFrame:
    return frame.rows.filter(pl.col("feed") == "contacts:gp").sort("municipality_code", "month").collect()


def test_a_month_that_is_quiet_for_all_is_no_drop_of_anybody() -> None:
    quiet = date(2024, 7, 1)
    holidays = {(code, quiet): rows // 2 for code, rows in EACH_MONTH.items()}
    assert fails(volume_of(contacts_of(holidays)), "volume.drop") == 0


def test_what_a_month_was_like_for_all_weighs_by_the_rows_that_tell_it() -> None:
    quiet = date(2024, 7, 1)
    share = {}
    for times in (1, 10, 100):
        usual = {(code, month): rows * times for code, rows in EACH_MONTH.items() for month in MONTHS}
        holidays = usual | {(code, quiet): rows * times // 2 for code, rows in EACH_MONTH.items()}
        rows = of_gp(volume_of(contacts_of(holidays))).filter(pl.col("month") == quiet)
        share[times] = (rows["expected"] / (pl.Series(EACH_MONTH.values()) * times)).round(3).unique().to_list()
    assert share == {1: [0.727], 10: [0.538], 100: [0.504]}


def test_the_chance_of_three_small_municipalities_hides_no_missing_month_of_a_larger_one() -> None:
    month = date(2024, 5, 1)
    small = {(code, each): 6 for code in ("0147", "0751", "0461") for each in MONTHS}
    by_chance = {("0147", month): 3, ("0751", month): 4, ("0461", month): 4}
    large = {("0101", each): 24 for each in MONTHS} | {("0101", month): 0}
    frame = volume_of(contacts_of(small | by_chance | large))
    found = frame.rows.filter(check_named("volume.drop").is_failing).collect()
    assert found.select("municipality_code", "month").rows() == [("0101", month)]


@pytest.mark.parametrize("years", [(2024,), (2023, 2024), (2023, 2024, 2025)])
def test_years_of_which_all_rows_came_on_one_day_are_a_jump_each(years: tuple[int, ...]) -> None:
    one_day = {("0147", month): 480 * (month.month == 11) for month in MONTHS if month.year in years}
    frame = volume_of(contacts_of(one_day), as_of=date(2026, 1, 15))
    found = frame.rows.filter(check_named("volume.jump").is_failing).sort("month").collect()
    expected = [("0147", date(year, 11, 1)) for year in years]
    assert found.select("municipality_code", "month").rows() == expected


@pytest.mark.parametrize("rows", [0, 12])
def test_a_month_that_is_missing_is_a_drop_and_nothing_else_is(rows: int) -> None:
    frame = volume_of(contacts_of({("0101", date(2024, 5, 1)): rows}))
    found = frame.rows.filter(check_named("volume.drop").is_failing).collect()
    assert found.select("municipality_code", "month", "rows").rows() == [("0101", date(2024, 5, 1), rows)]
    assert fails(frame, "volume.jump") == 0


def test_half_a_year_of_silence_is_six_drops() -> None:
    silent = {("0147", MONTHS[at]): 0 for at in range(12, 18)}
    assert fails(volume_of(contacts_of(silent)), "volume.drop") == 6


def test_a_month_that_came_twice_is_a_jump() -> None:
    frame = volume_of(contacts_of({("0101", date(2024, 5, 1)): 120}))
    assert fails(frame, "volume.jump") == 1
    assert fails(frame, "volume.drop") == 0


def test_a_small_municipality_without_rows_for_a_month_is_too_few_to_say() -> None:
    frame = volume_of(contacts_of({("0751", month): 3 for month in MONTHS} | {("0751", date(2024, 5, 1)): 0}))
    assert fails(frame, "volume.drop") == 0


def test_a_municipality_alone_is_compared_with_its_own_other_months() -> None:
    alone = contacts_of({("0101", date(2024, 5, 1)): 0}).filter(pl.col("municipality_code") == "0101")
    assert fails(volume_of(alone), "volume.drop") == 1


def test_a_month_that_nobody_reported_is_a_drop_of_all_that_can_be_judged() -> None:
    frame = volume_of(contacts_of({(code, date(2024, 5, 1)): 0 for code in EACH_MONTH}))
    found = frame.rows.filter(check_named("volume.drop").is_failing).collect()
    assert found.select("municipality_code", "month", "rows").sort("municipality_code").rows() == [
        ("0101", date(2024, 5, 1), 0),
        ("0147", date(2024, 5, 1), 0),
    ]


def test_the_first_months_of_a_feed_that_has_hardly_begun_are_no_drop() -> None:
    beginning = {(code, MONTHS[at]): 2 + at for code in EACH_MONTH for at in range(3)}
    assert fails(volume_of(contacts_of(beginning)), "volume.drop") == 0


def test_the_month_of_the_figures_is_not_over_and_not_judged() -> None:
    months = of_gp(volume_of(contacts_of({}), as_of=date(2025, 12, 15)))["month"]
    assert months.max() == date(2025, 11, 1)


def arrivals_of(years: dict[int, int], as_of: date = date(2020, 3, 1)) -> Frame:
    """That many children move to one municipality in each year, long after their birth."""
    days = [date(year, 6, 1) for year, rows in years.items() for _ in range(rows)]
    spells = pl.LazyFrame({"from_date": days}, schema={"from_date": pl.Date}).select(
        pl.lit(1, pl.Int64).alias("child_id"),
        "from_date",
        pl.lit("0101").alias("municipality_code"),
        pl.lit(None, pl.Date).alias("to_date"),
    )
    children = (
        stored_tables(clean_world())["children"]
        .head(1)
        .with_columns(pl.lit(1, pl.Int64).alias("child_id"), pl.lit(date(2000, 1, 1)).alias("birth_date"))
    )
    tables = stored_tables(clean_world()) | {"residences": spells, "children": children}
    return volume(subject_of(tables.__getitem__, REFERENCE, Days(as_of, as_of)))


GROWING = {2010 + at: 10 + 15 * at for at in range(10)}


def test_a_feed_that_grows_has_lost_nobody_in_its_first_years() -> None:
    assert fails(arrivals_of(GROWING), "volume.lost_arrivals") == 0


def test_a_year_of_lost_arrivals_is_told_in_a_feed_that_grows() -> None:
    frame = arrivals_of(GROWING | {2016: 12})
    found = frame.rows.filter(check_named("volume.lost_arrivals").is_failing).collect()
    assert found.select("month", "rows").rows() == [(date(2016, 1, 1), 12)]


def silent_since(at: int, *codes: str) -> pl.LazyFrame:
    return contacts_of({(code, month): 0 for code in codes for month in MONTHS[at:]})


def places_of(frame: Frame, check_id: str) -> list[str | None]:
    found = frame.rows.filter((pl.col("feed") == "contacts:gp") & check_named(check_id).is_failing)
    return sorted(found.select("municipality_code").unique().collect().to_series().to_list(), key=str)


@pytest.mark.parametrize("at", [1, 10, 20, 32])
def test_a_municipality_that_falls_silent_for_good_is_told_however_long_ago(at: int) -> None:
    as_of = date(2025, 12, 31)
    assert places_of(feeds(subject_with(silent_since(at, "0147"), as_of)), "feeds.silent") == ["0147"]


def test_a_feed_that_stops_for_all_is_silent_everywhere_and_its_months_are_there() -> None:
    subject = subject_with(silent_since(24, *EACH_MONTH), date(2025, 12, 31))
    assert places_of(feeds(subject), "feeds.silent") == ["0101", "0147", "0751", None]
    assert places_of(volume(subject), "volume.drop") == ["0101", "0147"]
    assert of_gp(volume(subject))["month"].max() == date(2025, 11, 1)


def test_two_months_of_silence_are_not_the_end() -> None:
    assert places_of(feeds(subject_with(silent_since(34, "0147"), date(2025, 12, 28))), "feeds.silent") == []


def test_who_sends_once_a_year_is_not_silent_before_a_year_has_passed() -> None:
    once = contacts_of({("0147", month): 480 * (month.month == 2) for month in MONTHS})
    for as_of, places in ((date(2025, 12, 31), []), (date(2026, 6, 1), ["0147"])):
        found = places_of(feeds(subject_with(once, as_of)), "feeds.silent")
        assert [place for place in found if place == "0147"] == places


def test_what_is_planned_for_later_does_not_hide_that_nothing_came() -> None:
    later = silent_since(24, "0147").collect()
    planned = later.tail(30).with_columns(
        pl.lit("0147").alias("municipality_code"), pl.lit(date(2026, 6, 1)).alias("contact_date")
    )
    rows = pl.concat([later, planned]).lazy()
    assert places_of(feeds(subject_with(rows, date(2025, 12, 31))), "feeds.silent") == ["0147"]


def test_a_year_tells_of_a_municipality_that_is_too_small_for_a_month() -> None:
    years = range(2019, 2025)
    days = [
        date(year, month, 3) for year in years for month in range(1, 13) for _ in range(3) if year != 2022 or month == 1
    ]
    rows = (
        contacts_of({})
        .head(len(days))
        .with_columns(pl.lit("0482").alias("municipality_code"), pl.Series("contact_date", days))
    )
    subject = subject_with(rows, date(2025, 2, 1))
    assert fails(volume(subject), "volume.drop") == 0
    found = volume_by_year(subject).rows.filter(check_named("volume_by_year.drop").is_failing).collect()
    assert sorted(found.select("municipality_code", "month", "rows").rows(), key=str) == [
        ("0482", date(2022, 1, 1), 3),
        (None, date(2022, 1, 1), 3),
    ]


def test_arrivals_that_stop_are_lost_in_each_of_the_first_years() -> None:
    steady = dict.fromkeys(range(2010, 2017), 40)
    frame = arrivals_of(steady)
    found = frame.rows.filter(check_named("volume.lost_arrivals").is_failing).sort("month").collect()
    assert found["month"].to_list() == [date(2017, 1, 1), date(2018, 1, 1)]
