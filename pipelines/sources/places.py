"""Municipalities as they are told beside the rows, where no contract judges them."""

from __future__ import annotations

import polars as pl

A_CODE = r"^\d{4}$"


def municipality_or_null(told: pl.Expr) -> pl.Expr:
    """Four digits, else null: what a sender writes in the column of the municipality may be a name or a number."""
    return pl.when(told.str.contains(A_CODE)).then(told)
