"""The reference files of the project, read with the csv module: the judge does not share the pipeline's reader."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "pipelines" / "definitions" / "reference"


@dataclass(frozen=True)
class Deadline:
    days: int
    sent_window_days: int
    severity: str
    recommendation: str


@dataclass(frozen=True)
class ScheduleRow:
    programme: str
    contact_code: str
    due_age: int
    due_unit: str
    opens_days: int
    closes_days: int
    applies_to: str
    severity: str
    recommendation: str


@dataclass(frozen=True)
class CodePrefix:
    prefix: str
    bearer: str
    substance: str
    in_scope: bool


@dataclass(frozen=True)
class Reference:
    deadlines: dict[tuple[str, str], Deadline]
    """By kind and transition; the transition is empty where a kind has none."""
    schedule: list[ScheduleRow]
    parameters: dict[str, float]
    types_that_carry_exposure: frozenset[str]
    code_prefixes: list[CodePrefix]

    def deadline(self, kind: str, transition: str = "") -> Deadline:
        return self.deadlines[kind, transition]

    def days(self, parameter: str) -> int:
        return int(self.parameters[parameter])


def read_reference(folder: Path = FOLDER) -> Reference:
    return Reference(
        deadlines={
            (row["kind"], row["transition"]): Deadline(
                int(row["days"]), int(row["sent_window_days"] or 0), row["severity"], row["recommendation"]
            )
            for row in _rows(folder / "deadlines.csv")
        },
        schedule=[_schedule_row(row) for row in _rows(folder / "schedule.csv")],
        parameters={row["name"]: float(row["value"]) for row in _rows(folder / "parameters.csv")},
        types_that_carry_exposure=frozenset(
            row["record_type"] for row in _rows(folder / "record_types.csv") if row["carries_exposure"] == "true"
        ),
        code_prefixes=[
            CodePrefix(row["prefix"], row["bearer"], row["substance"], row["in_scope"] == "true")
            for row in _rows(folder / "exposure_codes.csv")
        ],
    )


def _schedule_row(row: dict[str, str]) -> ScheduleRow:
    return ScheduleRow(
        programme=row["programme"],
        contact_code=row["contact_code"],
        due_age=int(row["due_age"]),
        due_unit=row["due_unit"],
        opens_days=int(row["opens_days"]),
        closes_days=int(row["closes_days"]),
        applies_to=row["applies_to"],
        severity=row["severity"],
        recommendation=row["recommendation"],
    )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
