"""How defects get into clean records: rows changed in place, delivered again with a new key, or left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import polars as pl

from checks.defects.clean import FAMILY, ROW, Clean
from checks.defects.declared import Patch
from pipelines.definitions.tables import table_named

NUMBER = "number"
AGAIN = "-igen"
FEWEST = 3
"""Of a rare kind of row a share is less than one: recall is then told of three at least."""


def changed(table: str, where: pl.Expr | None = None, /, beside: str | None = None, **values: pl.Expr | str) -> Changed:
    """Values take the place of what the sender meant, in rows that meet `where`.

    `beside` is a column with a second child whom a check may name instead (a twin, a sibling).
    """
    return Changed(table, where, values, beside)


def repeated(table: str, where: pl.Expr | None = None, /, **values: pl.Expr | str) -> Repeated:
    """A second row with a key of its own (unless `values` give one), else the same but for `values`."""
    return Repeated(table, where, values)


def lost(table: str, /) -> AllLost:
    """All rows of some children are gone."""
    return AllLost(table)


@dataclass(frozen=True)
class Changed:
    """Rows that are wrong where they stand."""

    table: str
    where: pl.Expr | None
    values: Mapping[str, pl.Expr | str]
    beside: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """One table."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> list[Patch]:
        """Text that is given plainly is a value, not the name of a column."""
        rows = clean.rows(self.table)
        picked = chosen(rows, self.where, rate, seed)
        wrong = _with_values(rows, self.values).join(picked, on=ROW, how="semi", maintain_order="left")
        planted = [numbered(wrong, picked, self.table)]
        if self.beside:
            planted.append(picked.select(NUMBER, FAMILY, pl.col(self.beside).alias("child_id")).drop_nulls())
        return [Patch(self.table, pl.concat(planted, how="diagonal"), changed=plain(wrong, self.table))]


@dataclass(frozen=True)
class Repeated:
    """Rows that came twice: both are named as planted, for nobody can tell which of the two is the true one."""

    table: str
    where: pl.Expr | None
    values: Mapping[str, pl.Expr | str]

    @property
    def tables(self) -> tuple[str, ...]:
        """One table."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> list[Patch]:
        """The second row stands after all others."""
        rows = clean.rows(self.table)
        picked = chosen(rows, self.where, rate, seed)
        again = _with_values(rows, self._new_key() | dict(self.values)).join(
            picked, on=ROW, how="semi", maintain_order="left"
        )
        second = numbered(again, picked, self.table).with_columns(pl.lit(None, pl.Int64).alias(ROW))
        first = numbered(picked, picked, self.table)
        return [Patch(self.table, pl.concat([first, second]), added=plain(again, self.table).drop(ROW))]

    def _new_key(self) -> dict[str, pl.Expr | str]:
        key = table_named(self.table).key
        return {} if set(self.values) & set(key) else {key[0]: pl.col(key[0]) + AGAIN}


@dataclass(frozen=True)
class AllLost:
    """Children of whom a table has nothing any more: they are the defects, not the rows."""

    table: str

    @property
    def tables(self) -> tuple[str, ...]:
        """One table."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> list[Patch]:
        """Only children who are born and have something to lose."""
        rows = clean.rows(self.table)
        children = clean.rows("children").join(rows, on="child_id", how="semi", maintain_order="left")
        picked = chosen(children, pl.col("birth_date") <= clean.as_of, rate, seed)
        gone = rows.join(picked, on="child_id", how="semi", maintain_order="left")
        planted = picked.select(NUMBER, FAMILY, "child_id", pl.lit(None, pl.Int64).alias(ROW))
        return [Patch(self.table, planted, removed=gone.select(ROW))]


def chosen(rows: pl.DataFrame, where: pl.Expr | None, rate: float, seed: int) -> pl.DataFrame:
    """A share of the rows that can be wrong in this way, three at least if there are so many; each has a `number`."""
    eligible = rows if where is None else rows.filter(where)
    wanted = min(eligible.height, max(FEWEST, ceil(rate * eligible.height)))
    picked = eligible.sample(wanted, seed=seed).sort(ROW)
    return picked.with_row_index(NUMBER).with_columns(pl.col(NUMBER).cast(pl.Int64))


def plain(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """`_row` and the columns of the contract, in its order."""
    return rows.select(ROW, *table_named(table).column_names)


def numbered(rows: pl.DataFrame, picked: pl.DataFrame, table: str) -> pl.DataFrame:
    """Rows as text with the number of their defect and their family, to be found among what checks name."""
    as_text = plain(rows, table).select(ROW, pl.exclude(ROW).cast(pl.String))
    return as_text.with_columns(picked[NUMBER], picked[FAMILY])


def _with_values(rows: pl.DataFrame, values: Mapping[str, pl.Expr | str]) -> pl.DataFrame:
    return rows.with_columns(
        (pl.lit(value) if isinstance(value, str) else value).alias(name) for name, value in values.items()
    )
