"""A night as one HTML file: no script, no outside address, light and dark, and nothing about a person."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from dashboards.language import Words
from dashboards.operation.amounts import duration_words, moment_words
from dashboards.operation.nights import lead, outcome, step_title, what_happened, what_to_do
from dashboards.tokens import css_variables
from pipelines.nightly.night import DANISH_CLOCK, Night, StepTaken

LOGO = "<svg viewBox='0 0 34 24' aria-hidden='true'><path d='M3 16 C9 -2 14 28 21 12 C24 6 28 5 31 8'/></svg>"
MARKS = {"done": "✓", "failed": "✕", "left_out": "–", "waiting": "·", "running": "…"}
REPORT = "checks.html"


@dataclass(frozen=True)
class Told:
    """The night, of which store and by which configuration, and where its page and the reports of its check lie."""

    night: Night
    store: str
    configuration: str
    page: Path
    checks: Path | None


def page(told: Told, words: Words) -> str:
    """The whole file."""
    night = told.night
    title = words("nightly.title")
    where = words("nightly.subtitle", store=told.store, day=words.day(night.as_of))
    return (
        f'<!doctype html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} · {escape(words.day(night.name))} · Rød tråd</title>\n"
        f"<style>:root{{color-scheme:light dark;{css_variables()}}}\n{_look()}</style>\n</head>\n<body>\n"
        f"<a class='skip' href='#content'>{escape(words('twin.skip'))}</a>\n"
        f"<header><p class='source'>{LOGO}<b>Rød tråd</b></p><h1>{escape(title)}</h1>"
        f"<p class='where'>{escape(where)}</p></header>"
        f"<main id='content'><p class='lead'>{escape(lead(night, words))}</p>"
        f"{_stopped(told, words)}{_steps(night, words)}</main>{_facts(told, words)}</body>\n</html>\n"
    )


@cache
def _look() -> str:
    return (resources.files("reports") / "nightly" / "look.css").read_text("utf-8")


def _stopped(told: Told, words: Words) -> str:
    """What failed, what it means, and what to do; nothing where nothing failed."""
    failed = [step for step in told.night.steps if step.outcome == "failed"]
    if not failed:
        return ""
    shown = "".join(_failure(step, told, words) for step in failed)
    return (
        f"<section class='stopped'><h2>{escape(words('nightly.to_do'))}</h2>{shown}"
        f"<p class='small'>{escape(words('nightly.kept'))}</p></section>"
    )


def _failure(step: StepTaken, told: Told, words: Words) -> str:
    said = f"<p class='said' lang='en'>{escape(step.said)}</p>" if step.said else ""
    report = _report_link(told, words) if step.name == "check" else ""
    happened = f"{step_title(step.name, words)}: {what_happened(step, words)}"
    return f"<div><p><b>{escape(happened)}</b> {escape(what_to_do(step, words))}</p>{said}{report}</div>"


def _report_link(told: Told, words: Words) -> str:
    """Only to a report that is there; by its place beside this page where that can be said."""
    report = told.checks / REPORT if told.checks else None
    if report is None or not report.exists():
        return ""
    return f"<p><a href='{quote(_from(told.page, report))}'>{escape(words('nightly.report'))}</a></p>"


def _from(page_file: Path, file: Path) -> str:
    try:
        return Path(os.path.relpath(file, page_file.parent)).as_posix()
    except ValueError:  # another drive of Windows
        return file.as_uri()


def _steps(night: Night, words: Words) -> str:
    """The roles say that it is a table where the look has made cards of its rows."""
    columns = ("step", "outcome", "began", "duration", "what")
    heads = "".join(
        f"<th scope='col' role='columnheader'>{escape(words(f'nightly.column_{name}'))}</th>" for name in columns
    )
    rows = "".join(_row(step, words) for step in night.steps)
    return (
        f"<section><h2 id='steps'>{escape(words('nightly.steps'))}</h2><table role='table' aria-labelledby='steps'>"
        f"<thead role='rowgroup'><tr role='row'>{heads}</tr></thead><tbody role='rowgroup'>{rows}</tbody></table>"
        "</section>"
    )


def _row(step: StepTaken, words: Words) -> str:
    seconds = duration_words(step.seconds, words) if step.seconds is not None else ""
    mark = f"<span class='mark' aria-hidden='true'>{MARKS[step.outcome]}</span>"
    cells = (
        f"<td class='how' role='cell'>{mark}{escape(outcome(step, words))}</td>",
        f"<td class='number' role='cell'>{escape(_clock(step, words))}</td>",
        f"<td class='number' role='cell'>{escape(seconds)}</td>",
        f"<td role='cell'>{escape(what_happened(step, words))}</td>",
    )
    title = escape(step_title(step.name, words))
    return f"<tr class='{step.outcome}' role='row'><th scope='row' role='rowheader'>{title}</th>{''.join(cells)}</tr>"


def _clock(step: StepTaken, words: Words) -> str:
    """By the clock in Denmark; the day stands once, below."""
    if step.began_at is None:
        return ""
    there = step.began_at.astimezone(DANISH_CLOCK)
    return words("nightly.clock", hour=f"{there.hour:02}", minute=f"{there.minute:02}")


def _facts(told: Told, words: Words) -> str:
    night = told.night
    facts = {
        "began": moment_words(night.began_at, words),
        "ended": moment_words(night.ended_at, words) if night.ended_at else "–",
        "took": duration_words(night.seconds, words),
        "attempts": words.number(night.attempts),
        "configuration": told.configuration,
        "exit_code": str(night.exit_code),
    }
    shown = "".join(
        f"<div><dt>{escape(words(f'nightly.fact_{name}'))}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts.items()
    )
    return f"<footer><section><h2>{escape(words('nightly.about'))}</h2><dl>{shown}</dl></section></footer>"
