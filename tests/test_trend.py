"""The trend: a line that breaks where a period has no figure, marks below zero for each state, region and country."""

from __future__ import annotations

import pytest
from drawn_figures import ABSENT, DA, REGION, absent, figure, said

from dashboards.charts.trend import trend, trend_text
from dashboards.language import NO_BREAK, Words
from dashboards.scope import COUNTRY
from dashboards.states import State
from dashboards.tokens import TOKENS, Mode

YEARS = [figure(20, 40, "2022"), absent("suppressed", "2023"), figure(24, 40, "2024"), figure(30, 40, "2025")]
REGION_YEARS = [figure(60 + at, 100, str(2022 + at), REGION) for at in range(4)]
COUNTRY_YEARS = [figure(600 + 10 * at, 1000, str(2022 + at), COUNTRY) for at in range(4)]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_trend_draws_the_thread_its_band_and_the_country_as_a_dashed_line(mode: Mode) -> None:
    drawn = trend(YEARS, COUNTRY_YEARS, DA, mode, 5)
    own = [trace for trace in drawn.data if trace.line.width == 2.5]
    dashed = [trace for trace in drawn.data if trace.line.dash == "dash"]
    assert [list(trace.y) for trace in own] == [[0.5, None, 0.6, 0.75]]
    assert own[0].line.color == TOKENS[mode].thread
    assert [list(trace.y) for trace in dashed] == [[0.6, 0.61, 0.62, 0.63]]


def test_a_year_that_is_hidden_is_a_gap_with_a_word_and_never_zero() -> None:
    drawn = trend(YEARS, [], DA, "light", 5)
    assert "Skjult" in said(drawn)
    assert 0.0 not in [y for trace in drawn.data if trace.mode == "lines+markers" for y in trace.y]
    bands = [trace for trace in drawn.data if trace.fill == "toself"]
    assert len(bands) == 1, "the band does not reach across the gap"
    marks = [trace for trace in drawn.data if trace.mode == "markers"]
    assert all(y < 0 for trace in marks for y in trace.y), "marks of absence are below the line of zero"


def test_a_dotted_line_leads_from_the_last_figure_before_a_gap_to_the_first_after_it() -> None:
    dotted = [trace for trace in trend(YEARS, [], DA, "light", 5).data if trace.line.dash == "dot"]
    assert [(list(trace.x), list(trace.y)) for trace in dotted] == [(["2022", "2024"], [0.5, 0.6])]


def test_each_state_has_a_mark_of_its_own_and_neighbours_share_a_word() -> None:
    states: list[State] = ["suppressed", "suppressed", "missing", "not_applicable", "not_yet_due"]
    drawn = trend([absent(state, str(2022 + at)) for at, state in enumerate(states)], [], DA, "light", 5)
    marks = [trace.marker.symbol for trace in drawn.data if trace.mode == "markers"]
    assert len(set(marks)) == len(marks) == 4
    assert [label.text for label in drawn.layout.annotations].count("Skjult") == 1


def test_region_and_country_are_thin_lines_with_their_names_at_the_end() -> None:
    drawn = trend(YEARS, COUNTRY_YEARS, DA, "light", 5, REGION_YEARS)
    thin = {trace.line.dash: list(trace.y) for trace in drawn.data if trace.line.width == 1}
    assert thin == {"solid": [0.6, 0.61, 0.62, 0.63], "dash": [0.6, 0.61, 0.62, 0.63]}
    assert "regionen 63 %" in said(drawn)
    assert "landet 63 %" in said(drawn)


def test_a_label_stands_at_the_figure_that_it_is_of() -> None:
    hidden_now = [figure(20, 40, "2022"), absent("suppressed", "2023"), absent("not_yet_due", "2024")]
    labels = trend(hidden_now, [], DA, "light", 5).layout.annotations
    assert [label.x for label in labels if "50" in label.text] == [0]


@pytest.mark.parametrize("state", ABSENT)
def test_a_trend_without_any_figure_says_why(state: State) -> None:
    drawn = trend([absent(state, "2025")], [], DA, "light", 5)
    assert DA(f"state.{state}") in said(drawn).replace("<br>", " ")


def test_the_trend_is_told_in_words_too() -> None:
    text = trend_text("Overleveret", "Svendborg", YEARS, COUNTRY_YEARS, DA, 5).replace(NO_BREAK, " ")
    assert "2022: 50 % (35–65 %), 20 af 40 børn" in text
    assert "2023: Skjult (beskytter tal under 5)" in text
    assert text.endswith("Hele landet senest 63 %.")


@pytest.mark.parametrize("state", ABSENT)
def test_every_state_is_told_in_the_words_of_the_trend(state: State) -> None:
    text = trend_text("Overleveret", "Svendborg", [absent(state, "2025")], [], DA, 5, REGION_YEARS)
    assert f"2025: {DA(f'state.{state}')}" in text
    assert text.replace(NO_BREAK, " ").endswith("Regionen senest 63 %.")


def test_labels_at_the_end_of_two_near_lines_are_pushed_apart() -> None:
    near = [figure(30, 40, "2025"), figure(760, 1000, "2025", COUNTRY)]
    own, country = sorted(trend([near[0]], [near[1]], DA, "light", 5).layout.annotations, key=lambda label: label.y)
    assert country.yshift - own.yshift >= 15


def test_windows_are_written_in_two_short_lines() -> None:
    drawn = trend([figure(20, 40)], [], DA, "light", 5)
    assert list(drawn.layout.xaxis.categoryarray) == ["2023<br>–25"]


@pytest.mark.parametrize(
    ("words", "ticks", "told"),
    [
        (DA, ["K4<br>2024", "K1<br>2025"], ("4. kvartal 2024: Skjult", "1. kvartal 2025: 50 %")),
        (Words("en"), ["Q4<br>2024", "Q1<br>2025"], ("Q4 2024: Hidden", "Q1 2025: 50%")),
    ],
    ids=["da", "en"],
)
def test_quarters_are_named_below_the_axis_and_in_words(words: Words, ticks: list[str], told: tuple[str, str]) -> None:
    quarters = [absent("suppressed", "2024-Q4"), figure(20, 40, "2025-Q1")]
    drawn = trend(quarters, [], words, "light", 5)
    assert list(drawn.layout.xaxis.categoryarray) == ticks
    assert [list(trace.x) for trace in drawn.data if trace.mode == "markers"] == [ticks[:1]], "the hidden one"
    text = trend_text("Overleveret", "Svendborg", quarters, [], words, 5).replace(NO_BREAK, " ")
    for part in told:
        assert part in text
