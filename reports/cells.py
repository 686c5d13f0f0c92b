"""Published figures as cells of a document: a share with its interval and count, or the word of its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.charts.verdict_words import state_words, verdict_word
from dashboards.comparisons import beside_its_past
from dashboards.intervals import change
from dashboards.language import Words
from dashboards.sentences import signed
from dashboards.shares import Share
from reports.documents.content import Cell


def name_cell(text: str) -> Cell:
    """What a row is about."""
    return Cell(text)


def share_cell(share: Share, words: Words, between: str = " · ") -> Cell:
    """`83 %`, and below it `61–94 % · 34 af 41` (in a narrow column with a line break between)."""
    if share.interval is None or share.numerator is None or share.denominator is None:
        return state_cell(share.state, words)
    count = words("chart.count", part=words.number(share.numerator), whole=words.number(share.denominator))
    interval = words.interval(share.interval.low, share.interval.high)
    return Cell(
        words.percent(share.interval.value), f"{interval}{between}{count}", value=share.interval.value, is_share=True
    )


def state_cell(state: str, words: Words) -> Cell:
    """The word that stands for a number that is not there; of nobody, a number is none."""
    return Cell(words(f"state.{state if state != 'number' else 'not_applicable'}"), is_state=True)


def compared_cell(row: Mapping[str, Any], words: Words) -> Cell:
    """A row of `pipelines.comparison.compared`: `83 %`, and below it `34 af 41` and, where it is not level with the
    country, `Klart bedre`."""
    if row["share"] is None:
        return Cell(state_words(row, words), is_state=True)
    count = words("chart.count", part=words.number(row["numerator"]), whole=words.number(row["denominator"]))
    below = [count] if str(row["verdict"]) == "similar" else [count, verdict_word(row, words)]
    return Cell(
        words.percent(row["share"]), "\n".join(below), mark=str(row["verdict"]), value=row["share"], is_share=True
    )


def change_cell(share: Share, earlier: Share, words: Words, *, high_is_good: bool) -> Cell:
    """Whether it is better or worse than before, and by how many percentage points; a word where it cannot be said."""
    if share.interval is None or earlier.interval is None:
        return Cell(words("verdict.incomparable"), is_state=True)
    difference = change(earlier.interval, share.interval)
    verdict = beside_its_past(share, earlier, high_is_good=high_is_good).comparison
    points = words("sentence.points", low=signed(difference.low, words), high=signed(difference.high, words))
    return Cell(words(f"since.{verdict}"), words("since.points", points=points), mark=verdict)


def count_cell(number: int | None, words: Words) -> Cell:
    """A number of children; hidden where it is none."""
    return state_cell("suppressed", words) if number is None else Cell(words.number(number), value=number)
