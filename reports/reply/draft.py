"""The drafted reply: its chapters, and what it says of itself on every page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dashboards.charts.periods import period_words
from dashboards.language import Language, Words
from pipelines.errors import StoreIsEmpty
from pipelines.requests.opened import opened
from reports.documents.content import Block, Chapter, Document, Heading, Items, Note, Text
from reports.documents.runs import plain
from reports.opened import publication_of
from reports.reply.reading import Reply
from reports.reply.standing import approvals, deviating, missing, summary
from reports.reply.themes import theme


def read(store: Path, request_id: str, language: Language, who: str, on: date) -> Reply:
    """A request of a store as it stands, on a day. UserError for an id that is none. Published figures where there are
    any: a request may be sent and answered before anything is published."""
    asked = opened(store, request_id)
    try:
        tables = publication_of(store, who).tables
    except StoreIsEmpty:
        tables = None
    return Reply(asked, tables, Words(language), on)


def reply_document(reply: Reply) -> Document:
    """The same request, publication, day and language make the same document."""
    words, asked = reply.words, reply.opened.request
    themes = tuple(theme(reply, int(number)) for number in sorted(asked.themes))
    chapters = (summary(reply), *themes, missing(reply), deviating(reply), approvals(reply), _sources(reply))
    return Document(
        kind=words("reply.kind"),
        title=asked.title[words.language],
        subtitle=words("reply.subtitle", place=reply.place_name, period=period_words(reply.opened.period, words)),
        language=words.language,
        as_of=reply.as_of,
        facts=_facts(reply),
        chapters=chapters,
        draft=words("reply.draft", day=words.day(reply.state_on)),
        notice=words("reply.notice", threshold=words.number(reply.threshold)),
        fields={"request": reply.opened.id, "place": reply.place_name, "deadline": words.day(reply.opened.deadline)},
    )


def _facts(reply: Reply) -> tuple[tuple[str, str], ...]:
    words, asked = reply.words, reply.opened
    told = [
        (words("reply.request"), f"{asked.id} ({words('reply.version', version=asked.request.version)})"),
        (words("reply.opened"), words.day(asked.opened_on)),
        (words("reply.deadline"), words.day(asked.deadline)),
        (words("reply.state_on"), words.day(reply.state_on)),
    ]
    if reply.tables is not None:
        released = f"{reply.tables.run['run_id']}, {words('document.running', day=words.day(reply.as_of)).lower()}"
        told.append((words("national_report.release_id"), released))
        if reply.tables.run["is_sample"]:
            told.append((words("national_report.data"), words("national_report.sample")))
    return tuple(told)


def _sources(reply: Reply) -> Chapter:
    """Whose words and numbers these are, and how they are protected."""
    words = reply.words
    rows = reply.progress.filter(reply.progress["last_on"].is_not_null())
    answered = [
        words("reply.source", name=row["name"], day=words.day(row["last_on"])) for row in rows.iter_rows(named=True)
    ]
    counted = words("reply.source_published" if reply.is_counted else "reply.source_not_published")
    blocks: tuple[Block, ...] = (
        Note(tuple(plain(words("reply.disclosure", threshold=words.number(reply.threshold))))),
        Heading(words("reply.source_published_title")),
        Text(tuple(plain(counted))),
        Heading(words("reply.source_answers_title")),
        Items(tuple(tuple(plain(said)) for said in answered))
        if answered
        else Text(tuple(plain(words("reply.no_answers")))),
    )
    return Chapter("sources", words("reply.sources"), blocks)
