"""A replacement number that later became a CPR number: one person, known by the newest number."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import Table
from pipelines.errors import RefusedDelivery
from pipelines.identity import bare

COLUMNS = ("old_person_id", "new_person_id", "changed_date")


@dataclass(frozen=True)
class NumberChanges:
    """Old id to the newest one. Pairs that cannot be used are told by their row numbers.

    `newest_numbers` is the same in persons' bare numbers, where they are known: for memory only, and never shown.
    """

    newest: dict[str, str] = field(default_factory=dict)
    source: str = ""
    read: int = 0
    faulty_rows: tuple[int, ...] = ()
    newest_numbers: dict[str, str] = field(default_factory=dict, repr=False)


def resolved(changes: pl.DataFrame, file: Path) -> NumberChanges:
    """Chains are followed to the newest number. Refused when one has two successors or comes back to itself.

    `changes` has the old and the new id as pseudonyms (null: unusable) and `_row`.
    """
    is_whole = pl.all_horizontal(pl.col(COLUMNS[:2]).is_not_null() & (pl.col(COLUMNS[:2]) != ""))
    steps = changes.filter(is_whole).select(COLUMNS[:2]).unique()
    successors = dict(steps.iter_rows())
    branching = steps.height - len(successors)
    if branching:
        raise _refused(file, f"{branching} numbers have more than one successor")
    newest = {old: _last(old, successors) for old in successors}
    circles = sum(new is None for new in newest.values())
    if circles:
        raise _refused(file, f"{circles} numbers come back to themselves")
    faulty = changes.filter(~is_whole.fill_null(value=False))["_row"].to_list()
    usable = {old: new for old, new in newest.items() if new is not None}
    return NumberChanges(usable, file.name, changes.height, tuple(faulty))


def with_numbers(changes: NumberChanges, made: pl.DataFrame) -> NumberChanges:
    """The changes with `newest_numbers`; `made` has every `number` of the table with its `pseudonym`."""
    known = made.filter(pl.col("pseudonym").is_not_null()).select("pseudonym", bare(pl.col("number")))
    numbers = dict(known.iter_rows())
    return replace(changes, newest_numbers={numbers[old]: numbers[new] for old, new in changes.newest.items()})


def _last(number: str, successors: dict[str, str]) -> str | None:
    seen = {number}
    while number in successors:
        number = successors[number]
        if number in seen:
            return None
        seen.add(number)
    return number


def _refused(file: Path, what: str) -> RefusedDelivery:
    return RefusedDelivery(
        f"{file.name} is refused: {what}", where=str(file.parent), to_do="Ask the sender which number holds."
    )


def renumbered(rows: pl.LazyFrame, table: Table, newest: dict[str, str]) -> pl.LazyFrame:
    """Every person of the table under the newest number."""
    if not newest:
        return rows
    people = [column.name for column in table.columns if column.identifier == "person"]
    return rows.with_columns(pl.col(name).cast(pl.String).replace(newest) for name in people)
