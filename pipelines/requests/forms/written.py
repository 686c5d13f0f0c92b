"""A form as an Excel file: cells that ask, cells to answer in, lists to choose from, marks on what is to be mended."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.requests.answer_rules import HIGHEST, LONGEST_REASON, LONGEST_TEXT, YES_NO, Given
from pipelines.requests.answers import answers
from pipelines.requests.declared import Question
from pipelines.requests.forms.layout import (
    ANSWER,
    COUNT,
    FACTS_SHEET,
    ID,
    MARK,
    PARTS,
    REASON,
    SHEET,
    TEXT,
    UNIT,
    Line,
    lines,
)
from pipelines.requests.forms.seal import FIELDS, facts_of
from pipelines.requests.opened import PLACEHOLDER, Opened

Part = Literal["answer", "reason"]
Cells = Mapping[tuple[str, Part], Given]
TEXTS_STAY = dict.fromkeys(("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False)
WIDTHS = {ID: 2, TEXT: 58, ANSWER: 44, UNIT: 16, COUNT: 18, REASON: 40, MARK: 52}
LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#1F2430"},
    "plain": {"text_wrap": True, "valign": "top", "font_color": "#5B6472"},
    "theme": {"bold": True, "font_size": 12, "font_color": "#B3261E", "bottom": 1, "bottom_color": "#B3261E"},
    "heading": {"bold": True, "font_color": "#5B6472", "text_wrap": True, "valign": "bottom"},
    "question": {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#DEDACF"},
    "answer": {"locked": False, "valign": "top", "border": 1, "border_color": "#1F2430", "bg_color": "#FFFFFF"},
    "text": {"text_wrap": True, "num_format": "@", "align": "left"},
    "number": {"num_format": "#,##0"},
    "mark": {"text_wrap": True, "valign": "top", "bold": True, "font_color": "#9A6400"},
    "wrong": {"bg_color": "#FBE3B5", "border": 2, "border_color": "#9A6400"},
}


class Words(Protocol):
    """The texts of one language."""

    @property
    def language(self) -> str:
        """`da` or `en`."""

    def day(self, value: date) -> str:
        """A day as the language writes it."""

    def number(self, value: int) -> str:
        """A whole number as the language writes it."""

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its placeholders filled in."""


@dataclass(frozen=True)
class Filling:
    """What stands in the cells to answer in, and which of them are marked with what to do."""

    cells: Cells
    marks: Mapping[tuple[str, Part], str] = field(default_factory=dict)


def form(opened: Opened, kind: str, respondent: str, counts: Mapping[str, int], words: Words) -> bytes:
    """The form of one respondent with what it has answered; else with the counts of its records (by question)."""
    own = answers(opened, with_withdrawn=True).filter(
        pl.col("respondent_kind") == kind, pl.col("respondent") == respondent
    )
    cells: dict[tuple[str, Part], Given] = {(name, "answer"): count for name, count in counts.items()}
    for row in own.iter_rows(named=True):
        question = opened.request.question(row["question_id"])
        cells[(question.id, "answer")] = in_a_cell(opened, question, row["value"], row["text"], words)
        cells[(question.id, "reason")] = row["reason"]
    return filled(opened, kind, respondent, counts, Filling(cells), words)


def filled(
    opened: Opened, kind: str, respondent: str, counts: Mapping[str, int], filling: Filling, words: Words
) -> bytes:
    """The form with these cells, and marks on those that are to be mended."""
    file = io.BytesIO()
    with Workbook(file, TEXTS_STAY) as book:
        on = opened.opened_on
        book.set_properties(
            {"title": opened.request.title[words.language], "created": datetime(on.year, on.month, on.day, tzinfo=UTC)}
        )
        sheet, hidden = book.add_worksheet(SHEET), book.add_worksheet(FACTS_SHEET)
        _Writing(opened, kind, respondent, counts, filling, words, book, sheet, hidden).write()
    return file.getvalue()


def in_a_cell(opened: Opened, question: Question, value: float | None, text: str | None, words: Words) -> Given:
    """An answer as its respondent reads it: a choice and a list in words."""
    if question.is_number:
        return value
    if text is None:
        return None
    if question.kind == "yes_no":
        return words(f"requests.{text}")
    options = {code: said[words.language] for code, said in opened.request.options(question).items()}
    return "; ".join(options.get(item, item) for item in text.split("; ")) if question.kind != "text" else text


@dataclass(frozen=True)
class _Writing:
    opened: Opened
    kind: str
    respondent: str
    counts: Mapping[str, int]
    filling: Filling
    words: Words
    book: Workbook
    sheet: Worksheet
    hidden: Worksheet

    def write(self) -> None:
        self._page()
        self._head()
        for line in lines(self.opened.request, self.kind):
            self._theme(line) if line.question is None else self._question(line.row, line.question)
        self._facts()

    def _page(self) -> None:
        for column, width in WIDTHS.items():
            self.sheet.set_column(column, column, width, None, {"hidden": column == ID})
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.protect("", {"format_rows": True, "format_columns": True})

    def _head(self) -> None:
        words, opened = self.words, self.opened
        name = opened.name_of(self.kind, self.respondent)
        self.sheet.write(0, TEXT, opened.request.title[words.language], self._look("title"))
        told = (
            words("request_form.respondent", name=name),
            words("request_form.deadline", day=words.day(opened.deadline)),
            opened.request.target_group[words.language],
            words("request_form.how"),
            words("request_form.confidential"),
        )
        for at, text in enumerate(told, start=1):
            self.sheet.merge_range(at, TEXT, at, REASON, text, self._look("plain"))
            self.sheet.set_row(at, 15 * (1 + len(text) // 150))

    def _theme(self, line: Line) -> None:
        words = self.words
        title = self.opened.request.themes[str(line.theme)][words.language]
        self.sheet.write(
            line.row, TEXT, words("request_form.theme", number=line.theme, title=title), self._look("theme")
        )
        of_theme = [each for each in self.opened.request.of(self.kind) if each.theme == line.theme]
        is_compared = any(each.compared_with for each in of_theme)
        compared = (("count", COUNT), ("reason", REASON)) if is_compared else ()
        for name, column in (("answer", ANSWER), ("unit", UNIT), *compared):
            self.sheet.write(line.row, column, words(f"request_form.{name}"), self._look("heading"))

    def _question(self, row: int, question: Question) -> None:
        language, count = self.words.language, self.counts.get(question.id)
        asked = asked_text(self.opened, question, self.words)
        self.sheet.write(row, ID, question.id)
        self.sheet.write(row, TEXT, asked, self._look("question"))
        self.sheet.write(row, UNIT, question.unit[language], self._look("plain"))
        self.sheet.write(row, COUNT, count if count is not None else "", self._look("plain", "number"))
        self.sheet.set_row(row, max(30, 15 * (1 + len(asked) // 52), 90 if question.kind == "text" else 0))
        self._cell(row, question, "answer")
        self.sheet.data_validation(row, ANSWER, row, ANSWER, self._allowed(question))
        if question.compared_with is not None:
            self._cell(row, question, "reason")
            self.sheet.data_validation(row, REASON, row, REASON, _at_most(LONGEST_REASON))

    def _cell(self, row: int, question: Question, part: Part) -> None:
        mark, given = self.filling.marks.get((question.id, part)), self.filling.cells.get((question.id, part))
        is_number = part == "answer" and question.is_number and not mark
        looks = ("answer", "number" if is_number else "text", *(("wrong",) if mark else ()))
        column = PARTS[part]
        if given is None or given == "":
            self.sheet.write_blank(row, column, None, self._look(*looks))
        elif isinstance(given, int | float) and not isinstance(given, bool):
            self.sheet.write_number(row, column, given, self._look(*looks))
        else:
            self.sheet.write_string(row, column, str(given), self._look(*looks))
        if mark:
            self.sheet.write_comment(row, column, mark, {"x_scale": 2, "color": "#FBE3B5", "author": "Rød tråd"})
            self.sheet.write_string(row, MARK, mark, self._look("mark"))

    def _allowed(self, question: Question) -> dict[str, Any]:
        """What Excel lets somebody write; whatever it lets through is read as strictly when it comes back."""
        words = self.words
        if question.is_number:
            highest = HIGHEST[question.kind]
            message = words("request_fault.out_of_range", highest=words.number(highest))
            rule = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": highest}
            return rule | {"error_title": words("request_form.mend"), "error_message": message}
        options = self._options(question)
        if options:
            return {"validate": "list", "source": options, "error_title": words("request_form.mend")}
        return _at_most(LONGEST_TEXT)

    def _options(self, question: Question) -> list[str]:
        """Short lists to choose one from; several are written with semicolons."""
        if question.kind == "yes_no":
            return [self.words(f"requests.{name}") for name in YES_NO]
        if question.kind == "choice":
            return [said[self.words.language] for said in self.opened.request.options(question).values()]
        return []

    def _facts(self) -> None:
        facts = facts_of(self.opened, self.kind, self.respondent)
        for at, name in enumerate(FIELDS):
            self.hidden.write_string(at, 0, name)
            self.hidden.write_string(at, 1, getattr(facts, name))
        self.hidden.very_hidden()
        self.hidden.protect()

    def _look(self, *names: str) -> Format:
        return self.book.add_format({key: value for name in names for key, value in LOOKS[name].items()})


def asked_text(opened: Opened, question: Question, words: Words) -> str:
    """What is asked, how it is counted, what can be named, and whether it must be answered."""
    parts = [question.text[words.language], question.help[words.language]]
    if question.kind == "list" and (options := opened.request.options(question)):
        named = "; ".join(said[words.language] for said in options.values())
        parts.append(words("request_form.among", options=named))
    if not question.required:
        parts.append(words("request_form.optional"))
    return "\n".join(part for part in parts if part).replace(PLACEHOLDER, opened.period)


def _at_most(longest: int) -> dict[str, Any]:
    return {"validate": "length", "criteria": "<=", "value": longest}
