"""How many checks of each status: by severity, by table, and run by run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from html import escape
from operator import itemgetter

from checks.declared import SEVERITIES, STATUSES, Status
from checks.report.markup import Cell, folded, number, severity_mark, status_heads, table, text
from checks.report.reported import MOST_EARLIER, Report, Reported
from checks.report.words import Words


def overview(report: Report, words: Words) -> str:
    """By severity for all to see; the longer tables are folded."""
    by_table = folded(escape(words("overview.by_table")), _by_table(report, words))
    history = _history(report, words)
    told = folded(escape(words("overview.history")), history) if history else ""
    return _by_severity(report, words) + by_table + told


def _by_severity(report: Report, words: Words) -> str:
    rows = [
        [Cell(severity_mark(severity, words), is_name=True), *_counted(report, _of_severity(report, severity), words)]
        for severity in SEVERITIES
    ]
    rows.append([text(words("overview.all"), is_name=True), *_counted(report, report.checks, words)])
    return table(words("overview.by_severity"), _head(words("overview.severity"), words), rows)


def _of_severity(report: Report, severity: str) -> list[Reported]:
    return [each for each in report.checks if each.check.severity == severity]


def _by_table(report: Report, words: Words) -> str:
    frames = list(dict.fromkeys(each.check.frame for each in report.checks))
    rows = [
        [
            text(words.frame(frame), is_name=True),
            *_counted(report, [each for each in report.checks if each.check.frame == frame], words),
        ]
        for frame in frames
    ]
    head = _head(words("overview.table"), words)
    return table(words("overview.by_table"), head, rows, is_titled=False)


def _history(report: Report, words: Words) -> str:
    """Runs are told by when they were checked last; where there was only one, nothing.

    A run without a check that had been run before is marked: fewer failed checks there are not fewer faults.
    """
    runs, first = _runs(report), [min(past.checked_at for past in each.history) for each in report.checks]
    if len(runs) < 2:
        return ""
    rows = []
    for moment, counted in runs[:MOST_EARLIER]:
        is_partial = counted.total() < sum(moment >= earliest for earliest in first)
        day = words.moment(moment)
        name = words("overview.partial", day=day) if is_partial else day
        rows.append([text(name, is_name=True), *_numbers([counted[status] for status in STATUSES], words)])
    head = _head(words("overview.checked"), words)
    return table(words("overview.history"), head, rows, is_titled=False)


def _runs(report: Report) -> list[tuple[datetime, Counter[Status]]]:
    """When each run was checked last, and how many checks had which status; the latest first."""
    moments: dict[str, datetime] = {}
    counted: dict[str, Counter[Status]] = {}
    for past in (past for each in report.checks for past in each.history):
        moments[past.run_id] = max(past.checked_at, moments.get(past.run_id, past.checked_at))
        counted.setdefault(past.run_id, Counter())[past.status] += 1
    return sorted(((moments[run], counted[run]) for run in counted), key=itemgetter(0), reverse=True)


def _head(first: str, words: Words) -> list[Cell]:
    return [text(first), *status_heads(words), number(words("overview.all"))]


def _counted(report: Report, checks: Sequence[Reported], words: Words) -> list[Cell]:
    return _numbers(list(report.counted(checks).values()), words)


def _numbers(counts: list[int], words: Words) -> list[Cell]:
    """None is a dash, so that what is there stands out; the sum comes last."""
    return [number(words.number(count or None)) for count in (*counts, sum(counts))]
