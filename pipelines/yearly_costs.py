"""What each child cost in each year of its life: amounts laid on their days, in the prices of one year, discounted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

BEFORE_BIRTH = -1
"""The age of every day before the birth: a treatment of the mother, for the child that she bore."""


@dataclass(frozen=True)
class Prices:
    """The prices that all costs are told in. `factors` lifts a krone of a year to the price year."""

    price_year: int
    discount_rate: float
    factors: Mapping[int, float]

    @staticmethod
    def of(reference: Reference, as_of: date, price_year: int | None = None) -> Prices:
        """By default the prices of the as-of date's year, or of the last year before it that has an index."""
        index = dict(reference.price_index.select("year", "index").iter_rows())
        known = [year for year in index if year <= as_of.year]
        chosen = price_year if price_year is not None else max(known, default=as_of.year)
        if chosen not in index:
            to_do = "Put in the row, or choose a year that the file has."
            raise UserError(f"There is no price index for {chosen}", where="price_index.csv", to_do=to_do)
        factors = {year: index[chosen] / value for year, value in index.items()}
        return Prices(chosen, reference.parameter("discount_rate"), factors)

    def years_without_index(self, costs: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
        """`year` and the `costs` with days in it (up to `as_of`) of which the index says nothing.

        Figures that touch such a year are missing; the page names the years.
        """
        last_day = pl.min_horizontal(pl.max_horizontal("start_date", "end_date"), pl.lit(as_of))
        begun = costs.filter(pl.col("start_date") <= as_of)
        by_year = _split(begun, "year", pl.col("start_date").dt.year(), last_day.dt.year())
        return by_year.filter(~pl.col("year").is_in(list(self.factors))).group_by("year").len("costs").sort("year")


def years_lived(children: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`child_id, birth_date, years_lived`: whole years of age that the child had lived through by `as_of`.

    The year of age a is lived through on the birthday that ends it, that day's death included. A child born after
    `as_of` has lived through none.
    """
    until = pl.min_horizontal("death_date", pl.lit(as_of))
    return children.select("child_id", "birth_date", age_on(until).clip(0).alias("years_lived"))


def yearly_costs(costs: pl.LazyFrame, lives: pl.LazyFrame, prices: Prices, as_of: date) -> pl.LazyFrame:
    """`child_id, age, payer, service, cost_dkk` for the years of age that a child lived through, and before birth.

    An amount lies evenly on its days, both ends included, also those to come; one that ends before it begins lies on
    its first day. A day's krone is one of its calendar year, lifted to the price year and discounted by the rate for
    each whole year of age (none before the first birthday or before birth). NaN where the year has no index: what is
    made from it is missing, never too small. Repayments count with their minus.
    """
    by_age = _by_age(costs, lives, as_of)
    by_year = _split(by_age, "year", pl.col("from").dt.year(), pl.col("to").dt.year()).with_columns(
        pl.max_horizontal("from", pl.date("year", 1, 1)).alias("from"),
        pl.min_horizontal("to", pl.date("year", 12, 31)).alias("to"),
    )
    factor = pl.col("year").replace_strict(prices.factors, default=float("nan"), return_dtype=pl.Float64)
    discount = (1 + prices.discount_rate) ** -pl.col("age").clip(0).cast(pl.Float64)
    cost = pl.col("amount_by_day") * _days(pl.col("from"), pl.col("to")) * factor * discount
    return by_year.group_by("child_id", "age", "payer", "service").agg(cost.sum().alias("cost_dkk"))


def age_on(day: pl.Expr) -> pl.Expr:
    """Whole years of age on a day; below 0 before birth. Born on 29 February: 28 February in common years."""
    birth = pl.col("birth_date")
    not_yet = _day_of_year(day) < _birthday_in(day.dt.year())
    return day.dt.year() - birth.dt.year() - not_yet.cast(pl.Int32)


def _by_age(costs: pl.LazyFrame, lives: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """A row for each cost and year of age that it touches and the child lived through, with the days `from` - `to`."""
    last_day = pl.max_horizontal("start_date", "end_date")
    rows = (
        costs.filter(pl.col("start_date") <= as_of)
        .join(lives, on="child_id")
        .select(
            "child_id",
            pl.col("payer", "service").cast(pl.String),
            "birth_date",
            "years_lived",
            pl.col("start_date").alias("from"),
            pl.min_horizontal(last_day, pl.lit(as_of)).alias("to"),
            (pl.col("amount_dkk") / _days(pl.col("start_date"), last_day)).alias("amount_by_day"),
        )
    )
    first_age, last_age = (age_on(pl.col(day)).clip(BEFORE_BIRTH) for day in ("from", "to"))
    before_birth = pl.col("age") == BEFORE_BIRTH
    return (
        _split(rows, "age", first_age, last_age)
        .filter(pl.col("age") < pl.col("years_lived"))
        .with_columns(
            pl.when(before_birth).then("from").otherwise(pl.max_horizontal("from", _birthday(pl.col("age")))),
            pl.min_horizontal("to", _birthday(pl.col("age") + 1).dt.offset_by("-1d")).alias("to"),
        )
    )


def _split(rows: pl.LazyFrame, name: str, first: pl.Expr, last: pl.Expr) -> pl.LazyFrame:
    """A row for each whole number from first to last, both included."""
    return rows.with_columns(pl.int_ranges(first, last + 1, dtype=pl.Int32).alias(name)).explode(name)


def _days(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    return (last - first).dt.total_days() + 1


def _day_of_year(day: pl.Expr) -> pl.Expr:
    """Month and day as one number that has their order: 229 is 29 February."""
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()


def _birthday_in(year: pl.Expr) -> pl.Expr:
    born = _day_of_year(pl.col("birth_date"))
    return pl.when((born == 229) & ~_is_leap(year)).then(228).otherwise(born)


def _birthday(age: pl.Expr) -> pl.Expr:
    year = pl.col("birth_date").dt.year() + age
    return pl.date(year, _birthday_in(year) // 100, _birthday_in(year) % 100)


def _is_leap(year: pl.Expr) -> pl.Expr:
    return (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
