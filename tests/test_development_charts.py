"""Pictures of development: the not assessed are always seen, hidden is never zero, and a ratio is no effect."""

from __future__ import annotations

import polars as pl
import pytest
from drawn_figures import ABSENT, DA, said

from dashboards.charts.development_bars import GAP_WIDTH, development_bars, development_table, development_text
from dashboards.charts.development_panels import panels_of, published_panels
from dashboards.charts.ratio_rows import Ratio, RatioRow, ratio_rows, ratio_table, ratio_text
from dashboards.language import LANGUAGES, NO_BREAK, Words
from dashboards.states import State
from dashboards.tokens import TOKENS, Mode
from pipelines.definitions import enumerations as e
from pipelines.development import EXPOSED, OTHERS, OUTCOMES
from pipelines.statistics.standardisation import NO_EVENTS, NOBODY


def told(*groups: tuple[str, str, tuple[int | None, ...]], state: State = "suppressed") -> pl.DataFrame:
    """Age band, group, and the counts of the four outcomes; a null has the state."""
    rows = [
        ("communication", band, group, outcome, count, "number" if count is not None else state)
        for band, group, counts in groups
        for outcome, count in zip(OUTCOMES, counts, strict=True)
    ]
    return pl.DataFrame(rows, ["domain", "age_band", "group_value", "outcome", "children", "state"], orient="row")


BOTH = told(("5-7", "exposed", (67, 15, 18, 50)), ("5-7", "others", (840, 90, 70, 1000)))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_results_are_shares_of_the_assessed_and_the_not_assessed_are_hatched_beside_them(mode: Mode) -> None:
    drawn = development_bars(panels_of(BOTH), DA, mode)
    widths = [round(shape.x1 - shape.x0, 2) for shape in drawn.layout.shapes if shape.fillcolor]
    assert widths == [0.18, 0.15, 0.67, 0.07, 0.09, 0.84]
    hatched = [trace.x[0] / GAP_WIDTH for trace in drawn.data if trace.marker.pattern.shape == "/"]
    assert hatched == pytest.approx([50 / 150, 1000 / 2000])
    assert {trace.marker.pattern.fgcolor for trace in drawn.data} == {TOKENS[mode].muted}


def test_each_bar_says_what_it_shows_without_a_legend() -> None:
    words = said(development_bars(panels_of(BOTH), DA, "light"))
    for part in ("Kommunikation og sprog, 5–7 år", "Eksponerede", "100 af 150 vurderet", "33 % ikke vurderet",
                 "bekymring 18 % (12–27 %)<br>følges 15 % · typisk 67 %", "Alle andre",
                 "1.000 af 2.000 vurderet"):  # fmt: skip
        assert part in words


@pytest.mark.parametrize("state", ABSENT)
@pytest.mark.parametrize("hidden", range(4))
def test_a_bar_with_a_count_that_may_not_be_told_is_an_outline_with_its_word(state: State, hidden: int) -> None:
    counts = tuple(None if at == hidden else 30 for at in range(4))
    panels = panels_of(told(("5-7", "exposed", counts), state=state))
    drawn = development_bars(panels, DA, "light")
    assert [shape.line.dash for shape in drawn.layout.shapes] == ["dot", "dot"]
    assert not drawn.data
    assert DA(f"state.{state}") in said(drawn)
    assert f"Eksponerede: {DA(f'state.{state}')}" in development_text("Udvikling", panels, DA)


def test_nobody_assessed_is_said_and_is_all_hatched_never_a_share_of_0() -> None:
    panels = panels_of(told(("12-18", "exposed", (0, 0, 0, 20))))
    drawn = development_bars(panels, DA, "light")
    assert "ingen af 20 er vurderet" in said(drawn)
    assert [trace.x[0] for trace in drawn.data] == [GAP_WIDTH]
    assert "bekymring" not in said(drawn)


def test_nobody_who_lived_through_the_band_is_not_applicable() -> None:
    panels = panels_of(told(("18-25", "exposed", (0, 0, 0, 0))))
    assert DA("state.not_applicable") in said(development_bars(panels, DA, "light"))


def test_an_outcome_without_a_row_is_missing() -> None:
    assert panels_of(BOTH.head(3))[0].bars[0].state == "missing"


def test_the_bars_are_told_in_words_with_what_they_do_not_say() -> None:
    text = development_text("Udvikling", panels_of(BOTH), DA).replace(NO_BREAK, " ")
    assert text.startswith("Udvikling. Kommunikation og sprog, 5–7 år: Eksponerede: bekymring 18 % (12–27 %)")
    assert "100 af 150 vurderet, 33 % ikke vurderet" in text
    assert text.endswith(
        "Ikke vurderet er ikke det samme som uden vanskeligheder. Tallene viser en sammenhæng, ikke en virkning."
    )


def test_the_table_has_counts_and_leaves_out_what_is_hidden() -> None:
    rows = panels_of(told(("5-7", "exposed", (67, None, 18, 50)), ("5-7", "others", (840, 90, 70, 1000))))
    table = development_table(rows, DA)
    assert table.rows() == [
        ("Kommunikation og sprog", "5–7", "Eksponerede", 67, None, 18, None, "", "", "Skjult"),
        ("Kommunikation og sprog", "5–7", "Alle andre", 840, 90, 70, 1000, "2.000", f"50{NO_BREAK}%", "Tal"),
    ]


PUBLISHED = pl.DataFrame(
    [
        ("typical", 67, 100, 0.67, "number"),
        ("monitor", 15, 100, 0.15, "number"),
        ("concern", 18, 100, 0.18, "number"),
        ("assessed", 100, 150, 0.68, "number"),
    ],
    schema=["share_of", "numerator", "denominator", "share", "state"],
    orient="row",
).with_columns(domain=pl.lit("communication"), age_band=pl.lit("5-7"), group_value=pl.lit("exposed"))


def test_those_who_lived_through_the_band_are_told_in_tens_and_the_not_assessed_as_the_rest_of_the_share() -> None:
    """The denominator is rounded, so 1 - 0.68, not 50 of 150."""
    panels = published_panels(PUBLISHED)
    words = said(development_bars(panels, DA, "light"))
    assert "100 af ca. 150 vurderet" in words
    assert "32 % ikke vurderet" in words
    assert "bekymring 18 % (12–27 %)<br>følges 15 % · typisk 67 %" in words
    row = development_table(panels, DA).row(0)
    assert row[3:] == (67, 15, 18, 100, "ca. 150", f"32{NO_BREAK}%", "Tal")


@pytest.mark.parametrize("state", ABSENT)
@pytest.mark.parametrize("hidden", ["typical", "assessed"])
def test_a_published_share_that_may_not_be_told_hides_the_bar(state: State, hidden: str) -> None:
    told_state = pl.when(pl.col("share_of") == hidden).then(pl.lit(state)).otherwise("state").alias("state")
    panels = published_panels(PUBLISHED.with_columns(told_state))
    assert DA(f"state.{state}") in said(development_bars(panels, DA, "light"))
    assert development_table(panels, DA).row(0)[3:9] == (None, None, None, None, "", "")


def test_a_picture_of_nothing_is_drawn_and_told() -> None:
    assert not development_bars([], DA, "light").data
    assert development_table([], DA).is_empty()


# Ratios

LANGUAGE = RatioRow("Sprog, 5–7 år", Ratio("number", 2.72, 2.05, 3.61), Ratio("number", 2.5, 2.0, 3.2), 339, 5)
GP = RatioRow("Egen læge", Ratio("number", 0.686, 0.673, 0.699), Ratio("number", 0.683, 0.67, 0.696), 900, 0)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_ratio_is_a_filled_dot_with_its_interval_and_a_hollow_one_beside_it(mode: Mode) -> None:
    drawn = ratio_rows([LANGUAGE, GP], DA, mode)
    dots = {trace.marker.color: list(trace.x) for trace in drawn.data if trace.mode == "markers"}
    assert dots == {TOKENS[mode].thread: [2.72, 0.686], TOKENS[mode].card: [2.5, 0.683]}
    bands = [list(trace.x) for trace in drawn.data if trace.line.width == 9]
    assert bands == [[2.05, 3.61], [0.673, 0.699]]


def test_equally_often_is_a_thin_dashed_line_at_1_on_a_logarithmic_axis() -> None:
    drawn = ratio_rows([LANGUAGE, GP], DA, "light")
    assert drawn.layout.xaxis.type == "log"
    assert [set(trace.x) - {None} for trace in drawn.data if trace.line.dash == "dash"] == [{1}]
    assert "1<br>lige ofte" in drawn.layout.xaxis.ticktext


@pytest.mark.parametrize("state", ABSENT)
def test_a_ratio_that_is_not_there_is_a_dotted_line_with_its_word(state: State) -> None:
    drawn = ratio_rows([RatioRow("Trivsel", Ratio(state), Ratio(state))], DA, "light")
    assert "dot" in [trace.line.dash for trace in drawn.data]
    assert [list(trace.x) for trace in drawn.data if trace.mode == "markers"] == [[], []]
    assert DA(f"state.{state}") in said(drawn)


@pytest.mark.parametrize("reason", [NOBODY, NO_EVENTS])
@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_ratio_cannot_be_made_is_said(reason: str, language: str) -> None:
    words = Words(language)  # type: ignore[arg-type]
    row = RatioRow("Trivsel", Ratio("not_applicable", reason=reason), Ratio("not_applicable"))
    assert words(f"ratio_reason.{reason}") in said(ratio_rows([row], words, "light"))


def test_a_ratio_beyond_the_axis_stands_at_its_end_and_its_words_say_the_figure() -> None:
    far = RatioRow("Tilknytning", Ratio("number", 9.5, 2.0, 27.9), Ratio("number", 0.0, 0.0, 4.0))
    drawn = ratio_rows([far], DA, "light")
    assert [list(trace.x) for trace in drawn.data if trace.mode == "markers"] == [[0.5], [8.0]]
    assert "9,5" in said(drawn)
    assert "(2,0–28)" in said(drawn)


def test_ratios_are_told_in_words_as_an_association() -> None:
    text = ratio_text("Forhold", [LANGUAGE, GP], DA)
    assert "Sprog, 5–7 år: 2,7 gange så ofte (2,0–3,6); uden standardisering 2,5" in text
    assert "339 af 344 eksponerede" in text
    assert "Egen læge: 0,69 gange så ofte (0,67–0,70)" in text
    assert text.endswith("En sammenhæng, ikke en virkning.")


def test_the_table_of_ratios_has_the_figures_and_why_one_is_not_there() -> None:
    hidden = RatioRow("Trivsel", Ratio("suppressed"), Ratio("suppressed"))
    assert ratio_table([LANGUAGE, hidden], DA).rows() == [
        ("Sprog, 5–7 år", 2.72, 2.05, 3.61, 2.5, 339, 5, "Tal"),
        ("Trivsel", None, None, None, None, None, None, "Skjult"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_domain_outcome_and_group_has_its_words(language: str) -> None:
    words = Words(language)  # type: ignore[arg-type]
    names = [f"development_domain.{domain}" for domain in e.DOMAINS]
    names += [f"development_outcome.{result}" for result in e.RESULTS]
    names += [f"development_group.{group}" for group in (EXPOSED, OTHERS)]
    assert [name for name in names if not words.known(name)] == []
