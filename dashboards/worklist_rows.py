"""The reader of the worklist: rows of a data steward's own municipality. Asks the scope first."""

from __future__ import annotations

import polars as pl

from dashboards.opening import Source
from dashboards.scope import Scope
from pipelines.definitions.enumerations import UNKNOWN

WORKLIST_COLUMNS = (
    "subject",
    "subject_kind",
    "birth_date",
    "kind",
    "measure",
    "subject_id",
    "record_type",
    "reason",
    "sector",
    "severity",
    "due_date",
    "found_date",
    "age_days",
    "recommendation",
)
SEVERITIES = ("critical", "warning", "info")


def worklist(source: Source, scope: Scope) -> pl.DataFrame:
    """The gaps of the steward's municipality with pseudonyms, by severity, then age (oldest first), then key.

    `subject` is the pseudonym of the child, or of the pregnancy when there is no child; surrogates stay behind.
    """
    municipality_code = scope.require_rows()
    is_theirs = pl.col("municipality_code").fill_null(UNKNOWN) == municipality_code
    gaps = source.table("gaps").filter(is_theirs)
    identities = source.table("identities").select("kind", "id", "pseudonym")
    is_child = pl.col("child_id").is_not_null()
    return (
        gaps.with_columns(
            pl.when(is_child).then(pl.lit("person")).otherwise(pl.lit("pregnancy")).alias("subject_kind"),
            pl.coalesce("child_id", "pregnancy_id").alias("subject_surrogate"),
            pl.col("severity").cast(pl.Enum(SEVERITIES)),
        )
        .join(identities, left_on=["subject_kind", "subject_surrogate"], right_on=["kind", "id"], how="left")
        .rename({"pseudonym": "subject"})
        .sort(
            ["severity", "age_days", "subject", "measure", "due_date", "subject_id"],
            descending=[False, True, False, False, False, False],
            nulls_last=True,
        )
        .select(*WORKLIST_COLUMNS)
        .collect()
    )
