"""Rows of one register while they are sorted: used, out of scope, superseded or faulty. Each is counted at its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE
from pipelines.sources.reading import FAULTS, FileAccount, Reading
from pipelines.sources.registers.codes import WRITTEN, is_unmapped
from pipelines.sources.registers.normal import version_in_order

NUMBER = "_number"
"""The person's newest number, in memory only: names of records are made of it, so that they outlive a change of
pseudonyms, and an event told under an old and a new number is one."""


BROKEN = ["lost_leading_zero", "not_a_number"]
"""Faults of a number that do not tell whose it is. A whole number of the other kind (a test number among real ones) is
nobody's whom we look for."""


class Register:
    """Normalised rows under the layout's variables, with `_source` and `_row`; persons are pseudonyms.

    A code has its meaning under the variable's name and itself under `<name>_written`.
    """

    def __init__(self, rows: pl.DataFrame, accounts: Mapping[str, FileAccount], reading: Reading) -> None:
        self.rows = rows
        self.accounts = accounts
        self.reading = reading

    def leave_out(self, which: pl.Expr) -> None:
        """Rows that are no business of ours."""
        for source, count in _per_file(self._taken(which)):
            self.accounts[source].out_of_scope += count

    def supersede(self, which: pl.Expr) -> None:
        """Rows that a newer version has replaced."""
        for source, count in _per_file(self._taken(which)):
            self.accounts[source].superseded += count

    def set_aside(self, which: pl.Expr, table: str, rule: str, column: str) -> None:
        """Rows that cannot be read, with the canonical table that they would have fed."""
        taken = self._taken(which)
        for source, count in _per_file(taken):
            self.accounts[source].faulty += count
        place = {"table": table, "rule": rule, "column": column}
        told = taken.select(
            pl.col(SOURCE).alias("source"),
            pl.col(ROW).cast(pl.Int64).alias("row_number"),
            *(pl.lit(word).alias(name) for name, word in place.items()),
        )
        self.reading.faults += [told.select(*FAULTS)] if told.height else []

    def set_aside_broken_numbers(self, variable: str, table: str, column: str) -> None:
        """What is no number, or has lost its zero: it may be one of our children's, so it is told, not left out."""
        self.set_aside(pl.col(IDENTITY_FAULT + variable).is_in(BROKEN), table, "identity", column)

    def set_aside_unknown_codes(self, table: str, *names: str) -> None:
        """A code without a meaning, or no code, where a meaning is needed."""
        for name in names:
            self.set_aside(is_unmapped(name), table, "unmapped_code", name)
            self.set_aside(pl.col(name).is_null(), table, "required", name)

    def supersede_older_versions(self, *key: str) -> None:
        """Of a person's rows with the same key, those that carry an older VERSION than the newest are superseded."""
        version = version_in_order("VERSION")
        self.supersede(pl.col("PNR").is_not_null() & (version < version.max().over("PNR", *key)))

    def named(self, prefix: str, *columns: str) -> pl.Series:
        """A name for each row, keyed under the secret: the same in every delivery of the same content."""
        parts = [pl.col(name).fill_null("") for name in (NUMBER, *columns)]
        told = self.rows.select(pl.concat_str(pl.lit(prefix), *parts, separator="|").alias("told")).to_series()
        return prefix + "-" + self.reading.people.pseudonyms.keyed(told)

    def _taken(self, which: pl.Expr) -> pl.DataFrame:
        is_taken = self.rows.select(which.fill_null(value=False).alias("taken")).to_series()
        taken = self.rows.filter(is_taken)
        if taken.height:
            self.rows = self.rows.filter(~is_taken)
        return taken


def person(variable: str, column: str) -> list[pl.Expr]:
    """A person of the register as a canonical column, with what was wrong with the number."""
    return [pl.col(variable).alias(column), pl.col(IDENTITY_FAULT + variable).alias(IDENTITY_FAULT + column)]


def written(names: Sequence[str]) -> list[str]:
    """The columns with codes as they were written."""
    return [name + WRITTEN for name in names]


def _per_file(taken: pl.DataFrame) -> list[tuple[str, int]]:
    if taken.is_empty():
        return []
    return taken.get_column(SOURCE).value_counts(name="rows").rows()
