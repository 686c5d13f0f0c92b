"""The report for CI servers and schedulers: JUnit XML, one suite per table and one case per check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from itertools import groupby
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from checks.declared import Status
from checks.report.one_check import told
from checks.report.reported import Report, Reported
from checks.report.words import Words

Result = Literal["error", "failure", "skipped"]
OUTCOMES: dict[Status, Result] = {"error": "error", "failed": "failure", "not_applicable": "skipped"}


def junit_report(report: Report, words: Words) -> str:
    """A server reads the same from it as a scheduler from the exit code: failures (11) are critical checks that failed,
    errors (12) checks that could not be run. Failed warnings and notes stand in `system-out`, as do findings that are
    tolerated or accepted."""
    whole = Element("testsuites", {"name": "roedtraad check", **_counts(report.checks)})
    moment = report.about.checked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    for frame, some in groupby(report.checks, lambda each: each.check.frame):
        checks = list(some)
        suite = SubElement(whole, "testsuite", {"name": frame, "timestamp": moment, **_counts(checks)})
        for each in checks:
            _case(suite, each, words)
    indent(whole)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(whole, encoding="unicode") + "\n"


def _outcome(each: Reported) -> Result | None:
    """None for a case that has passed, as far as exit codes go."""
    stops = each.status != "failed" or each.check.severity == "critical"
    return OUTCOMES.get(each.status) if stops else None


def _counts(checks: Sequence[Reported]) -> dict[str, str]:
    counted = Counter(map(_outcome, checks))
    counts = {
        "tests": len(checks),
        "failures": counted["failure"],
        "errors": counted["error"],
        "skipped": counted["skipped"],
        "time": 0,
    }
    return {name: str(count) for name, count in counts.items()}


def _case(suite: Element, each: Reported, words: Words) -> None:
    case = SubElement(suite, "testcase", {"classname": each.check.frame, "name": each.check.id, "time": "0"})
    message, outcome = words.said(each.check, "claim"), _outcome(each)
    if outcome == "skipped":
        SubElement(case, "skipped", {"message": next(told(each, words))})
    elif outcome is not None:
        SubElement(case, outcome, {"message": message, "type": each.check.severity}).text = _body(each, words)
    elif each.status == "failed":
        marks = f"{words.status('failed')} ({words.severity(each.check.severity)})"
        SubElement(case, "system-out").text = "\n".join([f"{marks}: {message}", _body(each, words)])
    elif each.status == "passed_with_failing_rows":
        SubElement(case, "system-out").text = "\n".join([message, *told(each, words)])


def _body(each: Reported, words: Words) -> str:
    """What was counted, what it means, and what is to be done."""
    parts = [f"{words(f'check.{part}')}: {words.said(each.check, part)}" for part in ("reader", "supplier")]
    return "\n".join([*told(each, words), *parts])
