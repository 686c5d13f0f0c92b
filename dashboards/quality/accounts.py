"""Where the rows of a delivery went, as sums that a reader can add up, and whether anything was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

Kept = Literal["accepted", "handed_on", "quarantined", "exact_duplicates", "out_of_scope", "superseded", "faulty"]


@dataclass(frozen=True)
class Sum:
    """`whole` rows (`read` of the files, or `made` of them) are those of the parts; parts of 0 are left out."""

    name: Literal["read", "made"]
    whole: int
    parts: tuple[tuple[Kept, int], ...]


@dataclass(frozen=True)
class Account:
    """One delivery; `sums` is empty for those who may not read its numbers."""

    delivery: str
    whose: str
    files: int
    senders: int
    last_seen: date
    has_set_aside: bool
    sums: tuple[Sum, ...] = ()


def accounts(deliveries: pl.DataFrame) -> list[Account]:
    """One per row of `published_quality.deliveries`."""
    return [_account(row) for row in deliveries.iter_rows(named=True)]


def _account(row: dict[str, Any]) -> Account:
    named = ("delivery", "whose", "files", "senders", "last_seen", "has_set_aside")
    return Account(**{name: row[name] for name in named}, sums=() if row["rows_read"] is None else _sums(row))


def _sums(row: dict[str, Any]) -> tuple[Sum, ...]:
    """One sum where each used row made one row; two where a row could make none or several (registers, bundles)."""
    unused = _parts(row, "faulty", "superseded", "out_of_scope")
    judged = _parts(row, "accepted", "quarantined", "exact_duplicates")
    used = row["rows_read"] - sum(count for _, count in unused)
    if used == row["handed_on"]:
        return (Sum("read", row["rows_read"], (*judged, *unused)),)
    read = (("handed_on", used), *unused)
    return Sum("read", row["rows_read"], tuple((name, count) for name, count in read if count)), Sum(
        "made", row["handed_on"], judged
    )


def _parts(row: dict[str, Any], *names: Kept) -> tuple[tuple[Kept, int], ...]:
    return tuple((name, row[name]) for name in names if row[name])
