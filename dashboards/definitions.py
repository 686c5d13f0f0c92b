"""The measures in words, as the page of definitions shows them. Pure: the day is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from dashboards.language import Words
from pipelines.definitions.measures import (
    ExposedChildren,
    Measure,
    Obligations,
    Participation,
    Population,
    headline_measures,
)
from pipelines.definitions.reference import Reference


def first_sentences(measures: Sequence[Measure], words: Words, today: date) -> list[str]:
    """How many measures there are, and whether somebody has to look at any of them again."""
    overdue = [measure for measure in measures if measure.facts.is_overdue(today)]
    undated = [measure for measure in measures if measure.facts.review_date is None]
    sentences = [words("definitions.lead", number=words.number(len(measures)))]
    if overdue:
        sentences.append(_counted("definitions.lead_overdue", overdue, words))
    if undated:
        sentences.append(_counted("definitions.lead_undated", undated, words))
    if not overdue and not undated:
        next_day = min(measure.facts.review_date for measure in measures if measure.facts.review_date)
        sentences.append(words("definitions.lead_reviewed", day=words.day(next_day)))
    return sentences


def _counted(key: str, measures: Sequence[Measure], words: Words) -> str:
    plural = "" if len(measures) > 1 else "_one"
    return words(f"{key}{plural}", number=words.number(len(measures)))


def of_theme(theme: str) -> list[Measure]:
    """The headline measures of a theme, in the order of the thread."""
    return [measure for measure in headline_measures() if measure.facts.theme == theme]


def article(measure: Measure, words: Words, today: date) -> str:
    """Title, what is counted, why it matters, and the small print."""
    said = {part: escape(words.measure(measure.name, part)) for part in ("title", "sentence", "why")}
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{told}</dd>" for name, told in _rows(measure, words, today))
    inside = f"<h3>{said['title']}</h3><p>{said['sentence']}</p><p class='why'>{said['why']}</p><dl>{rows}</dl>"
    return f"<article class='rt-definition'>{inside}</article>"


def _rows(measure: Measure, words: Words, today: date) -> list[tuple[str, str]]:
    """Names as text, what they say as markup."""
    facts = measure.facts
    polarity = "high" if measure.high_is_good else "low"
    minimum = words("definitions.minimum_text", number=words.number(facts.minimum_denominator))
    return [
        (words("definitions.population"), escape(_population(measure.population, words))),
        (words("definitions.numerator"), escape(_numerator(measure, words))),
        (words("definitions.good"), escape(words(f"definitions.good_{polarity}"))),
        (words("definitions.recommendation"), escape(_recommendation(facts.recommendation, words))),
        (words("definitions.minimum"), escape(minimum)),
        (words("definitions.owner"), escape(facts.owner[words.language])),
        (words("definitions.review"), _review(measure, words, today)),
    ]


def _population(population: Population, words: Words) -> str:
    match population:
        case Obligations():
            return words("definitions.population_obligations")
        case ExposedChildren():
            return words("definitions.population_children")
        case Participation():
            return words("definitions.population_participation")
    return words("definitions.population_months")


def _numerator(measure: Measure, words: Words) -> str:
    match measure.population:
        case Obligations():
            return words(f"definitions.{measure.numerator}")
        case ExposedChildren():
            return words("definitions.numerator_step")
        case Participation():
            return words("definitions.numerator_ratio")
    return words("definitions.numerator_months")


def _recommendation(name: str, words: Words) -> str:
    rows = Reference.load().recommendations
    told = rows.filter(rows["id"] == name)[f"text_{words.language}"].to_list()
    return f"{name}: {told[0]}" if told else name


def _review(measure: Measure, words: Words, today: date) -> str:
    """A day that is past stands out; a missing one is told."""
    day = measure.facts.review_date
    if day is None:
        return f"<span class='rt-overdue'>{escape(words('definitions.review_missing'))}</span>"
    if day < today:
        return f"<span class='rt-overdue'>{escape(words('definitions.review_overdue', day=words.day(day)))}</span>"
    return escape(words("definitions.review_by", day=words.day(day)))
