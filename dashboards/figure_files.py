"""Published figures as rows of a file. Each has a column for its state.

So what is hidden, missing, not applicable or not yet due is never told by an empty field alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from dashboards.continuity import Step, Thread
from dashboards.language import Words
from dashboards.shares import Share
from dashboards.states import State
from dashboards.visit import Visit

NUMBERS = ("numerator", "denominator", "share", "low", "high")


def figures(visit: Visit, named: Sequence[tuple[str, Share]]) -> pl.DataFrame:
    """Name, place, period, state in a word, count, denominator, share and interval (0 to 1; empty unless a number)."""
    words = visit.words
    rows = [
        (name, visit.name(share.place), share.period.replace("-", "–"), words(f"state.{share.state}"), *_numbers(share))
        for name, share in named
    ]
    headings = [words(f"table.{column}") for column in ("figure", "place", "period", "state", *NUMBERS)]
    types = [pl.String, pl.String, pl.String, pl.String, pl.Int64, pl.Int64, pl.Float64, pl.Float64, pl.Float64]
    return pl.DataFrame(rows, schema=dict(zip(headings, types, strict=True)), orient="row")


def _numbers(share: Share) -> tuple[int | float | None, ...]:
    rounded = (None if part is None else round(part, 4) for part in (share.share, share.low, share.high))
    return (share.numerator, share.denominator, *rounded)


def threads_of(named: Mapping[str, Thread], period: str, words: Words) -> pl.DataFrame:
    """Place, birth years, step, what became of the children there, state in a word, children."""
    rows = [
        (place, period, *row, words(f"state.{state}"), children)
        for place, thread in named.items()
        for *row, state, children in _rows_of(thread, words)
    ]
    columns = ("place", "born", "step", "became", "state", "children")
    schema = {words(f"table.{column}"): pl.String for column in columns[:-1]}
    return pl.DataFrame(rows, schema={**schema, words("table.children"): pl.Int64}, orient="row")


def _rows_of(thread: Thread, words: Words) -> list[tuple[str, str, State, int | None]]:
    """A thread that is not there is one row with its state."""
    if not thread.steps:
        return [(words("step.exposed"), words("became.inside"), thread.state, None)]
    return [row for step in thread.steps for row in _rows_of_step(step, words)]


def _rows_of_step(step: Step, words: Words) -> list[tuple[str, str, State, int | None]]:
    name = words(f"step.{step.name}")
    inside = (name, words("became.inside"), _state(step.children), step.children)
    lost = (name, words("became.lost"), _state(step.lost), step.lost)
    reasons = [(name, words(f"loss.{loss.reason}"), _state(loss.children), loss.children) for loss in step.losses]
    return [inside, lost, *reasons]


def _state(children: int | None) -> State:
    return "suppressed" if children is None else "number"
