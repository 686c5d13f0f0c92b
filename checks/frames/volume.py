"""Frames about how much came from where and when: drops and jumps, lost arrivals, and dates that are defaults."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.frames.frame import Frame, Subject
from checks.frames.lives import homes, pregnancies_of_children
from pipelines.definitions import lists

WINDOW_MONTHS = 25
FEWEST_MONTHS = 6
WINDOW_YEARS = 5
FEWEST_YEARS = 3
FEWEST_USUAL = 5
FEWEST_MUNICIPALITIES = 3
QUIETEST_MONTH = 0.5
ROWS_OF_A_USUAL_MONTH = 100
DAYS_OF_A_YEAR = 365.25
USUAL_SHARE_WITHOUT_HOME = 0.01


@dataclass(frozen=True)
class Feed:
    """Rows that one municipality after the other delivers of one subject."""

    name: str
    rows: pl.LazyFrame
    date: str
    municipality: str = "municipality_code"
    every: str = "1mo"


def feeds(subject: Subject) -> list[Feed]:
    """Follow-up by programme, records, hand-overs by their receiver, pregnancies, and arrivals by the year."""
    by_programme = [
        Feed(f"contacts:{name}", subject.read("contacts").filter(pl.col("programme") == name), "contact_date")
        for name in ("health_visitor", "gp")
    ]
    births = subject.read("children").select("child_id", "birth_date")
    arrivals = subject.read("residences").join(births, on="child_id").filter(pl.col("from_date") > pl.col("birth_date"))
    return [
        *by_programme,
        Feed("support_records", subject.read("support_records"), "opened_date"),
        Feed("handovers", subject.read("handovers"), "sent_date", "to_municipality_code"),
        Feed("pregnancies", subject.read("pregnancies"), "first_contact_date"),
        Feed("arrivals", arrivals, "from_date", every="1y"),
    ]


def volume(subject: Subject) -> Frame:
    """One row per feed, municipality and month (arrivals: year) from the first to the last whole one before `as_of`.

    `expected` is what is usual for the municipality times what the month was like for all. Usual is the median of the
    year before and the year after (arrivals: two years), so that half a year without rows does not change it. What
    the month was like is the median over municipalities of rows to usual ones: holidays and reforms touch everybody,
    and one municipality more or less does not matter. With fewer than three, every month is like any other.
    `before_a_jump` is what is expected, but where hardly anything is usual the mean of that time: when all rows of two
    years came on two days, the other months are empty.
    """
    rows = pl.concat([_against_usual(feed, subject) for feed in feeds(subject)])
    key = ("feed", "municipality_code", "month")
    return Frame("volume", rows, key, "municipality_code", "Rækker pr. måned", "Rows by month")


def _against_usual(feed: Feed, subject: Subject) -> pl.LazyFrame:
    rows = _every_month(feed, subject).sort("municipality_code", "month").with_columns(*_usual(feed))
    expected, mean = pl.col("usual") * pl.col("for_all"), pl.col("mean") * pl.col("for_all")
    return rows.join(_months_for_all(rows), on="month").select(
        pl.lit(feed.name).alias("feed"),
        "municipality_code",
        "month",
        "rows",
        expected.alias("expected"),
        pl.when(pl.col("usual") >= FEWEST_USUAL).then(expected).otherwise(mean).alias("before_a_jump"),
    )


def _every_month(feed: Feed, subject: Subject) -> pl.LazyFrame:
    """Rows of each municipality in each month from the first to the last of the feed, 0 where it has none."""
    day, codes = pl.col(feed.date), lists.municipality(subject.reference)
    month = (day.dt.month_start() if feed.every == "1mo" else day.dt.truncate(feed.every)).alias("month")
    this_month = pl.lit(subject.days.as_of).dt.truncate(feed.every)
    counted = (
        feed.rows.select(pl.col(feed.municipality).cast(codes, strict=False).alias("municipality_code"), month)
        .filter((pl.col("month") < this_month) & pl.col("municipality_code").is_not_null())
        .group_by("municipality_code", "month")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .with_columns(pl.col("municipality_code").cast(pl.String))
    )
    places = counted.select("municipality_code").unique()
    first, last = pl.col("month").min(), pl.col("month").max()
    months = counted.select(pl.date_ranges(first, last, feed.every).explode().alias("month"))
    whole = places.join(months, how="cross").join(counted, on=["municipality_code", "month"], how="left")
    return whole.with_columns(pl.col("rows").fill_null(0))


def _usual(feed: Feed) -> list[pl.Expr]:
    """`usual`, the median of the time around, and its `mean`; a feed may grow over the years."""
    window, fewest = (WINDOW_YEARS, FEWEST_YEARS) if feed.every == "1y" else (WINDOW_MONTHS, FEWEST_MONTHS)
    rows = pl.col("rows").cast(pl.Float64)
    return [
        rows.rolling_median(window, min_samples=fewest, center=True).over("municipality_code").alias("usual"),
        rows.rolling_mean(window, min_samples=fewest, center=True).over("municipality_code").alias("mean"),
    ]


def _months_for_all(rows: pl.LazyFrame) -> pl.LazyFrame:
    """`month, for_all`: rows to usual ones, in the middle of the municipalities that have enough of them.

    Once a feed has begun it is no less than a half: a month that lacks more of everybody's rows is no holiday. And then
    it weighs what it was told by: from a few rows, the middle of a few municipalities is mostly chance.
    """
    is_enough = pl.col("usual") >= FEWEST_USUAL
    middle = (pl.col("rows") / pl.col("usual")).filter(is_enough).median()
    has_begun = (pl.col("middle") >= QUIETEST_MONTH).cum_max()
    return (
        rows.group_by("month")
        .agg(
            pl.when(is_enough.sum() >= FEWEST_MUNICIPALITIES).then(middle).otherwise(1.0).alias("middle"),
            pl.col("usual").filter(is_enough).sum().alias("told_by"),
        )
        .sort("month")
        .select("month", pl.when(has_begun).then(_weighed_middle()).otherwise("middle").alias("for_all"))
    )


def _weighed_middle() -> pl.Expr:
    """Between the middle, by the rows that told it, and 1, by so many rows of a usual month."""
    middle, told_by = pl.col("middle").clip(QUIETEST_MONTH), pl.col("told_by")
    return (middle * told_by + ROWS_OF_A_USUAL_MONTH) / (told_by + ROWS_OF_A_USUAL_MONTH)


def cohorts(subject: Subject) -> Frame:
    """Births by the municipality of the pregnancy and year, with the children who have no home in any municipality.

    A feed of homes that loses children must not raise coverage, so it has to be seen: `expected` is one in a hundred.
    """
    places = subject.read("pregnancies").select(
        pl.col("pregnancy_id").alias("linked_pregnancy_id"), pl.col("municipality_code")
    )
    born = subject.read("children").filter(pl.col("birth_date") <= subject.days.as_of).select("child_id", "birth_date")
    rows = (
        born.join(pregnancies_of_children(subject), on="child_id")
        .join(places, on="linked_pregnancy_id")
        .join(homes(subject), on="child_id", how="left")
        .group_by("municipality_code", pl.col("birth_date").dt.year().cast(pl.Int64).alias("birth_year"))
        .agg(pl.len().cast(pl.Int64).alias("children"), pl.col("first_home_date").is_null().sum().alias("without_home"))
        .with_columns((pl.col("children") * USUAL_SHARE_WITHOUT_HOME).alias("expected"))
    )
    key = ("municipality_code", "birth_year")
    return Frame("cohorts", rows, key, "municipality_code", "Fødselsårgange", "Birth cohorts")


def calendar(subject: Subject) -> Frame:
    """Rows of a table on each day of the year (29 February left out), against an even spread: defaults pile up."""
    dated = {
        "children": subject.read("children").select(pl.col("birth_date").alias("day")),
        "contacts": subject.read("contacts").select(pl.col("contact_date").alias("day")),
        "diagnoses": subject.read("diagnoses").select(pl.col("diagnosed_date").alias("day")),
        "treatments": subject.read("treatments").select(pl.col("start_date").alias("day")),
        "support_records": subject.read("support_records").select(pl.col("opened_date").alias("day")),
        "costs": subject.read("costs").select(pl.col("start_date").alias("day")),
    }
    rows = pl.concat([_by_day_of_year(name, days) for name, days in dated.items()])
    return Frame("calendar", rows, ("table", "day_of_year"), None, "Dage i året", "Days of the year")


def _by_day_of_year(name: str, days: pl.LazyFrame) -> pl.LazyFrame:
    by_day = days.group_by("day").agg(pl.len().cast(pl.Int64).alias("rows"))
    return (
        by_day.group_by(pl.col("day").dt.strftime("%m-%d").alias("day_of_year"))
        .agg(pl.col("rows").sum())
        .with_columns((pl.col("rows").sum() / DAYS_OF_A_YEAR).alias("expected"))
        .filter(pl.col("day_of_year") != "02-29")
        .select(pl.lit(name).alias("table"), "day_of_year", "rows", "expected")
    )
