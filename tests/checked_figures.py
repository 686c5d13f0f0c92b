"""Results of checks beside figures: each check passed in the whole country unless a test tells otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from published_frames import AS_OF
from quality_store import result

from checks.catalogue import CATALOGUE
from checks.declared import EVERY_FIGURE, Check
from checks.findings import FAILURES
from checks.results import KIND, RESULTS
from pipelines.store import Store

CHECKED = datetime(2026, 10, 1, 7, 0, tzinfo=UTC)
Outcome = tuple[Check, str | None, str]
"""A check, a municipality (none: the whole country), and how it came out there."""


def touching(severity: str, *figures: str) -> Check:
    """The first check of the catalogue that touches exactly these."""
    return next(check for check in CATALOGUE if check.severity == severity and set(check.touches) == set(figures))


GRAVE, GENERAL = touching("critical", EVERY_FIGURE), touching("warning", EVERY_FIGURE)
OF_FOLLOW_UP, OF_THE_THREAD = touching("warning", "follow_up"), touching("critical", "continuity")
FOR_MENDERS, OF_NOTHING = touching("info", EVERY_FIGURE), touching("warning")


def results(*told: Outcome) -> list[dict[str, Any]]:
    """All checks of the catalogue, passed unless told otherwise. What passed with findings had tolerated them."""
    tolerated = {"passed_with_failing_rows": {"threshold": 0.5}}
    rows = [result(check, place, status, 17, 900) | tolerated.get(status, {}) for check, place, status in told]
    everywhere = {check.id for check, place, _ in told if place is None}
    rest = [result(check, None, "passed", 0, 900) for check in CATALOGUE if check.id not in everywhere]
    return [*rows, *rest]


def checked(folder: Path, run_id: str, *failed: Outcome) -> None:
    """A new check of the run, which takes the place of the one before."""
    rows = [row | {"run_id": run_id, "checked_at": CHECKED} for row in results(*failed)]
    with Store(folder).writing() as writer:
        writer.write("check_results", pl.DataFrame(rows, schema=RESULTS).lazy())
        writer.write("check_failures", pl.DataFrame(schema=FAILURES).lazy())
        writer.commit(kind=KIND, as_of=AS_OF, is_sample=True)
