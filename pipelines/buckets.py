"""Buckets of children: how many, who is in which, and how much is worked out at once. They bound the memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import polars as pl

from pipelines.addresses import Place, name_of, scanned

CHILDREN_PER_BUCKET = 250_000
CHILDREN_AT_ONCE = 40_000
"""Of a bucket so many are worked out together: less than 0.2 GB with all their follow-up."""

KEYS_AT_ONCE = 2_000_000
IDENTITIES_AT_ONCE = 1_000_000
"""Hashes of keys, and identifiers with their text, that are compared with each other in memory."""

_MARK = re.compile(r"-b(?P<at>\d+)of(?P<count>\d+)\.parquet$")


@dataclass(frozen=True)
class Buckets:
    """A child (or a pregnancy) is in the bucket that its surrogate, taken without its sign, leaves over `count`."""

    count: int = 1

    @staticmethod
    def for_children(children: int) -> Buckets:
        """As many as keep each of them at CHILDREN_PER_BUCKET."""
        return Buckets(max(1, ceil(children / CHILDREN_PER_BUCKET)))

    def number(self, column: str = "child_id") -> pl.Expr:
        """The bucket of each row, from 0."""
        return _unsigned(column) % self.count

    def mark(self, at: int) -> str:
        """How the file of a bucket ends."""
        return f"-b{at}of{self.count}.parquet"

    def has_marked(self, file: Place) -> bool:
        """Whether a file is one of these buckets': of a single bucket, the files are not marked."""
        of_file = _MARK.search(name_of(file))
        return self.count == (int(of_file["count"]) if of_file else 1)

    def rows(self, files: Sequence[Place], at: int, column: str = "child_id") -> pl.LazyFrame:
        """The rows of one bucket: its own files, and its share of those that were written in other buckets, or none."""
        own: list[Place] = []
        others: list[Place] = []
        for file in files:
            of_file = _MARK.search(name_of(file))
            if of_file is None or int(of_file["count"]) != self.count:
                others.append(file)
            elif int(of_file["at"]) == at:
                own.append(file)
        parts = [scanned(own)] if own else []
        if others:
            parts.append(scanned(others).filter(self.number(column) == at))
        return pl.concat(parts) if parts else _no_rows(files)

    def slices(self, rows: int) -> int:
        """Into how many parts a bucket of so many children is divided, to be worked out one after the other."""
        return max(1, ceil(rows / CHILDREN_AT_ONCE))

    def is_in_slice(self, at: int, slices: int, column: str = "child_id") -> pl.Expr:
        """Who of a bucket is in the slice; in a bucket of one slice, everybody."""
        if slices == 1:
            return pl.lit(value=True)
        return (_unsigned(column) // self.count) % slices == at


def _unsigned(column: str) -> pl.Expr:
    return pl.col(column).reinterpret(signed=False)


def _no_rows(files: Sequence[Place]) -> pl.LazyFrame:
    return pl.LazyFrame(schema=scanned(files[:1]).collect_schema())


def height(rows: pl.LazyFrame) -> int:
    """How many rows there are."""
    return int(rows.select(pl.len()).collect(engine="streaming").item())
