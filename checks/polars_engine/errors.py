"""What the engine refuses, in words that say what to do. None of them quotes a value of a row."""

from __future__ import annotations

from great_expectations.exceptions.exceptions import GreatExpectationsError


class UnsupportedExpectationError(GreatExpectationsError):
    """The suite asks for something that the engine does not calculate: refused when the suite is built."""


class UnreadableConditionError(GreatExpectationsError):
    """One metric cannot be calculated on this table (its column, type or arguments): an error for its check alone."""


class FailedPassError(GreatExpectationsError):
    """Polars stopped while it calculated: its own words may quote values of rows, so only its type is passed on."""
