"""Feeds: rows of one subject, by the municipality that they came from and the day on which they happened."""

from __future__ import annotations

import polars as pl

from checks.frames.frame import Frame, Subject
from checks.frames.lives import homes, pregnancies_of_children

FEED = ["feed", "municipality_code"]
COUNTRY = ""
"""In `municipality_code` while rows are counted: all rows of the feed, also those of no known municipality."""

USUAL_DAYS = 730
FEWEST_DAYS = 365


ROWS_BY_DAY = "rows_by_day"
"""What a subject calls them among its tables: three frames stand on them, and counting is the dear part."""


def rows_by_day(subject: Subject) -> pl.LazyFrame:
    """`feed, municipality_code, day, rows` up to `as_of`, of each municipality and of the whole country (COUNTRY).

    Where a table has no municipality, it is the child's home or its pregnancy's; of diagnoses, which may be a mother's,
    only the country is known. What is planned for later has not come. Counted at once: some millions of rows at most.
    """
    codes = subject.reference.municipality
    known = pl.col("municipality_code").cast(codes, strict=False)
    parts = [
        rows.select(name.alias("feed"), *columns)
        .filter(pl.col("day") <= subject.days.as_of)
        .group_by("feed", known, "day")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        for name, rows, columns in _feeds(subject)
    ]
    counted = pl.concat(parts).with_columns(pl.col("municipality_code").cast(pl.String)).collect(engine="streaming")
    whole = counted.group_by("feed", "day").agg(pl.col("rows").sum())
    places = counted.filter(pl.col("municipality_code").is_not_null())
    return pl.concat([places, whole.with_columns(pl.lit(COUNTRY).alias("municipality_code"))], how="diagonal").lazy()


Columns = tuple[pl.Expr, pl.Expr]


def _feeds(subject: Subject) -> list[tuple[pl.Expr, pl.LazyFrame, Columns]]:
    births = subject.read("children").select("child_id", "birth_date")
    arrivals = subject.read("residences").join(births, on="child_id").filter(pl.col("from_date") > pl.col("birth_date"))
    programme = pl.concat_str(pl.lit("contacts:"), pl.col("programme").cast(pl.String))
    return [
        (programme, subject.read("contacts"), _at("contact_date")),
        (pl.lit("support_records"), subject.read("support_records"), _at("opened_date")),
        (pl.lit("handovers"), subject.read("handovers"), _at("sent_date", "to_municipality_code")),
        (pl.lit("pregnancies"), subject.read("pregnancies"), _at("first_contact_date")),
        (pl.lit("treatments"), subject.read("treatments"), _at("start_date")),
        (pl.lit("arrivals"), arrivals, _at("from_date")),
        (pl.lit("children"), _born(subject), _at("birth_date")),
        (pl.lit("exposures"), _exposures(subject), _at("registered_date")),
        (pl.lit("assessments"), _assessed(subject), _at("assessed_date", "home_code")),
        (pl.lit("costs"), _with_home(subject, "costs"), _at("start_date", "home_code")),
        (pl.lit("diagnoses"), subject.read("diagnoses").with_columns(_nowhere()), _at("diagnosed_date")),
    ]


def _at(day: str, municipality_code: str = "municipality_code") -> Columns:
    return pl.col(municipality_code).cast(pl.String).alias("municipality_code"), pl.col(day).alias("day")


def _nowhere() -> pl.Expr:
    return pl.lit(None, pl.String).alias("municipality_code")


def _with_home(subject: Subject, table: str) -> pl.LazyFrame:
    return subject.read(table).join(homes(subject).select("child_id", "home_code"), on="child_id", how="left")


def _of_pregnancies(subject: Subject, pregnancy_id: str) -> pl.LazyFrame:
    place = pl.col("municipality_code").cast(pl.String)
    return subject.read("pregnancies").select(pl.col("pregnancy_id").alias(pregnancy_id), place)


def _born(subject: Subject) -> pl.LazyFrame:
    """Children by the municipality of their pregnancy; of the others only the country is known."""
    linked = subject.read("children").join(pregnancies_of_children(subject), on="child_id", how="left")
    return linked.join(_of_pregnancies(subject, "linked_pregnancy_id"), on="linked_pregnancy_id", how="left")


def _assessed(subject: Subject) -> pl.LazyFrame:
    """One row per child and day: all domains are assessed together, and seven rows are no more of a sign than one."""
    return _with_home(subject, "assessments").select("child_id", "assessed_date", "home_code").unique()


def _exposures(subject: Subject) -> pl.LazyFrame:
    """By the child's home, else the municipality of the pregnancy."""
    placed = _with_home(subject, "exposures").join(
        _of_pregnancies(subject, "pregnancy_id"), on="pregnancy_id", how="left"
    )
    return placed.with_columns(pl.coalesce("home_code", "municipality_code").alias("municipality_code"))


def feeds(subject: Subject) -> Frame:
    """One row per feed and municipality, and one per feed for the whole country (no municipality): is it still alive?

    `days_silent` are the days from its last row to `as_of`. `usual` is what came in a year, by the two years up to that
    row, so that a feed is never too long silent to be missed. `longest_pause` are the most days between two days with
    rows in that time: who sends once a year is not silent for half of one.
    """
    days = subject.read(ROWS_BY_DAY)
    lasts = days.group_by(FEED).agg(pl.col("day").max().alias("last_day"))
    lately = days.join(lasts, on=FEED).filter((pl.col("last_day") - pl.col("day")).dt.total_days() < USUAL_DAYS)
    span = ((pl.col("day").max() - pl.col("day").min()).dt.total_days() + 1).clip(lower_bound=FEWEST_DAYS)
    pauses = pl.col("day").sort().diff().dt.total_days()
    rows = lately.group_by(*FEED, "last_day").agg(
        (pl.col("rows").sum() * 365 / span).alias("usual"),
        pauses.max().fill_null(0).alias("longest_pause"),
    )
    silent = (pl.lit(subject.days.as_of) - pl.col("last_day")).dt.total_days()
    named = rows.with_columns(silent.alias("days_silent"), without_country().alias("municipality_code"))
    return Frame("feeds", named, ("feed", "municipality_code"), "municipality_code", "Seneste rækker", "Latest rows")


def without_country() -> pl.Expr:
    """The municipality's code; null for the country."""
    return pl.when(pl.col("municipality_code") != COUNTRY).then(pl.col("municipality_code"))
