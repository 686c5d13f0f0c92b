"""Frames about how much came from where and when: drops and jumps, lost arrivals, and dates that are defaults."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.frames.feeds import COUNTRY, FEED, ROWS_BY_DAY, without_country
from checks.frames.frame import Frame, Subject
from checks.frames.lives import homes, pregnancies_of_children

ARRIVALS = "arrivals"
FEWEST_USUAL = 5
FEWEST_MUNICIPALITIES = 3
QUIETEST_MONTH = 0.5
ROWS_OF_A_USUAL_MONTH = 100
DAYS_OF_A_YEAR = 365.25
USUAL_SHARE_WITHOUT_HOME = 0.01


def volume(subject: Subject) -> Frame:
    """One row per feed, municipality and month (arrivals: year) from the feed's first to the last whole one before
    `as_of`.

    `expected` is what is usual for the municipality times what the month was like for all. Usual is the median of the
    year before and the year after (years: two years), so that half a year without rows does not change it; or that of
    the year before alone where it is more, so that a feed that stops is missed from its first silent month. What the
    month was like is the median over municipalities of rows to usual ones: holidays and reforms touch everybody, and
    one municipality more or less does not matter. With fewer than three, every month is like any other. A municipality
    that never had half as much before has not begun: nothing is expected of it yet.

    `before_a_jump` is what is expected by the time around, but where hardly anything is usual the mean of that time:
    when all rows of two years came on two days, the other months are empty.
    """
    days = subject.read(ROWS_BY_DAY).filter(pl.col("municipality_code") != COUNTRY)
    is_of_arrivals = pl.col("feed") == ARRIVALS
    monthly, yearly = days.filter(~is_of_arrivals), days.filter(is_of_arrivals)
    rows = pl.concat([_against_usual(monthly, MONTHLY, subject), _against_usual(yearly, YEARLY, subject)])
    return Frame("volume", rows, (*FEED, "month"), "municipality_code", "Rækker pr. måned", "Rows by month")


def volume_by_year(subject: Subject) -> Frame:
    """The same by whole calendar years, and for the country as a whole (no municipality): where a month has too few.

    `month` is the first of the year. The year in which a feed began is left out: it was not a whole one.
    """
    days = subject.read(ROWS_BY_DAY).filter(pl.col("feed") != ARRIVALS)
    has_begun = pl.col("month") > pl.col("month").min().over("feed")
    known = _against_usual(days, YEARLY, subject).filter(has_begun)
    rows = known.with_columns(without_country().alias("municipality_code"))
    return Frame("volume_by_year", rows, (*FEED, "month"), "municipality_code", "Rækker pr. år", "Rows by year")


@dataclass(frozen=True)
class Grain:
    """How long a piece of time is, and how many around it and before it say what is usual."""

    every: str
    around: int
    fewest_around: int
    before: int
    fewest_before: int


MONTHLY = Grain("1mo", around=25, fewest_around=6, before=12, fewest_before=6)
YEARLY = Grain("1y", around=5, fewest_around=3, before=3, fewest_before=2)


def _against_usual(days: pl.LazyFrame, grain: Grain, subject: Subject) -> pl.LazyFrame:
    rows = _every_month(days, grain, subject).sort(*FEED, "month").with_columns(*_usual(grain))
    of_all = pl.col("for_all")
    around = pl.when(pl.col("around") >= FEWEST_USUAL).then("around").otherwise("mean")
    return (
        rows.with_columns(pl.max_horizontal("around", "before").alias("usual"))
        .pipe(lambda known: known.join(_months_for_all(known), on=["feed", "month"]))
        .sort(*FEED, "month")
        .select(
            *FEED,
            "month",
            "rows",
            pl.when(_has_begun()).then(pl.col("usual") * of_all).alias("expected"),
            (around * of_all).alias("before_a_jump"),
        )
    )


def _has_begun() -> pl.Expr:
    """The municipality has had at least half of what is usual in this month or in one before."""
    return pl.col("rows").cum_max().over(FEED) >= QUIETEST_MONTH * pl.col("usual")


def _every_month(days: pl.LazyFrame, grain: Grain, subject: Subject) -> pl.LazyFrame:
    """Rows of each municipality in each month from the feed's first to the last whole one, 0 where it has none."""
    this_month = pl.lit(subject.days.as_of).dt.truncate(grain.every)
    counted = (
        days.group_by(*FEED, pl.col("day").dt.truncate(grain.every).alias("month"))
        .agg(pl.col("rows").sum())
        .filter(pl.col("month") < this_month)
    )
    span = pl.date_ranges(pl.col("month").min(), this_month.dt.offset_by(f"-{grain.every}"), grain.every)
    months = counted.group_by("feed").agg(span.explode().alias("month")).explode("month")
    places = counted.select(FEED).unique().join(months, on="feed")
    whole = places.join(counted, on=[*FEED, "month"], how="left")
    return whole.with_columns(pl.col("rows").fill_null(0))


def _usual(grain: Grain) -> list[pl.Expr]:
    """The median of the time `around` and its `mean`, and the median of the time `before`; a feed may grow."""
    rows = pl.col("rows").cast(pl.Float64)
    around = rows.rolling_median(grain.around, min_samples=grain.fewest_around, center=True)
    mean = rows.rolling_mean(grain.around, min_samples=grain.fewest_around, center=True)
    before = rows.shift(1).rolling_median(grain.before, min_samples=grain.fewest_before)
    parts = {"around": around, "mean": mean, "before": before}
    return [part.over(FEED).alias(name) for name, part in parts.items()]


def _months_for_all(rows: pl.LazyFrame) -> pl.LazyFrame:
    """`feed, month, for_all`: rows to usual ones, in the middle of the municipalities that have enough of them.

    Once a feed has begun it is no less than a half: a month that lacks more of everybody's rows is no holiday. And then
    it weighs what it was told by: from a few rows, the middle of a few municipalities is mostly chance.
    """
    is_enough = (pl.col("usual") >= FEWEST_USUAL) & (pl.col("municipality_code") != COUNTRY)
    middle = (pl.col("rows") / pl.col("usual")).filter(is_enough).median()
    has_begun = (pl.col("middle") >= QUIETEST_MONTH).cum_max().over("feed")
    return (
        rows.group_by("feed", "month")
        .agg(
            pl.when(is_enough.sum() >= FEWEST_MUNICIPALITIES).then(middle).otherwise(1.0).alias("middle"),
            pl.col("usual").filter(is_enough).sum().alias("told_by"),
        )
        .sort("feed", "month")
        .select("feed", "month", pl.when(has_begun).then(_weighed_middle()).otherwise("middle").alias("for_all"))
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
