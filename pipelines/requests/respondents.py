"""Who is asked: the municipalities of a region or of the country as they are on a day, and providers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

RESPONDENTS: dict[str, pl.DataType] = {
    "respondent_kind": pl.String(),
    "respondent": pl.String(),
    "name": pl.String(),
    "municipality_code": pl.String(),
    "region_code": pl.String(),
}
"""One row per respondent. `respondent`: the code of a municipality or the id of a provider; `municipality_code`: that
one, or where a provider stands."""

COUNTRY = "country"


def in_force(reference: Reference, day: date) -> pl.DataFrame:
    """Municipalities with their regions on the day; a region without a code yet has its name for one."""
    is_in_force = (pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
    named = pl.coalesce("region_code", "region_name").alias("region_code")
    return reference.municipalities.filter(is_in_force).with_columns(named)


def municipalities(reference: Reference, day: date, region: str | None) -> pl.DataFrame:
    """The municipalities of a region (its code or its name), or all; UserError for a region that is none on the day."""
    rows = in_force(reference, day)
    if region is not None and region != COUNTRY:
        rows = rows.filter(pl.col("region_code").eq(region) | pl.col("region_name").eq(region))
    if rows.is_empty():
        raise UserError(
            f"There is no region {region} on {day}",
            to_do=f"One of: {', '.join(sorted(set(in_force(reference, day)['region_code'])))}, or {COUNTRY}.",
        )
    kind, code = pl.lit("municipality").alias("respondent_kind"), pl.col("municipality_code").alias("respondent")
    return rows.sort("name").select(kind, code, "name", "municipality_code", "region_code")


def providers(profiles: Sequence[dict[str, Any]], reference: Reference, day: date) -> pl.DataFrame:
    """Providers of the store as respondents, by name."""
    rows = [
        {"respondent_kind": "provider", "respondent": each["id"]}
        | {name: each[name] for name in ("name", "municipality_code")}
        for each in profiles
    ]
    named = pl.DataFrame(rows, schema={name: RESPONDENTS[name] for name in RESPONDENTS if name != "region_code"})
    regions = in_force(reference, day).select("municipality_code", "region_code")
    return named.join(regions, on="municipality_code", how="left").sort("name").select(list(RESPONDENTS))
