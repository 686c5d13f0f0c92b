"""Which pregnancy and which mother belong to a child. Made before the as-of view, on all rows, and kept."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.reference import Reference


def linked(children: pl.LazyFrame, pregnancies: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """`child_id, pregnancy_id, mother_id, link` for every child.

    `link` says how: the register's own, found by mother and dates (exactly one candidate), ambiguous (several: not
    linked), or none. The mother is the child's own `mother_id`, else that of its pregnancy.
    """
    candidates = candidate_pregnancies(children, pregnancies, reference)
    mothers = pregnancies.select("pregnancy_id", pl.col("mother_id").alias("pregnancy_mother_id"))
    return (
        children.select("child_id", "mother_id", pl.col("pregnancy_id").alias("register_pregnancy_id"))
        .join(candidates, on="child_id", how="left")
        .with_columns(pl.coalesce("register_pregnancy_id", "found_pregnancy_id").alias("pregnancy_id"), link_made())
        .join(mothers, on="pregnancy_id", how="left")
        .select("child_id", "pregnancy_id", pl.coalesce("mother_id", "pregnancy_mother_id").alias("mother_id"), "link")
    )


def candidate_pregnancies(children: pl.LazyFrame, pregnancies: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """For children without a pregnancy: the number of candidates, and the candidate when it is the only one."""
    unlinked = children.filter(pl.col("pregnancy_id").is_null() & pl.col("mother_id").is_not_null())
    return (
        unlinked.select("child_id", "mother_id", "birth_date")
        .join(pregnancies.select("pregnancy_id", "mother_id", "due_date", "end_date", "outcome"), on="mother_id")
        .filter(fits_the_birth(reference))
        .group_by("child_id")
        .agg(pl.len().alias("candidates"), pl.col("pregnancy_id").min().alias("first_pregnancy_id"))
        .select(
            "child_id",
            "candidates",
            pl.when(pl.col("candidates") == 1).then("first_pregnancy_id").alias("found_pregnancy_id"),
        )
    )


def fits_the_birth(reference: Reference) -> pl.Expr:
    """The pregnancy ended within some days of the birth; without an end, the birth fits its due date. Ends included."""
    birth, due, end = pl.col("birth_date"), pl.col("due_date"), pl.col("end_date")
    near_the_end = (birth - end).dt.total_days().abs() <= reference.days_of("link_end_days")
    earliest = due - pl.duration(days=reference.days_of("gestation_default_days"))
    latest = due + pl.duration(days=reference.days_of("link_after_due_days"))
    by_dates = pl.when(end.is_not_null()).then(near_the_end).otherwise(birth.is_between(earliest, latest))
    return ~pl.col("outcome").is_in(["loss", "stillbirth"]) & by_dates.fill_null(value=False)


def link_made() -> pl.Expr:
    """How the link to the pregnancy came about."""
    return (
        pl.when(pl.col("register_pregnancy_id").is_not_null())
        .then(pl.lit("register"))
        .when(pl.col("candidates") == 1)
        .then(pl.lit("found"))
        .when(pl.col("candidates") > 1)
        .then(pl.lit("ambiguous"))
        .otherwise(pl.lit("none"))
        .alias("link")
    )
