"""Where everything stands in a form: the same questions, the same cells. What is not there was moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.requests.declared import Question, Request

SHEET, FACTS_SHEET = "Svar", "roedtraad"
"""The sheet that is filled in, and the hidden one that says which form this is. The same name in every language: code
finds them by it."""

ID, TEXT, ANSWER, UNIT, COUNT, REASON, MARK = range(7)
"""Columns, from 0: the id of the question (hidden), what is asked, the answer, its unit, the count of the records,
why the answer is another, and in a form that is handed back what is to be mended."""

COLUMNS = 7
FIRST_ROW = 8
"""Of the first theme, from 0: above it stand title, respondent, deadline and what to do."""

PARTS = {"answer": ANSWER, "reason": REASON}


@dataclass(frozen=True)
class Line:
    """A row of the sheet (from 0): the heading of a theme, or a question."""

    row: int
    theme: int
    question: Question | None = None


def lines(request: Request, kind: str) -> Iterator[Line]:
    """Every row below the head: each theme that the respondent is asked about, with its questions."""
    row, questions = FIRST_ROW, request.of(kind)
    for theme in sorted({question.theme for question in questions}):
        yield Line(row, theme)
        for question in questions:
            if question.theme == theme:
                row += 1
                yield Line(row, theme, question)
        row += 2


def questions(request: Request, kind: str) -> list[tuple[int, Question]]:
    """Each question with its row (from 0)."""
    return [(line.row, line.question) for line in lines(request, kind) if line.question is not None]


def address(row: int, column: int) -> str:
    """As a spreadsheet calls the cell: C12."""
    return f"{'ABCDEFG'[column]}{row + 1}"
