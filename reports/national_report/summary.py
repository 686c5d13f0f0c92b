"""The first chapter: what the figures say in a few sentences, each made by a rule and none without its interval."""

from __future__ import annotations

from dashboards import sentences
from dashboards.charts.periods import period_words
from dashboards.headlines import CARDS, WHERE_IT_MAY_BE_LOST
from dashboards.national import sentences as national
from dashboards.scope import COUNTRY
from dashboards.shares import Instead, Share
from pipelines.definitions.measures import HANDED_OVER, Measure
from reports.documents.content import Chapter, Items, Lead, Note
from reports.documents.runs import Run, plain, runs_of
from reports.national_report.changes import of_changes, of_revisions
from reports.national_report.measures import beside_a_year_earlier
from reports.national_report.reading import Reading
from reports.national_report.reporting import completeness_sentence


def summary(reading: Reading) -> Chapter:
    """Sentences, what they rest on, and the measures of the overview."""
    words = reading.words
    items = [runs_of(told) for told in _sentences(reading) if told]
    blocks = (
        Lead(tuple(_first(reading))),
        Items(tuple(tuple(runs) for runs in items)),
        Note(tuple(plain(about_periods(reading)))),
        beside_a_year_earlier(reading, _cards(reading), "national_report.key_figures"),
    )
    return Chapter("summary", words("national_report.summary"), blocks)


def _first(reading: Reading) -> list[Run]:
    """Whether knowledge reaches the municipality in time, where it is lost, and what has changed since a year ago."""
    shares, period, words = reading.shares, reading.period, reading.words
    if HANDED_OVER not in reading.measures:  # another target group may have no handover
        return runs_of(municipalities_sentence(reading))
    reach, earlier = (shares.get(HANDED_OVER, COUNTRY, name) for name in (period.told, period.before))
    links = [shares.get(measure, COUNTRY, period.told) for measure in _links(reading)]
    instead = [Instead("own", *_last_year(reading))]
    return runs_of(" ".join(sentences.overview(reach, links, earlier, words, instead)))


def _last_year(reading: Reading) -> tuple[str, Share]:
    """What speaks where the own period is hidden, as a quarter often is."""
    shares, years = reading.years((HANDED_OVER,))
    return years[-1], shares.get(HANDED_OVER, COUNTRY, years[-1])


def _links(reading: Reading) -> list[Measure]:
    return [measure for measure in WHERE_IT_MAY_BE_LOST if measure in reading.measures]


def _cards(reading: Reading) -> list[Measure]:
    return [measure for measure in CARDS if measure in reading.measures]


def _sentences(reading: Reading) -> list[str]:
    words = reading.words
    return [
        " ".join(sentences.thread(reading.thread, words)),
        municipalities_sentence(reading),
        " ".join(of_changes(reading)),
        of_revisions(reading),
        completeness_sentence(reading),
    ]


def municipalities_sentence(reading: Reading) -> str:
    """Of the measure that most municipalities have a figure in: who lies outside of what is usual."""
    words, measure = reading.words, reading.told_most
    rows = reading.compared.filter(reading.compared["measure"] == measure.name)
    share = reading.of_window((COUNTRY,)).get(measure, COUNTRY, reading.period.window)
    country = {"share": share.share, "low": share.low, "high": share.high}
    title = words("national_report.of_measure", measure=words.measure(measure.name, "title"))
    return " ".join([f"<b>{title}</b>", *national.of_comparison(rows, country, words)])


def about_periods(reading: Reading) -> str:
    """Which periods the report tells; that a quarter is not published yet, where it is not."""
    words, period = reading.words, reading.period
    told = words(f"national_report.told_{period.kind}", period=period_words(period.told, words))
    window = words("national_report.told_window", window=period_words(period.window, words))
    if not period.is_behind:
        return f"{told} {window}"
    behind = words("national_report.told_behind", asked=period.title(words), told=period_words(period.told, words))
    return f"{behind} {told} {window}"
