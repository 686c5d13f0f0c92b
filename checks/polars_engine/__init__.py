"""Great Expectations on Polars: a native execution engine, with one pass for any number of checks.

Import this package before a Great Expectations context is made: the import makes `type: polars` known.
"""

from __future__ import annotations

from . import quietly  # isort: skip  # first: nothing else imports Great Expectations before it

from .datasource import DeltaAsset, FrameAsset, ParquetAsset, PolarsDatasource
from .engine import PolarsExecutionEngine
from .errors import FailedPassError, UnreadableConditionError, UnsupportedExpectationError
from .flags import unexpected_flag
from .named_rules import ExpectRowsToKeepRule, NamedRule, register_rule
from .own_expectations import ExpectColumnDtypeToBeIn, ExpectColumnQuantilesToBeBetween
from .running import new_context, validate
from .supported import SUPPORTED, assert_supported, supported_suite

__all__ = [
    "SUPPORTED",
    "DeltaAsset",
    "ExpectColumnDtypeToBeIn",
    "ExpectColumnQuantilesToBeBetween",
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
    "quietly",
    "register_rule",
    "supported_suite",
    "unexpected_flag",
    "validate",
]
