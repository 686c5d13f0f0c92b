"""Statuses of checks: a mark with its word, how many of each, by table or kind, by municipality, and run by run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import polars as pl

from checks.declared import STATUSES, Status
from dashboards.language import Words
from dashboards.quality.statuses import RunOfChecks

MARK = 8
"""Pixels of a municipality's mark with the space beside it, as the style sheet draws it."""

HIGHEST = 120
"""Pixels of the column of the run with most checks."""


def status_mark(status: str, words: Words) -> str:
    """A shape of its own for every status, and always the word."""
    return f"<span class='rt-status {status}'><i aria-hidden='true'></i>{escape(words(f'status.{status}'))}</span>"


def severity_mark(severity: str, words: Words) -> str:
    """As the worklist of gaps shows it."""
    word = escape(words(f"severity.{severity}"))
    return f"<span class='rt-severity {severity}'><i aria-hidden='true'></i>{word}</span>"


def status_counts(numbers: Mapping[str, int], words: Words) -> str:
    """The five statuses in their fixed order, each with the number of checks."""
    items = [
        f"<li><b>{words.number(numbers[status])}</b>{status_mark(status, words)}</li>" for status in STATUSES
    ]  # fmt: skip
    return f"<ul class='rt-counts'>{''.join(items)}</ul>"


def division_table(divided: pl.DataFrame, heading: str, name: Callable[[str], str], words: Words) -> str:
    """Checks per part and status. None is a dash, so that what is there stands out."""
    names = "".join(f"<th scope='col' class='n'>{status_mark(status, words)}</th>" for status in STATUSES)
    rows = "".join(
        f"<tr><th scope='row'>{escape(name(row['part']))}</th>{''.join(_number(row, s, words) for s in STATUSES)}</tr>"
        for row in divided.iter_rows(named=True)
    )
    head = f"<thead><tr><th scope='col'>{escape(heading)}</th>{names}</tr></thead>"
    return (
        f"<div class='rt-division-frame'><table class='rt-table rt-division'>{head}<tbody>{rows}</tbody></table></div>"
    )


def _number(row: Mapping[str, int], status: Status, words: Words) -> str:
    label = escape(words(f"status.{status}"), quote=True)
    count = row[status]
    return f"<td class='n{'' if count else ' none'}' data-label='{label}'>{words.number(count) if count else '–'}</td>"


def municipality_rows(
    claims: Sequence[tuple[str, str]],
    statuses: Mapping[str, Mapping[str, Status]],
    regions: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    words: Words,
) -> str:
    """One row per check that finds something somewhere: a mark per municipality, in the order of the regions.

    `claims`: check and its claim as markup. `regions`: name, and code and name of the municipalities of each.
    """
    rows = "".join(
        f"<li><p>{claim}</p><div role='img' aria-label='{_where(statuses[check_id], regions, words)}'>"
        f"{''.join(_region(statuses[check_id], region, words) for _, region in regions)}</div></li>"
        for check_id, claim in claims
        if check_id in statuses
    )
    return f"{_region_names(regions)}<ul class='rt-places'>{rows}</ul>{_key(words)}"


def _region_names(regions: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> str:
    """Above their marks, where these stand in one line."""
    names = "".join(f"<span style='width:{MARK * len(places) - 2}px'>{escape(name)}</span>" for name, places in regions)
    return f"<div class='rt-regions' aria-hidden='true'>{names}</div>"


def _region(statuses: Mapping[str, Status], region: Sequence[tuple[str, str]], words: Words) -> str:
    return f"<span>{''.join(_place(statuses.get(code), name, words) for code, name in region)}</span>"


def _place(status: Status | None, name: str, words: Words) -> str:
    kind = status or "not_applicable"
    return f"<i class='{kind}' title='{escape(name + ': ' + words(f'status.{kind}'), quote=True)}'></i>"


def _where(
    statuses: Mapping[str, Status], regions: Sequence[tuple[str, Sequence[tuple[str, str]]]], words: Words
) -> str:
    """The municipalities where the check fails, by name; those with findings as a number."""
    failing = [name for _, region in regions for code, name in region if statuses.get(code) in {"failed", "error"}]
    found = sum(status == "passed_with_failing_rows" for status in statuses.values())
    names = ", ".join(failing) or words("places.none")
    return escape(words("places.alt", failing=names, found=found), quote=True)


def _key(words: Words) -> str:
    items = "".join(
        f"<li><span><i class='{status}'></i></span>{escape(words(f'status.{status}'))}</li>" for status in STATUSES
    )
    return f"<ul class='rt-key rt-places-key'>{items}</ul>"


def run_columns(runs: Sequence[RunOfChecks], words: Words) -> str:
    """One column per run: what needs eyes at the foot, each status with its pattern; numbers above."""
    tallest = max((run.all for run in runs), default=1)
    columns = "".join(_column(run, tallest, words) for run in runs)
    label = escape("; ".join(run_text(run, words) for run in runs), quote=True)
    return f"<div class='rt-runs' role='img' aria-label='{label}'>{columns}</div>{_key_of_runs(words)}"


def run_text(run: RunOfChecks, words: Words) -> str:
    """One run in words."""
    return words(
        "checks.partial_run_alt" if run.is_partial else "checks.run_alt",
        day=words.day(run.checked_at.date()),
        all=words.number(run.all),
        failed=words.number(run.checks["failed"]),
        error=words.number(run.checks["error"]),
        found=words.number(run.checks["passed_with_failing_rows"]),
    )


STACKED: tuple[Status, ...] = ("passed", "not_applicable", "passed_with_failing_rows", "failed", "error")
"""From above: what needs eyes stands on the ground line, where runs are compared best."""


def _column(run: RunOfChecks, tallest: int, words: Words) -> str:
    height = max(8, round(HIGHEST * run.all / tallest))
    parts = "".join(
        f"<i class='{status}' style='flex-grow:{run.checks[status]}'></i>" for status in STACKED if run.checks[status]
    )
    bad = run.checks["failed"] + run.checks["error"]
    day = f"{run.checked_at.day}.{run.checked_at.month}.{'*' if run.is_partial else ''}"
    tip = escape(run_text(run, words), quote=True)
    stack = f"<span class='stack' style='height:{height}px'>{parts}</span>"
    return f"<div title='{tip}'><b>{words.number(bad)}</b>{stack}<small>{day}</small></div>"


def _key_of_runs(words: Words) -> str:
    items = "".join(
        f"<li><span class='stack'><i class='{status}'></i></span>{escape(words(f'status.{status}'))}</li>"
        for status in reversed(STACKED)
    )
    return f"<ul class='rt-key rt-runs-key'>{items}</ul>"
