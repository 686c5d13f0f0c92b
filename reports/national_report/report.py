"""The national report of a period: its chapters, in their order."""

from __future__ import annotations

from pathlib import Path

from dashboards import published
from dashboards.language import Language, Words
from dashboards.opening import open_publication_before
from reports.documents.content import Document
from reports.national_report.changes import changes
from reports.national_report.definitions import definitions, release_facts, sources
from reports.national_report.measures import measures
from reports.national_report.municipalities import municipalities
from reports.national_report.reading import Reading
from reports.national_report.regions import regions
from reports.national_report.reporting import reporting
from reports.national_report.summary import summary
from reports.national_report.thread import thread
from reports.opened import publication_of, run_of

CHAPTERS = (summary, thread, measures, regions, municipalities, changes, reporting, definitions, sources)


def read(store: Path, period: str, language: Language, who: str) -> Reading:
    """The last publication of a store. StoreIsEmpty where nothing was published; UserError for an unknown period."""
    publication = publication_of(store, who)
    earlier = open_publication_before(store, publication.tables)
    return Reading.of(publication.tables, period, Words(language), run_of(store, publication, who), earlier)


def national_report(reading: Reading) -> Document:
    """The same publication, period and language make the same document."""
    words = reading.words
    title = words("national_report.title", period=reading.period.title(words))
    facts = release_facts(reading)
    if reading.tables.run["is_sample"]:
        facts = (*facts, (words("national_report.data"), words("national_report.sample")))
    return Document(
        kind=words(f"national_report.kind_{reading.period.kind}"),
        title=title,
        subtitle=words("national_report.subtitle"),
        language=words.language,
        as_of=reading.as_of,
        facts=facts,
        notice=words("national_report.disclosure_note", threshold=words.number(published.threshold())),
        chapters=tuple(chapter(reading) for chapter in CHAPTERS),
    )
