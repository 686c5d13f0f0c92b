"""Answers as documents may show them. What municipalities say of few citizens is confidential.

An answer from 1 to one under the threshold is told as `under_threshold`; one whose published count the gate has hidden
is told as `hidden`, or the published total of a region would give its neighbours away; so is a share that tells how few
they are. A total with such answers in it
is told as the range that those marks leave open: it is made of what is shown alone, and says nothing more.
"""

from __future__ import annotations

import polars as pl

from pipelines.requests.answers import answers, withdrawn
from pipelines.requests.opened import Opened

SHOWN: dict[str, pl.DataType] = {
    "respondent_kind": pl.String(),
    "respondent": pl.String(),
    "name": pl.String(),
    "question_id": pl.String(),
    "state": pl.String(),
    "value": pl.Float64(),
    "text": pl.String(),
    "is_late": pl.Boolean(),
}
"""One row per respondent and question. `state`: number, text, under_threshold, hidden, missing (no answer), withdrawn;
`value` is null in all but the first, `text` in all but the second."""

TOTALS: dict[str, pl.DataType] = {
    "question_id": pl.String(),
    "state": pl.String(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "answered": pl.Int64(),
    "asked": pl.Int64(),
}
"""One row per question whose answers add up. `state`: number (`low` is the total and equals
`high`), between, at_least (`high` is null), missing (nobody answered)."""


def shown(opened: Opened, counts: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Every answer as documents may show it (columns SHOWN). `counts`: columns COUNTS of `deviations`, as published."""
    keys = ["respondent_kind", "respondent", "question_id"]
    questions = pl.DataFrame(
        [(each.respondent, each.id, each.counts_people, each.kind == "share") for each in opened.request.questions],
        schema={
            "respondent_kind": pl.String,
            "question_id": pl.String,
            "counts_people": pl.Boolean,
            "is_share": pl.Boolean,
        },
        orient="row",
    )
    given = answers(opened).select("respondent_kind", "respondent", "question_id", "value", "text", "is_late")
    hidden = counts.select("respondent", "question_id", (pl.col("state") == "suppressed").alias("is_hidden"))
    gone = pl.DataFrame(list(withdrawn(opened)), schema=dict.fromkeys(keys[:2], pl.String), orient="row")
    grid = opened.respondents.join(questions, on="respondent_kind").join(given, on=keys, how="left")
    grid = grid.join(gone.with_columns(has_withdrawn=True), on=keys[:2], how="left", maintain_order="left")
    told = grid.join(hidden, on=keys[1:], how="left", maintain_order="left").with_columns(_state(threshold))
    return told.with_columns(
        pl.when(pl.col("state") == "number").then("value").alias("value"),
        pl.when(pl.col("state") == "text").then("text").alias("text"),
    ).select(list(SHOWN))


def deviations_shown(told: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Deviations (columns DEVIATIONS) with `state` of the answer; without value and difference where it is small or its
    count is hidden."""
    is_small = (pl.col("value") > 0) & (pl.col("value") < threshold)
    state = (
        pl.when(pl.col("value").is_null())
        .then(pl.lit("missing"))
        .when(pl.col("count_state") == "suppressed")
        .then(pl.lit("hidden"))
        .when(is_small)
        .then(pl.lit("under_threshold"))
        .otherwise(pl.lit("number"))
    )
    is_told = pl.col("state") == "number"
    return told.with_columns(state.alias("state")).with_columns(
        pl.when(is_told).then(name).alias(name) for name in ("value", "difference")
    )


def totals(opened: Opened, told: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Sums over municipalities or over providers, of what is shown (`told`: columns SHOWN) and of nothing else."""
    summed = [question.id for question in opened.request.questions if question.adds_up]
    state = pl.col("state")
    few, hidden = (state == "under_threshold").sum(), (state == "hidden").sum()
    shown_sum, number = pl.col("value").sum(), (state == "number").sum()
    rows = told.filter(pl.col("question_id").is_in(summed)).group_by("question_id", maintain_order=True)
    counted = rows.agg(
        (shown_sum + few).alias("low"),
        (shown_sum + few * (threshold - 1)).alias("high"),
        few.alias("few"),
        hidden.alias("hidden"),
        (number + few + hidden).cast(pl.Int64).alias("answered"),
        pl.len().cast(pl.Int64).alias("asked"),
    )
    return (
        counted.with_columns(_state_of_total())
        .with_columns(_known("low", "missing"), _known("high", "missing", "at_least"))
        .select(list(TOTALS))
    )


def _state(threshold: int) -> pl.Expr:
    """An answer of nobody (0) may be shown, unless the gate has hidden the count it is compared with."""
    value = pl.col("value")
    is_small = pl.col("counts_people") & (value > 0) & (value < threshold)
    return (
        pl.when(pl.col("has_withdrawn"))
        .then(pl.lit("withdrawn"))
        .when(value.is_null() & pl.col("text").is_null())
        .then(pl.lit("missing"))
        .when(value.is_null())
        .then(pl.lit("text"))
        .when(pl.col("is_hidden").fill_null(value=False) | _share_tells_few(threshold).fill_null(value=False))
        .then(pl.lit("hidden"))
        .when(is_small)
        .then(pl.lit("under_threshold"))
        .otherwise(pl.lit("number"))
        .alias("state")
    )


def _share_tells_few(threshold: int) -> pl.Expr:
    """33 % beside *under 5* is one of three. So a share is hidden where it, or its rest, of the fewest citizens that
    the respondent has counted is fewer than the threshold; all and none of them tell nothing more."""
    counted = pl.col("counts_people") & (pl.col("value") > 0)
    fewest = pl.col("value").filter(counted).min().over("respondent_kind", "respondent")
    lesser = pl.min_horizontal("value", 100 - pl.col("value")) / 100
    return pl.col("is_share") & (lesser > 0) & (lesser * fewest < threshold)


def _state_of_total() -> pl.Expr:
    return (
        pl.when(pl.col("answered") == 0)
        .then(pl.lit("missing"))
        .when(pl.col("hidden") > 0)
        .then(pl.lit("at_least"))
        .when(pl.col("few") > 0)
        .then(pl.lit("between"))
        .otherwise(pl.lit("number"))
        .alias("state")
    )


def _known(bound: str, *unknown: str) -> pl.Expr:
    return pl.when(~pl.col("state").is_in(unknown)).then(bound).alias(bound)
