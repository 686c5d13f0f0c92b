"""The canonical tables together, as the stages pass them on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import polars as pl


@dataclass(frozen=True)
class Records:
    """All canonical tables with surrogates for persons and pregnancies."""

    pregnancies: pl.LazyFrame
    children: pl.LazyFrame
    exposures: pl.LazyFrame
    residences: pl.LazyFrame
    diagnoses: pl.LazyFrame
    treatments: pl.LazyFrame
    handovers: pl.LazyFrame
    support_records: pl.LazyFrame
    contacts: pl.LazyFrame
    assessments: pl.LazyFrame
    costs: pl.LazyFrame

    @staticmethod
    def of(tables: Mapping[str, pl.LazyFrame]) -> Records:
        """From frames by table name; a missing one is an error of the caller."""
        return Records(**{field.name: tables[field.name] for field in fields(Records)})

    def each(self, change: Callable[[str, pl.LazyFrame], pl.LazyFrame]) -> Records:
        """The same tables after `change(name, rows)`."""
        return Records(**{field.name: change(field.name, getattr(self, field.name)) for field in fields(self)})
