"""A truth set for linkage: records of two senders about children who are known, with the errors that senders make.

The first sender writes the child's number, and two numbers in a hundred are wrong. The second has no numbers at all.
Both describe the child by birth date, sex, municipality and the mother's birth date, and err in those too. Some
children are in no register (born abroad, say): to link their records to anybody is wrong. Which child a record is about
stands in a file of its own, which no source declaration names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from sample_data.chance import Chance
from sample_data.country import Country, make_country
from sample_data.linkage_source import SENDERS, write_source
from sample_data.raw.person_numbers import PersonNumbers, make_person_numbers

AS_OF = date(2026, 9, 30)
DAYS_AFTER_BIRTH = 35
TRUTH = "truth.parquet"

KEY_ERRORS = {"wrong_digit": 0.005, "swapped_digits": 0.005, "lost_first_digit": 0.005, "missing": 0.005}
"""Test numbers begin with 6 to 9, so the lost leading zero of real ones is a lost first digit here: nine digits too."""


NOT_DELIVERED = 0.01
"""This share of the children is in the senders' records only."""


@dataclass(frozen=True)
class Slips:
    """How often a record's description is wrong; each on its own."""

    adopted: float = 0.003
    birth_date_swapped: float = 0.006
    birth_date_digit: float = 0.004
    mother_date_swapped: float = 0.005
    mother_date_missing: float = 0.005
    wrong_sex: float = 0.002
    other_municipality: float = 0.03


SLIPS = Slips()


def make_linkage_truth(out: Path, *, children: int, seed: int) -> None:
    """Write births, homes, number changes and the two senders' records with `source.toml`, and the truth beside them.

    OUT/truth.parquet: delivery, record_id, child_id (the newest number), number_error (null: none), is_delivered.
    """
    country = make_country(children, seed, AS_OF)
    numbers = make_person_numbers(country.people, seed)
    told = described_truly(country)
    records = {name: _records(told, numbers, Chance(seed, at, name), at) for at, name in enumerate(SENDERS)}
    delivered = _delivered(country, Chance(seed, 0, "not delivered"))
    out.mkdir(parents=True, exist_ok=True)
    write_source(out, _only(country, delivered), numbers, records)
    truth = [
        rows.select(
            pl.lit(name).alias("delivery"),
            pl.col("contact_id").alias("record_id"),
            pl.Series("child_id", numbers.newest(rows["person_id"])),
            pl.col("person_id").is_in(delivered.implode()).alias("is_delivered"),
            pl.col("number_error") if SENDERS[name] else pl.lit("missing").alias("number_error"),
        )
        for name, rows in records.items()
    ]
    pl.concat(truth).write_parquet(out / TRUTH)


def _delivered(country: Country, chance: Chance) -> pl.Series:
    """The children whom the registers know; twins are known together or not at all."""
    children = country.tables["children"].select("child_id", pl.coalesce("pregnancy_id", "child_id").alias("born_in"))
    births = children.select("born_in").unique(maintain_order=True)
    known = births.filter(~pl.Series(chance.happens(NOT_DELIVERED, births.height)))
    return children.join(known, on="born_in", how="semi", maintain_order="left")["child_id"]


def _only(country: Country, children: pl.Series) -> Country:
    """The country with these children in its registers, and the pregnancies of all."""
    named = pl.col("child_id").is_in(children.implode())
    tables = {name: country.tables[name].filter(named) for name in ("children", "residences")}
    return replace(country, tables=country.tables | tables)


def described_truly(country: Country) -> pl.DataFrame:
    """person_id, birth_date, sex, municipality_code and mother_birth_date of every child as they are."""
    children, people = country.tables["children"], country.people
    homes = country.tables["residences"].sort("child_id", "from_date").unique("child_id", keep="first")
    pregnancies = country.tables["pregnancies"].select("pregnancy_id", pl.col("mother_id").alias("of_pregnancy"))
    mothers = people.select(pl.col("person_id").alias("mother_id"), pl.col("birth_date").alias("mother_birth_date"))
    return (
        children.join(homes.select("child_id", "municipality_code"), on="child_id", how="left", maintain_order="left")
        .join(pregnancies, on="pregnancy_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("mother_id", "of_pregnancy").alias("mother_id"))
        .join(mothers, on="mother_id", how="left", maintain_order="left")
        .select(pl.col("child_id").alias("person_id"), "birth_date", "sex", "municipality_code", "mother_birth_date")
    )


def _records(told: pl.DataFrame, numbers: PersonNumbers, chance: Chance, sender: int) -> pl.DataFrame:
    """One record per child, five weeks after birth, with the slips of the sender."""
    size = told.height
    on = told["birth_date"].dt.offset_by(f"{DAYS_AFTER_BIRTH}d")
    key = pl.int_range(size, eager=True).cast(pl.String).str.zfill(7)
    written = told.with_columns(
        pl.select("r" + pl.lit(str(sender)) + pl.lit(key)).to_series().alias("contact_id"),
        on.alias("contact_date"),
        numbers.of(told["person_id"], on).alias("number"),
        pl.Series("number_error", _key_errors(chance, size), dtype=pl.String),
        pl.Series("at", chance.between(0, 9, size)),
        pl.Series("digit", chance.between(1, 9, size)),
    )
    return _with_slips(written, chance).with_columns(_visible_error()).with_columns(_mistyped().alias("number"))


def _visible_error() -> pl.Expr:
    """Two equal neighbours cannot be swapped: a digit is wrong instead, so that two in a hundred are wrong."""
    number, left = pl.col("number"), pl.col("at").clip(0, 8)
    is_unseen = (pl.col("number_error") == "swapped_digits") & (
        number.str.slice(left, 1) == number.str.slice(left + 1, 1)
    )
    return pl.when(is_unseen).then(pl.lit("wrong_digit")).otherwise("number_error").alias("number_error")


def _key_errors(chance: Chance, size: int) -> list[str | None]:
    kinds = [*KEY_ERRORS, None]
    weights = [*KEY_ERRORS.values(), 1 - sum(KEY_ERRORS.values())]
    return [kinds[place] for place in chance.pick(weights, size)]


def _mistyped() -> pl.Expr:
    """The number as it was written: a digit too far along, two neighbours swapped, the first lost, or none at all.

    A letter of a replacement number is not mistyped: the digit before the serial is.
    """
    number, error, at = pl.col("number"), pl.col("number_error"), pl.col("at")
    place = pl.when(number.str.slice(at, 1).str.contains(r"\d")).then(at).otherwise(5)
    digit = (number.str.slice(place, 1).cast(pl.Int64, strict=False) + pl.col("digit")) % 10
    left = at.clip(0, 8)
    swapped = [
        number.str.slice(0, left),
        number.str.slice(left + 1, 1),
        number.str.slice(left, 1),
        number.str.slice(left + 2),
    ]
    wrong = [number.str.slice(0, place), digit.cast(pl.String), number.str.slice(place + 1)]
    return (
        pl.when(error == "wrong_digit")
        .then(pl.concat_str(wrong))
        .when(error == "swapped_digits")
        .then(pl.concat_str(swapped))
        .when(error == "lost_first_digit")
        .then(number.str.slice(1))
        .when(error.is_null())
        .then(number)
    )


def _with_slips(told: pl.DataFrame, chance: Chance) -> pl.DataFrame:
    """The description with what went wrong; a day that cannot be swapped (13 or later) has a digit wrong instead."""
    size, birth, mother = told.height, pl.col("birth_date"), pl.col("mother_birth_date")

    def slips(share: float) -> pl.Series:
        return pl.Series(chance.happens(share, size))

    strangers = told["mother_birth_date"].gather(chance.between(0, size - 1, size))
    places = told["municipality_code"].gather(chance.between(0, size - 1, size))
    other_sex = pl.col("sex").replace({"female": "male", "male": "female"})
    return told.with_columns(
        pl.when(slips(SLIPS.adopted)).then(strangers).otherwise(mother).alias("mother_birth_date"),
        pl.when(slips(SLIPS.other_municipality)).then(places).otherwise("municipality_code").alias("municipality_code"),
        pl.when(slips(SLIPS.wrong_sex)).then(other_sex).otherwise("sex").alias("sex"),
    ).with_columns(
        pl.when(slips(SLIPS.birth_date_swapped))
        .then(_swapped(birth))
        .when(slips(SLIPS.birth_date_digit))
        .then(_one_digit(birth))
        .otherwise(birth)
        .alias("birth_date"),
        pl.when(slips(SLIPS.mother_date_swapped))
        .then(_swapped(mother))
        .when(~pl.Series(np.asarray(slips(SLIPS.mother_date_missing))))
        .then(mother)
        .alias("mother_birth_date"),
    )


def _swapped(day: pl.Expr) -> pl.Expr:
    other = pl.date(day.dt.year(), day.dt.day().clip(1, 12), day.dt.month())
    return pl.when(day.dt.day() <= 12).then(other).otherwise(_one_digit(day))


def _one_digit(day: pl.Expr) -> pl.Expr:
    """The tens of the day, or its ones, one off: always a day of the same month."""
    return pl.when(day.dt.day() <= 18).then(day.dt.offset_by("10d")).otherwise(day.dt.offset_by("-10d"))
