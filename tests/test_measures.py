"""The measures: one row of words each, dates of review that are read, and a page that says what is declared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboards import definitions
from dashboards.language import LANGUAGES, Words
from pipelines.counts import NUMBERS
from pipelines.definitions import measures
from pipelines.definitions.measures import (
    HANDED_OVER,
    HEADLINE_MEASURES,
    LOST_TO_FOLLOW_UP,
    THEMES,
    Measure,
    Obligations,
    all_measures,
    facts_of,
)
from pipelines.definitions.measures_page import measures_page
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

BEFORE, AFTER = date(2026, 11, 22), date(2031, 1, 1)


def rows() -> pl.DataFrame:
    return pl.read_csv("pipelines/definitions/reference/measures.csv", infer_schema=False)


def test_every_measure_has_a_name_of_its_own_and_words_in_both_languages() -> None:
    named = all_measures(Reference.load())
    assert len({measure.name for measure in named}) == len(named)
    for measure in named:
        for text in (measure.facts.title, measure.facts.sentence, measure.facts.why, measure.facts.unit):
            assert all(text[language].strip() and "{" not in text[language] for language in LANGUAGES)


def test_every_headline_measure_has_a_theme_and_a_recommendation_that_exists() -> None:
    known = Reference.load().recommendations["id"].to_list()
    assert {measure.facts.theme for measure in HEADLINE_MEASURES} == set(THEMES)
    assert {measure.facts.recommendation for measure in HEADLINE_MEASURES} <= set(known)


def test_every_obligation_of_the_store_can_be_asked_for_by_a_measure() -> None:
    reference = Reference.load()
    kinds = reference.deadlines.select(
        pl.when(pl.col("transition").is_null())
        .then("kind")
        .otherwise(pl.concat_str("kind", pl.lit(":"), "transition", ignore_nulls=True))
    ).to_series()
    asked = {measure.measure for measure in all_measures(reference)}
    assert set(kinds) <= asked


def test_numerators_are_columns_of_the_counts() -> None:
    assert {measure.numerator for measure in HEADLINE_MEASURES} <= set(NUMBERS)


def test_the_days_of_a_sentence_are_those_of_the_deadline() -> None:
    days = Reference.load().deadline("handed_over")["days"]
    assert f"{days} dage" in HANDED_OVER.facts.sentence["da"]
    assert f"{days} days" in HANDED_OVER.facts.sentence["en"]


def test_a_contact_is_called_what_the_schedule_calls_it() -> None:
    assert facts_of("gp:week_5").title == {"da": "Børneundersøgelse 5 uger", "en": "GP examination at 5 weeks"}


FAULTS = {
    "a measure without a row": (lambda rows: rows.filter(pl.col("name") != "registered"), "no row for registered"),
    "a row without a measure": (
        lambda rows: rows.with_columns(pl.col("name").replace("registered", "regsitered")),
        "no measure called regsitered",
    ),
    "two rows": (lambda rows: pl.concat([rows, rows.head(1)]), "two rows for known_before_birth"),
    "a missing translation": (
        lambda rows: rows.with_columns(pl.when(pl.col("name") != "screened").then("why_en").alias("why_en")),
        "an empty field in screened",
    ),
    "a day that is none": (
        lambda rows: rows.with_columns(pl.lit("30-06-2027").alias("review_date")),
        "a review date that is no date in",
    ),
    "a minimum in words": (
        lambda rows: rows.with_columns(pl.lit("twenty").alias("minimum_denominator")),
        "a minimum that is no whole number in",
    ),
    "a theme that no page has": (
        lambda rows: rows.with_columns(pl.col("theme").replace("lost", "gone")),
        "a theme that is none in lost_to_follow_up",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_slip_in_the_spreadsheet_is_told_with_its_row(fault: str) -> None:
    spoil, told = FAULTS[fault]
    with pytest.raises(UserError, match=told):
        measures._check(spoil(rows()))


def test_the_spreadsheet_as_it_is_has_no_fault() -> None:
    measures._check(rows())


def test_a_review_date_in_the_past_is_shown_as_overdue() -> None:
    assert "Skulle være sket senest 30. juni 2027" in definitions.article(HANDED_OVER, Words("da"), AFTER)
    assert "Senest 30. juni 2027" in definitions.article(HANDED_OVER, Words("da"), BEFORE)


def test_the_first_sentence_counts_what_should_have_been_reviewed() -> None:
    number = len(HEADLINE_MEASURES)
    after = " ".join(definitions.first_sentences(HEADLINE_MEASURES, Words("en"), AFTER))
    before = " ".join(definitions.first_sentences(HEADLINE_MEASURES, Words("en"), BEFORE))
    assert f"{number} of them should have been reviewed" in after
    assert "reviewed next by 30 June 2027" in before


def test_a_missing_review_date_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    undated = replace(HANDED_OVER.facts, review_date=None)
    monkeypatch.setattr(Measure, "facts", property(lambda _: undated))
    assert "Ingen dato er sat" in definitions.article(HANDED_OVER, Words("da"), AFTER)
    sentences = definitions.first_sentences([HANDED_OVER], Words("da"), AFTER)
    assert "Ét af dem mangler en dato for eftersyn." in sentences


def test_a_measure_where_low_is_good_says_so() -> None:
    assert "Et lavt tal" in definitions.article(LOST_TO_FOLLOW_UP, Words("da"), BEFORE)
    assert "Et højt tal" in definitions.article(HANDED_OVER, Words("da"), BEFORE)


def test_the_page_of_the_docs_has_every_measure() -> None:
    page = measures_page()
    for measure in all_measures(Reference.load()):
        assert f"`{measure.name}`" in page


def test_obligations_of_a_measure_are_named() -> None:
    assert HANDED_OVER.population == Obligations("handed_over")
    assert (HANDED_OVER.measure, HANDED_OVER.step) == ("handed_over", None)
