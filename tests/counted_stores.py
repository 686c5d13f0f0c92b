"""A store whose run has a few counts of obligations and one continuity picture: small enough to go through the gate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.counts import ALL_NUMBERS
from pipelines.definitions.tables import table_named
from pipelines.disclosure.places_and_periods import NOWHERE
from pipelines.store import Snapshot, Store

AS_OF = date(2026, 9, 30)
HANDED_OVER = {  # municipality, quarter: denominator, in time, late
    ("0479", "2025-Q1"): (9, 6, 1),
    ("0479", "2024-Q3"): (12, 7, 2),
    ("0461", "2025-Q1"): (30, 20, 5),
    ("0461", "2024-Q3"): (25, 14, 5),
    ("0101", "2025-Q1"): (44, 30, 7),
    ("0101", "2025-Q4"): (3, 2, 0),
    ("0259", "2025-Q2"): (21, 14, 2),
    ("0400", "2025-Q2"): (8, 5, 2),
    ("0101", "2023-Q2"): (40, 30, 4),
    ("outside", "2024-Q3"): (6, 5, 0),
    ("unknown", "2024-Q3"): (11, 6, 5),
}
TRAITS = {"substance_group": "alcohol", "certainty": "confirmed", "known_before_birth": "true"}
"""Of all children but those of 0101, who are not exposed, and those of no municipality."""

Counts = Mapping[tuple[str, str], tuple[int, int, int]]

NOBODY: dict[str, dict[str, pl.DataType]] = {
    **{
        name: {**table_named(name).schema, "child_id": pl.Int64()}
        for name in ("residences", "assessments", "support_records", "costs")
    },
    "handovers": {**table_named("handovers").schema, "child_id": pl.Int64(), "pregnancy_id": pl.Int64()},
    "children_in_view": {
        "child_id": pl.Int64(),
        "birth_date": pl.Date(),
        "death_date": pl.Date(),
        "pregnancy_id": pl.Int64(),
        "mother_id": pl.Int64(),
    },
    "exposed": {
        "child_id": pl.Int64(),
        "first_evidence_date": pl.Date(),
        "first_known_date": pl.Date(),
        "certainty": pl.String(),
        "substance_group": pl.String(),
        "known_before_birth": pl.Boolean(),
        "first_knowers": pl.Int32(),
        "municipal_first_knowers": pl.Int32(),
    },
    "obligations": {
        "child_id": pl.Int64(),
        "kind": pl.String(),
        "measure": pl.String(),
        "due_date": pl.Date(),
        "status": pl.String(),
        "reason": pl.String(),
    },
}
"""The tables of children, none of whom are in the store: nothing is analysed beside the counts."""


def counts_by_group(counts: Counts = HANDED_OVER, measure: str = "handed_over") -> pl.DataFrame:
    """The finest rows of the table: the same places in all attributions, and the traits of the children."""
    rows = []
    for (place, quarter), (denominator, timely, late) in counts.items():
        numbers = {"denominator": denominator, "numerator_timely": timely, "numerator_ever": timely + late}
        groups = [(attribution, "municipality", place) for attribution in ("responsible", "at_birth", "now")]
        rows += [(*group, quarter, numbers) for group in groups]
    for (place, quarter), (denominator, timely, late) in counts.items():
        numbers = {"denominator": denominator, "numerator_timely": timely, "numerator_ever": timely + late}
        traits = TRAITS if place != "0101" else dict.fromkeys(TRAITS, "not_exposed")
        among = ("responsible",) if place in NOWHERE else ("responsible", "placed")
        rows += [(each, trait, value, quarter, numbers) for trait, value in traits.items() for each in among]
    frame = pl.DataFrame(
        [
            {"attribution": attribution, "group_kind": kind, "group_value": value, "period": quarter, **numbers}
            for attribution, kind, value, quarter, numbers in rows
        ]
    )
    return (
        frame.with_columns(pl.lit(0, pl.Int64).alias(name) for name in ALL_NUMBERS if name not in frame.columns)
        .with_columns(pl.lit(measure).alias("measure"), pl.lit("quarter").alias("period_kind"))
        .group_by("measure", "period_kind", "period", "attribution", "group_kind", "group_value")
        .agg(pl.col(ALL_NUMBERS).sum())
    )


def continuity(places: Mapping[str, tuple[int, int]] | None = None) -> pl.DataFrame:
    """By municipality: exposed children born in 2024, and how many of them became known after birth; no other loss."""
    schema = {
        "group_kind": pl.String(),
        "group_value": pl.String(),
        "birth_period_kind": pl.String(),
        "birth_period": pl.String(),
        "step": pl.String(),
        "position": pl.Int32(),
        "children": pl.Int64(),
        "lost": pl.Int64(),
        "lost_reason": pl.String(),
    }
    rows: list[tuple[object, ...]] = []
    for place, (exposed, late) in (places or {}).items():
        for period in ("2022-2024", "2023-2025", "2024-2026"):
            group = ("municipality", place, "three_years", period)
            rows += [
                (*group, "exposed", 0, exposed, 0, None),
                (*group, "known_before_birth", 1, exposed - late, late, None),
                (*group, "known_before_birth", 1, None, late, "first_known_after_birth"),
            ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def counted_store(
    folder: Path, counts: pl.DataFrame | None = None, thread: pl.DataFrame | None = None, as_of: date = AS_OF
) -> Snapshot:
    """A finished run as of that day, with these tables."""
    with Store(folder).writing() as writer:
        writer.write("counts_by_group", (counts_by_group() if counts is None else counts).lazy())
        writer.write("continuity", (continuity({"0479": (9, 3), "0461": (20, 8)}) if thread is None else thread).lazy())
        for name, schema in NOBODY.items():
            writer.write(name, pl.LazyFrame(schema=schema))
        return writer.commit(kind="run", as_of=as_of, is_sample=True, fingerprint="counted")
