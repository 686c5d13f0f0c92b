"""A small country as the store would show it: plausible tables of a run and of its publication, for tests of pages."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from figure_frames import AS_OF, published_continuity, published_shares

from pipelines.definitions.reference import Reference
from pipelines.store import Snapshot, Store

SVENDBORG, LAESOE, COPENHAGEN = "0479", "0825", "0101"


def run_facts(**changes: Any) -> dict[str, Any]:
    now = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
    facts = {
        "run_id": "r1",
        "as_of": AS_OF,
        "started_at": now,
        "finished_at": now,
        "duration_seconds": 12.5,
        "is_sample": True,
        "contract_version": "1",
        "reference_version": Reference.load().version,
        "code_version": "0.1.0",
        "inputs_hash": "abc",
    }
    return facts | changes


@dataclass(frozen=True, eq=False)
class FakeSnapshot:
    """Any object with `run` and `table(name)` will do for the pages; each is a publication of its own."""

    tables: dict[str, pl.DataFrame]
    run: dict[str, Any] = field(default_factory=run_facts)

    def table(self, name: str) -> pl.LazyFrame:
        return self.tables[name].lazy()


def write_store(folder: Path, snapshot: FakeSnapshot) -> Path:
    """The same tables in a real store: the run, and then its publication."""
    run, published = (
        {name: rows for name, rows in snapshot.tables.items() if name.startswith("published_") is of_the_gate}
        for of_the_gate in (False, True)
    )
    written(folder, "run", run, snapshot.run)
    if published:
        written(folder, "publish", published, snapshot.run)
    return folder


def written(folder: Path, kind: str, tables: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]) -> Snapshot:
    """One finished run, check or publication."""
    named = ("as_of", "is_sample", "contract_version", "reference_version", "code_version", "inputs_hash")
    with Store(folder).writing() as writer:
        for name, rows in tables.items():
            writer.write(name, rows.lazy())
        return writer.commit(kind=kind, fingerprint=f"{kind}-0123456789", **{name: facts[name] for name in named})


@cache
def country(seed: int = 1, gaps_in_svendborg: int = 120) -> FakeSnapshot:
    chance = random.Random(seed)
    return FakeSnapshot(
        {
            "published_shares": published_shares(chance),
            "published_continuity": published_continuity(chance),
            **worklist_tables(chance, gaps_in_svendborg),
        }
    )


GAPS = (
    ("registered", None, "not_registered", "critical"),
    ("on_child_record", None, "not_registered", "critical"),
    ("handed_over", None, "not_confirmed", "critical"),
    ("handed_over", None, "exposure_left_out", "critical"),
    ("carried_in_record", None, "silent", "critical"),
    ("carried_in_record", None, None, "critical"),
    ("carried_at_move", None, "no_handover", "critical"),
    ("carried_at_transition", "school_start", "no_handover", "warning"),
    ("carried_at_transition", "placement", "not_confirmed", "critical"),
    ("follow_up", "family_clinic:month_9", "no_show", "warning"),
    ("follow_up", "gp:year_2", "no_contact", "info"),
    ("follow_up", "health_visitor:month_2", "declined", "info"),
    ("follow_up", "family_clinic:year_5", "undocumented", "critical"),
    ("screened", None, "not_asked", "warning"),
    ("plan_before_birth", None, "no_handover", "critical"),
)


def worklist_tables(chance: random.Random, number: int) -> dict[str, pl.DataFrame]:
    gaps, people = [], []
    for at in range(number):
        kind, detail, reason, severity = GAPS[at % len(GAPS)]
        of_pregnancy = kind in {"screened", "plan_before_birth"}
        due = AS_OF - timedelta(days=chance.randrange(1, 1500))
        found = reason in {"not_confirmed", "exposure_left_out", "no_show", "declined", "undocumented"}
        transition = detail if kind == "carried_at_transition" else None
        gaps.append(
            {
                "child_id": None if of_pregnancy else 1000 + at,
                "pregnancy_id": 1000 + at if of_pregnancy else None,
                "kind": kind,
                "measure": detail if kind == "follow_up" else (f"{kind}:{transition}" if transition else kind),
                "subject_id": None,
                "trigger_date": due - timedelta(days=30),
                "due_date": due,
                "status": "contradicted" if reason is None else "overdue",
                "record_type": "child_assessment" if kind == "carried_in_record" else None,
                "reason": reason,
                "found_date": due - timedelta(days=12) if found or reason is None else None,
                "municipality_code": SVENDBORG,
                "sector": "region" if kind in {"handed_over", "screened"} else "municipality",
                "severity": severity,
                "recommendation": "FBB-2",
                "age_days": (AS_OF - due).days,
                "birth_date": None if of_pregnancy else due - timedelta(days=chance.randrange(30, 2000)),
            }
        )
        people.append(
            {
                "kind": "pregnancy" if of_pregnancy else "person",
                "id": 1000 + at,
                "pseudonym": f"{chance.getrandbits(96):024x}",
            }
        )
    shape = {
        "child_id": pl.Int64,
        "pregnancy_id": pl.Int64,
        "subject_id": pl.String,
        "record_type": pl.String,
        "reason": pl.String,
        "found_date": pl.Date,
        "birth_date": pl.Date,
        "age_days": pl.Int64,
    }
    columns = {
        "kind": pl.String,
        "measure": pl.String,
        "trigger_date": pl.Date,
        "due_date": pl.Date,
        "status": pl.String,
        "municipality_code": pl.String,
        "sector": pl.String,
        "severity": pl.String,
        "recommendation": pl.String,
    }
    gap_rows = pl.DataFrame(gaps, schema_overrides=shape) if gaps else pl.DataFrame(schema=shape | columns)
    identities = pl.DataFrame(people, schema={"kind": pl.String, "id": pl.Int64, "pseudonym": pl.String})
    return {"gaps": gap_rows, "identities": identities}
