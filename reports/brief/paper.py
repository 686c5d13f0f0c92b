"""A brief as PDF: one sheet of A4, with the words and figures of the page."""

from __future__ import annotations

from dashboards.charts.thread import COLUMN, HEIGHT, losses_in_markup, thread_text, wide_drawing
from dashboards.continuity import Step, Thread
from dashboards.language import Words
from dashboards.tokens import LIGHT
from reports.brief.content import Brief
from reports.brief.row import Line, Row
from reports.documents.pdf import pdf
from reports.documents.runs import Run, runs_of

TEMPLATE = "brief/brief.typ"
PICTURE = "thread.svg"


def paper(brief: Brief) -> bytes:
    """The file."""
    thread = brief.drawn.thread
    files = {PICTURE: _drawing(thread)} if thread.state == "number" else {}
    return pdf(TEMPLATE, data_of(brief), files)


def data_of(brief: Brief) -> dict[str, object]:
    """What the template reads."""
    words = Words(brief.language)
    names = ("measure", "own", "country", "trend", "ask")
    return {
        "title": brief.document,
        "language": brief.language,
        "date": brief.as_of.isoformat(),
        "kind": words("brief.kind"),
        "heading": brief.title,
        "subtitle": brief.subtitle,
        "lead": [run for sentence in brief.lead for run in [*runs_of(sentence), ("", " ")]],
        "thread": _thread(brief, words),
        "numbers": words("brief.numbers"),
        "hidden": brief.hidden,
        "caption": brief.caption,
        "columns": [words(f"brief.column_{name}") for name in names],
        "rows": [_row(row, words) for row in brief.rows],
        "key": brief.key,
        "facts": [list(fact) for fact in brief.facts],
    }


def _thread(brief: Brief, words: Words) -> dict[str, object]:
    drawn, thread = brief.drawn, brief.drawn.thread
    is_shown = thread.state == "number"
    hides = any(step.children is None for step in thread.steps)
    return {
        "title": words("thread.title"),
        "whose": drawn.whose,
        "caption": drawn.caption,
        "absent": "" if is_shown else words(f"thread.{thread.state}"),
        "alt": thread_text(thread, words) if is_shown else "",
        "steps": [_step(step, words) for step in thread.steps] if is_shown else [],
        "note": words("thread.hidden_note") if is_shown and hides else "",
    }


def _step(step: Step, words: Words) -> dict[str, object]:
    is_hidden = step.children is None
    return {
        "number": words("thread.hidden") if step.children is None else words.number(step.children),
        "hidden": is_hidden,
        "name": words(f"step.{step.name}"),
        "lost": [runs_of(text) for text in losses_in_markup(step, words)],
    }


def _drawing(thread: Thread) -> bytes:
    """The band and its strands in the colours of paper; the words stand around it."""
    look = (
        f".rt-band{{fill:{LIGHT.thread}}}.rt-strand{{fill:{LIGHT.lost}}}"
        f".rt-outline{{fill:none;stroke:{LIGHT.thread};stroke-width:2;stroke-dasharray:6 5}}"
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {COLUMN * len(thread.steps):g} {HEIGHT:g}' "
        f"preserveAspectRatio='none'><style>{look}</style>{wide_drawing(thread)}</svg>"
    ).encode()


def _row(row: Row, words: Words) -> dict[str, object]:
    return {
        "title": row.title,
        "meaning": row.meaning,
        "state": row.state,
        "number": row.number or words(f"state.{row.state}"),
        "count": row.count or ("" if row.instead else row.why),
        "instead": [{"of": of, "runs": runs_of(text)} for of, text in row.instead],
        "country": _line(row.country),
        "standing": row.standing,
        "trend": _line(row.trend),
        "windows": list(row.windows),
        "strip": vars(row.strip),
        "ask": _asked(row.ask),
    }


def _line(line: Line | None) -> dict[str, str] | None:
    return None if line is None else vars(line)


def _asked(markup: str) -> dict[str, str]:
    """Whom, and what."""
    runs: list[Run] = runs_of(markup)
    whom = "".join(text for style, text in runs if style == "strong")
    return {"whom": whom, "what": "".join(text for style, text in runs if style != "strong").strip()}
