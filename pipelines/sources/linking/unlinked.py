"""What found no pregnancy: told as a link that was not made, and set aside where nothing else is left of the row."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE
from pipelines.sources.places import municipality_or_null
from pipelines.sources.reading import FAULTS, RECORD_LINKS, Reading

RULE, COLUMN = "not_linked", "pregnancy_id"


def tell(rows: pl.DataFrame, table: str, delivery: str, reading: Reading) -> None:
    """`linked_by` of the rows (register, found, ambiguous or none) to the record links: a rule, no probability."""
    told = rows.select(
        pl.lit(delivery).alias("delivery"),
        pl.lit(table).alias("table"),
        pl.col(SOURCE).alias("source"),
        pl.col(ROW).alias("row_number"),
        municipality_or_null(pl.col("municipality_code")).alias("municipality_code"),
        "linked_by",
        pl.lit(None, pl.Float64).alias("match_probability"),
    )
    reading.record_links.append(_typed(told, RECORD_LINKS))


def set_aside(rows: pl.DataFrame, table: str, reading: Reading) -> None:
    """The rows as faults of `table`, and in the account of their files as faulty instead of used."""
    faults = rows.select(
        pl.lit(table).alias("table"),
        pl.col(SOURCE).alias("source"),
        pl.col(ROW).alias("row_number"),
        pl.lit(RULE).alias("rule"),
        pl.lit(COLUMN).alias("column"),
    )
    reading.faults.append(_typed(faults, FAULTS))
    faulty = dict(rows.get_column(SOURCE).value_counts(name="rows").iter_rows())
    for account in reading.accounts:
        account.faulty += faulty.pop(account.source, 0)


def _typed(rows: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
