"""The report for programs, as JSON. A new version number means that a name is gone or means something else; names are
added without one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from checks.report.places import Place
from checks.report.reported import About, Past, Report, Reported

SCHEMA, VERSION = "roedtraad.checks", 1


def json_report(report: Report) -> str:
    """The checks by id, municipalities by code, runs by time: two reports can be compared line by line. Null is unknown
    or hidden."""
    whole = {
        "schema": SCHEMA,
        "schema_version": VERSION,
        "run": _run(report.about),
        "statuses": report.counted(),
        "worst_failure": report.worst_failure,
        "exit_code": report.exit_code,
        "checks": [_check(each) for each in sorted(report.checks, key=lambda each: each.check.id)],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _run(about: About) -> dict[str, Any]:
    return {
        "run_id": about.run_id,
        "kind": about.kind,
        "as_of": _text(about.as_of),
        "checked_at": _text(about.checked_at),
        "is_sample": about.is_sample,
        "municipality_code": about.municipality_code,
        "contract_version": about.contract_version,
        "reference_version": about.reference_version,
        "code_version": about.code_version,
    }


def _check(each: Reported) -> dict[str, Any]:
    check = each.check
    declared = {
        "id": check.id,
        "frame": check.frame,
        "category": check.category,
        "context": check.context,
        "severity": check.severity,
        "threshold": check.threshold,
        "owner": check.owner,
        "since": _text(check.since),
        "touches": sorted(check.touches),
        "claim": {"da": check.claim_da, "en": check.claim_en},
        "reader": {"da": check.reader_da, "en": check.reader_en},
        "supplier": {"da": check.supplier_da, "en": check.supplier_en},
    }
    return declared | _result(each)


def _result(each: Reported) -> dict[str, Any]:
    return {
        "status": each.status,
        "error": each.error,
        "rows": each.rows,
        "applicable": each.applicable,
        "failing": each.failing,
        "share": each.share,
        "accepted": each.accepted,
        "listed": each.listed,
        "findings": _findings(each),
        "municipalities": [_place(place) for place in sorted(each.places.named, key=lambda one: one.municipality_code)],
        "municipalities_unnamed": each.places.unnamed,
        "history": [_past(past) for past in each.history],
    }


def _findings(each: Reported) -> dict[str, Any]:
    found = each.findings
    counts = {"open": found.open, "new": found.new, "assigned": found.assigned, "accepted": found.accepted}
    return counts | {"since": _text(found.since)}


def _place(place: Place) -> dict[str, Any]:
    return {
        "municipality_code": place.municipality_code,
        "status": place.status,
        "applicable": place.applicable,
        "failing": place.failing,
        "share": place.share,
    }


def _past(past: Past) -> dict[str, Any]:
    counts = {"applicable": past.applicable, "failing": past.failing}
    return {"checked_at": _text(past.checked_at), "status": past.status, **counts}


def _text(moment: date | datetime | None) -> str | None:
    """ISO 8601; a time in UTC."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat()
    return None if moment is None else moment.isoformat()
