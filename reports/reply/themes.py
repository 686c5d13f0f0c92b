"""A chapter for each theme: the totals, every answer, what was written, and published figures of the same subject."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboards.charts.periods import period_words
from dashboards.charts.thread import thread_text
from dashboards.scope import COUNTRY
from pipelines.definitions.measures import (
    CARRIED_AT_MOVE,
    CARRIED_IN_RECORD,
    FOLLOWED_UP,
    HANDED_OVER,
    KNOWN_BEFORE_BIRTH,
    LOST_TO_FOLLOW_UP,
    PLAN_BEFORE_BIRTH,
    REFERRED,
    REGISTERED,
    SCHOOL_START,
    SCREENED,
    Measure,
)
from pipelines.requests.declared import Question
from reports.cells import name_cell, share_cell
from reports.charts.thread import thread_svg
from reports.documents.content import (
    Block,
    Cell,
    Chapter,
    Column,
    Heading,
    Items,
    Line,
    Note,
    Picture,
    Table,
    Terms,
    Text,
    side_by_side,
)
from reports.documents.runs import Run, plain, runs_of
from reports.reply.answer_cells import answer_cell, total_cell
from reports.reply.answer_pictures import pictures_of
from reports.reply.reading import Reply

PUBLISHED: dict[int, tuple[Measure, ...]] = {
    1: (KNOWN_BEFORE_BIRTH, SCREENED, REGISTERED),
    2: (REFERRED, PLAN_BEFORE_BIRTH, FOLLOWED_UP, LOST_TO_FOLLOW_UP),
    3: (HANDED_OVER, CARRIED_IN_RECORD, CARRIED_AT_MOVE, SCHOOL_START),
    4: (),
}
"""What is measured of each theme; of forward planning nothing is."""

MOST_COLUMNS = 5
WIDE = 2.2
"""A list of names or competences, beside a column of numbers."""

WRITTEN = ("text",)


def theme(reply: Reply, number_of_theme: int) -> Chapter:
    """Municipalities first, then providers, then what is published."""
    words, asked = reply.words, reply.opened.request
    title = words("reply.theme", number=number_of_theme, title=asked.themes[str(number_of_theme)][words.language])
    questions = [question for question in asked.questions if question.theme == number_of_theme]
    blocks: list[Block] = []
    for kind in ("municipality", "provider"):
        own = [question for question in questions if question.respondent == kind]
        if own:
            blocks += _of_kind(reply, kind, own, number_of_theme)
    return Chapter(f"theme_{number_of_theme}", title, (*blocks, *_published(reply, number_of_theme)))


def _of_kind(reply: Reply, kind: str, questions: Sequence[Question], number_of_theme: int) -> list[Block]:
    """Numbers and choices in a table and a picture; texts under the names of who wrote them."""
    short = [question for question in questions if question.kind not in WRITTEN]
    sums = _sentences(reply, questions)
    blocks: list[Block] = [Items(tuple(tuple(runs_of(told)) for told in sums))] if sums else []
    blocks += pictures_of(reply, questions)
    parts = side_by_side(short, MOST_COLUMNS)
    for at, part in enumerate(parts, start=1):
        sheet = reply.words(f"reply.sheet_{kind}", theme=number_of_theme)
        blocks.append(_table(reply, kind, part, f"{sheet} {at}" if len(parts) > 1 else sheet))
    for question in questions:
        if question.kind in WRITTEN:
            blocks += _written(reply, question)
    return blocks


def _sentences(reply: Reply, questions: Sequence[Question]) -> list[str]:
    """The totals of what counts people: a sum, or the range that is left open by what is hidden."""
    words = reply.words
    told = []
    for question in questions:
        total = reply.totals.get(question.id)
        if total is None or not question.counts_people or total["state"] == "missing":
            continue
        cell = total_cell(total, question, reply)
        if cell.is_state:
            continue
        asks = reply.asks(question.id)
        told.append(words("reply.total", question=asks, total=f"<b>{cell.text}</b>", answered=cell.below))
    return told


def _table(reply: Reply, kind: str, questions: Sequence[Question], sheet: str) -> Table:
    """Respondents by name, with totals on top where anything adds up."""
    words = reply.words
    columns = (
        Column(words(f"reply.{kind}"), width=1.4),
        *(
            Column(
                reply.asks(question.id),
                is_number=question.is_number,
                width=WIDE if question.kind == "list" else 1.0,
            )
            for question in questions
        ),
    )
    rows: list[Line] = []
    totals = {question.id: reply.totals[question.id] for question in questions if question.id in reply.totals}
    if totals:
        sums = (total_cell(totals.get(question.id), question, reply) for question in questions)
        rows.append((Cell(words("reply.together"), is_strong=True), *sums))
    by_question = {question.id: _by_respondent(reply, question) for question in questions}
    asked = reply.opened.respondents.filter(pl.col("respondent_kind") == kind).sort("name")
    for code, name in asked.select("respondent", "name").iter_rows():
        told = (answer_cell(by_question[question.id][code], question, reply) for question in questions)
        rows.append((_who(reply, kind, code, name), *told))
    return Table(
        words(f"reply.answers_{kind}"), columns, tuple(rows), sheet=sheet, caption=words("reply.answers_caption")
    )


def _by_respondent(reply: Reply, question: Question) -> dict[str, dict[str, object]]:
    return {row["respondent"]: row for row in reply.of(question).iter_rows(named=True)}


def _who(reply: Reply, kind: str, code: str, name: str) -> Cell:
    """A provider with its owner and what it offers."""
    if kind != "provider":
        return name_cell(name)
    rows = reply.providers.filter(pl.col("id") == code)
    owner = reply.words(f"provider_owner.{rows['owner'][0]}") if rows.height else ""
    return Cell(name, owner)


def _written(reply: Reply, question: Question) -> list[Block]:
    """What each has written, word for word; who has written nothing is named together."""
    words = reply.words
    rows = reply.of(question)
    written = rows.filter(pl.col("state") == "text")
    items: tuple[tuple[str, tuple[Run, ...]], ...] = tuple(
        (name, tuple(plain(said))) for name, said in written.select("name", "text").iter_rows()
    )
    silent = rows.filter(pl.col("state") != "text")["name"].to_list()
    blocks: list[Block] = [Heading(reply.asks(question.id))]
    if items:
        blocks.append(Terms(items))
    if silent:
        blocks.append(Text(tuple(plain(words("reply.silent", names=", ".join(silent))))))
    return blocks


def _published(reply: Reply, number_of_theme: int) -> list[Block]:
    """Published figures of the same years, beside the country; the thread stands in the first theme."""
    words = reply.words
    measures = reply.told(PUBLISHED.get(number_of_theme, ()))
    if not measures:
        return []
    if not reply.has_window:
        return [Note(tuple(plain(words("reply.nothing_published", period=period_words(reply.opened.period, words)))))]
    shares, period = reply.shares(measures), reply.opened.period
    places = [reply.place] if reply.place == COUNTRY else [reply.place, COUNTRY]
    names = [reply.place_name, words("place.country")][: len(places)]
    rows = tuple(
        (
            name_cell(words.measure(measure.name, "title")),
            *(share_cell(shares.get(measure, place, period), words) for place in places),
        )
        for measure in measures
    )
    title = words("reply.published", period=period_words(period, words))
    columns = (Column(words("national_report.measure"), width=1.6), *(Column(name, is_number=True) for name in names))
    sheet = words("reply.sheet_published", theme=number_of_theme)
    table = Table(title, columns, rows, sheet=sheet, caption=words("reply.published_caption"))
    return [*(_thread(reply) if number_of_theme == 1 else []), table]


def _thread(reply: Reply) -> list[Block]:
    words, picture = reply.words, reply.thread
    if picture.state != "number":
        return []
    caption = words("thread.caption", period=period_words(reply.opened.period, words))
    of_country = reply.place != COUNTRY and reply.thread_of(reply.place).says_little
    place = words("place.country") if of_country else reply.place_name
    title = words("reply.thread", place=place)
    return [Picture("thread", title, thread_svg(picture, words), thread_text(picture, words), caption)]
