"""What every source hands to the canonical stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pipelines.sources.number_changes import NumberChanges

NUMBER_CHANGES = "number_changes"


@dataclass(frozen=True)
class Delivery:
    """Rows per canonical table as delivered: the contract's columns, with `_source` and `_row` beside them.

    `inputs` gives the content hash of each file; `is_sample` says that the data are synthetic and declared so.
    """

    name: str
    is_sample: bool
    inputs: Mapping[str, str]
    tables: Mapping[str, pl.LazyFrame]
    number_changes: NumberChanges = field(default_factory=NumberChanges)
