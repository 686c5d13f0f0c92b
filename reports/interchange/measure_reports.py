"""FHIR R4 `MeasureReport`, summary: one for each measure, place and period, made of what is published and nothing else.

A count that is not told has FHIR's reason for an absent value in its place. It is never zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pipelines.definitions.measures import Measure
from pipelines.fhir_measures import (
    DATA_ABSENT,
    URN,
    Resource,
    canonical,
    entry,
    gap_status,
    improvement,
    measure_resource,
    population,
)
from reports.interchange.measure_figures import GAPS

ABSENT = {
    "suppressed": "masked",
    "missing": "unknown",
    "not_applicable": "not-applicable",
    "not_yet_due": "temp-unknown",
}
"""State to code: hidden by the gate; nobody delivered anything; nobody was there; not known yet, and known later."""

QUARTER = re.compile(r"(\d{4})-Q([1-4])")
LAST_OF_QUARTER = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}


def measures_bundle(measures: Iterable[Measure], version: str, published_at: datetime) -> Resource:
    """All measures that reports refer to."""
    told = [entry(measure_resource(each, version, published_at.date()), "Measure", each.name) for each in measures]
    return _bundle(told, published_at)


def reports_bundle(
    rows: Iterable[Mapping[str, Any]], measures: Mapping[str, Measure], run: Mapping[str, Any]
) -> Resource:
    """The reports of one place, in the order of the rows."""
    keys = ("place_kind", "place", "name", "period_kind", "period")
    told = [
        entry(measure_report(row, measures[row["name"]], run), "MeasureReport", *(row[key] for key in keys))
        for row in rows
    ]
    return _bundle(told, run["finished_at"])


def measure_report(row: Mapping[str, Any], measure: Measure, run: Mapping[str, Any]) -> Resource:
    """One report. A period that is not over is pending."""
    start, end = days_of(row["period"])
    return {
        "resourceType": "MeasureReport",
        "status": "pending" if row["state"] == "not_yet_due" else "complete",
        "type": "summary",
        "measure": canonical(measure, run["reference_version"]),
        "subject": _subject(row["place_kind"], row["place"], row["place_name"]),
        "date": run["finished_at"].isoformat(timespec="seconds"),
        "period": {"start": start.isoformat(), "end": end.isoformat()},
        "improvementNotation": improvement(measure),
        "group": [_group(row)],
    }


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of `2025`, `2023-2025` or `2025-Q3`."""
    quarter = QUARTER.fullmatch(period)
    if quarter:
        year, number = int(quarter[1]), int(quarter[2])
        return date(year, 3 * number - 2, 1), date(year, *LAST_OF_QUARTER[number])
    first, last = period[:4], period[-4:]
    return date(int(first), 1, 1), date(int(last), 12, 31)


def _group(row: Mapping[str, Any]) -> Resource:
    state = row["state"]
    counts = {"initial-population": "denominator", "denominator": "denominator", "numerator": "numerator"}
    populations = [{"code": population(code), **_count(row[column], state)} for code, column in counts.items()]
    strata = [_stratum(code, row) for code in GAPS if row.get(f"{code} state")]
    return {
        "population": populations,
        "measureScore": {"value": row["share"]} if row["share"] is not None else {"extension": [_absent(state)]},
        **({"stratifier": [{"code": [{"text": "gap status"}], "stratum": strata}]} if strata else {}),
    }


def _stratum(code: str, row: Mapping[str, Any]) -> Resource:
    counted = _count(row[code], row[f"{code} state"])
    return {"value": gap_status(code), "population": [{"code": population("initial-population"), **counted}]}


def _count(count: int | None, state: str) -> Resource:
    """FHIR's JSON has what is said about a number under its name with an underscore."""
    return {"count": count} if count is not None else {"_count": {"extension": [_absent(state)]}}


def _absent(state: str) -> Resource:
    return {"url": DATA_ABSENT, "valueCode": ABSENT[state]}


def _subject(kind: str, code: str, name: str | None) -> Resource:
    """By its code: no resource of the place is sent along. A municipality that nobody knows has no name."""
    named = {"display": name} if name else {}
    return {"type": "Location", "identifier": {"system": f"{URN}:{kind}", "value": code}, **named}


def _bundle(entries: list[Resource], published_at: datetime) -> Resource:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": published_at.isoformat(timespec="seconds"),
        "entry": entries,
    }
