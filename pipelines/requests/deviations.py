"""Answers beside what the records count. The counts are those that the gate has published, whoever asks.

An answer is the municipality's own statement; a count that is hidden, missing or not due cannot be compared with, and
is never read as zero.
"""

from __future__ import annotations

from typing import Literal, Protocol, get_args

import polars as pl

from pipelines.requests.answers import answers
from pipelines.requests.opened import Opened

Comparison = Literal["deviates", "within", "same", "not_compared", "not_answered"]
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
"""Further from the count than the request's tolerance; nearer; the same; no count to compare with; no answer yet."""

COUNTS: dict[str, pl.DataType] = {
    "respondent": pl.String(),
    "question_id": pl.String(),
    "count": pl.Int64(),
    "state": pl.String(),
}
"""One row per municipality and compared question. `state`: number, suppressed, missing, not_applicable, not_yet_due;
`count` is null in all but the first."""

DEVIATIONS: dict[str, pl.DataType] = {
    "respondent": pl.String(),
    "name": pl.String(),
    "question_id": pl.String(),
    "value": pl.Float64(),
    "count": pl.Int64(),
    "count_state": pl.String(),
    "difference": pl.Float64(),
    "comparison": pl.Enum(COMPARISONS),
    "reason": pl.String(),
}
"""One row per municipality that is asked and compared question; `difference`: answer minus count."""


PUBLISHED: dict[str, pl.DataType] = {
    **dict.fromkeys(("measure", "attribution", "group_kind", "group_value", "period", "outcome"), pl.String()),
    "count": pl.Int64(),
    "state": pl.String(),
}
"""What is read of the published counts."""


class Tables(Protocol):
    """Published tables, by name."""

    def table(self, name: str) -> pl.LazyFrame:
        """Unread."""


def published_counts(tables: Tables | None, opened: Opened) -> pl.DataFrame:
    """What is published for each compared question (columns COUNTS); without a publication all of it is missing."""
    return counts_in(None if tables is None else tables.table("published_counts"), opened)


def counts_in(rows: pl.LazyFrame | None, opened: Opened) -> pl.DataFrame:
    """Of the published counts (`rows`): the denominator of each compared measure, by the responsible municipality, in
    the years that the request is about (columns COUNTS). A municipality without a row is missing."""
    grid = _grid(opened)
    measures = grid["measure"].unique().to_list()
    told = (pl.LazyFrame(schema=PUBLISHED) if rows is None else rows).filter(
        pl.col("attribution") == "responsible",
        pl.col("group_kind") == "municipality",
        pl.col("outcome") == "denominator",
        pl.col("period") == opened.period,
        pl.col("measure").is_in(measures),
    )
    named = told.select(pl.col("group_value").alias("respondent"), "measure", "count", "state").collect()
    joined = grid.join(named, on=["respondent", "measure"], how="left", maintain_order="left")
    is_number = pl.col("state") == "number"
    return joined.with_columns(
        pl.when(is_number).then("count").alias("count"), pl.col("state").fill_null("missing")
    ).select(list(COUNTS))


def visible(counts: pl.DataFrame, respondent: str) -> dict[str, int]:
    """By question: the counts of a municipality that are told."""
    told = counts.filter(pl.col("respondent") == respondent, pl.col("count").is_not_null())
    return dict(told.select("question_id", "count").iter_rows())


def deviations(opened: Opened, counts: pl.DataFrame) -> pl.DataFrame:
    """Answers beside counts (columns DEVIATIONS), the largest difference first."""
    given = answers(opened).filter(pl.col("respondent_kind") == "municipality")
    names = opened.respondents.select("respondent", "name")
    told = (
        counts.rename({"state": "count_state"})
        .join(names, on="respondent", how="left")
        .join(
            given.select("respondent", "question_id", "value", "reason"), on=["respondent", "question_id"], how="left"
        )
        .with_columns((pl.col("value") - pl.col("count")).alias("difference"))
    )
    judged = told.with_columns(_comparison(opened.request.tolerance)).select(list(DEVIATIONS))
    return judged.sort(
        "comparison", pl.col("difference").abs(), "name", descending=[False, True, False], nulls_last=True
    )


def _comparison(tolerance: float) -> pl.Expr:
    """A difference of exactly the tolerance is within it."""
    difference = pl.col("difference").abs()
    return (
        pl.when(pl.col("value").is_null())
        .then(pl.lit("not_answered"))
        .when(pl.col("count").is_null())
        .then(pl.lit("not_compared"))
        .when(difference == 0)
        .then(pl.lit("same"))
        .when(difference <= tolerance * pl.col("count"))
        .then(pl.lit("within"))
        .otherwise(pl.lit("deviates"))
        .cast(pl.Enum(COMPARISONS))
        .alias("comparison")
    )


def _grid(opened: Opened) -> pl.DataFrame:
    compared = [
        {"question_id": question.id, "measure": question.compared_with}
        for question in opened.request.of("municipality")
        if question.compared_with is not None
    ]
    questions = pl.DataFrame(compared, schema={"question_id": pl.String, "measure": pl.String})
    places = opened.respondents.filter(pl.col("respondent_kind") == "municipality").select("respondent")
    return places.join(questions, how="cross")
