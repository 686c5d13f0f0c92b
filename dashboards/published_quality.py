"""What pages about data quality read of a run: the ledger, reporting, links, unknown codes and quarantine. Scope first.

| role     | own municipality's files | files that all share | files of other municipalities |
|----------|--------------------------|----------------------|-------------------------------|
| steward  | exact numbers and rows   | words                | nothing                       |
| leader   | words                    | words                | nothing                       |
| national | words                    | words                | words                         |

Words say whether anything was set aside, never how much. A file is shared when no municipality sent it: registers,
regions, and a folder of canonical tables.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from dashboards import suppression
from dashboards.opening import Source
from dashboards.published import threshold
from dashboards.scope import Scope
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

OWN, SHARED, OTHERS = "own", "shared", "others"
IN_USE = "in_use"
COUNTS = (
    "rows_read",
    "out_of_scope",
    "superseded",
    "faulty",
    "handed_on",
    "accepted",
    "quarantined",
    "exact_duplicates",
)
LINKED, NOT_LINKED, NO_LOSS = "linked", "not_linked", "no_loss"
OUTCOMES_TOLD = {
    **dict.fromkeys(("register", "found", "child", "exact", "probable"), LINKED),
    **dict.fromkeys(("no_live_birth", "not_due"), NO_LOSS),
}
"""Outcomes of linkage in three: linked, not linked (all others), and nothing to link to (yet)."""

QUARANTINE_COLUMNS = ("table", "source", "row_number", "key", "rule", "column", "other_faults")


def has_ledger(source: Source) -> bool:
    """Whether the run tells where its rows went; runs of a version before the ledger do not."""
    try:
        source.table("deliveries")
    except UserError:
        return False
    return True


def adds_up(source: Source) -> bool:
    """Whether rows read = accepted + quarantined + exact duplicates in every table of the run."""
    parts = pl.col("accepted") + pl.col("quarantined") + pl.col("exact_duplicates")
    return bool(source.table("row_accounting").select((pl.col("rows_read") == parts).all()).collect().item())


def deliveries(source: Source, scope: Scope) -> pl.DataFrame:
    """One row per delivery and `whose` it is, of the files in use.

    `files`, `senders`, `last_seen`, `has_set_aside`; the counts of the ledger are null unless they are the steward's
    own. A file's numbers are counted once, for content that another has taken the place of is not in use.
    """
    counted = (
        _ledger(source, scope)
        .filter(pl.col("state") == IN_USE)
        .group_by("delivery", "whose")
        .agg(
            pl.len().cast(pl.Int64).alias("files"),
            pl.col("sender").drop_nulls().n_unique().cast(pl.Int64).alias("senders"),
            pl.col("first_seen").max().dt.date().alias("last_seen"),
            (pl.col("faulty") + pl.col("quarantined")).sum().gt(0).alias("has_set_aside"),
            pl.col(COUNTS).sum(),
        )
    )
    return counted.with_columns(_if_theirs(scope, *COUNTS)).sort("whose", "delivery").collect()


def former_files(source: Source, scope: Scope) -> pl.DataFrame:
    """Files that no longer count, the latest first: `source, delivery, whose, state, superseded_by, last_seen`."""
    columns = ("source", "delivery", "whose", "state", "superseded_by")
    return (
        _ledger(source, scope)
        .filter(pl.col("state") != IN_USE)
        .select(*columns, pl.col("first_seen").dt.date().alias("last_seen"))
        .sort("last_seen", "source", descending=[True, False])
        .collect()
    )


def reporting(source: Source, scope: Scope, first: date, last: date) -> pl.DataFrame:
    """`delivery, municipality_code, month, state` from the first to the last month, both included.

    Municipal roles read of their own municipality. A steward also reads `rows` and `expected`, which are null for
    others.
    """
    rows = source.table("reporting").filter(pl.col("month").is_between(first, last))
    if scope.municipality_code is not None:
        rows = rows.filter(pl.col("municipality_code") == scope.municipality_code)
    is_steward = pl.lit(scope.role == "steward")
    numbers = [pl.when(is_steward).then(pl.col(name)).alias(name) for name in ("rows", "expected")]
    columns = ("delivery", "municipality_code", "month")
    return rows.select(*columns, pl.col("state").cast(pl.String), *numbers).sort(columns).collect()


def linkage(source: Source, scope: Scope) -> pl.DataFrame:
    """`measure, outcome, rows`: how births, exposures and rows without a number found their child.

    Of the steward's own municipality; for others of the country by OUTCOMES_TOLD, where `rows` is null when it is small
    or would give away a small one.
    """
    measured = source.table("linkage_quality").select("measure", "municipality_code", "outcome", "rows")
    records = source.table("record_links").filter(pl.col("delivery") != "births")  # births are measured already
    linked = records.group_by("municipality_code", pl.col("linked_by").alias("outcome")).agg(
        pl.len().cast(pl.Int64).alias("rows")
    )
    named = linked.select(pl.lit("records").alias("measure"), "municipality_code", "outcome", "rows")
    both = pl.concat([measured.with_columns(pl.col("outcome").cast(pl.String)), named], how="vertical_relaxed")
    if scope.role == "steward":
        both = both.filter(pl.col("municipality_code") == scope.require_rows())
    else:
        both = both.with_columns(pl.col("outcome").replace_strict(OUTCOMES_TOLD, default=NOT_LINKED))
    rows = both.group_by("measure", "outcome").agg(pl.col("rows").sum()).collect()
    rows = rows.sort(["measure", "rows", "outcome"], descending=[False, True, False])
    return rows if scope.role == "steward" else _suppressed_parts(rows, "measure", "rows")


def unmapped(source: Source, scope: Scope) -> pl.DataFrame:
    """Codes that no mapping knows: `whose, delivery, column, code, rows`; rows are null unless the steward's own.

    A null code stands for values that are not shown, for they could be a person's.
    """
    files = _ledger(source, scope).select("source", "delivery", "whose").unique()
    return (
        source.table("unmapped_codes")
        .join(files, on="source")
        .group_by("whose", "delivery", "column", "code")
        .agg(pl.col("rows").sum())
        .with_columns(_if_theirs(scope, "rows"))
        .sort("whose", "delivery", "column", "code", nulls_last=True)
        .collect()
    )


def quarantine(source: Source, scope: Scope) -> pl.DataFrame:
    """Rows set aside of the files that the steward's municipality sent, by file and row."""
    scope.require_rows()
    own = _ledger(source, scope).filter(pl.col("whose") == OWN).select("source", "delivery").unique()
    rows = source.table("quarantine").join(own, on="source")
    return rows.select("delivery", *QUARANTINE_COLUMNS).sort("source", "row_number", nulls_last=True).collect()


def quarantine_of_others(source: Source, scope: Scope) -> pl.DataFrame:
    """`table, rule, column, rows` of all other files that the scope may hear of: no row, no key.

    `rows` is null when it is small, and always for leaders.
    """
    heard_of = _ledger(source, scope)
    if scope.role == "steward":
        heard_of = heard_of.filter(pl.col("whose") != OWN)
    rows = pl.col("rows")
    is_hidden = suppression.is_small(rows, threshold()) | pl.lit(scope.role == "leader")
    return (
        source.table("quarantine")
        .join(heard_of.select("source").unique(), on="source", how="semi")
        .group_by("table", "rule", "column")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .with_columns(pl.when(~is_hidden).then(rows).alias("rows"))
        .sort("table", "rule", "column")
        .collect()
    )


def _ledger(source: Source, scope: Scope) -> pl.LazyFrame:
    """The files that the scope may hear of, with `whose` they are."""
    is_municipal = pl.col("sender").is_in(Reference.load().municipality_codes).fill_null(value=False)
    is_own = (pl.col("sender") == pl.lit(scope.municipality_code, pl.String)).fill_null(value=False)
    whose = pl.when(is_own).then(pl.lit(OWN)).when(is_municipal).then(pl.lit(OTHERS)).otherwise(pl.lit(SHARED))
    ledger = source.table("deliveries").with_columns(whose.alias("whose"))
    return ledger if scope.role == "national" else ledger.filter(pl.col("whose") != OTHERS)


def _if_theirs(scope: Scope, *columns: str) -> list[pl.Expr]:
    """Numbers of the steward's own files; null otherwise."""
    is_theirs = (pl.col("whose") == OWN) & pl.lit(scope.role == "steward")
    return [pl.when(is_theirs).then(pl.col(name)).alias(name) for name in columns]


def _suppressed_parts(rows: pl.DataFrame, whole: str, part: str) -> pl.DataFrame:
    """Each part of a whole, or null where it, or what it would give away, is small."""
    groups = rows.partition_by(whole, maintain_order=True)
    shown = [pl.Series(suppression.shown_parts(group[part].to_list(), threshold())) for group in groups]
    kept = [
        group.with_columns(pl.when(is_shown).then(pl.col(part)).alias(part))
        for group, is_shown in zip(groups, shown, strict=True)
    ]
    return pl.concat(kept) if kept else rows
