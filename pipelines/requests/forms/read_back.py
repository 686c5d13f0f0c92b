"""A returned form, read cell by cell: whose it is, what it answers, and which cells are to be mended.

A form is taken as a whole: while one of its cells is wrong nothing of it is kept, so that the file that its sender goes
on with and what we have are never two half truths.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from pipelines.free_text import holds_a_persons_number
from pipelines.requests.answer_rules import Answer, Given, NotAnAnswer, assert_reason
from pipelines.requests.answers import answers
from pipelines.requests.declared import Question
from pipelines.requests.forms.cells import Cells, cells_of
from pipelines.requests.forms.guard import FormRefused, assert_harmless
from pipelines.requests.forms.layout import (
    COLUMNS,
    FACTS_SHEET,
    FIRST_ROW,
    ID,
    PARTS,
    SHEET,
    TEXT,
    address,
    lines,
    questions,
)
from pipelines.requests.forms.rows import Fault, read_row
from pipelines.requests.forms.seal import FIELDS, Facts
from pipelines.requests.forms.written import Filling, Part, Words, filled
from pipelines.requests.opened import Opened


@dataclass(frozen=True)
class Returned:
    """A form that came back. `answers` are kept when there are no `faults`; `cells`: what stood where."""

    respondent_kind: str
    respondent: str
    answers: tuple[Answer, ...]
    faults: tuple[Fault, ...]
    cells: Mapping[tuple[str, Part], Given]

    @property
    def who(self) -> tuple[str, str]:
        """The respondent: its kind and code."""
        return self.respondent_kind, self.respondent


def read_form(content: bytes, opened: Opened, *, name: str = "", respondent: tuple[str, str] | None = None) -> Returned:
    """Read a returned form. `respondent`: whose it must be, else whoever is asked; without counts to give reasons for.

    FormRefused for a file that is no form of this request, version and respondent, or whose cells were moved.
    """
    assert_harmless(content, name)
    cells, facts = _opened_workbook(content)
    _assert_ours(facts, opened, respondent)
    _assert_in_place(cells, opened, facts.respondent_kind)
    of_rows = [
        read_row(cells, row, question, opened.request, facts.seen().get(question.id, 0))
        for row, question in questions(opened.request, facts.respondent_kind)
    ]
    read = tuple(row.answer for row in of_rows if row.answer is not None)
    faults = tuple(row.fault for row in of_rows if row.fault is not None)
    told = {cell: given for row in of_rows for cell, given in row.cells.items()}
    if not faults and not read:
        raise FormRefused("empty", "The form is empty", "Fill it in and send it again.")
    return Returned(facts.respondent_kind, facts.respondent, read, faults, told)


def with_reasons(returned: Returned, opened: Opened, counts: Mapping[str, int]) -> Returned:
    """The same with a fault for every answer that is another than its count and does not say why.

    FormRefused for a form in which nothing stands but the counts that it was sent out with.
    """
    told = [answer for answer in returned.answers if not answer.is_empty]
    is_first = answers(opened, with_withdrawn=True).filter(respondent=returned.respondent).is_empty()
    if not returned.faults and is_first and all(answer.value == counts.get(answer.question_id) for answer in told):
        raise FormRefused("empty", "The form is empty", "Fill it in and send it again.")
    rows = {question.id: row for row, question in questions(opened.request, returned.respondent_kind)}
    faults = list(returned.faults)
    for answer in returned.answers:
        try:
            assert_reason(answer, counts.get(answer.question_id))
        except NotAnAnswer as fault:
            cell = address(rows[answer.question_id], PARTS["reason"])
            faults.append(Fault(answer.question_id, "reason", cell, fault.fault, fault.limits))
    return Returned(*returned.who, returned.answers, tuple(faults), returned.cells)


def marked(returned: Returned, opened: Opened, counts: Mapping[str, int], words: Words) -> bytes:
    """The form as it came, with every wrong cell coloured and a comment on it that says what to do.

    It is written anew: nothing of the file that came is in it but the texts of its answers, and of those none with
    something like a person's number.
    """
    marks = {(each.question_id, each.part): told(each.fault, each.limits, words) for each in returned.faults}
    cells = {cell: given for cell, given in returned.cells.items() if not holds_a_persons_number(str(given))}
    return filled(opened, *returned.who, counts, Filling(cells, marks), words)


def told(fault: str, limits: Mapping[str, int], words: Words) -> str:
    """What is wrong with an answer and what to do, in words."""
    return words(f"request_fault.{fault}", **{name: words.number(number) for name, number in limits.items()})


def _opened_workbook(content: bytes) -> tuple[Cells, Facts]:
    """The sheet to fill in, and what the hidden one says of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        hidden = book[FACTS_SHEET].iter_rows(max_row=len(FIELDS), max_col=2, values_only=True)
        named = dict(hidden)
        facts = Facts(**{name: str(named[name]) for name in FIELDS})
        json.loads(facts.revisions)
        return cells_of(book[SHEET]), facts
    except FormRefused:
        raise
    except Exception as fault:  # the reader raises what it likes on a damaged file
        raise FormRefused("not_our_form", "The file is no form of ours", "Fill in the form that was sent.") from fault


def _assert_ours(facts: Facts, opened: Opened, respondent: tuple[str, str] | None) -> None:
    if facts.request != opened.id:
        raise FormRefused("other_request", "The form belongs to another request", "Send the form of this request.")
    if not facts.is_sealed_with(opened.key):
        raise FormRefused("seal", "The hidden sheet of the form was changed", "Fetch the form again and fill that in.")
    if facts.version != opened.request.fingerprint:
        raise FormRefused("older_version", "The form is of another version of the request", "Fetch the form again.")
    if respondent is not None and respondent != (facts.respondent_kind, facts.respondent):
        raise FormRefused("other_respondent", "The form belongs to another respondent", "Send your own form.")
    opened.name_of(facts.respondent_kind, facts.respondent)


def _assert_in_place(cells: Cells, opened: Opened, kind: str) -> None:
    """Every question stands where it was written, and nothing stands where nobody is asked."""
    expected = {line.row: line.question for line in lines(opened.request, kind)}
    moved = [
        address(row, TEXT)
        for row, question in expected.items()
        if question is not None and not _asks(cells, row, question, opened)
    ]
    below_head = (place for place in cells.written() if place[0] >= FIRST_ROW)
    moved += [
        f"{get_column_letter(column + 1)}{row + 1}" for row, column in below_head if _is_stray(row, column, expected)
    ]
    if moved:
        where = ", ".join(moved[:12])
        raise FormRefused("moved", "Cells or rows were moved", "Fetch the form again, and fill in its cells.", where)


def _asks(cells: Cells, row: int, question: Question, opened: Opened) -> bool:
    """Whether the row asks the question, in one language or the other."""
    asked = str(cells.at(row, TEXT).value)
    is_text = any(asked.startswith(opened.asks(question.id, language)) for language in ("da", "en"))
    return is_text and cells.at(row, ID).value == question.id


def _is_stray(row: int, column: int, expected: Mapping[int, Question | None]) -> bool:
    """Outside the rows and columns of the form, or a reason where none is asked for."""
    if row not in expected or column >= COLUMNS:
        return True
    question = expected[row]
    return question is not None and column == PARTS["reason"] and question.compared_with is None
