"""What every source hands to the canonical stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pipelines.sources.number_changes import NumberChanges
from pipelines.sources.reading import Reading

NUMBER_CHANGES = "number_changes"


@dataclass(frozen=True)
class Delivery:
    """Rows per canonical table as delivered: the contract's columns, with `_source` and `_row` beside them.

    `inputs` gives the content hash of each file; `is_sample` says that the data are synthetic and declared so.
    `reading` has what a declared source says about its files beside the rows; a canonical folder has none.
    """

    name: str
    is_sample: bool
    inputs: Mapping[str, str]
    tables: Mapping[str, pl.LazyFrame]
    number_changes: NumberChanges = field(default_factory=NumberChanges)
    reading: Reading | None = None
