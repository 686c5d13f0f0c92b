"""What is still to be delivered: each carrier takes the rows that its form can carry, the senders' lists the rest."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.definitions.reference import Reference
from sample_data.raw.person_numbers import PersonNumbers
from sample_data.raw.sas_file import write_sas

QUARANTINED, EXACT_DUPLICATES = "quarantined", "exact_duplicates"


class Outbox:
    """The canonical rows that no form has carried yet, and what was put in beside them to go wrong."""

    def __init__(self, tables: dict[str, pl.DataFrame], numbers: PersonNumbers, out: Path, as_of: date) -> None:
        self._rows = dict(tables)
        self.numbers, self.out, self.as_of = numbers, out, as_of
        self.reference = Reference.load()
        self.expected: Counter[tuple[str, str]] = Counter()
        self.homes = _first_homes(tables["residences"])
        self.record_names: list[pl.Series] = []

    def left(self, table: str) -> pl.DataFrame:
        """Rows of a table that nothing has carried so far."""
        return self._rows[table]

    def take(self, table: str, wanted: pl.Expr | pl.Series) -> pl.DataFrame:
        """The wanted rows (null is not wanted), which from now on are carried."""
        rows = self._rows[table]
        chosen = rows.select(wanted).to_series().fill_null(value=False)
        self._rows[table] = rows.filter(~chosen)
        return rows.filter(chosen)

    def taken_without_name(self, records: pl.DataFrame) -> None:
        """Support records whose ids the register does not carry."""
        self.record_names.append(records["record_id"])

    def parquet(self, rows: pl.DataFrame, place: str) -> None:
        """A Parquet file of a register."""
        rows.write_parquet(self.file(place), compression="zstd")

    def sas(self, rows: pl.DataFrame, place: str, dataset: str) -> None:
        """A SAS file of a register."""
        write_sas(rows, self.file(place), dataset)

    def text(self, content: str, place: str, encoding: str = "utf-8") -> None:
        """A text file with exactly these line ends."""
        self.file(place).write_bytes(content.encode(encoding))

    def number_of(self, person: pl.Series, on: pl.Series) -> pl.Series:
        """The number by which a person was known on a day."""
        return self.numbers.of(person, on)

    def file(self, place: str) -> Path:
        """The place below the raw folder, with its folder made."""
        file = self.out / place
        file.parent.mkdir(parents=True, exist_ok=True)
        return file


def five_years(day: pl.Expr) -> pl.Expr:
    """`2015-2019`: the part of a register to which a day belongs."""
    first = day.dt.year() // 5 * 5
    return pl.concat_str(first.cast(pl.String), pl.lit("-"), (first + 4).cast(pl.String))


def municipality_number(code: str) -> pl.Expr:
    """As registers write it: `101`, a number without the leading zero."""
    return pl.col(code).cast(pl.Int32)


def _first_homes(residences: pl.DataFrame) -> pl.DataFrame:
    """child_id and the municipality of its first spell: by this the costs and the clinics find their sender."""
    spells = residences.sort("child_id", "from_date")
    return spells.unique("child_id", keep="first", maintain_order=True).select(
        "child_id", pl.col("municipality_code").alias("_home")
    )
