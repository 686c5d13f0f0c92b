"""How a sender without numbers describes a child, in the words of the contract; and the form that Splink compares."""

from __future__ import annotations

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.contract import EARLIEST_DATE, LATEST_DATE
from pipelines.sources.declarations import Mapped
from pipelines.sources.people import People
from pipelines.sources.written import iso_date

FIELDS = ["birth_date", "sex", "municipality_code", "mother_birth_date", "mother_id"]
"""What a description may give. All text, dates in ISO form, the mother as a pseudonym; null is not given."""

KNOWN_SEXES = [sex for sex in e.SEXES if sex != "unknown"]
COMPARED_DATES = ("birth_date", "mother_birth_date")


def child_described(theirs: pl.DataFrame, declared: Mapped, people: People) -> pl.DataFrame:
    """FIELDS of each row, in order. What cannot be read is not given: no date, no known sex, not four digits.

    Codes of `sex` and digits of `municipality_code` are those that the TOML file declares for the delivery.
    """
    person = declared.person
    if person is None:
        raise ValueError(f"{declared.label} describes nobody")
    sender = {name: getattr(person, name) for name in FIELDS}
    told = theirs.select(_told(name, theirs.schema, sender[name], declared) for name in FIELDS)
    known = people.known_by(told, "mother_id")
    sex, place = pl.col("sex"), pl.col("municipality_code")
    return known.select(
        *(_iso_or_null(name) if name in COMPARED_DATES else pl.col(name) for name in FIELDS),
    ).with_columns(
        pl.when(sex.is_in(KNOWN_SEXES)).then(sex).alias("sex"),
        pl.when(place.str.contains(r"^\d{4}$")).then(place).alias("municipality_code"),
    )


def _told(name: str, schema: pl.Schema, column: str | None, declared: Mapped) -> pl.Expr:
    if column is None:
        return pl.lit(None, pl.String).alias(name)
    value, dtype = pl.col(column), schema[column]
    if dtype.is_temporal():
        return value.dt.to_string("%Y-%m-%d").alias(name)
    if dtype.is_float():
        value = value.fill_nan(None).cast(pl.Int64, strict=False)
    text = value.cast(pl.String).str.strip_chars()
    if name in declared.pad:
        text = pl.when(text != "").then(text.str.zfill(declared.pad[name]))
    if name in COMPARED_DATES:
        text = iso_date(text, declared.form.date_format)
    return text.replace(declared.codes.get(name, {})).alias(name)


def _iso_or_null(name: str) -> pl.Expr:
    """Days of the contract's calendar: nobody is born in the year 23 or 9999."""
    text = pl.col(name)
    day = pl.when(text.str.len_chars() == len(EARLIEST_DATE)).then(text.str.to_date("%Y-%m-%d", strict=False))
    is_in_calendar = text.is_between(pl.lit(EARLIEST_DATE), pl.lit(LATEST_DATE))
    return pl.when(day.is_not_null() & is_in_calendar).then(text).alias(name)


def as_compared(told: pl.DataFrame, key: str) -> pl.DataFrame:
    """Children, or descriptions with their one municipality as a list, as Splink compares them: `unique_id`, FIELDS.

    Dates stand beside themselves with day and month swapped.
    """
    place = pl.col("municipality_code") if "municipality_code" in told.columns else None
    homes = pl.col("municipalities") if place is None else pl.when(place.is_not_null()).then(pl.concat_list(place))
    return told.select(
        pl.col(key).alias("unique_id"),
        homes.alias("municipalities"),
        "sex",
        "mother_id",
        *COMPARED_DATES,
        *(swapped(name).alias(f"{name}_swapped") for name in COMPARED_DATES),
    )


def swapped(name: str) -> pl.Expr:
    """2021-03-04 for 2021-04-03; null where that is no other day."""
    text = pl.col(name)
    other = pl.concat_str(text.str.slice(0, 5), text.str.slice(8, 2), pl.lit("-"), text.str.slice(5, 2))
    return pl.when(other.str.to_date("%Y-%m-%d", strict=False).is_not_null() & (other != text)).then(other)
