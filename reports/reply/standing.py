"""The chapters on how far the request is: in short, who is missing, which answers deviate, who has approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from reports.documents.content import Block, Cell, Chapter, Column, Heading, Items, Lead, Line, Note, Table, Text
from reports.documents.runs import plain, runs_of
from reports.reply.answer_cells import number, why
from reports.reply.reading import Reply


def summary(reply: Reply) -> Chapter:
    """What was asked of whom, how many have answered, how many answers deviate; and whom the request is about."""
    words, asked = reply.words, reply.opened.request
    language = words.language
    blocks: tuple[Block, ...] = (
        Lead(tuple(runs_of(_answered(reply)))),
        Items(
            tuple(tuple(runs_of(told)) for told in (_missing_sentence(reply), _deviating_sentence(reply), _step(reply)))
        ),
        Heading(words("reply.target_group")),
        Text(tuple(plain(asked.target_group[language]))),
        Heading(words("reply.context")),
        Text(tuple(plain(asked.context[language]))),
        Note(tuple(plain(words("reply.read_through", threshold=words.number(reply.threshold))))),
    )
    return Chapter("summary", words("reply.summary"), blocks)


def _answered(reply: Reply) -> str:
    words, rows = reply.words, reply.progress
    told = []
    for kind in ("municipality", "provider"):
        own = rows.filter(pl.col("respondent_kind") == kind)
        if own.height:
            done = own.filter(pl.col("state") == "answered").height
            told.append(words(f"reply.answered_{kind}", answered=words.number(done), asked=words.number(own.height)))
    return " ".join(told)


def _missing_sentence(reply: Reply) -> str:
    words, rows = reply.words, reply.progress
    number_of = {state: rows.filter(pl.col("state") == state).height for state in ("missing", "begun", "withdrawn")}
    if not any(number_of.values()):
        return words("reply.nobody_missing")
    return words("reply.some_missing", **{state: words.number(many) for state, many in number_of.items()})


def _deviating_sentence(reply: Reply) -> str:
    words, rows = reply.words, reply.deviations
    compared = rows.filter(pl.col("comparison").cast(pl.String).is_in(["deviates", "within", "same"])).height
    if not compared:
        return words("reply.nothing_compared")
    deviating = rows.filter(pl.col("comparison") == "deviates").height
    return words("reply.deviating", deviating=words.number(deviating), compared=words.number(compared))


def _step(reply: Reply) -> str:
    words, rows = reply.words, reply.steps.filter("approves")
    done = rows.filter(pl.col("state") == "approved").height
    return words("reply.approved", done=words.number(done), forums=words.number(rows.height))


def missing(reply: Reply) -> Chapter:
    """Everybody who has not answered all that is required, with what is lacking; and who answered late."""
    words = reply.words
    rows = reply.progress.filter(pl.col("state") != "answered")
    blocks: list[Block] = [Lead(tuple(runs_of(_missing_sentence(reply))))]
    if rows.height:
        columns = (
            Column(words("requests.respondent"), width=1.2),
            Column(words("requests.state"), width=0.8),
            Column(words("reply.lacking"), width=3),
        )
        lines = tuple(_missing_line(reply, row) for row in rows.iter_rows(named=True))
        blocks.append(Table(words("reply.missing_title"), columns, lines, sheet=words("reply.sheet_missing")))
    late = reply.progress.filter(pl.col("is_late"))["name"].to_list()
    if late:
        blocks.append(Text(tuple(plain(words("reply.late", names=", ".join(late))))))
    return Chapter("missing", words("reply.missing"), tuple(blocks))


def _missing_line(reply: Reply, row: Mapping[str, Any]) -> Line:
    words = reply.words
    if row["state"] == "withdrawn":
        lacking = words("reply.withdrew", reason=row["withdrew_because"])
    elif row["state"] == "missing":
        lacking = words("reply.lacks_all")
    else:
        lacking = " ".join(reply.asks(question) for question in row["lacking"])
    return (Cell(row["name"]), Cell(words(f"requests.state_{row['state']}"), is_state=True), Cell(lacking))


def deviating(reply: Reply) -> Chapter:
    """Answers beside what the records count, the largest difference first; with the reasons that were given."""
    words = reply.words
    rows = reply.deviations.filter(pl.col("comparison").cast(pl.String).is_in(["deviates", "within"]))
    blocks: list[Block] = [Lead(tuple(runs_of(_deviating_sentence(reply))))]
    if rows.height:
        columns = (
            Column(words("reply.municipality"), width=1.1),
            Column(words("requests.question"), width=2),
            *(Column(words(name), is_number=True, width=0.8) for name in ("requests.answer", "requests.count")),
            Column(words("reply.difference"), is_number=True, width=0.8),
            Column(words("requests.reason"), width=1.8),
        )
        lines = tuple(_deviation(reply, row) for row in rows.iter_rows(named=True))
        caption = words("reply.deviations_caption", share=words.percent(reply.opened.request.tolerance))
        sheet = words("reply.sheet_deviations")
        blocks.append(Table(words("requests.deviations"), columns, lines, sheet=sheet, caption=caption))
    blocks.append(Text(tuple(plain(words("reply.not_compared")))))
    return Chapter("deviations", words("reply.deviations"), tuple(blocks), new_page=False)


def _deviation(reply: Reply, row: Mapping[str, Any]) -> Line:
    words, question = reply.words, reply.opened.request.question(row["question_id"])
    is_told = row["state"] == "number"
    answer = Cell(number(row["value"], question, words), value=row["value"]) if is_told else _hidden(row, reply)
    count = Cell(words.number(row["count"]), value=row["count"])
    difference = Cell(_signed(row["difference"], reply), value=row["difference"]) if is_told else _hidden(row, reply)
    mark = "worse" if str(row["comparison"]) == "deviates" else "similar"
    return (
        Cell(row["name"], mark=mark),
        Cell(reply.asks(row["question_id"])),
        answer,
        count,
        difference,
        Cell(row["reason"] or ""),
    )


def _hidden(row: Mapping[str, Any], reply: Reply) -> Cell:
    return Cell(why(row["state"], reply), is_state=True)


def _signed(difference: float, reply: Reply) -> str:
    told = reply.words.number(abs(round(difference)))
    return told if not difference else f"+{told}" if difference > 0 else f"−{told}"


def approvals(reply: Reply) -> Chapter:
    """The steps with their days, and what the forums have decided."""
    words = reply.words
    columns = (
        Column(words("requests.step"), width=1.8),
        Column(words("requests.due")),
        Column(words("requests.state")),
        Column(words("requests.decided_on")),
        Column(words("requests.note"), width=1.4),
    )
    lines = tuple(
        (
            Cell(row[f"title_{words.language}"]),
            Cell(words.day(row["due"])),
            Cell("" if row["state"] == "plain" else words(f"requests.step_{row['state']}")),
            Cell("" if row["decided_on"] is None else words.day(row["decided_on"])),
            Cell(row["note"] or ""),
        )
        for row in reply.steps.iter_rows(named=True)
    )
    table = Table(words("requests.steps"), columns, lines, sheet=words("reply.sheet_steps"))
    blocks = (Lead(tuple(runs_of(_step(reply)))), table)
    return Chapter("approvals", words("reply.approvals"), blocks, new_page=False)
