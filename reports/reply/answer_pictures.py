"""What was answered, drawn: bars of the first number that anybody has answered visibly, and how many chose what."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.requests.declared import Question
from reports.charts.answers import Bar, Part, bars_svg, parts_svg
from reports.documents.content import Block, Picture
from reports.reply.answer_cells import number, text, why
from reports.reply.reading import Reply

CHOSEN = ("yes_no", "choice")


def pictures_of(reply: Reply, questions: Sequence[Question]) -> list[Block]:
    """Bars of the first number that anybody has answered visibly; and how many chose what."""
    numbers = [question for question in questions if question.is_number and _is_drawn(reply, question)]
    chosen = [question for question in questions if question.kind in CHOSEN and _is_answered(reply, question)]
    drawn: list[Block] = [_bars(reply, numbers[0])] if numbers else []
    return [*drawn, *(_parts(reply, question) for question in chosen)]


def _is_drawn(reply: Reply, question: Question) -> bool:
    return bool((reply.of(question)["state"] == "number").any())


def _is_answered(reply: Reply, question: Question) -> bool:
    return bool((reply.of(question)["state"] == "text").any())


def _bars(reply: Reply, question: Question) -> Picture:
    """The largest first; how many are not shown, and why, stands above them."""
    words = reply.words
    rows = reply.of(question)
    known = rows.filter(pl.col("state") == "number").sort("value", "name", descending=[True, False])
    bars = [
        Bar(row["name"], row["value"], number(row["value"], question, words)) for row in known.iter_rows(named=True)
    ]
    absent = rows.filter(pl.col("state") != "number").group_by("state").len().sort("state")
    without = ", ".join(f"{why(state, reply).lower()} {many}" for state, many in absent.iter_rows())
    title = reply.asks(question.id)
    caption = words("reply.without_number", reasons=without) if without else ""
    told = "; ".join(f"{bar.name} {bar.told}" for bar in bars)
    return Picture(f"bars-{question.id}", title, bars_svg(bars), f"{title} {told}. {caption}", caption, width=0.85)


def _parts(reply: Reply, question: Question) -> Picture:
    """How many have given each answer; municipalities are counted here, not citizens."""
    words, rows = reply.words, reply.of(question)
    answered = rows.filter(pl.col("state") == "text")["text"]
    codes = ("yes", "no", "unknown") if question.kind == "yes_no" else tuple(reply.opened.request.options(question))
    named = {code: text(code, question, reply.opened.request, words) for code in codes}
    title = reply.asks(question.id)
    parts = [Part(name, int((answered == code).sum())) for code, name in named.items()]
    absent = Part(why("missing", reply), rows.height - answered.len(), is_absent=True)
    told = ", ".join(f"{part.answer} {part.respondents}" for part in (*parts, absent))
    return Picture(f"parts-{question.id}", title, parts_svg([*parts, absent]), f"{title} {told}.")
