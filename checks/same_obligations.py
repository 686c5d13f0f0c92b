"""Do two stores hold the same obligations, though each knows children, pregnancies and records by other names?

All columns are compared, and rows that stand several times count several times. A register delivers some support
records without an id: of them everything but the subject is compared.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.errors import UserError
from pipelines.flow import THROW_AWAY_SECRET
from pipelines.identity import Pseudonyms, read_secret, with_pseudonyms
from pipelines.store import Store

NAMES = ("kind", "canonical", "raw")
OF_RECORD = r"([^:]+)$"
PLACEMENT = "placement:"
UNNAMED = "unnamed"


def read_names(file: Path) -> pl.DataFrame:
    """`kind` (person, pregnancy, record), `canonical`, `raw`, as `roedtraad sample` wrote them."""
    try:
        return pl.read_parquet(file, columns=list(NAMES))
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise UserError(
            f"{file.name} holds no names", to_do="Give the names.parquet that `roedtraad sample` wrote."
        ) from fault


def obligations_by_canonical_names(store: Store, names: pl.DataFrame) -> pl.LazyFrame:
    """The obligations of a store's last run, all columns as text. A name that nobody knows stays as it is."""
    snapshot = store.snapshot()
    rows, identities = snapshot.table("obligations"), snapshot.table("identities")
    rows = with_pseudonyms(rows, identities, "child_id", "person")
    rows = with_pseudonyms(rows, identities, "pregnancy_id", "pregnancy")
    of_persons, of_pregnancies = _canonical_names(store, names, "person"), _canonical_names(store, names, "pregnancy")
    return _with_comparable_subjects(rows, names).with_columns(
        _renamed("child_id", of_persons), _renamed("pregnancy_id", of_pregnancies)
    )


def compared(one: pl.LazyFrame, other: pl.LazyFrame) -> pl.DataFrame:
    """kind, rows_one, rows_other, equal, only_one, only_other: one row per kind that either side has."""
    columns = one.collect_schema().names()
    both = pl.concat(
        [
            one.select(columns).with_columns(pl.lit(1).alias("_one"), pl.lit(0).alias("_other")),
            other.select(columns).with_columns(pl.lit(0).alias("_one"), pl.lit(1).alias("_other")),
        ]
    )
    counted = both.group_by(columns).agg(pl.col("_one", "_other").cast(pl.Int64).sum())
    equal = pl.min_horizontal("_one", "_other").sum()
    return (
        counted.group_by("kind")
        .agg(
            pl.col("_one").sum().alias("rows_one"),
            pl.col("_other").sum().alias("rows_other"),
            equal.alias("equal"),
            (pl.col("_one").sum() - equal).alias("only_one"),
            (pl.col("_other").sum() - equal).alias("only_other"),
        )
        .sort("kind")
        .collect(engine="streaming")
    )


def are_identical(comparison: pl.DataFrame) -> bool:
    """No row on one side only; two empty sides prove nothing."""
    differs = comparison.select(pl.any_horizontal(pl.col("only_one", "only_other") > 0).any()).item()
    return comparison.height > 0 and not differs


def _canonical_names(store: Store, names: pl.DataFrame, kind: str) -> pl.DataFrame:
    """`theirs, canonical`: persons' numbers as the pseudonyms that this store has made of them."""
    known = names.filter((pl.col("kind") == kind) & pl.col("raw").is_not_null())
    secret_file = store.folder / THROW_AWAY_SECRET
    if kind != "person" or not secret_file.exists():
        return known.select(pl.col("raw").alias("theirs"), "canonical")
    made = Pseudonyms(read_secret(secret_file), test_numbers_only=True).of(known["raw"])
    pseudonyms = made.select(pl.col("number").alias("raw"), pl.col("pseudonym").alias("theirs"))
    return known.join(pseudonyms, on="raw").select("theirs", "canonical")


def _renamed(column: str, known: pl.DataFrame) -> pl.Expr:
    return pl.col(column).replace(known["theirs"], known["canonical"])


def _with_comparable_subjects(rows: pl.LazyFrame, names: pl.DataFrame) -> pl.LazyFrame:
    """Subjects that are support records keep their id when every delivery knows it, and are unnamed when not."""
    named = names.filter((pl.col("kind") == "record") & pl.col("raw").is_not_null())["raw"]
    subject = pl.col("subject_id").cast(pl.String)
    is_record = (pl.col("kind").cast(pl.String) == "carried_in_record") | subject.str.starts_with(PLACEMENT)
    has_name = subject.str.extract(OF_RECORD).is_in(named.implode())
    comparable = pl.when(is_record & ~has_name).then(subject.str.replace(OF_RECORD, UNNAMED)).otherwise(subject)
    return rows.with_columns(comparable.alias("subject_id")).select(pl.all().cast(pl.String))
