"""The floor of the main job: read the columns that it needs, and add up a hash of every value. Nothing else.

`python -m benchmarks.floor CANONICAL` streams table after table. No job on these files can be cheaper than this.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import polars as pl

NEEDED = {
    "pregnancies": (
        "pregnancy_id",
        "mother_id",
        "municipality_code",
        "first_contact_date",
        "due_date",
        "end_date",
        "outcome",
        "alcohol_asked",
        "substances_asked",
        "asked_date",
    ),
    "children": ("child_id", "pregnancy_id", "mother_id", "birth_date", "gestational_age_days", "death_date"),
    "exposures": (
        "exposure_id",
        "pregnancy_id",
        "child_id",
        "substance",
        "certainty",
        "detected_date",
        "registered_date",
        "recorded_by",
    ),
    "residences": ("child_id", "from_date", "municipality_code", "to_date"),
    "diagnoses": ("person_id", "sks_code", "diagnosed_date", "is_refuted"),
    "treatments": ("treatment_id", "person_id", "substance", "start_date", "end_date"),
    "handovers": (
        "handover_id",
        "child_id",
        "pregnancy_id",
        "kind",
        "from_actor",
        "to_actor",
        "from_municipality_code",
        "to_municipality_code",
        "sent_date",
        "received_date",
        "has_exposure",
    ),
    "support_records": (
        "record_id",
        "child_id",
        "municipality_code",
        "record_type",
        "opened_date",
        "closed_date",
        "exposure_status",
        "exposure_recorded_date",
    ),
    "contacts": ("child_id", "programme", "contact_code", "contact_date", "status"),
}
"""What some rule of evidence, obligations or counts reads. Conformance reads more (keys of events, closed lists,
assessments, costs): that is no part of the floor."""


def read(canonical: Path) -> pl.DataFrame:
    """`table, rows, columns, sum` of every needed table. The sums say that every value was decoded."""
    told = []
    for table, columns in NEEDED.items():
        values = [pl.col(name).hash().sum().alias(name) for name in columns]
        rows = pl.scan_parquet(canonical / f"{table}.parquet").select(pl.len().alias("rows"), *values)
        read_rows, *sums = rows.collect(engine="streaming").row(0)
        told.append((table, read_rows, len(columns), sum(sums) % 2**63))
    return pl.DataFrame(told, schema=["table", "rows", "columns", "sum"], orient="row")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument("canonical", type=Path)
    asked = parser.parse_args()
    started = time.perf_counter()
    told = read(asked.canonical)
    wall = time.perf_counter() - started
    for table, rows, columns, total in told.iter_rows():
        print(f"{table:16} {rows:>12,} rows, {columns:2} columns, sum {total:019d}")
    used = resource.getrusage(resource.RUSAGE_SELF)
    processor = used.ru_utime + used.ru_stime
    print(f"{'all':16} wall {wall:.2f} s, CPU of the process {processor:.2f} s, peak {used.ru_maxrss / 1024**2:.2f} GB")


if __name__ == "__main__":
    main()
