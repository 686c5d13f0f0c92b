"""A small checked store with every status in it, and reports of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from checked_stores import checked, claim, contact, contacts_in, store_with

from checks.declared import Check
from checks.report.json_report import json_report
from checks.report.reported import Report
from checks.run import Outcome

ODENSE, AARHUS, LAESOE, SAMSOE, COPENHAGEN = "0461", "0751", "0825", "0741", "0101"
NEVER = pl.col("contact_id") == "nobody's"
IS_BAD = pl.col("contact_date") < pl.date(2025, 1, 8)
BAD, GOOD = "2024-12-24", "2025-02-12"

EARLY = claim("contacts.told_early", IS_BAD, severity="critical")
TOLERATED = replace(
    claim("contacts.told_tolerated", IS_BAD, threshold=0.99), claim_da="De fleste passer", claim_en="Most fit"
)
FINE = claim("contacts.told_fine", NEVER)
NOBODY = claim("nobody.told", NEVER, severity="info")
BROKEN = claim("contacts.told_broken", pl.col("absent") > 0)
CHILD = claim("children.told", pl.col("birth_date").is_not_null(), severity="info")
ALL = (EARLY, TOLERATED, FINE, NOBODY, BROKEN, CHILD)


def bad_in(**municipalities: int) -> list[dict[str, Any]]:
    """As `contacts_in`, of contacts that are too early, and beside them two good ones in Copenhagen."""
    bad = [row | {"contact_date": BAD} for row in contacts_in(**municipalities)]
    good = [contact(number, municipality_code=COPENHAGEN, contact_date=GOOD) for number in (900, 901)]
    return bad + good


def every_status(folder: Path) -> Outcome:
    """Seventy bad contacts in Odense, fifty in Aarhus, two on Læsø, one on Samsø."""
    return checked(store_with(folder, contacts=bad_in(m0461=70, m0751=50, m0825=2, m0741=1)), *ALL)


def of(report: Report, check: Check) -> dict[str, Any]:
    """The check in the report for programs."""
    whole = json.loads(json_report(report))
    return next(each for each in whole["checks"] if each["id"] == check.id)
