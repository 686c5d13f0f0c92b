"""A check as a column: for counts by group (one group-by over flags, where GX would need a check for each group)."""

from __future__ import annotations

import polars as pl
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.registry import get_metric_kwargs

from .errors import UnsupportedExpectationError
from .metric_names import CONDITIONS
from .metrics import condition_of


def unexpected_flag(expectation: Expectation, schema: pl.Schema) -> pl.Expr:
    """True where the row is unexpected, as the engine counts it; null and false are not. Make it a column before any
    grouping: duplicates and order are looked for in the whole table. Not for figures of a whole column."""
    name = str(getattr(expectation, "map_metric", None))
    if name not in CONDITIONS:
        raise UnsupportedExpectationError(f"{expectation.expectation_type} does not judge row by row")
    kwargs = get_metric_kwargs(f"{name}.condition", configuration=expectation.configuration)
    return condition_of(name, kwargs["metric_domain_kwargs"], kwargs["metric_value_kwargs"], schema).unexpected
