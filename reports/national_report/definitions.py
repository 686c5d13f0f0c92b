"""The chapter that says what each figure counts and how it is read, and the one on where the figures come from."""

from __future__ import annotations

from dashboards import published
from dashboards.headlines import SELECTABLE
from dashboards.quality.declared import table_name
from dashboards.states import STATES
from reports.documents.content import Block, Chapter, Heading, Items, Note, Terms, Text
from reports.documents.runs import Run, plain
from reports.national_report.reading import Reading

VERDICTS = ("better", "better_clear", "similar", "worse", "worse_clear", "incomparable")


def definitions(reading: Reading) -> Chapter:
    """Measure by measure; the words that stand for a number; the words that compare."""
    words = reading.words
    measures = tuple(
        (
            words.measure(measure.name, "title"),
            _of(words.measure(measure.name, "sentence"), words.measure(measure.name, "why")),
        )
        for measure in SELECTABLE
    )
    threshold = published.threshold()
    states = tuple(
        (words(f"state.{state}"), _of(words(f"why.{state}", threshold=threshold)))
        for state in STATES
        if state != "number"
    )
    verdicts = tuple((words(f"verdict.{name}"), _of(words(f"verdict_meaning.{name}"))) for name in VERDICTS)
    blocks: tuple[Block, ...] = (
        Terms(measures),
        Heading(words("national_report.words_of_comparison")),
        Terms(verdicts),
        Heading(words("national_report.words_for_numbers")),
        Terms(states),
    )
    return Chapter("definitions", words("national_report.definitions"), blocks)


def sources(reading: Reading) -> Chapter:
    """Disclosure control, intervals, deliveries, and the versions behind the figures."""
    words = reading.words
    threshold = words.number(published.threshold())
    rows = reading.reported
    known = [] if rows is None else rows["delivery"].unique().sort().to_list()
    names = [table_name(delivery, words) for delivery in known]
    blocks: tuple[Block, ...] = (
        Heading(words("national_report.disclosure")),
        Note(_of(words("national_report.disclosure_note", threshold=threshold))),
        Heading(words("national_report.intervals")),
        Text(_of(words("national_report.intervals_note"))),
        Heading(words("national_report.sources")),
        Text(_of(words("national_report.sources_note" if names else "national_report.no_run"))),
        Items(tuple(_of(name) for name in names)),
        Heading(words("national_report.release")),
        Items(tuple(_of(f"{name}: {said}") for name, said in release_facts(reading))),
    )
    return Chapter("sources", words("national_report.about"), blocks, new_page=False)


def release_facts(reading: Reading) -> tuple[tuple[str, str], ...]:
    """What a reader needs to find the same figures again."""
    words, run = reading.words, reading.tables.run
    return (
        (words("national_report.as_of"), words.day(reading.as_of)),
        (words("national_report.release_id"), f"{run['run_id']} ({words.day(run['finished_at'].date())})"),
        (words("national_report.versions"), f"{run['code_version']}, {run['reference_version']}"),
    )


def _of(*texts: str) -> tuple[Run, ...]:
    return tuple(plain(" ".join(texts)))
