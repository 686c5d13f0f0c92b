"""What counts as a person's number in a written file, for text and for whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity import NUMBER_IN_TEXT

STANDS_ALONE = (
    rf"(?:^|[^0-9A-Fa-f.]|(?:^|[^0-9])\.){NUMBER_IN_TEXT}(?:$|[^0-9A-Fa-f.]|\.(?:$|[^0-9]))"  # no look-around in Polars
)


@dataclass(frozen=True)
class Hit:
    """Something that looks like a person's number: in which file, where in it, how often. Never the value."""

    file: str
    place: str
    count: int


def looks_like_a_whole_number(value: pl.Expr) -> pl.Expr:
    """A number that a program took for a figure: day and month are where they should be, a leading zero may be lost."""
    day, month = value // 100_000_000, value // 1_000_000 % 100
    return (day.is_between(1, 31) | day.is_between(61, 91)) & month.is_between(1, 12)
