"""The reference files and the closed lists, as the job reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.definitions import enumerations as e

FOLDER = Path(__file__).parents[2] / "pipelines" / "definitions" / "reference"
REASONS = (*e.LOSS_REASONS, *e.EXCUSES)
LINKS = ("register", "found", "ambiguous", "none")


@dataclass(frozen=True)
class Facts:
    """`deadlines` is indexed by kind and transition (empty where a kind has none)."""

    deadlines: pd.DataFrame
    schedule: pd.DataFrame
    parameters: pd.Series
    municipalities: tuple[str, ...]
    services: tuple[str, ...]
    carrying_types: tuple[str, ...]
    exposure_codes: pd.DataFrame

    @property
    def measures(self) -> tuple[str, ...]:
        """Kinds, kinds with their transition, and milestones."""
        of_kinds = [":".join(part for part in both if part) for both in self.deadlines.index]
        return (*of_kinds, *self.schedule.milestone)

    @property
    def recommendations(self) -> tuple[str, ...]:
        return tuple(sorted({*self.deadlines.recommendation, *self.schedule.recommendation}))

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The closed list of every column of words in the results."""
        return {
            "kind": e.KINDS,
            "measure": self.measures,
            "status": e.STATUSES,
            "reason": REASONS,
            "municipality": self.municipalities,
            "sector": e.SECTORS,
            "severity": e.SEVERITIES,
            "recommendation": self.recommendations,
            "source": e.EVIDENCE_SOURCES,
            "certainty": e.CERTAINTIES_OF_EVIDENCE,
            "substance": e.SUBSTANCES,
            "link": LINKS,
        }

    def deadline(self, kind: str, transition: str = "") -> Any:
        return self.deadlines.loc[(kind, transition)]

    def days(self, name: str) -> pd.Timedelta:
        return pd.Timedelta(days=int(self.parameters[name]))


def read_facts() -> Facts:
    deadlines = _read("deadlines").fillna({"transition": "", "sent_window_days": 0}).set_index(["kind", "transition"])
    schedule = _read("schedule")
    schedule["milestone"] = schedule.programme + ":" + schedule.contact_code
    types = _read("record_types")
    codes = _read("exposure_codes")
    codes = codes[codes.in_scope.astype(bool)]
    codes = codes.assign(plain=codes.prefix.str.replace(".", "").str.upper())
    return Facts(
        deadlines=deadlines,
        schedule=schedule,
        parameters=_read("parameters").set_index("name").value,
        municipalities=tuple(sorted({*_read("municipalities", dtype=str).municipality_code, e.OUTSIDE_CODE})),
        services=tuple(_read("services").service),
        carrying_types=tuple(types.record_type[types.carries_exposure.astype(bool)]),
        exposure_codes=codes.sort_values("plain", key=lambda plain: plain.str.len()),
    )


def _read(name: str, **options: Any) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", **options)
