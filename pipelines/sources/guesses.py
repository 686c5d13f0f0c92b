"""Guesses at what a file is: its table, what its columns feed, and what its codes mean. A person checks all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.definitions.contract import Column, Table
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES
from pipelines.identity import REAL_NUMBER, TEST_NUMBER
from pipelines.sources.register_trial import as_text
from pipelines.sources.registers.layouts import LAYOUTS, Layout
from pipelines.sources.synonyms import CODE_WORDS, COLUMN_WORDS, PERSON_WORDS, TABLE_WORDS, WEAK_WORDS, plain
from pipelines.sources.unmapped import YES_OR_NO, shown_safely

SAME_NAME, SAME_WORD, HAS_WORD, WEAK_WORD = 4, 3, 2, 1
SHORTEST_PART = 5
"""A word shorter than this must be the whole heading; longer ones may stand in it."""
NAME_OF_THE_FILE = 3
LACKS_NEEDED = 2


@dataclass(frozen=True)
class TableGuess:
    """A table, the heading guessed for each of its columns, and how well it fits (points)."""

    table: Table
    columns: Mapping[str, str]
    person: Mapping[str, str] = field(default_factory=dict)
    points: int = 0

    @property
    def lacking(self) -> list[str]:
        """Columns that a row needs and for which no heading was found."""
        excused = {"child_id"} if self.person else set()
        needed = [column.name for column in self.table.columns if not column.optional]
        return [name for name in needed if name not in self.columns and name not in excused]


def table_of(headings: Sequence[str], file_name: str) -> TableGuess:
    """The table that fits best, by the words of its headings and of the file's name."""
    return max((_guess(table, headings, file_name) for table in TABLES), key=lambda guess: guess.points)


def _guess(table: Table, headings: Sequence[str], file_name: str) -> TableGuess:
    pairs = [
        (_points(heading, column, table), heading, column.name) for heading in headings for column in table.columns
    ]
    columns, points = _best_pairs(pairs)
    points += NAME_OF_THE_FILE * any(word in plain(file_name) for word in TABLE_WORDS[table.name])
    person = _person(table, headings, columns)
    guess = TableGuess(table, columns, person)
    return TableGuess(table, columns, person, points - LACKS_NEEDED * len(guess.lacking))


def _best_pairs(pairs: list[tuple[int, str, str]]) -> tuple[dict[str, str], int]:
    """Each heading feeds one column and each column has one heading: the best first, in the order of the file."""
    found: dict[str, str] = {}
    total = 0
    for points, heading, column in sorted(pairs, key=lambda pair: -pair[0]):
        if points and column not in found and heading not in found.values():
            found[column] = heading
            total += points
    return found, total


def _points(heading: str, column: Column, table: Table) -> int:
    words, said = COLUMN_WORDS.get(column.name, ()), plain(heading)
    if said == plain(column.name):
        return SAME_NAME
    if said in words:
        return SAME_WORD
    if any(len(word) >= SHORTEST_PART and word in said for word in words):
        return HAS_WORD
    return WEAK_WORD if said in WEAK_WORDS and column.name == table.known_by else 0


def _person(table: Table, headings: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Headings that describe the child, where no heading holds its number."""
    if "child_id" not in table.column_names or "child_id" in columns:
        return {}
    said = {plain(heading): heading for heading in headings}
    found = {name: said[word] for name, words in PERSON_WORDS.items() for word in reversed(words) if word in said}
    return found if "birth_date" in found else {}


def layout_of(headings: Sequence[str]) -> Layout | None:
    """The register layout whose needed variables are all there, the one with most of them."""
    there = {heading.upper() for heading in headings}
    fits = [one for one in LAYOUTS.values() if there.issuperset(v.name.upper() for v in one.variables if v.is_needed)]
    return max(fits, key=lambda one: sum(name.upper() in there for name in one.variable_names), default=None)


@dataclass(frozen=True)
class CodesGuess:
    """What a column's codes may mean, code to value. `unknown`: codes with their rows. `hidden`: rows not shown."""

    meanings: Mapping[str, str]
    unknown: Mapping[str, int]
    hidden: int
    rows: int

    @property
    def share_known(self) -> float:
        """Share of the rows whose code is the contract's or has a guess."""
        return 1 - (self.hidden + sum(self.unknown.values())) / self.rows if self.rows else 1.0


def codes_of(given: pl.Series, column: Column, table: Table) -> CodesGuess | None:
    """Codes of a column with a list, by the words of their labels; None where the column has no list.

    `Cannabis` is not `cannabis`: only truth values are read whatever their case.

    A label that is one of our words is written as it is; any other only when it cannot be a person's value.
    """
    listed = list_of(column, table)
    if not listed:
        return None
    counted = as_text(given).drop_nulls().value_counts(name="rows").rename({given.name: "code"})
    said = pl.col("code").str.to_lowercase() if column.type_name == "bool" else pl.col("code")
    own = counted.filter(~said.is_in(list(listed)))
    named = {code: value for code in own["code"] if (value := _named(code, listed))}
    shown = shown_safely(own.filter(~pl.col("code").is_in(list(named))))
    told = dict(shown.drop_nulls().iter_rows())
    within = {code: value for code in told if (value := _within(code, listed))}
    hidden = int(shown.filter(pl.col("code").is_null())["rows"].sum())
    unknown = {code: rows for code, rows in told.items() if code not in within}
    return CodesGuess(named | within, unknown, hidden, int(counted["rows"].sum()))


def list_of(column: Column, table: Table) -> Mapping[str, tuple[str, ...]]:
    """What a value may be, each with the titles that reference files give it."""
    reference = Reference.load()
    if column.allowed:
        return dict.fromkeys(column.allowed, ())
    if column.type_name == "bool":
        return dict.fromkeys(YES_OR_NO, ())
    if column.references == "services":
        return _titled(reference.services, "service")
    if table.pair_in_schedule and column.name == table.pair_in_schedule[1]:
        return _titled(reference.schedule, "contact_code")
    return {}


def _titled(rows: pl.DataFrame, code: str) -> dict[str, tuple[str, ...]]:
    return {row[code]: (plain(row["title_da"]), plain(row["title_en"])) for row in rows.iter_rows(named=True)}


def _named(code: str, listed: Mapping[str, tuple[str, ...]]) -> str | None:
    """The value whose name, title or word the code is."""
    said = plain(code)
    same = (value for value, titles in listed.items() if said in (plain(value), *titles, *CODE_WORDS.get(value, ())))
    return next(same, None) if said else None


def _within(code: str, listed: Mapping[str, tuple[str, ...]]) -> str | None:
    """The value whose word stands in the code; of several the longest."""
    said = plain(code)
    words = [(len(word), value) for value in listed for word in CODE_WORDS.get(value, ()) if word in said]
    length, value = max(words, default=(0, ""))
    return value if length >= SHORTEST_PART else None


def share_of_numbers(given: pl.Series, *, test_numbers: bool) -> float:
    """Share of the values that are a person's number: a test number, or a real one."""
    numbers = as_text(given).drop_nulls().str.replace_all("[- ]", "")
    if numbers.is_empty():
        return 0.0
    pattern = (TEST_NUMBER if test_numbers else REAL_NUMBER).pattern
    return int(numbers.str.contains(pattern).sum()) / numbers.len()
