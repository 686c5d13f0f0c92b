"""The latest assessment of each child in each age band and developmental domain: it alone counts."""

from __future__ import annotations

import polars as pl

from pipelines.band_populations import BAND_NAMES
from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import age_band

ASSESSED_IN = ("child_id", "age_band", "domain")
DOMAIN, RESULT = pl.Enum(e.DOMAINS), pl.Enum(e.RESULTS)


def latest_assessments(assessments: pl.LazyFrame, populations: pl.LazyFrame) -> pl.LazyFrame:
    """`child_id, age_band, domain, result, z_score`: one row per child, band and domain, of the bands' populations.

    Assessments before birth and after the last band are left out. Of several on the latest day the more serious result
    counts; of several with that result a z-score that is known, and of two known the lower. So the order of rows never
    matters. A null `z_score` is unknown.
    """
    aged = (
        assessments.join(populations.select("child_id", "birth_date", *BAND_NAMES), on="child_id")
        .with_columns(age_band("birth_date", "assessed_date").alias("age_band"))
        .filter(_is_in_population())
        .select("child_id", "age_band", pl.col("domain").cast(DOMAIN), "z_score", _standing())
    )
    of_results = aged.group_by(*ASSESSED_IN, "standing").agg(pl.col("z_score").min())
    latest = of_results.group_by(ASSESSED_IN).agg(pl.col("z_score").max_by("standing"), pl.col("standing").max())
    result = (pl.col("standing") % len(e.RESULTS)).replace_strict(dict(enumerate(e.RESULTS)), return_dtype=RESULT)
    return latest.select(*ASSESSED_IN, result.alias("result"), "z_score")


def _is_in_population() -> pl.Expr:
    """The child belongs to the population of the band it was assessed in; never so without a band."""
    return pl.any_horizontal((pl.col("age_band") == band) & pl.col(band) for band in BAND_NAMES).fill_null(value=False)


def _standing() -> pl.Expr:
    """Later days above earlier ones, and on the same day more serious results above milder ones, in one number."""
    day = pl.col("assessed_date").cast(pl.Int32)
    severity = pl.col("result").cast(RESULT).to_physical().cast(pl.Int32)
    return (day * len(e.RESULTS) + severity).alias("standing")
