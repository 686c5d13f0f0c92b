"""Cohort development: results of assessments by birth year, age band and domain, and who was not assessed.

Children are counted once into cells; every number is a sum over cells. Definition, not disclosure.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.band_populations import BAND_NAMES, TRAITS
from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import AGE_BAND
from pipelines.statistics.standardisation import Strata, proportions, ratios, sums_over_people, with_weights

EXPOSURE, EXPOSED, OTHERS = "exposure", "exposed", "others"
GROUP_KINDS = (EXPOSURE, *TRAITS)
"""Exposed against all other children, and the traits of exposed children alone."""

NOT_ASSESSED = "not_assessed"
OUTCOMES = (*e.RESULTS, NOT_ASSESSED)
OF_GROUP = ("cohort", "age_band", "group_kind", "group_value")
KEYS = ("cohort", "age_band", "domain", "group_kind", "group_value")
OF_Z_SCORES = ("z_children", "z_thousandths", "z_millionths")
"""Children with a z-score; the sum of their scores in thousandths, and of the squares of these."""

THOUSANDTHS = 1000
EVENTS = ("concern", "monitor_or_concern")
CRUDE = Strata(by=("age_band", "domain", "outcome"), within=())
ALIKE = Strata(by=CRUDE.by, within=("cohort", "municipality_code"))
"""Nothing held alike; and children born in the same year in the same municipality."""


def population_cells(populations: pl.LazyFrame, beside: Sequence[str] = ()) -> pl.LazyFrame:
    """How many children of each cohort and kind have lived through each band; no row where nobody has."""
    kinds = (*beside, "cohort", "is_exposed", *TRAITS)
    return (
        populations.group_by(kinds)
        .agg(pl.col(BAND_NAMES).sum().cast(pl.Int64))
        .unpivot(BAND_NAMES, index=kinds, variable_name="age_band", value_name="children")
        .filter(pl.col("children") > 0)
        .with_columns(pl.col("age_band").cast(AGE_BAND))
    )


def outcome_cells(latest: pl.LazyFrame, populations: pl.LazyFrame, beside: Sequence[str] = ()) -> pl.LazyFrame:
    """How many children of each cohort and kind had each result, with the sums that means of z-scores are made of.

    Z-scores count in whole thousandths: their sums are whole numbers, the same in whatever order they are added up.
    """
    score = (pl.col("z_score") * THOUSANDTHS).round()
    return (
        latest.join(populations.select("child_id", *beside, "cohort", "is_exposed", *TRAITS), on="child_id")
        .group_by(*beside, "cohort", "age_band", "domain", "result", "is_exposed", *TRAITS)
        .agg(
            pl.len().cast(pl.Int64).alias("children"),
            score.count().cast(pl.Int64).alias("z_children"),
            score.sum().alias("z_thousandths"),
            (score * score).sum().alias("z_millionths"),
        )
    )


def population_by_group(cells: pl.LazyFrame, beside: Sequence[str] = ()) -> pl.LazyFrame:
    """`beside, OF_GROUP, children`: who is looked for. Additive over what stands beside."""
    summed = _by_group(cells).group_by(*beside, *OF_GROUP).agg(pl.col("children").sum())
    return summed.with_columns(pl.col("age_band").cast(pl.String))


def results_by_group(cells: pl.LazyFrame, beside: Sequence[str] = ()) -> pl.LazyFrame:
    """`beside, KEYS, result`, with children and sums of z-scores: who was assessed. Additive as well."""
    summed = _by_group(cells).group_by(*beside, *KEYS, "result").agg(pl.col("children", *OF_Z_SCORES).sum())
    return summed.with_columns(pl.col("age_band", "domain", "result").cast(pl.String))


def development_counts(population: pl.LazyFrame, results: pl.LazyFrame) -> pl.LazyFrame:
    """`cohort, age_band, domain, group_kind, group_value, outcome, children`, from the two tables by group.

    All domains and all four outcomes stand for every cohort, band and group with a child in its population, zeros
    included; the four add up to that population, which is the same for each domain.
    """
    looked_for = population.group_by(OF_GROUP).agg(pl.col("children").sum().alias("population"))
    assessed = results.group_by(KEYS).agg(
        pl.col("children").filter(pl.col("result") == result).sum().alias(result) for result in e.RESULTS
    )
    return (
        looked_for.join(pl.LazyFrame({"domain": e.DOMAINS}), how="cross")
        .join(assessed, on=KEYS, how="left")
        .with_columns(pl.col(e.RESULTS).fill_null(0))
        .with_columns((pl.col("population") - pl.sum_horizontal(e.RESULTS)).alias(NOT_ASSESSED))
        .unpivot(OUTCOMES, index=KEYS, variable_name="outcome", value_name="children")
    )


def development_z_sums(results: pl.LazyFrame) -> pl.LazyFrame:
    """The same keys with `z_children, z_sum, z_squares` of those whose z-score is known; no row where none is."""
    return (
        results.group_by(KEYS)
        .agg(pl.col(OF_Z_SCORES).sum())
        .filter(pl.col("z_children") > 0)
        .select(
            *KEYS,
            "z_children",
            (pl.col("z_thousandths") / THOUSANDTHS).alias("z_sum"),
            (pl.col("z_millionths") / THOUSANDTHS**2).alias("z_squares"),
        )
    )


def development_strata(results: pl.LazyFrame) -> pl.LazyFrame:
    """Assessed children and events by `age_band, domain, outcome, cohort, municipality_code, group`.

    `outcome` is `concern`, or `monitor_or_concern`; `municipality_code` is where each child lived at birth, and stands
    beside the results.
    """
    keys = ("age_band", "domain", "cohort", "municipality_code", "group")
    is_concern, is_monitor = pl.col("result") == "concern", pl.col("result") == "monitor"
    children = pl.col("children")
    return (
        results.filter(pl.col("group_kind") == EXPOSURE)
        .group_by("age_band", "domain", "cohort", "municipality_code", pl.col("group_value").alias("group"))
        .agg(
            children.sum().alias("people"),
            children.filter(is_concern).sum().alias("concern"),
            children.filter(is_concern | is_monitor).sum().alias("monitor_or_concern"),
        )
        .unpivot(EVENTS, index=(*keys, "people"), variable_name="outcome", value_name="events")
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
