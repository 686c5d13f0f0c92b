"""Great Expectations on Polars: a native execution engine, with one pass for any number of checks.

Import this package before a Great Expectations context is made: the import makes `type: polars` known.
"""

from __future__ import annotations

import os

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

from .datasource import DeltaAsset, FrameAsset, ParquetAsset, PolarsDatasource
from .dtypes import ExpectColumnDtypeToBeIn
from .engine import PolarsExecutionEngine
from .errors import FailedPassError, UnreadableConditionError, UnsupportedExpectationError
from .named_rules import ExpectRowsToKeepRule, NamedRule, register_rule
from .running import new_context, validate
from .supported import SUPPORTED, assert_supported, supported_suite

__all__ = [
    "SUPPORTED",
    "DeltaAsset",
    "ExpectColumnDtypeToBeIn",
    "ExpectRowsToKeepRule",
    "FailedPassError",
    "FrameAsset",
    "NamedRule",
    "ParquetAsset",
    "PolarsDatasource",
    "PolarsExecutionEngine",
    "UnreadableConditionError",
    "UnsupportedExpectationError",
    "assert_supported",
    "new_context",
    "register_rule",
    "supported_suite",
    "validate",
]
