"""Cohort development: results of assessments by birth year, age band and domain, and who was not assessed.

Children are counted once into cells; every number is a sum over cells. Definition, not disclosure.
"""

from __future__ import annotations

import polars as pl

from pipelines.band_populations import BAND_NAMES, TRAITS
from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import AGE_BAND
from pipelines.latest_assessments import DOMAIN
from pipelines.statistics.standardisation import Strata, proportions, ratios, sums_over_people, with_weights

EXPOSURE, EXPOSED, OTHERS = "exposure", "exposed", "others"
GROUP_KINDS = (EXPOSURE, *TRAITS)
"""Exposed against all other children, and the traits of exposed children alone."""

NOT_ASSESSED = "not_assessed"
OUTCOMES = (*e.RESULTS, NOT_ASSESSED)
OF_GROUP = ("cohort", "age_band", "group_kind", "group_value")
KEYS = ("cohort", "age_band", "domain", "group_kind", "group_value")
Z_SUMS = ("z_children", "z_sum", "z_squares")
EVENTS = ("concern", "monitor_or_concern")
CRUDE = Strata(by=("age_band", "domain", "outcome"), within=())
ALIKE = Strata(by=CRUDE.by, within=("cohort", "municipality_code"))
"""Nothing held alike; and children born in the same year in the same municipality."""


def population_cells(populations: pl.LazyFrame) -> pl.LazyFrame:
    """How many children of each cohort and kind have lived through each band; no row where nobody has."""
    kinds = ("cohort", "is_exposed", *TRAITS)
    return (
        populations.group_by(kinds)
        .agg(pl.col(BAND_NAMES).sum().cast(pl.Int64))
        .unpivot(BAND_NAMES, index=kinds, variable_name="age_band", value_name="children")
        .filter(pl.col("children") > 0)
        .with_columns(pl.col("age_band").cast(AGE_BAND))
    )


def outcome_cells(latest: pl.LazyFrame, populations: pl.LazyFrame) -> pl.LazyFrame:
    """How many children of each cohort and kind had each result, with the sums that means of z-scores are made of."""
    score = pl.col("z_score")
    return (
        latest.join(populations.select("child_id", "cohort", "is_exposed", *TRAITS), on="child_id")
        .group_by("cohort", "age_band", "domain", "result", "is_exposed", *TRAITS)
        .agg(
            pl.len().cast(pl.Int64).alias("children"),
            score.count().cast(pl.Int64).alias("z_children"),
            score.sum().alias("z_sum"),
            (score * score).sum().alias("z_squares"),
        )
    )


def development_counts(populations: pl.LazyFrame, outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """`cohort, age_band, domain, group_kind, group_value, outcome, children`, from the two tables of cells.

    All domains and all four outcomes stand for every cohort, band and group with a child in its population, zeros
    included; the four add up to that population, which is the same for each domain.
    """
    looked_for = _by_group(populations).group_by(OF_GROUP).agg(pl.col("children").sum().alias("population"))
    found = _by_group(outcomes).group_by(*KEYS, "result").agg(pl.col("children").sum())
    assessed = found.group_by(KEYS).agg(
        pl.col("children").filter(pl.col("result") == result).sum().alias(result) for result in e.RESULTS
    )
    domains = pl.LazyFrame({"domain": e.DOMAINS}, schema={"domain": DOMAIN})
    return (
        looked_for.join(domains, how="cross")
        .join(assessed, on=KEYS, how="left")
        .with_columns(pl.col(e.RESULTS).fill_null(0))
        .with_columns((pl.col("population") - pl.sum_horizontal(e.RESULTS)).alias(NOT_ASSESSED))
        .unpivot(OUTCOMES, index=KEYS, variable_name="outcome", value_name="children")
        .with_columns(pl.col("age_band", "domain").cast(pl.String))
    )


def development_z_sums(outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """The same keys with `z_children, z_sum, z_squares` of those whose z-score is known; no row where none is."""
    return (
        _by_group(outcomes)
        .group_by(KEYS)
        .agg(pl.col(Z_SUMS).sum())
        .filter(pl.col("z_children") > 0)
        .with_columns(pl.col("age_band", "domain").cast(pl.String))
    )


def development_strata(latest: pl.LazyFrame, populations: pl.LazyFrame, homes: pl.LazyFrame) -> pl.LazyFrame:
    """Assessed children and events by `age_band, domain, outcome, cohort, municipality_code, group`.

    `outcome` is `concern`, or `monitor_or_concern`; `homes` says where each child lived at birth.
    """
    keys = ("age_band", "domain", "cohort", "municipality_code", "group")
    is_concern, is_monitor = pl.col("result") == "concern", pl.col("result") == "monitor"
    return (
        latest.join(populations.select("child_id", "cohort", "is_exposed"), on="child_id")
        .join(homes, on="child_id")
        .group_by("age_band", "domain", "cohort", "municipality_code", _exposure().alias("group"))
        .agg(
            pl.len().cast(pl.Int64).alias("people"),
            is_concern.sum().cast(pl.Int64).alias("concern"),
            (is_concern | is_monitor).sum().cast(pl.Int64).alias("monitor_or_concern"),
        )
        .unpivot(EVENTS, index=(*keys, "people"), variable_name="outcome", value_name="events")
        .with_columns(pl.col("age_band", "domain").cast(pl.String))
    )


def development_ratios(strata: pl.LazyFrame, shape: Strata) -> pl.LazyFrame:
    """How many times as often the outcome is found among exposed as among all other children, of the assessed.

    One row per band, domain and outcome, with the others mixed as the exposed are in what `shape` holds alike. `ratio,
    low, high` are null unless `state` is a number; `left_out` and `reference_left_out` are children in strata without
    anybody of the other group.
    """
    told = proportions(sums_over_people(with_weights(strata, shape, EXPOSED), shape))
    return ratios(told, shape, EXPOSED, OTHERS)


def _exposure() -> pl.Expr:
    return pl.when("is_exposed").then(pl.lit(EXPOSED)).otherwise(pl.lit(OTHERS))


def _by_group(cells: pl.LazyFrame) -> pl.LazyFrame:
    """The cells once for each kind of group; traits of exposed children only."""
    of_traits = cells.filter("is_exposed")
    parts = [cells.with_columns(pl.lit(EXPOSURE).alias("group_kind"), _exposure().alias("group_value"))]
    parts += [
        of_traits.with_columns(pl.lit(trait).alias("group_kind"), pl.col(trait).alias("group_value"))
        for trait in TRAITS
    ]
    return pl.concat(parts).drop("is_exposed", *TRAITS)
