"""The picture of a time to event: what is drawn of a curve, what stands below it, and the same in words."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from drawn_figures import DA, said

from dashboards.charts.incidence_curve import incidence_chart
from dashboards.charts.incidence_words import (
    Curve,
    Point,
    curve_of,
    group_name,
    incidence_table,
    incidence_text,
    length,
    sentence_of,
    title_of,
)
from dashboards.language import NO_BREAK, Words
from pipelines.definitions.times_to_event import TIMES_TO_EVENT

EN = Words("en")
TICKS = (0, 182, 365)
OWN = Curve(
    "Kendt før fødslen",
    (Point(0, 0.2, 0.1, 0.3, 41), Point(182, 0.55, 0.5, 0.6, 20), Point(365, 0.83, 0.75, 0.9, 9)),
    half_days=150,
)
OTHER = Curve("Kendt efter fødslen", (Point(0, 0.0, 0.0, 0.1, 30), Point(182, 0.3, 0.2, 0.4, 12)))
HIDDEN = Curve("Bopæl ukendt", state="suppressed")
GAPS = Curve(
    "Region Nordjylland",
    (Point(0, 0.1, 0.0, 0.2, 12), Point(182, None, state="suppressed"), Point(365, 0.4, 0.2, 0.6, 6)),
)


def lines(curve: Curve) -> list[tuple[list[int], list[float]]]:
    drawn = incidence_chart([curve], TICKS, DA, "light", 5)
    traces = [trace for trace in drawn.data if trace.line.shape == "hv"]
    return [(list(trace.x), list(trace.y)) for trace in traces]


def test_a_curve_is_a_line_of_steps_that_comes_to_half_on_the_day_of_the_median() -> None:
    assert lines(OWN) == [([0, 150, 182, 365], [0.2, 0.5, 0.55, 0.83])]


def test_a_median_on_a_day_that_is_shown_adds_no_step() -> None:
    assert lines(Curve("alle", OWN.points, half_days=182)) == [([0, 182, 365], [0.2, 0.55, 0.83])]


def test_the_median_is_marked_only_where_it_is_reached() -> None:
    drawn = incidence_chart([OWN, OTHER], TICKS, DA, "light", 5)
    rings = [(list(trace.x), list(trace.y)) for trace in drawn.data if trace.mode == "markers"]
    assert rings == [([150], [0.5])]
    assert "Kendt før fødslen · halvdelen inden for 5 mdr." in said(drawn)
    assert "Kendt efter fødslen · halvdelen er ikke nået" in said(drawn)


def test_the_band_holds_each_limit_until_the_next_day() -> None:
    drawn = incidence_chart([OTHER], TICKS, DA, "light", 5)
    band = next(trace for trace in drawn.data if trace.fill == "toself")
    assert list(zip(band.x, band.y, strict=True)) == [
        *[(0, 0.1), (182, 0.1), (182, 0.4)],
        *[(182, 0.2), (182, 0.0), (0, 0.0)],
    ]


def test_curves_are_told_apart_without_colour() -> None:
    four = [Curve(name, OWN.points) for name in ("a", "b", "c", "d")]
    drawn = incidence_chart(four, TICKS, DA, "dark", 5)
    dashes = [trace.line.dash for trace in drawn.data if trace.line.shape == "hv"]
    assert len(set(dashes)) == 4
    assert [shape.line.dash for shape in drawn.layout.shapes] == dashes


def test_a_fifth_curve_is_one_too_many() -> None:
    with pytest.raises(ValueError, match="4 curves"):
        incidence_chart([OWN] * 5, TICKS, DA, "light", 5)


def test_those_still_followed_stand_under_their_ticks() -> None:
    drawn = incidence_chart([OWN, GAPS], TICKS, DA, "light", 5)
    below = [(note.x, note.text) for note in drawn.layout.annotations if note.xref == "x"]
    assert below == [(0, "41"), (182, "20"), (365, "9"), (0, "12"), (182, "Skjult"), (365, "6")]
    assert list(drawn.layout.xaxis.tickvals) == list(TICKS)


def test_a_point_that_may_not_be_shown_breaks_the_line() -> None:
    assert lines(GAPS) == [([0], [0.1]), ([365], [0.4])]


def test_a_group_that_may_not_be_shown_has_its_word_and_no_line() -> None:
    drawn = incidence_chart([OWN, HIDDEN], TICKS, DA, "light", 5)
    assert len([trace for trace in drawn.data if trace.line.shape == "hv"]) == 1
    assert "Bopæl ukendt: Skjult (beskytter tal under 5)" in said(drawn)


@pytest.mark.parametrize("curves", [[], [HIDDEN], [Curve("Ingen", state="not_applicable")]])
def test_a_picture_without_any_curve_is_drawn_all_the_same(curves: list[Curve]) -> None:
    drawn = incidence_chart(curves, TICKS, DA, "light", 5)
    assert list(drawn.layout.xaxis.range) == [0, 365]


def test_the_label_at_the_end_says_name_and_share() -> None:
    assert "Kendt før<br>fødslen <b>83 %</b>" in said(incidence_chart([OWN], TICKS, DA, "light", 5))


def test_labels_at_the_ends_do_not_touch_and_stay_in_the_picture() -> None:
    same = [
        Curve(name, (Point(0, 1.0, 0.9, 1.0, 9),)) for name in ("Første gruppe her", "Anden gruppe her", "Tredje her")
    ]
    drawn = incidence_chart(same, TICKS, DA, "light", 5)
    shifts = sorted(note.yshift for note in drawn.layout.annotations if note.yref == "y")
    assert min(later - earlier for earlier, later in pairwise(shifts)) >= 17
    assert shifts[-1] <= drawn.layout.height - drawn.layout.margin.b


def test_the_words_tell_each_curve_at_the_ticks() -> None:
    text = incidence_text("Fra fødsel", [OWN, GAPS, HIDDEN], TICKS, DA, 5).replace(NO_BREAK, " ")
    assert text == (
        "Fra fødsel. Kendt før fødslen: første dag 20 % (10–30 %); efter 6 mdr. 55 % (50–60 %); efter 1 år 83 %"
        " (75–90 %); halvdelen inden for 5 mdr.; Region Nordjylland: første dag 10 % (0–20 %); efter 6 mdr."
        " Skjult (beskytter tal under 5); efter 1 år 40 % (20–60 %);"
        " halvdelen er ikke nået; Bopæl ukendt: Skjult (beskytter tal under 5)."
    )


def test_the_table_has_every_point_and_a_word_where_there_is_no_figure() -> None:
    table = incidence_table([GAPS, HIDDEN], EN, 5)
    assert table.columns == ["Group", "After", "Share", "95% interval", "Still followed"]
    assert table.rows() == [
        ("Region Nordjylland", "day 0", "10%", "0–20%", "12"),
        ("Region Nordjylland", "6 months", "Hidden (protects figures under 5)", "", ""),
        ("Region Nordjylland", "1 year", "40%", "20–60%", "6"),
        ("Bopæl ukendt", "day 0", "Hidden (protects figures under 5)", "", ""),
    ]


def test_a_median_that_may_not_be_shown_is_neither_drawn_nor_called_unreached() -> None:
    hidden = Curve("alle", OWN.points, half_days=150, half_state="suppressed")
    drawn = incidence_chart([hidden], TICKS, DA, "light", 5)
    assert [trace for trace in drawn.data if trace.mode == "markers"] == []
    assert "halvdelen: Skjult" in said(drawn)
    assert 150 not in [day for trace in drawn.data for day in trace.x]


def test_a_curve_comes_from_rows_on_a_grid_and_nobody_is_not_relevant() -> None:
    rows = pl.DataFrame(
        {
            "days": [30, 0],
            "cumulative_incidence": [None, 0.5],
            "low": [None, 0.2],
            "high": [None, 0.8],
            "at_risk": [0, 8],
            "state": ["not_yet_due", "number"],
        }
    )
    curve = curve_of("alle", rows, 0)
    assert curve.points == (Point(0, 0.5, 0.2, 0.8, 8), Point(30, None, None, None, 0, "not_yet_due"))
    assert "Ingen fulgt så længe" in incidence_text("Titel", [curve], (0, 30), DA, 5)
    assert "halvdelen fra første dag" in said(incidence_chart([curve], (0, 30), DA, "light", 5))
    assert curve_of("ingen", rows.clear()).state == "not_applicable"


@pytest.mark.parametrize(
    ("days", "da", "en"),
    [
        (0, "dag 0", "day 0"),
        (1, "1 dag", "1 day"),
        (14, "14 dage", "14 days"),
        (61, "2 mdr.", "2 months"),
        (182, "6 mdr.", "6 months"),
        (365, "1 år", "1 year"),
        (518, "1 år og 5 mdr.", "1 year and 5 months"),
        (2556, "7 år", "7 years"),
    ],
)
def test_a_length_of_time_is_in_days_months_or_years(days: int, da: str, en: str) -> None:
    assert (length(days, DA), length(days, EN)) == (da, en)


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_every_interval_and_common_group_has_a_name(words: Words) -> None:
    for declared in TIMES_TO_EVENT:
        assert title_of(declared.name, words)
        assert sentence_of(declared.name, words).endswith(".")
    for group in ("all", "exposed", "not_exposed", "true", "false", "unknown", "outside"):
        assert group_name(group, words)
