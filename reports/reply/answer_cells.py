"""Answers as cells: a number, a text, or the word for why there is none. What is small is never a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.language import Words
from pipelines.requests.answer_rules import BETWEEN_ITEMS, YES_NO
from pipelines.requests.declared import Question, Request
from reports.documents.content import Cell
from reports.reply.reading import Reply


def answer_cell(row: Mapping[str, Any], question: Question, reply: Reply) -> Cell:
    """A row of `disclosed.shown`."""
    words = reply.words
    late = words("requests.late") if row["is_late"] else ""
    if row["state"] == "number":
        return Cell(number(row["value"], question, words), late, value=row["value"])
    if row["state"] == "text":
        return Cell(text(row["text"], question, reply.opened.request, words), late)
    return Cell(why(row["state"], reply), is_state=True)


def why(state: str, reply: Reply) -> str:
    """`Under 5`, `Skjult`, `Ikke besvaret`, `Trukket tilbage`."""
    return reply.words(f"answer_state.{state}", threshold=reply.threshold)


def number(value: float, question: Question, words: Words) -> str:
    """Whole numbers with their unit where it is short: `12`, `35 %`, `1.200 kr.`"""
    told = words.number(round(value))
    unit = question.unit[words.language]
    if question.kind == "share":
        return words.percent(value / 100)
    return f"{told} {unit}" if question.kind in ("amount", "rate", "days") else told


def text(answer: str, question: Question, request: Request, words: Words) -> str:
    """A choice in words, items one after the other, or what was written."""
    if question.kind == "yes_no" and answer in YES_NO:
        return words(f"requests.{answer}")
    options = request.options(question)
    if question.kind not in ("choice", "list"):
        return answer
    items = answer.split(BETWEEN_ITEMS)
    return ", ".join(options[item][words.language] if item in options else item for item in items)


def total_cell(total: Mapping[str, Any] | None, question: Question, reply: Reply) -> Cell:
    """`214`, `21 til 24`, `mindst 21`: a range where something in it is hidden."""
    if total is None:
        return Cell("")
    words = reply.words
    says_nothing = total["state"] == "at_least" and not total["low"]
    if total["state"] == "missing" or says_nothing:
        return Cell(why("hidden" if says_nothing else "missing", reply), is_state=True)
    low, high = (None if total[end] is None else number(total[end], question, words) for end in ("low", "high"))
    below = words("reply.answered_of", answered=total["answered"], asked=total["asked"])
    if total["state"] == "number":
        return Cell(str(low), below, is_strong=True, value=total["low"])
    return Cell(words(f"reply.total_{total['state']}", low=low, high=high), below, is_strong=True)
