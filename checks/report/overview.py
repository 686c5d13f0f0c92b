"""How many checks of each status: by severity, by table, and run by run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from checks.declared import SEVERITIES, STATUSES
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
    """Runs are told by when they were checked; where there was only one, nothing."""
    counted = Counter((past.checked_at, past.status) for each in report.checks for past in each.history)
    moments = sorted({moment for moment, _ in counted}, reverse=True)[:MOST_EARLIER]
    if len(moments) < 2:
        return ""
    rows = [
        [text(words.moment(moment), is_name=True), *_numbers([counted[moment, status] for status in STATUSES], words)]
        for moment in moments
    ]
    head = _head(words("overview.checked"), words)
    return table(words("overview.history"), head, rows, is_titled=False)


def _head(first: str, words: Words) -> list[Cell]:
    return [text(first), *status_heads(words), number(words("overview.all"))]


def _counted(report: Report, checks: Sequence[Reported], words: Words) -> list[Cell]:
    return _numbers(list(report.counted(checks).values()), words)


def _numbers(counts: list[int], words: Words) -> list[Cell]:
    """None is a dash, so that what is there stands out; the sum comes last."""
    return [number(words.number(count or None)) for count in (*counts, sum(counts))]
