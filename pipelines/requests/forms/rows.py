"""One row of a returned form: what stands in its cells, as an answer or as a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from pipelines.requests.answer_rules import Answer, Given, NotAnAnswer, read_answer
from pipelines.requests.declared import Question, Request
from pipelines.requests.forms.cells import Cells
from pipelines.requests.forms.layout import PARTS, address
from pipelines.requests.forms.written import Part

NO_VALUES = {"f": "formula", "e": "cell_error"}
"""What Excel keeps in a cell that is no value, by the letter it has for it."""


@dataclass(frozen=True)
class Fault:
    """A cell to mend. `fault` and `limits`: as `NotAnAnswer` says, or `formula` and `cell_error`."""

    question_id: str
    part: Part
    cell: str
    fault: str
    limits: Mapping[str, int]


@dataclass(frozen=True)
class Row:
    """A row that was read. `answer`: none where nothing is said; `cells`: what stood there, of a formula nothing."""

    answer: Answer | None
    fault: Fault | None
    cells: Mapping[tuple[str, Part], Given]


def read_row(sheet: Cells, row: int, question: Question, request: Request, seen: int) -> Row:
    """Read the row of a question. An empty cell takes an answer away only where the form was sent out with one."""
    parts: tuple[Part, ...] = ("answer", "reason") if question.compared_with is not None else ("answer",)
    written = {part: sheet.at(row, PARTS[part]) for part in parts}
    cells = {
        (question.id, part): None if cell.data_type in NO_VALUES else _given(cell.value)
        for part, cell in written.items()
    }
    for part, cell in written.items():
        if cell.data_type in NO_VALUES:
            fault = Fault(question.id, part, address(row, PARTS[part]), NO_VALUES[cell.data_type], {})
            return Row(None, fault, cells)
    for part in parts:
        try:
            _read(request, question, cells, part)
        except NotAnAnswer as refused:
            return Row(None, Fault(question.id, part, address(row, PARTS[part]), refused.fault, refused.limits), cells)
    answer = read_answer(request, question, cells[question.id, "answer"], _reason(question, cells), seen)
    return Row(answer if seen or not answer.is_empty else None, None, cells)


def _read(request: Request, question: Question, cells: Mapping[tuple[str, Part], Given], part: Part) -> None:
    """Each part alone, so that a fault names its cell."""
    if part == "answer":
        read_answer(request, question, cells[question.id, "answer"])
    else:
        read_answer(request, question, None, _reason(question, cells))


def _reason(question: Question, cells: Mapping[tuple[str, Part], Given]) -> str | None:
    given = cells.get((question.id, "reason"))
    return None if given is None else str(given)


def _given(value: Any) -> Given:
    """A day in a cell is what Excel has made of a slip: it is handed on as a text, which is no number."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if isinstance(value, str | int | float) or value is None else str(value)
