"""The red thread as a table: who is inside each step, and what was lost before it."""

from __future__ import annotations

import polars as pl

from dashboards import published
from dashboards.charts.thread import thread_text
from dashboards.continuity import Step, Thread
from dashboards.language import Words
from dashboards.notebook.asking import Asking
from dashboards.notebook.told import Told


def continuity(asking: Asking, place: str | None, born: str | None) -> Told:
    """The funnel of continuity of the children born in three years who live in the place now."""
    where, window, words = asking.place(place), asking.window(born), asking.words
    picture = published.thread(asking.tables, asking.scope, where, window)
    text = thread_text(picture, words) if picture.state == "number" else words(f"thread.{picture.state}")
    title = asking.title(words("thread.title"), asking.name(where), period=window)
    return Told(title, text, _table(picture, words), _rows(picture))


def _table(picture: Thread, words: Words) -> pl.DataFrame:
    names = [words(f"notebook_column.{column}") for column in ("step", "children", "lost")]
    lines = [
        (words(f"step.{step.name}"), _number(step.children, words), _lost(step, words) if at else "")
        for at, step in enumerate(picture.steps)
    ]
    return pl.DataFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row")


def _rows(picture: Thread) -> pl.DataFrame:
    """Nobody can be lost before the first step."""
    schema = {"step": pl.String, "children": pl.Int64, "lost": pl.Int64, "state": pl.String}
    lines = [
        (step.name, step.children, step.lost if at else None, "suppressed" if step.children is None else "number")
        for at, step in enumerate(picture.steps)
    ]
    return pl.DataFrame(lines, schema=schema, orient="row")


def _lost(step: Step, words: Words) -> str:
    """How many fell out before the step, with each reason that has a name."""
    reasons = [f"{_number(loss.children, words)} {words(f'loss.{loss.reason}')}" for loss in step.losses]
    number = _number(step.lost, words)
    return f"{number} ({', '.join(reasons)})" if reasons else number


def _number(children: int | None, words: Words) -> str:
    return words("state.suppressed") if children is None else words.number(children)
