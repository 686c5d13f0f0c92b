"""The readers of what is new: of a data steward's own municipality. Each asks the scope first."""

from __future__ import annotations

from datetime import date

import polars as pl

from dashboards.opening import Source
from dashboards.scope import Scope
from pipelines.definitions.enumerations import UNKNOWN
from pipelines.gap_decisions import ABOUT

DONE = ("met", "late")
DUE_COLUMNS = (*ABOUT, "due_date", "birth_date")


def outcomes(source: Source, scope: Scope, closed: pl.DataFrame) -> pl.DataFrame:
    """What became of gaps (columns ABOUT) that are gone: adds `is_done`, whether what was due has come about.

    False for one that is excused, belongs to another municipality by now, or is known no more.
    """
    municipality_code = scope.require_rows()
    named = closed.select(*ABOUT).unique().lazy()
    identities = source.table("identities").rename({"kind": "subject_kind", "pseudonym": "subject"})
    known = named.join(identities, on=["subject_kind", "subject"]).collect()
    subject = pl.coalesce("child_id", "pregnancy_id")
    found = (
        source.table("obligations")
        .filter(
            subject.is_in(known["id"].unique().implode()),
            pl.col("status").is_in(DONE),
            pl.col("municipality_code").fill_null(UNKNOWN) == municipality_code,
        )
        .select(subject.alias("id"), "kind", "measure", "subject_id")
    )
    about = ["id", "kind", "measure", "subject_id"]
    done = (
        known.lazy().join(found, on=about, how="semi", nulls_equal=True).select(*ABOUT, pl.lit(True).alias("is_done"))
    )
    return closed.join(
        done.collect(), on=list(ABOUT), how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("is_done").fill_null(value=False))


def due_soon(source: Source, scope: Scope, until: date) -> pl.DataFrame:
    """What falls due in the municipality until a day (included) and is not done yet, the first due first."""
    municipality_code = scope.require_rows()
    is_child = pl.col("child_id").is_not_null()
    identities = source.table("identities").select("kind", "id", "pseudonym")
    births = source.table("children_in_view").select("child_id", "birth_date")
    return (
        source.table("obligations")
        .filter(
            pl.col("municipality_code") == municipality_code,
            pl.col("status") == "not_due",
            pl.col("due_date") <= until,
        )
        .with_columns(
            pl.when(is_child).then(pl.lit("person")).otherwise(pl.lit("pregnancy")).alias("subject_kind"),
            pl.coalesce("child_id", "pregnancy_id").alias("number"),
        )
        .join(identities, left_on=["subject_kind", "number"], right_on=["kind", "id"])
        .join(births, on="child_id", how="left")
        .rename({"pseudonym": "subject"})
        .select(DUE_COLUMNS)
        .sort("due_date", "subject", "measure")
        .collect()
    )
