"""The children of a source as others describe them: births, homes and mothers."""

from __future__ import annotations

import polars as pl

from pipelines.sources.reading import Reading


def children_described(reading: Reading) -> pl.DataFrame:
    """child (a number for the place), child_id, birth_date, sex, municipalities (a list), mother_birth_date, mother_id.

    A child told of twice is the first of its rows. The mother is the child's own, else its pregnancy's. The
    municipalities are all where it has lived and where its mother lived when pregnant; null where none is known.
    """
    children = _children(reading)
    homes = _homes(reading, children)
    return (
        children.join(homes, on="child_id", how="left", maintain_order="left")
        .join(_mothers_birth_dates(reading), on="mother_id", how="left", maintain_order="left")
        .with_row_index("child")
        .select(
            pl.col("child").cast(pl.Int64),
            "child_id",
            "birth_date",
            "sex",
            "municipalities",
            "mother_birth_date",
            "mother_id",
        )
    )


def _children(reading: Reading) -> pl.DataFrame:
    pregnancies = (
        reading.table("pregnancies")
        .select("pregnancy_id", pl.col("mother_id").alias("_mother"), pl.col("municipality_code").alias("_place"))
        .unique("pregnancy_id", keep="first", maintain_order=True)
    )
    return (
        reading.table("children")
        .filter(pl.col("child_id").is_not_null())
        .unique("child_id", keep="first", maintain_order=True)
        .select("child_id", "pregnancy_id", "mother_id", "birth_date", _known_sex())
        .join(pregnancies, on="pregnancy_id", how="left", maintain_order="left")
        .select("child_id", "birth_date", "sex", pl.coalesce("mother_id", "_mother").alias("mother_id"), "_place")
        .collect()
    )


def _known_sex() -> pl.Expr:
    return pl.when(pl.col("sex") != "unknown").then("sex").alias("sex")


def _homes(reading: Reading, children: pl.DataFrame) -> pl.DataFrame:
    """child_id and every municipality it may be told under."""
    lived = reading.table("residences").select("child_id", "municipality_code").collect()
    born = children.select("child_id", pl.col("_place").alias("municipality_code"))
    return (
        pl.concat([lived, born])
        .drop_nulls()
        .unique()
        .sort("child_id", "municipality_code")
        .group_by("child_id", maintain_order=True)
        .agg(pl.col("municipality_code").alias("municipalities"))
    )


def _mothers_birth_dates(reading: Reading) -> pl.DataFrame:
    """As the birth register tells them; else from the mothers' numbers, where the century is certain.

    Of several numbers of one mother the newest name; of several dates the first.
    """
    people = reading.people
    by_number = people.pseudonyms.birth_dates().select(
        pl.col("pseudonym").replace(people.changes.newest).alias("mother_id"),
        pl.col("birth_date").cast(pl.String).alias("mother_birth_date"),
    )
    told = [
        rows.select("mother_id", "mother_birth_date").sort("mother_birth_date") for rows in reading.mother_birth_dates
    ]
    by_number = by_number.drop_nulls().sort("mother_id", "mother_birth_date")
    return pl.concat([*told, by_number]).unique("mother_id", keep="first", maintain_order=True)
