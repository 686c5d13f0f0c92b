"""Persons' numbers as delivered to pseudonyms of the newest number: number changes are applied before anything else."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT
from pipelines.identity import Pseudonyms, bare
from pipelines.sources.number_changes import NumberChanges


class People:
    """Who the rows are about. Numbers stay in memory; only pseudonyms are written."""

    def __init__(self, pseudonyms: Pseudonyms, changes: NumberChanges) -> None:
        self.pseudonyms = pseudonyms
        self.changes = changes

    def newest_number(self, number: pl.Expr) -> pl.Expr:
        """The bare newest number of whoever has the number: what a record's name is made of, and never written."""
        return bare(number).replace(self.changes.newest_numbers)

    def of(self, numbers: pl.Series) -> pl.DataFrame:
        """`number, pseudonym, fault` for each different number; the pseudonym is that of the person's newest number."""
        made = self.pseudonyms.of(numbers)
        return made.with_columns(pl.col("pseudonym").replace(self.changes.newest)) if self.changes.newest else made

    def known_by(self, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """The columns with pseudonyms in place of numbers, and beside each `_identity_fault_<column>`.

        Empty text is nobody: null, without a fault.
        """
        for column in columns:
            numbers = rows.get_column(column).cast(pl.String).str.strip_chars().replace("", None)
            made = self.of(numbers).rename({"number": column, "fault": IDENTITY_FAULT + column})
            rows = (
                rows.with_columns(numbers)
                .join(made, on=column, how="left", maintain_order="left")
                .with_columns(pl.col("pseudonym").alias(column))
                .drop("pseudonym")
            )
        return rows
