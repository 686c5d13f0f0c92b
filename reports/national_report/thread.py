"""The chapter on the red thread of the country."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import sentences
from dashboards.charts.periods import period_words
from dashboards.charts.thread import thread_text
from dashboards.continuity import Loss
from reports.cells import count_cell, name_cell
from reports.charts.thread import thread_svg
from reports.documents.content import Block, Cell, Chapter, Column, Lead, Picture, Table
from reports.documents.runs import runs_of
from reports.national_report.reading import Reading


def thread(reading: Reading) -> Chapter:
    """The red thread of the country, and what was lost at each of its steps."""
    words, picture = reading.words, reading.thread
    born = period_words(reading.period.window, words)
    blocks: list[Block] = [Lead(tuple(runs_of(" ".join(sentences.thread(picture, words)))))]
    if picture.state == "number":
        caption = words("thread.caption", period=born)
        drawn = Picture(
            "thread", words("thread.title"), thread_svg(picture, words), thread_text(picture, words), caption
        )
        blocks += [drawn, _lost_table(reading)]
    return Chapter("thread", words("national_report.thread"), tuple(blocks))


def _lost_table(reading: Reading) -> Table:
    words = reading.words
    columns = (
        Column(words("table.step"), width=1.5),
        Column(words("national_report.with_knowledge"), is_number=True, width=0.8),
        Column(words("national_report.lost_here"), is_number=True, width=0.8),
        Column(words("national_report.why"), width=2.4),
    )
    rows = tuple(
        (
            name_cell(words(f"step.{step.name}")),
            count_cell(step.children, words),
            Cell("") if at == 0 else count_cell(step.lost, words),
            Cell(", ".join(_reasons(step.losses, reading))),
        )
        for at, step in enumerate(reading.thread.steps)
    )
    return Table(words("national_report.lost"), columns, rows, sheet=words("national_report.sheet_thread"))


def _reasons(losses: Sequence[Loss], reading: Reading) -> list[str]:
    words = reading.words
    return [
        words(
            "national_report.reason",
            reason=words(f"loss.{loss.reason}"),
            number=words("state.suppressed") if loss.children is None else words.number(loss.children),
        )
        for loss in losses
    ]
