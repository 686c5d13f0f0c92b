"""Frames about how records came in: the ledger of deliveries, accounting, reporting, linkage, and names."""

from __future__ import annotations

import polars as pl

from checks.frames.frame import Frame, Subject
from pipelines.definitions.contract import Table
from pipelines.definitions.tables import TABLE_NAMES, TABLES, table_named


def deliveries(subject: Subject) -> Frame:
    """Files with where their rows went, and how many of their rows had a code that no mapping knows."""
    unmapped = subject.read("unmapped_codes").group_by("source").agg(pl.col("rows").sum().alias("unmapped_rows"))
    rows = (
        subject.read("deliveries")
        .join(unmapped, on="source", how="left")
        .with_columns(pl.col("unmapped_rows").fill_null(0))
    )
    return Frame("deliveries", rows, ("source", "content_hash"), None, "Leverancer", "Deliveries")


def stored(subject: Subject) -> Frame:
    """One row per canonical table: rows by the accounts, rows in the store, and how many of these repeat a key."""
    rows = pl.concat([_counted(subject.read(table.name), table) for table in TABLES])
    accounts = rows.join(subject.read("row_accounting"), on="table", how="left")
    return Frame("stored", accounts, ("table",), None, "Optællinger af tabeller", "Counts of tables")


def accounts(subject: Subject) -> Frame:
    """What became of rows by the ledger of files, and by the accounts of tables: each is counted in a way of its own.

    Files that are gone or corrected keep their numbers in the ledger, and number changes are rows of no table.
    """
    in_files = subject.read("deliveries").filter(pl.col("state").is_in(["in_use", "superseded"]))
    in_tables = subject.read("row_accounting").filter(pl.col("table").is_in(list(TABLE_NAMES)))
    rows = pl.concat([_by_file_and_table(counted, in_files, in_tables) for counted in ("accepted", "exact_duplicates")])
    return Frame("accounts", rows, ("counted",), None, "Regnskab pr. fil og pr. tabel", "Accounts by file and table")


def _by_file_and_table(counted: str, in_files: pl.LazyFrame, in_tables: pl.LazyFrame) -> pl.LazyFrame:
    sums = [
        rows.select(pl.col(counted).sum().alias(name))
        for rows, name in ((in_files, "rows_by_file"), (in_tables, "rows_by_table"))
    ]
    return pl.concat(sums, how="horizontal").select(pl.lit(counted).alias("counted"), pl.all())


def _counted(rows: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """Keys are compared by a 64-bit hash, sorted: that takes a third of the memory of counting different ones."""
    hashes = rows.select(pl.struct(table.key).hash().alias("key")).sort("key")
    return hashes.select(
        pl.lit(table.name).alias("table"),
        pl.len().cast(pl.Int64).alias("rows_stored"),
        (pl.col("key") == pl.col("key").shift(1)).sum().cast(pl.Int64).alias("repeated_keys"),
    )


def record_links(subject: Subject) -> Frame:
    """Rows without a person's number, and how they found their child."""
    key = ("source", "row_number", "delivery", "table")
    rows = subject.read("record_links")
    return Frame("record_links", rows, key, "municipality_code", "Rækker uden personnummer", "Rows without a number")


def number_hints(subject: Subject) -> Frame:
    """How many persons' numbers were read, and how many of which sort; one row, or none where pseudonyms came in."""
    return Frame("number_hints", subject.read("number_hints"), ("numbers",), None, "Personnumre", "Persons' numbers")


NAMING = (
    ("children", "child_id"),
    ("children", "mother_id"),
    ("pregnancies", "pregnancy_id"),
    ("pregnancies", "mother_id"),
)


def names(subject: Subject) -> Frame:
    """One row per column that names somebody: how many it names, and how many of these have no pseudonym.

    A mother may be named by her child alone.
    """
    identities = subject.read("identities").select(
        pl.col("kind").cast(pl.String), "id", pl.lit(value=True).alias("has_name")
    )
    parts = []
    for table, column in NAMING:
        kind = table_named(table).column(column).identifier
        named = subject.read(table).select(pl.col(column).alias("id")).drop_nulls().unique()
        of_kind = identities.filter(pl.col("kind") == kind).select("id", "has_name")
        parts.append(
            named.join(of_kind, on="id", how="left").select(
                pl.lit(f"{table}.{column}").alias("named_in"),
                pl.len().cast(pl.Int64).alias("ids"),
                pl.col("has_name").is_null().sum().cast(pl.Int64).alias("without_name"),
            )
        )
    return Frame("names", pl.concat(parts), ("named_in",), None, "Pseudonymer", "Pseudonyms")


TEXTS = {
    "quarantine": ("key", "source", "column"),
    "unmapped_codes": ("code", "source"),
    "deliveries": ("source", "delivery", "sender"),
    "record_links": ("source", "delivery"),
}


def texts(subject: Subject) -> Frame:
    """The texts that senders wrote and that stand beside the canonical tables, without the texts in the key."""
    parts = [
        subject.read(table).select(
            pl.lit(f"{table}.{column}").alias("written_in"),
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"),
            pl.col(column).cast(pl.String).alias("text"),
        )
        for table, columns in TEXTS.items()
        for column in columns
    ]
    return Frame("texts", pl.concat(parts), ("written_in", "row"), None, "Tekster i driften", "Texts of the service")
