"""The tables that others get, as `tables.toml` declares them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache, reduce
from importlib import resources
from operator import or_
from typing import Literal

import msgspec
import polars as pl

from dashboards.language import Language, Words

NUMBER, MISSING = "number", "missing"
"""The state in which a figure is told; in every other one its columns are empty."""

CATALOGUES = ("measures", "places")
"""What the names and codes of the figures mean: made here, not by a run."""


class Limits(msgspec.Struct, forbid_unknown_fields=True):
    """What a column may hold: `values` are all that there are (none: that follows from the data); limits are
    allowed values."""

    kind: Literal["text", "integer", "number", "date", "list"]
    values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


class Columns(msgspec.Struct, forbid_unknown_fields=True):
    """`emptied`: a state column to the columns that are empty where it does not say `number`; `optional` columns may
    be empty whatever the state.

    `known_though_missing`: those that a `missing` figure may have (a mean that cannot be estimated, of children who
    were counted).
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    optional: tuple[str, ...] = ()
    emptied: dict[str, tuple[str, ...]] = {}
    known_though_missing: tuple[str, ...] = ()


class Declared(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    column: dict[str, Limits]
    table: dict[str, Columns]


class Table(msgspec.Struct, frozen=True):
    """A table with its columns and what each may hold."""

    name: str
    declared: Columns
    limits: dict[str, Limits]

    @property
    def columns(self) -> tuple[str, ...]:
        """Their names, in their order."""
        return self.declared.columns

    @property
    def required(self) -> frozenset[str]:
        """Columns that every row has a value in."""
        emptied = {name for names in self.declared.emptied.values() for name in names}
        return frozenset(self.columns) - emptied - set(self.declared.optional)

    @property
    def tells_too_much(self) -> pl.Expr:
        """Rows with a value where the state says that there is none."""
        faults = [
            ~pl.col(state).is_in(states).fill_null(value=False) & pl.any_horizontal(pl.col(names).is_not_null())
            for state, states, names in self.told_in
        ]
        return reduce(or_, faults, pl.lit(value=False))

    @property
    def told_in(self) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """A state column, the states in which columns may have a value, and these columns."""
        known = self.declared.known_though_missing
        for state, names in self.declared.emptied.items():
            yield state, (NUMBER,), tuple(name for name in names if name not in known)
            if also := tuple(name for name in names if name in known):
                yield state, (NUMBER, MISSING), also

    def title(self, language: Language) -> str:
        """Its name for people."""
        return Words(language)(f"interchange_table.{self.name}")

    def row(self, language: Language) -> str:
        """What one row is, in a sentence."""
        return Words(language)(f"interchange_row.{self.name}")


def meaning(column: str, language: Language) -> str:
    """What a column holds, in a sentence; the same in every table."""
    return Words(language)(f"interchange_column.{column}")


@cache
def tables() -> dict[str, Table]:
    """All of them by name, in the order of the file."""
    told = tomllib.loads((resources.files("reports") / "interchange" / "tables.toml").read_text("utf-8"))
    declared = msgspec.convert(told, Declared)
    return {
        name: Table(name, table, {column: declared.column[column] for column in table.columns})
        for name, table in declared.table.items()
    }
