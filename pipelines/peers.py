"""Peer groups: municipalities that one may be seen beside. Codes in, codes out; the own place is never among them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

NUMBER_OF_PEERS = 10


def of_similar_size(
    municipality_code: str,
    reference: Reference,
    day: date,
    sizes: pl.DataFrame | None = None,
    number: int = NUMBER_OF_PEERS,
) -> list[str]:
    """The `number` municipalities whose size is nearest as a ratio (half and double are equally far), nearest first.

    Size is the population of 2016; or `sizes` with `municipality_code, size`, births for example. Ties go by code. A
    municipality without a size, or of nobody, is nobody's peer and has none: UserError for the own one.
    """
    known = reference.municipalities.select("municipality_code", pl.col("population_2016").alias("size"))
    sized = (
        _in_force(reference, day)
        .select("municipality_code")
        .join(
            (known.unique("municipality_code") if sizes is None else sizes).filter(pl.col("size") > 0),
            on="municipality_code",
        )
    )
    own = sized.filter(pl.col("municipality_code") == municipality_code)["size"].to_list()
    if not own:
        raise UserError(
            f"Municipality {municipality_code} has no size, so no peers by size",
            to_do="Choose peers by region or name them.",
        )
    size = pl.col("size")
    distance = pl.max_horizontal(size / own[0], own[0] / size).alias("distance")
    others = sized.filter(pl.col("municipality_code") != municipality_code)
    nearest = others.select("municipality_code", distance).sort("distance", "municipality_code").head(number)
    return nearest["municipality_code"].to_list()


def of_region(municipality_code: str, reference: Reference, day: date) -> list[str]:
    """The other municipalities of the region that holds the own one on the day, by code; UserError for no municipality.

    Regions without a code go by name (Østdanmark, from 1 January 2027).
    """
    placed = _in_force(reference, day).select(
        "municipality_code", pl.coalesce("region_code", "region_name").alias("region")
    )
    _known([municipality_code], placed)
    own = placed.filter(pl.col("municipality_code") == municipality_code)["region"]
    inside = placed.filter(pl.col("region").is_in(own.to_list()))["municipality_code"].to_list()
    return sorted(code for code in inside if code != municipality_code)


def of_own_list(municipality_code: str, codes: Sequence[str], reference: Reference, day: date) -> list[str]:
    """The codes as given, each once, without the own one; UserError names what is no municipality on the day."""
    placed = _in_force(reference, day)
    _known([municipality_code, *codes], placed)
    chosen = [code for code in dict.fromkeys(codes) if code != municipality_code]
    if not chosen:
        raise UserError(
            "The list of peers names no other municipality", to_do="Name at least one municipality besides the own."
        )
    return chosen


def _in_force(reference: Reference, day: date) -> pl.DataFrame:
    begun, ended = pl.col("valid_from") <= day, pl.col("valid_to") <= day
    return reference.municipalities.filter(begun & ~ended.fill_null(value=False))


def _known(codes: Sequence[str], placed: pl.DataFrame) -> None:
    known = set(placed["municipality_code"])
    if unknown := sorted({code for code in codes if code not in known}):
        raise UserError(
            f"No municipality has the code {', '.join(unknown)}",
            where="list of peers",
            to_do="Use codes of four digits from municipalities.csv that are in force on the day.",
        )
