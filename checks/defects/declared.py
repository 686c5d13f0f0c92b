"""The words in which a defect is declared: what goes wrong in real life, how it is planted, and who has to find it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import polars as pl

from checks.defects.clean import Clean

Scope = Literal["rows", "feed", "results", "stored"]
"""Rows of single families; a whole feed of one sender; the results that a run made from flawless records, of which a
table is wrong as a whole; or single rows of what lies in a store."""


@dataclass(frozen=True)
class Patch:
    """What planting makes of one table: rows by their place in the clean one, and which of them are the defects.

    `changed` has the column `_row` beside those of the table; a text in a column of numbers or dates is meant so.
    `planted` has a `number` per defect, the table's columns as text, and `_row` where the row was there before; a
    defect counts as found when a check names any row with its number.
    """

    table: str
    planted: pl.DataFrame
    changed: pl.DataFrame = field(default_factory=pl.DataFrame)
    added: pl.DataFrame = field(default_factory=pl.DataFrame)
    removed: pl.DataFrame = field(default_factory=pl.DataFrame)


class Planting(Protocol):
    """How a defect gets into clean records."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it changes."""

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """The same clean records, rate and seed give the same patches; some defects at least where there can be any."""


@dataclass(frozen=True)
class Defect:
    """One way in which records go wrong.

    `quarantined` is the rule of the contract that it breaks, as `rule:column`: then its rows never reach the canonical
    tables, and what finds it is the check of the quarantine. `found_by` are checks of which one at least must name it.
    """

    id: str
    what_da: str
    what_en: str
    planting: Planting
    found_by: tuple[str, ...] = ()
    quarantined: str | None = None
    scope: Scope = "rows"

    @property
    def table(self) -> str:
        """The table whose rows are the defects: the first part of the id."""
        return self.id.split(".", maxsplit=1)[0]

    @property
    def finders(self) -> tuple[str, ...]:
        """The checks of which one must name it: for what is set aside, that of the rule on the rows as delivered."""
        if self.quarantined is None:
            return self.found_by
        return (f"{self.table}_delivered.{self.quarantined.split(':')[0]}",)
