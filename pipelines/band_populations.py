"""Who is looked for in an age band: the children that have lived through it in the country, assessed or not."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import AGE_BANDS, birthday
from pipelines.residence import covers, with_residence

TRAITS = ("substance_group", "certainty", "known_before_birth")
BAND_NAMES = tuple(band.name for band in AGE_BANDS)
"""Each is a column of `band_populations`: whether the child belongs to the population of the band."""


def band_populations(children: pl.LazyFrame, exposed: pl.LazyFrame, spells: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`child_id, birth_date, cohort, is_exposed`, the traits of exposed children, and a flag for each band.

    A child belongs to a band when it reached the band's upper age on or before `as_of`, was alive on that birthday
    (a death on the day itself included) and a residence spell covered it. A child without any spell belongs too: a
    broken feed must not make the population smaller. Traits are null for children without evidence; a trait that is
    null for an exposed child reads `unknown`.
    """
    resident = _resident_on_birthdays(children, spells)
    return (
        children.select("child_id", "birth_date", "death_date")
        .join(resident, on="child_id", how="left")
        .join(_traits(exposed), on="child_id", how="left")
        .select(
            "child_id",
            "birth_date",
            pl.col("birth_date").dt.year().alias("cohort"),
            pl.col("is_exposed").fill_null(value=False),
            *TRAITS,
            *(_lived_through(band.name, band.to_year, as_of) for band in AGE_BANDS),
        )
    )


def homes_at_birth(children: pl.LazyFrame, spells: pl.LazyFrame) -> pl.LazyFrame:
    """`child_id, municipality_code` of the spell that covers the birth, else of the first one; else `unknown`.

    Birth, not now: where a child lives later may follow from what was found, as when it is placed in care.
    """
    rows = with_residence(children.select("child_id", "birth_date"), spells, "birth_date")
    return rows.select("child_id", pl.col("residence_code").fill_null(e.UNKNOWN).alias("municipality_code"))


def _resident_on_birthdays(children: pl.LazyFrame, spells: pl.LazyFrame) -> pl.LazyFrame:
    """For each child with a spell, whether one covers the birthday that ends each band."""
    birthdays = [birthday("birth_date", band.to_year).alias(f"turns_{band.to_year}") for band in AGE_BANDS]
    return (
        spells.join(children.select("child_id", "birth_date"), on="child_id")
        .with_columns(birthdays)
        .group_by("child_id")
        .agg(covers(f"turns_{band.to_year}").any().alias(band.name) for band in AGE_BANDS)
    )


def _traits(exposed: pl.LazyFrame) -> pl.LazyFrame:
    known = (pl.col(trait).cast(pl.String).fill_null(e.UNKNOWN) for trait in TRAITS)
    return exposed.select("child_id", pl.lit(value=True).alias("is_exposed"), *known)


def _lived_through(band: str, to_year: int, as_of: date) -> pl.Expr:
    end = birthday("birth_date", to_year)
    is_alive = (pl.col("death_date") >= end).fill_null(value=True)
    return ((end <= as_of) & is_alive & pl.col(band).fill_null(value=True)).alias(band)
