"""The ledger of deliveries: what came, when, from whom, what became of its rows, and what has taken its place."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.errors import UserError
from pipelines.sources.reading import FileAccount

IN_USE, SUPERSEDED, CORRECTED, WITHDRAWN = "in_use", "superseded", "corrected", "withdrawn"
"""A file that is read; one that is there but told again by a later one; content that another content under the same
name has replaced; a file that is gone. The rows of the last two count no more."""

LEDGER: dict[str, pl.DataType] = {
    "source": pl.String(),
    "delivery": pl.String(),
    "sender": pl.String(),
    "content_hash": pl.String(),
    "bytes": pl.Int64(),
    "first_seen": pl.Datetime("us", "UTC"),
    "state": pl.String(),
    "superseded_by": pl.String(),
    "rows_read": pl.Int64(),
    "out_of_scope": pl.Int64(),
    "superseded": pl.Int64(),
    "faulty": pl.Int64(),
    "handed_on": pl.Int64(),
    "accepted": pl.Int64(),
    "quarantined": pl.Int64(),
    "exact_duplicates": pl.Int64(),
}
"""One row per file and content that the store has ever used.

Rows of the file: read = used + out of scope + superseded + faulty. Canonical rows made of the used ones: handed on =
accepted + quarantined + exact duplicates; a register row or a FHIR resource may make none, one or several of them.
"""

KEY = ["source", "content_hash"]


def ledger_of(
    accounts: list[FileAccount], handed_on: pl.DataFrame, judged: pl.DataFrame, now: datetime, earlier: pl.DataFrame
) -> pl.DataFrame:
    """The ledger after this delivery.

    `handed_on`: source, rows. `judged`: source, quarantined, exact_duplicates (several rows per source add up).
    `earlier`: the ledger before, empty at first. A file that came before keeps its day; another content under its name
    has corrected it; a file that is gone was withdrawn.
    """
    files = pl.DataFrame([_file(account) for account in accounts], schema=_FILE)
    summed = judged.group_by("source").agg(pl.col("quarantined", "exact_duplicates").sum())
    rows = handed_on.group_by("source").agg(pl.col("rows").sum().alias("handed_on"))
    seen = earlier.select(*KEY, "first_seen").unique(KEY)
    current = (
        files.join(rows, on="source", how="left")
        .join(summed, on="source", how="left")
        .join(seen, on=KEY, how="left")
        .with_columns(
            pl.col("handed_on", "quarantined", "exact_duplicates").fill_null(0),
            pl.col("first_seen").fill_null(pl.lit(now).cast(pl.Datetime("us", "UTC"))),
            pl.when(pl.col("superseded_by").is_not_null())
            .then(pl.lit(SUPERSEDED))
            .otherwise(pl.lit(IN_USE))
            .alias("state"),
        )
        .with_columns((pl.col("handed_on") - pl.col("quarantined") - pl.col("exact_duplicates")).alias("accepted"))
    )
    return pl.concat([_cast(current), _cast(_no_longer_used(earlier, files))]).sort("source", "first_seen")


_FILE: dict[str, pl.DataType] = {
    name: LEDGER[name]
    for name in ("source", "delivery", "sender", "content_hash", "bytes", "superseded_by", "rows_read")
} | dict.fromkeys(("out_of_scope", "superseded", "faulty"), pl.Int64())


def assert_files_add_up(accounts: list[FileAccount], handed_on: pl.DataFrame) -> None:
    """No file has left out more rows than it has; of a mapping each used row was handed on, and nothing else."""
    rows = dict(handed_on.group_by("source").agg(pl.col("rows").sum()).iter_rows())
    wrong = [one for one in accounts if one.used < 0 or (one.is_mapped and one.used != rows.get(one.source, 0))]
    if wrong:
        told = [f"{one.source}: {one.used:,} used, {rows.get(one.source, 0):,} handed on" for one in wrong[:3]]
        raise UserError(
            f"The rows of {len(wrong)} files do not add up, so nothing was written",
            where="; ".join(told),
            to_do="The files changed while they were read? Run again; if it stays, report it.",
        )


def _file(account: FileAccount) -> dict[str, object]:
    return {name: getattr(account, name) for name in _FILE}


def _no_longer_used(earlier: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Rows of the ledger whose content is not delivered any more; those that were gone before stay as they are."""
    gone = earlier.join(files, on=KEY, how="anti")
    newest = files.select("source", pl.col("content_hash").alias("_newest"))
    is_fresh = pl.col("state").is_in([IN_USE, SUPERSEDED])
    told = pl.concat_str(pl.col("source"), pl.lit(" @ "), pl.col("_newest").str.slice(0, 8))
    return gone.join(newest, on="source", how="left").with_columns(
        pl.when(is_fresh & pl.col("_newest").is_not_null())
        .then(pl.lit(CORRECTED))
        .when(is_fresh)
        .then(pl.lit(WITHDRAWN))
        .otherwise("state")
        .alias("state"),
        pl.when(is_fresh).then(told).otherwise("superseded_by").alias("superseded_by"),
    )


def _cast(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(dtype) for name, dtype in LEDGER.items())
