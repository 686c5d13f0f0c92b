"""Are the planted losses found? Recall and precision of the gaps against the answer key, per kind and reason.

A gap counts as right when child, pregnancy, kind, subject, status and reason are all as planted. A loss found under a
wrong reason is therefore missed under the one and false under the other. A support record that a register delivered
without an id is `unnamed` in the key: it is matched by everything but its subject, as often as it was planted.
"""

from __future__ import annotations

import polars as pl

KEY = ("child_id", "pregnancy_id", "kind", "subject_id", "status", "reason")
GAP_STATUSES = ("overdue", "contradicted")
FLOOR = 0.99
UNNAMED = "unnamed"
OF_RECORD = r"([^:]+)$"
TURN = "_turn"
"""Tells unnamed losses that are alike apart: the first, the second, ..."""


def compare(found: pl.LazyFrame, key: pl.LazyFrame) -> pl.DataFrame:
    """kind, reason, planted, found, both, recall, precision; one row per kind and reason that either side has.

    `found` are obligations or gaps (other statuses are left out); a null subject is the child or the pregnancy itself.
    A null reason is the status `contradicted`. Recall is null where nothing was planted, precision where nothing was
    found: neither is a success.
    """
    is_planted, is_found = pl.col("_planted").fill_null(value=False), pl.col("_found").fill_null(value=False)
    planted = _as_key(key)
    gaps = _without_names_that_the_key_lacks(_as_key(found).unique(), planted)
    return (
        _in_turn(planted, "_planted")
        .join(_in_turn(gaps, "_found"), on=[*KEY, TURN], how="full", coalesce=True, nulls_equal=True)
        .group_by("kind", "reason")
        .agg(
            is_planted.sum().cast(pl.Int64).alias("planted"),
            is_found.sum().cast(pl.Int64).alias("found"),
            (is_planted & is_found).sum().cast(pl.Int64).alias("both"),
        )
        .with_columns(_share("both", "planted").alias("recall"), _share("both", "found").alias("precision"))
        .sort("kind", "reason", nulls_last=True)
        .collect()
    )


def verdicts(compared: pl.DataFrame, floor: float = FLOOR) -> pl.DataFrame:
    """Adds `verdict`: `reached`, `below`, or `not_applicable` where nothing was planted and nothing found."""
    reached = (pl.col("recall") >= floor) & (pl.col("precision") >= floor)
    verdict = (
        pl.when((pl.col("planted") == 0) & (pl.col("found") == 0))
        .then(pl.lit("not_applicable"))
        .when(reached.fill_null(value=False))
        .then(pl.lit("reached"))
        .otherwise(pl.lit("below"))
    )
    return compared.with_columns(verdict.alias("verdict"))


def reaches(compared: pl.DataFrame, floor: float = FLOOR) -> bool:
    """Does every kind and reason with a loss reach the floor in both? Where nothing was planted at all, no."""
    judged = verdicts(compared, floor)["verdict"]
    return bool((judged == "reached").any() and not (judged == "below").any())


def _as_key(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The gaps of a frame, with the columns of the key as text."""
    return (
        rows.filter(pl.col("status").cast(pl.String).is_in(GAP_STATUSES))
        .with_columns(pl.coalesce("subject_id", "child_id", "pregnancy_id").alias("subject_id"))
        .select(pl.col(KEY).cast(pl.String))
    )


def _is_unnamed() -> pl.Expr:
    return pl.col("subject_id").str.ends_with(UNNAMED).fill_null(value=False)


def _without_names_that_the_key_lacks(gaps: pl.LazyFrame, planted: pl.LazyFrame) -> pl.LazyFrame:
    """Where the key has unnamed records, a record that it does not name is one of them."""
    subjects = planted.select("subject_id", _is_unnamed().any().alias("has_unnamed")).collect()
    if not subjects["has_unnamed"].any():
        return gaps
    subject = pl.col("subject_id")
    is_record = (pl.col("kind") == "carried_in_record") | subject.str.starts_with("placement:")
    is_named = subject.is_in(subjects["subject_id"].implode())
    unnamed = pl.when(is_record & ~is_named).then(subject.str.replace(OF_RECORD, UNNAMED)).otherwise(subject)
    return gaps.with_columns(unnamed.alias("subject_id"))


def _in_turn(rows: pl.LazyFrame, flag: str) -> pl.LazyFrame:
    """Each row once, but for unnamed ones: they are numbered."""
    turn = pl.when(_is_unnamed()).then(pl.int_range(pl.len()).over(KEY)).otherwise(0)
    return rows.with_columns(turn.alias(TURN)).unique().with_columns(pl.lit(value=True).alias(flag))


def _share(part: str, whole: str) -> pl.Expr:
    """Null where there is nothing to take a share of."""
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))
