"""Values that occur more than once, found by their hashes and confirmed by the values themselves."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Repeated:
    """`value` must be unique among the rows that count. `is_dear`: text and combinations, where a comparison of hashes
    is far cheaper; two values of one hash are told apart because only the rows of a repeated hash are compared whole.
    """

    value: pl.Expr
    counts: pl.Expr
    is_dear: bool

    @property
    def unexpected(self) -> pl.Expr:
        """Every row of a repeated value."""
        return self.value.is_duplicated() & self.counts

    @property
    def likely(self) -> pl.Expr:
        """These rows, and with bad luck a few more."""
        return (self.value.hash() if self.is_dear else self.value).is_duplicated() & self.counts

    def confirmed(self, likely: pl.Expr) -> pl.Expr:
        """One answer for each likely row."""
        return self.value.filter(likely).is_duplicated()
