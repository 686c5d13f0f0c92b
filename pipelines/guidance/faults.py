"""One thing to mend in a guidance folder, and the rules that hold for a table of any folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.definitions.descriptions import table_of


@dataclass(frozen=True)
class Fault:
    """One thing to mend: where it stands, which rule it breaks, and what to do."""

    file: str
    row: str
    rule: str
    to_do: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.row}" if self.row else self.file
        return f"{place}: {self.rule}. {self.to_do}"


def rows_of(rows: pl.DataFrame, is_wrong: pl.Expr) -> list[int]:
    """The row numbers of a spreadsheet in which it is so: the first row under the headings is 2."""
    numbers: list[int] = rows.with_row_index("at", offset=2).filter(is_wrong)["at"].to_list()
    return numbers


def of_a_list(folder: Path, table: str, column: str, known: Sequence[str | None]) -> Iterator[Fault]:
    """Every row whose value is none of the list."""
    rows = table_of(folder, table)
    is_known = pl.any_horizontal(pl.col(column).eq_missing(pl.lit(value, pl.String)) for value in known)
    listed = ", ".join(value for value in known if value is not None)
    for at in rows_of(rows, ~is_known):
        yield Fault(f"{table}.csv", f"row {at}", f"the {column} is unknown", f"Known: {listed}")
