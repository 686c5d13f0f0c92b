"""A small canonical delivery on disk that keeps the contract, and ways to break it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.definitions.tables import TABLES, table_named

Row = dict[str, Any]

WHOLE: dict[str, list[Row]] = {
    "pregnancies": [
        {
            "pregnancy_id": "p1",
            "mother_id": "m1",
            "municipality_code": "0461",
            "first_contact_date": "2024-06-01",
            "due_date": "2025-01-10",
            "end_date": "2025-01-08",
            "outcome": "live_birth",
            "care_level": "3",
            "alcohol_asked": "true",
            "substances_asked": "true",
            "asked_date": "2024-06-05",
        }
    ],
    "children": [
        {
            "child_id": "c1",
            "pregnancy_id": "p1",
            "mother_id": "m1",
            "birth_date": "2025-01-08",
            "sex": "female",
            "gestational_age_days": "278",
            "birth_weight_g": "3200",
        }
    ],
    "exposures": [
        {
            "exposure_id": "e1",
            "pregnancy_id": "p1",
            "substance": "alcohol",
            "certainty": "confirmed",
            "registered_date": "2024-06-05",
            "recorded_by": "midwife",
        }
    ],
    "residences": [{"child_id": "c1", "from_date": "2025-01-08", "municipality_code": "0461"}],
    "diagnoses": [{"person_id": "m1", "sks_code": "DF102", "diagnosed_date": "2024-07-01", "is_refuted": "false"}],
    "treatments": [{"treatment_id": "t1", "person_id": "m1", "start_date": "2024-07-15"}],
    "handovers": [
        {
            "handover_id": "h1",
            "child_id": "c1",
            "kind": "discharge",
            "from_actor": "maternity_ward",
            "to_actor": "health_visitor",
            "sent_date": "2025-01-10",
            "received_date": "2025-01-12",
            "has_exposure": "true",
        }
    ],
    "support_records": [
        {
            "record_id": "r1",
            "child_id": "c1",
            "municipality_code": "0461",
            "record_type": "notification",
            "opened_date": "2025-02-01",
            "exposure_status": "recorded",
            "exposure_recorded_date": "2025-02-03",
        }
    ],
    "contacts": [
        {
            "contact_id": "k1",
            "child_id": "c1",
            "programme": "gp",
            "contact_code": "week_5",
            "contact_date": "2025-02-12",
            "status": "attended",
        }
    ],
    "assessments": [
        {
            "assessment_id": "a1",
            "child_id": "c1",
            "assessed_date": "2025-06-01",
            "instrument": "ASQ-3",
            "domain": "social",
            "z_score": "-0.5",
            "result": "typical",
        }
    ],
    "costs": [
        {
            "cost_id": "u1",
            "child_id": "c1",
            "service": "hospital",
            "payer": "region",
            "start_date": "2025-01-08",
            "end_date": "2025-01-12",
            "amount_dkk": "12500.50",
        }
    ],
}


def deliver(folder: Path, changes: dict[str, list[Row]] | None = None) -> Path:
    """The whole delivery as CSV; `changes` replaces the rows of a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        rows = (changes or {}).get(table.name, WHOLE[table.name])
        text_frame(table.name, rows).write_csv(folder / f"{table.name}.csv")
    return folder


def text_frame(table: str, rows: list[Row]) -> pl.DataFrame:
    """Rows as text columns in the contract's order."""
    return pl.DataFrame(rows, schema=dict.fromkeys(table_named(table).column_names, pl.String))


def changed(table: str, **values: Any) -> Row:
    """The good row of a table with other values."""
    return WHOLE[table][0] | values
