"""The continuity funnel: how far the thread is unbroken for each exposed child, and where and why it was lost."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.residence import with_residence

STEPS = (
    "exposed",
    "known_before_birth",
    "registered",
    "on_child_record",
    "handed_over",
    "carried_in_record",
    "carried_at_move_and_transition",
    "followed_up",
)
STEP_OF_KIND = {
    "registered": "registered",
    "on_child_record": "on_child_record",
    "handed_over": "handed_over",
    "carried_in_record": "carried_in_record",
    "carried_at_move": "carried_at_move_and_transition",
    "carried_at_transition": "carried_at_move_and_transition",
    "follow_up": "followed_up",
}
AFTER_BIRTH = "first_known_after_birth"
CONTRADICTED = "contradicted"


def first_losses(exposed: pl.LazyFrame, gaps: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """`child_id, position, lost_reason` of the first step at which each exposed child falls out (none: not listed).

    A child stays in a step while it has no gap there: what is not due, excused or met late is not lost. The last step
    looks at the follow-up made for exposed children only. Of several gaps in a step the oldest gives the reason.
    """
    position = {step: at for at, step in enumerate(STEPS)}
    special = reference.schedule.filter(pl.col("applies_to") == "exposed").select(
        pl.concat_str("programme", pl.lit(":"), "contact_code")
    )
    counted = (pl.col("kind") != "follow_up") | pl.col("measure").cast(pl.String).is_in(special.to_series().to_list())
    of_gaps = (
        gaps.filter(counted)
        .join(exposed, on="child_id", how="semi")
        .with_columns(pl.col("kind").cast(pl.String), pl.col("reason").cast(pl.String))
        .filter(pl.col("kind").is_in(list(STEP_OF_KIND)))
        .select(
            "child_id",
            pl.col("kind")
            .replace_strict({kind: position[step] for kind, step in STEP_OF_KIND.items()}, return_dtype=pl.Int32)
            .alias("position"),
            "due_date",
            pl.col("reason").fill_null(CONTRADICTED).alias("lost_reason"),
        )
    )
    known_late = exposed.filter(~pl.col("known_before_birth")).select(
        "child_id",
        pl.lit(position["known_before_birth"], pl.Int32).alias("position"),
        pl.col("first_known_date").alias("due_date"),
        pl.lit(AFTER_BIRTH).alias("lost_reason"),
    )
    return (
        pl.concat([of_gaps, known_late])
        .sort("child_id", "position", "due_date", "lost_reason")
        .unique("child_id", keep="first", maintain_order=True)
        .select("child_id", "position", "lost_reason")
    )


def people(
    exposed: pl.LazyFrame,
    losses: pl.LazyFrame,
    children: pl.LazyFrame,
    spells: pl.LazyFrame,
    reference: Reference,
    as_of: date,
) -> pl.LazyFrame:
    """Each exposed child with its birth year, where it lives at `as_of` (or lived last), and where it was lost."""
    return (
        with_residence(
            exposed.select("child_id")
            .join(children.select("child_id", "birth_date"), on="child_id")
            .with_columns(pl.lit(as_of).alias("day")),
            spells,
            "day",
        )
        .join(losses, on="child_id", how="left")
        .select(
            pl.col("birth_date").dt.year().alias("birth_year"),
            _municipality().alias("municipality"),
            pl.lit("country").alias("country"),
            "position",
            "lost_reason",
        )
        .with_columns(_region_now(reference, as_of).alias("region"))
    )


def continuity(people: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Children inside each step and every step before it, by country, region and municipality, and by birth cohort.

    One row per step with `lost_reason` null (children, lost in all), and one per reason.
    """
    grouped = pl.concat([_by_period(_by_group(people, kind), as_of) for kind in ("country", "region", "municipality")])
    return _steps(grouped).sort("group_kind", "group_value", "birth_period_kind", "birth_period", "position", "lost")


def _municipality() -> pl.Expr:
    code = pl.col("residence_code").cast(pl.String)
    return pl.when(code == e.OUTSIDE_CODE).then(pl.lit(e.OUTSIDE)).otherwise(code.fill_null(e.UNKNOWN))


def _region_now(reference: Reference, as_of: date) -> pl.Expr:
    in_force = (pl.col("valid_from") <= as_of) & ((pl.col("valid_to") > as_of).fill_null(value=True))
    rows = reference.municipalities.filter(in_force).select(
        "municipality_code", pl.coalesce("region_code", "region_name")
    )
    code = pl.col("municipality")
    elsewhere = pl.when(code == e.OUTSIDE).then(code).otherwise(pl.lit(e.UNKNOWN))
    return code.replace_strict(dict(rows.iter_rows()), default=elsewhere, return_dtype=pl.String)


def _by_group(people: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    return people.select(
        pl.lit(kind).alias("group_kind"), pl.col(kind).alias("group_value"), "birth_year", "position", "lost_reason"
    )


def _by_period(people: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Everybody, and the children born in each rolling window of three calendar years up to that of `as_of`."""
    windows = [
        people.with_columns(
            pl.lit("three_years").alias("birth_period_kind"),
            pl.concat_str(last - 2, pl.lit("-"), last).alias("birth_period"),
            last.alias("last_year"),
        )
        for last in (pl.col("birth_year") + later for later in range(3))
    ]
    all_years = people.with_columns(
        pl.lit("all").alias("birth_period_kind"),
        pl.lit("all").alias("birth_period"),
        pl.col("birth_year").alias("last_year"),
    )
    return pl.concat([*windows, all_years]).filter(pl.col("last_year") <= as_of.year)


def _steps(grouped: pl.LazyFrame) -> pl.LazyFrame:
    keys = ["group_kind", "group_value", "birth_period_kind", "birth_period"]
    steps = pl.LazyFrame({"step": STEPS, "at": range(len(STEPS))}, schema={"step": pl.String, "at": pl.Int32})
    fallen = pl.col("position") == pl.col("at")
    inside = pl.col("position").is_null() | (pl.col("position") > pl.col("at"))
    by_step = (
        grouped.group_by(*keys, "position", "lost_reason").agg(pl.len().alias("children")).join(steps, how="cross")
    )
    totals = by_step.group_by(*keys, "step", "at").agg(
        pl.col("children").filter(inside).sum().cast(pl.Int64).alias("children"),
        pl.col("children").filter(fallen).sum().cast(pl.Int64).alias("lost"),
    )
    reasons = (
        by_step.filter(fallen)
        .group_by(*keys, "step", "at", "lost_reason")
        .agg(pl.col("children").sum().cast(pl.Int64).alias("lost"))
    )
    shape = [*keys, "step", pl.col("at").alias("position"), "children", "lost", "lost_reason"]
    return pl.concat(
        [
            totals.with_columns(pl.lit(None, pl.String).alias("lost_reason")).select(shape),
            reasons.with_columns(pl.lit(None, pl.Int64).alias("children")).select(shape),
        ]
    )
