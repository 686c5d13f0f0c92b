"""How a run could spoil what it stores: single rows changed, dropped or written twice, while the records are flawless.

Here the tables are those of a store: persons and pregnancies are numbers, and are named as the checks name them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from checks.defects.clean import ROW, Clean
from checks.defects.declared import Patch
from checks.defects.planting import NUMBER, chosen
from checks.findings import NAMED, NO_NAME
from pipelines.identity import with_pseudonyms

IDENTITIES = "identities"
NOBODY = -1 - pl.col(ROW)
"""A number that stands for nobody, another one in each row."""


@dataclass(frozen=True)
class Spoiled:
    """Rows of one stored table that are no longer what the run made them.

    `told` are columns of the keys of checks that the table itself does not have.
    """

    table: str
    where: pl.Expr | None = None
    values: Mapping[str, pl.Expr] = field(default_factory=dict)
    how: Literal["changed", "dropped", "repeated"] = "changed"
    told: Mapping[str, pl.Expr] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[str, ...]:
        """One table is spoiled; the names are read."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """Only in its own part of the rows: several defects share a table, and no row has two."""
        rows = clean.tables[self.table].with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
        own = rows.filter(pl.col(ROW) % clean.parts == clean.part)
        picked = chosen(own, self.where, rate, seed)
        wrong = picked.drop(NUMBER).with_columns(value.alias(name) for name, value in self.values.items())
        told = wrong.with_columns(value.alias(name) for name, value in self.told.items())
        planted = [as_named(told.drop(ROW), clean.tables[IDENTITIES]).with_columns(picked[NUMBER])]
        if self.how == "changed":
            return [Patch(self.table, planted[0], changed=wrong)]
        if self.how == "dropped":
            return [Patch(self.table, planted[0], removed=picked.select(ROW))]
        return [Patch(self.table, planted[0], added=wrong.drop(ROW))]


def as_named(rows: pl.DataFrame, identities: pl.DataFrame) -> pl.DataFrame:
    """All columns as text; who has a pseudonym goes by it, everybody else by the store's own number after `#`."""
    named = rows.lazy()
    for name in NAMED.keys() & set(rows.columns):
        number = pl.concat_str(pl.lit(NO_NAME), pl.col(name).cast(pl.String)).alias("_number")
        named = with_pseudonyms(named.with_columns(number), identities.lazy(), name, NAMED[name])
        named = named.with_columns(pl.coalesce(name, "_number").alias(name)).drop("_number")
    return named.select(pl.col(rows.columns).cast(pl.String)).collect()
