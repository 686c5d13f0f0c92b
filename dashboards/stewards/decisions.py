"""Decisions about gaps, as pages read and write them: of the steward's own municipality alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from checks.days import danish_day
from dashboards import audit
from dashboards.opening import store_path
from dashboards.visit import Visit
from pipelines.gap_decisions import HISTORY, Decision, GapDecisions, fingerprint_in, with_decisions

FUNCTIONS = (
    "me",
    "family_department",
    "health_visitor",
    "educational_psychology",
    "daycare",
    "school",
    "adult_services",
    "family_clinic",
    "maternity_ward",
    "gp",
    "other",
)
"""Whom a gap can be assigned to; `me` is who decides, `other` is somebody whom the steward names."""


def today() -> date:
    """The day in Denmark, as of which decisions hold."""
    return danish_day(datetime.now(UTC))


def history(visit: Visit) -> pl.DataFrame:
    """All decisions of the municipality, the oldest first."""
    return GapDecisions(store_path(), visit.scope.require_rows()).history()


def decided(visit: Visit, gaps: pl.DataFrame) -> pl.DataFrame:
    """The gaps (with closers) with what holds for each today."""
    return with_decisions(gaps, history(visit), today())


def undecided(gaps: pl.DataFrame) -> pl.DataFrame:
    """The gaps with nothing decided about any."""
    return with_decisions(gaps, pl.DataFrame(schema=HISTORY), today())


def decide(visit: Visit, gaps: pl.DataFrame, decision: Decision) -> None:
    """Decide about these gaps; the audit log knows first."""
    decisions = GapDecisions(store_path(), visit.scope.require_rows())
    checked = decision.checked(today())
    record = str(gaps["subject"][0]) if gaps["subject"].n_unique() == 1 else None
    audit.decided(visit, checked.kind, record=record, rows=gaps.height)
    decisions.add(gaps, checked, secret=fingerprint_in(visit.source.run))


def is_mine(who: str) -> pl.Expr:
    """Whether a gap is assigned to this steward, by a colleague's words or their own."""
    to_me = (pl.col("assigned_to") == "me") & (pl.col("assigned_by") == who)
    return (to_me | (pl.col("assigned_to") == who)).fill_null(value=False)
