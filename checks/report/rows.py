"""What the command prints, as text in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from checks.declared import SEVERITIES, STATUSES, Check
from checks.report.one_check import told
from checks.report.reported import Report, Reported
from checks.report.words import Words


def counts(report: Report, words: Words) -> pl.DataFrame:
    """Checks by severity and status, and all of them, under headings; none is a dash."""
    parts: dict[str, Sequence[Reported]] = {
        words.severity(severity): [each for each in report.checks if each.check.severity == severity]
        for severity in SEVERITIES
    }
    rows = [
        [name, *(words.number(number or None) for number in report.counted(checks).values())]
        for name, checks in (parts | {words("overview.all"): report.checks}).items()
    ]
    headings = [words("overview.severity"), *map(words.status, STATUSES)]
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def to_look_at(report: Report, words: Words) -> Iterator[tuple[str, str]]:
    """Failed checks and those that could not be run, the gravest first: which it is, and the claim with its counts."""
    chosen = sorted(report.of_status("error", "failed"), key=lambda each: SEVERITIES.index(each.check.severity))
    for each in chosen:
        marks = " · ".join((words.status(each.status), words.severity(each.check.severity)))
        yield f"{each.check.id} · {marks}", " ".join([words.said(each.check, "claim"), *told(each, words)])


def declared(checks: Sequence[Check], words: Words) -> Iterator[tuple[str, str]]:
    """The catalogue: how grave a check is and what it tolerates, and the claim."""
    for check in checks:
        nothing = words("count.no_tolerance", unit=words.unit(check.frame))
        tolerance = words.share(check.threshold) if check.threshold else nothing
        marks = (words.severity(check.severity), words.category(check.category))
        facts = (*marks, f"{words('check.tolerance').lower()}: {tolerance}")
        yield " · ".join((check.id, *facts)), words.said(check, "claim")
