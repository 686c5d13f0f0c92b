"""The report for CI servers and schedulers: JUnit XML, one suite per table and one case per check."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from checks.declared import Status
from checks.report.one_check import told
from checks.report.reported import Report, Reported
from checks.report.words import Words

OUTCOMES: dict[Status, str] = {"error": "error", "failed": "failure", "not_applicable": "skipped"}
"""Elements for statuses that are not passed. A check that passed with failing rows says so in `system-out`."""


def junit_report(report: Report, words: Words) -> str:
    """Failed checks of every severity are failures, which is their `type`; whether that stops anything is for the exit
    code."""
    whole = Element("testsuites", {"name": "roedtraad check", **_counts(report.checks)})
    moment = report.about.checked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    for frame, some in groupby(report.checks, lambda each: each.check.frame):
        checks = list(some)
        suite = SubElement(whole, "testsuite", {"name": frame, "timestamp": moment, **_counts(checks)})
        for each in checks:
            _case(suite, each, words)
    indent(whole)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(whole, encoding="unicode") + "\n"


def _counts(checks: list[Reported] | tuple[Reported, ...]) -> dict[str, str]:
    by_status = Counter(each.status for each in checks)
    counts = {
        "tests": len(checks),
        "failures": by_status["failed"],
        "errors": by_status["error"],
        "skipped": by_status["not_applicable"],
        "time": 0,
    }
    return {name: str(count) for name, count in counts.items()}


def _case(suite: Element, each: Reported, words: Words) -> None:
    case = SubElement(suite, "testcase", {"classname": each.check.frame, "name": each.check.id, "time": "0"})
    message = words.said(each.check, "claim")
    if each.status in OUTCOMES:
        outcome = SubElement(case, OUTCOMES[each.status], {"message": _headline(each, message, words)})
        if each.status != "not_applicable":
            outcome.set("type", each.check.severity)
            outcome.text = _body(each, words)
    elif each.status == "passed_with_failing_rows":
        SubElement(case, "system-out").text = "\n".join([message, *told(each, words)])


def _headline(each: Reported, claim: str, words: Words) -> str:
    return words("count.not_applicable") if each.status == "not_applicable" else claim


def _body(each: Reported, words: Words) -> str:
    """What was counted, what it means, and what is to be done."""
    parts = [f"{words(f'check.{part}')}: {words.said(each.check, part)}" for part in ("reader", "supplier")]
    return "\n".join([*told(each, words), *parts])
