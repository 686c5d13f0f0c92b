"""Where each resource goes: used, out of scope, superseded by a newer version, or faulty. The first verdict stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import polars as pl

OUT_OF_SCOPE: Final = "out_of_scope"
SUPERSEDED: Final = "superseded"
FAULTY: Final = "faulty"
Verdict = Literal["out_of_scope", "superseded", "faulty"]

VERDICT: dict[str, pl.DataType] = {"verdict": pl.String(), "rule": pl.String(), "column": pl.String()}
"""Null in `verdict`: used, as far as is known yet. `rule` and `column` go with a fault."""

RETRACTED = "entered-in-error"
PERFORMED = [
    "Encounter:finished",
    "Observation:final",
    "Observation:amended",
    "Observation:corrected",
    "QuestionnaireResponse:completed",
    "QuestionnaireResponse:amended",
    "CarePlan:active",
    "CarePlan:on-hold",
    "CarePlan:completed",
    "CarePlan:unknown",
    "EpisodeOfCare:planned",
    "EpisodeOfCare:waitlist",
    "EpisodeOfCare:active",
    "EpisodeOfCare:onhold",
    "EpisodeOfCare:finished",
]
"""What has taken place or was decided; a draft, a plan for a visit and what was cancelled have not."""

OLDEST = pl.lit(0).cast(pl.Datetime("us", "UTC"))


def is_open() -> pl.Expr:
    """No verdict yet."""
    return pl.col("verdict").is_null()


def is_retracted() -> pl.Expr:
    """Entered in error."""
    return (pl.col("status") == RETRACTED).fill_null(value=False)


def is_performed() -> pl.Expr:
    """The status says that it was done, and no activity in it was cancelled by itself."""
    done = pl.format("{}:{}", "kind", "status").is_in(PERFORMED).fill_null(value=False)
    is_cancelled = (pl.col("kind") == "CarePlan") & (pl.col("value") == "cancelled").fill_null(value=False)
    return done & ~is_cancelled


def unjudged(rows: pl.DataFrame) -> pl.DataFrame:
    """All resources at first: those that could not be read are faulty by their form."""
    no_verdict = rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in VERDICT.items())
    return judged(no_verdict, pl.col("fault").is_not_null(), FAULTY, rule="form", column=pl.col("fault"))


def judged(
    rows: pl.DataFrame, when: pl.Expr, verdict: Verdict, *, rule: str | None = None, column: str | pl.Expr = ""
) -> pl.DataFrame:
    """The verdict for rows that have none yet and of which `when` is true (null is not)."""
    is_so = is_open() & when.fill_null(value=False)
    place = pl.lit(column or None, pl.String) if isinstance(column, str) else column
    return rows.with_columns(
        pl.when(is_so).then(pl.lit(verdict)).otherwise("verdict").alias("verdict"),
        pl.when(is_so).then(pl.lit(rule, pl.String)).otherwise("rule").alias("rule"),
        pl.when(is_so).then(place).otherwise("column").alias("column"),
    )


def instant() -> pl.Expr:
    """When a bundle was sent. Without a readable time (FHIR wants one with its zone) it counts as the oldest."""
    written = pl.col("sent").str.replace("Z$", "+00:00")
    read = written.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_zone="UTC")
    return read.fill_null(OLDEST)


def with_versions(rows: pl.DataFrame, same: Sequence[str], content: Sequence[str], *, column: str) -> pl.DataFrame:
    """Of the open rows that are the same thing (`same`), the newest version stands, and its copies beside it.

    What is older and says something else is superseded. Several newest ones that contradict each other are all faulty:
    nobody can tell which is right.
    """
    given = pl.all_horizontal(is_open(), *(pl.col(name).is_not_null() for name in same[-1:]))
    thing = pl.struct(same)
    is_last = pl.col("_sent") == pl.col("_sent").max().over(thing)
    last = pl.col("_says").filter(pl.col("_is_last"))
    versions = (
        rows.filter(given)
        .with_columns(instant().alias("_sent"), pl.struct(content).hash().alias("_says"))
        .with_columns(is_last.alias("_is_last"))
        .with_columns(
            (last.n_unique().over(thing) > 1).alias("_is_torn"),
            (pl.col("_says") == last.first().over(thing)).alias("_is_newest"),
        )
    )
    is_older = ~pl.col("_is_last") & (~pl.col("_is_newest") | pl.col("_is_torn"))
    decided = judged(versions, is_older, SUPERSEDED)
    decided = judged(decided, pl.col("_is_torn"), FAULTY, rule="key", column=column)
    return pl.concat([rows.filter(~given), decided.select(rows.columns)])
