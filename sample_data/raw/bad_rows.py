"""The few bad rows that every delivery has: each must end in quarantine, or be seen as a copy, and change nothing."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sample_data.raw.person_numbers import NOBODYS_NUMBER
from sample_data.raw.senders import Delivered

UNKNOWN_CODE, IMPOSSIBLE_DAY, NOT_A_NUMBER = "Kode 99?", "31-02-2025", "oplyses senere"


@dataclass(frozen=True)
class Fault:
    """A copy of a good row with a key of its own and one wrong value."""

    table: str
    file: str
    column: str
    value: str


FAULTS = (
    Fault("contacts", "kontakter", "status", UNKNOWN_CODE),
    Fault("contacts", "kontakter", "contact_date", IMPOSSIBLE_DAY),
    Fault("contacts", "kontakter", "child_id", NOBODYS_NUMBER),
    Fault("contacts", "boerneundersoegelser", "contact_code", "BU7"),
    Fault("contacts", "familieambulatorium", "contact_date", IMPOSSIBLE_DAY),
    Fault("support_records", "sager", "record_type", UNKNOWN_CODE),
    Fault("support_records", "sager", "child_id", NOT_A_NUMBER),
    Fault("support_records", "sager", "municipality_code", "9999"),
    Fault("handovers", "overleveringer", "sent_date", IMPOSSIBLE_DAY),
    Fault("handovers", "overleveringer", "child_id", NOBODYS_NUMBER),
    Fault("handovers", "overleveringer", "from_actor", ""),
    Fault("costs", "udgifter", "amount_dkk", "ca. tusind"),
    Fault("costs", "udgifter", "service", UNKNOWN_CODE),
    Fault("exposures", "svangreomsorg", "pregnancy_id", "GM9999999"),
)
COPIES = {"kontakter": 3, "sager": 2, "overleveringer": 1, "diagnoser": 2, "boerneundersoegelser": 4}
"""So many rows of a file stand in it twice."""


@dataclass(frozen=True)
class Spoilt:
    """A file with its bad rows, and how many they are."""

    rows: pl.DataFrame
    quarantined: int
    exact_duplicates: int


def spoilt(rows: pl.DataFrame, delivered: Delivered, file: str) -> Spoilt:
    """Add the faults and copies that are meant for this file. A file without rows stays as it is."""
    if rows.is_empty():
        return Spoilt(rows, 0, 0)
    if delivered.table == "residences":
        wrong = _ending_as_it_begins(rows, delivered)
        return Spoilt(pl.concat([rows, wrong]), wrong.height, 0)
    good = rows.head(1)
    faults = [one for one in FAULTS if one.table == delivered.table and one.file == file]
    key = next(iter(delivered.columns.values()))
    faulty = [
        good.with_columns(
            pl.lit(f"x{FAULTS.index(one):04}{delivered.form[0]}").alias(key),
            pl.lit(one.value).alias(delivered.columns[one.column]),
        )
        for one in faults
    ]
    copies = rows.slice(0, COPIES.get(file, 0))
    parts = [rows, *(one.cast(rows.schema) for one in faulty), copies]
    return Spoilt(pl.concat(parts), len(faulty), copies.height)


def _ending_as_it_begins(rows: pl.DataFrame, delivered: Delivered) -> pl.DataFrame:
    """Two spells that end on the day they begin, the day after a real one began."""
    start, end = (pl.col(delivered.columns[name]) for name in ("from_date", "to_date"))
    day_after = start + pl.duration(days=1)
    return rows.head(2).with_columns(day_after.alias(start.meta.output_name()), day_after.alias(end.meta.output_name()))
