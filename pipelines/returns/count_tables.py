"""The tables of a return: columns, what a row is known by, and what is counted. No column can hold a person.

Every table is what the gate reads and no more (see `pipelines.counted`); all add up over municipalities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.analysis import REST
from pipelines.development import KEYS as OF_RESULT
from pipelines.development import OF_GROUP, OF_Z_SCORES
from pipelines.participation_gap import OF_PAIR, PAIR

MUNICIPALITY = "municipality_code"

__all__ = ["MUNICIPALITY", "REST", "TABLES", "CountTable"]
WHOLE_NUMBERS = ("cohort", "position", "bin")


@dataclass(frozen=True)
class CountTable:
    """`keys` say what a row counts, `numbers` how many. `meaning` stands in the description of the file."""

    name: str
    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    meaning: str
    sums: tuple[str, ...] = ()
    may_be_null: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """As it is read: codes are text, counts whole numbers, sums of z-scores decimal numbers."""
        of_key = {key: pl.Int32() if key in WHOLE_NUMBERS else pl.String() for key in self.keys}
        return {**of_key, **dict.fromkeys(self.numbers, pl.Int64()), **dict.fromkeys(self.sums, pl.Float64())}

    @property
    def columns(self) -> list[str]:
        """In the order of the file."""
        return list(self.schema)

    @property
    def with_municipality(self) -> dict[str, pl.DataType]:
        """The same in a store made from many returns."""
        return {MUNICIPALITY: pl.String(), **self.schema}


OBLIGATIONS = CountTable(
    "obligations",
    ("measure", "period", "attribution", "group_kind", "group_value"),
    (
        "denominator",
        "numerator_ever",
        "numerator_timely",
        "lost_to_follow_up",
        "lost_to_documentation",
        "excused",
    ),
    "Obligations by measure and quarter of the due date: of the municipality under three attributions, and by traits "
    "of the children for whom it is responsible (attribution placed).",
)
CONTINUITY = CountTable(
    "continuity",
    ("group_value", "birth_period", "step", "position", "lost_reason"),
    ("children", "lost"),
    "Exposed children who live in the municipality, by three birth years: inside each step of the thread, or lost.",
    may_be_null=("lost_reason", "children"),
)
POPULATION = CountTable(
    "population",
    OF_GROUP,
    ("children",),
    "Children who lived in the municipality at birth and have lived through an age band.",
)
RESULTS = CountTable(
    "results",
    (*OF_RESULT, "result"),
    ("children", OF_Z_SCORES[0]),
    "Of these, the results of the latest assessment in each domain, with sums of z-scores in thousandths.",
    sums=OF_Z_SCORES[1:],
)
COURSES = CountTable(
    "courses",
    ("interval", "cohort", "group_kind", "group_value", "bin"),
    ("event", "competing", "censored"),
    "How courses that began in the municipality ended, by bin of days: named by the last day of the bin, never a day.",
)
CONTACTS = CountTable(
    "contacts",
    (*PAIR, "period", "cohort", "group"),
    OF_PAIR,
    "Children who lived in the municipality at birth, by pairs of contacts: both due, one held, both held.",
)
TABLES: Mapping[str, CountTable] = {
    each.name: each for each in (OBLIGATIONS, CONTINUITY, POPULATION, RESULTS, COURSES, CONTACTS)
}
