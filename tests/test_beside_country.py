"""The word on a card: what funnel limits of all municipalities say of one, the same for every reader."""

from __future__ import annotations

from dataclasses import asdict
from statistics import NormalDist

import polars as pl
import pytest
from drawn_figures import absent, figure
from figure_frames import OF_CONTINUITY, OF_SHARES, share_row
from published_frames import COPENHAGEN, LAESOE, SVENDBORG, FakeSnapshot, country

from dashboards import published
from dashboards.comparisons import Verdict, beside_country, beside_its_past
from dashboards.geography import Geography
from dashboards.headlines import CARDS
from dashboards.opening import Source
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.shares import Share, Shares
from dashboards.states import STATES, State
from pipelines.comparison import Target, compared
from pipelines.definitions.measures import HANDED_OVER, LOST_TO_FOLLOW_UP, Measure

pytestmark = pytest.mark.slow

NATIONAL, LEADER = Scope("national"), Scope("leader", SVENDBORG, "1083")
WINDOW = "2023-2025"
CODES = Geography.on(country().run["as_of"]).codes


def judged(own: Share, of_country: Share, correlation: float = 0.0, *, high_is_good: bool = True) -> str:
    return beside_country(own, of_country, correlation, high_is_good=high_is_good).word


def beside(part: int, whole: int, percent: int, correlation: float = 0.0, *, high_is_good: bool = True) -> str:
    of_country = figure(percent * 100, 10_000, place=COUNTRY)
    return judged(figure(part, whole), of_country, correlation, high_is_good=high_is_good)


# The limits


def test_a_municipality_far_outside_of_the_limits_is_clearly_worse() -> None:
    """40 of 100 around 70 %: 30 points, at 4.6 points for each standard deviation."""
    assert beside(40, 100, 70) == "worse_clear"
    assert beside(95, 100, 70) == "better_clear"


def test_between_the_two_limits_it_is_worse_and_not_clearly_so() -> None:
    """Among 10 around 70 %: P(R <= 3) = 0.0106, below 0.025 and above 0.001; P(R <= 4) = 0.0473."""
    assert beside(3, 10, 70) == "worse"
    assert beside(4, 10, 70) == "similar"


def test_inside_the_limits_it_is_similar_although_its_own_interval_does_not_reach_the_country() -> None:
    """34 of 41 around 68 %: P(R >= 34) = 0.0254 is above 0.025. Wilson's interval of the 34 begins at 68.7 %."""
    own = figure(34, 41)
    assert own.low is not None
    assert own.low > 0.68
    assert beside(34, 41, 68) == "similar"
    assert beside(35, 41, 68) == "better"


def test_what_is_usual_among_municipalities_is_similar() -> None:
    """300 of 500 around 70 %: z = -4.9. With a correlation of 0.02 the variance is 10.98 times as large: z = -1.5."""
    assert beside(300, 500, 70) == "worse_clear"
    assert beside(300, 500, 70, correlation=0.02) == "similar"


def test_a_low_share_is_good_where_the_measure_says_so() -> None:
    assert not LOST_TO_FOLLOW_UP.high_is_good
    of_lost = {"high_is_good": LOST_TO_FOLLOW_UP.high_is_good}
    assert beside(40, 100, 70, **of_lost) == "better_clear"
    assert beside(95, 100, 70, **of_lost) == "worse_clear"
    assert beside(3, 10, 70, **of_lost) == "better"


@pytest.mark.parametrize("state", [state for state in STATES if state != "number"])
def test_what_is_not_shown_cannot_be_compared(state: State) -> None:
    shown = figure(40, 100)
    assert judged(absent(state), figure(700, 1000, place=COUNTRY)) == "incomparable"
    assert judged(shown, absent(state, place=COUNTRY)) == "incomparable"
    assert beside_its_past(shown, absent(state), high_is_good=True) == Verdict("incomparable")


def test_a_place_with_more_than_half_of_the_children_is_not_compared_with_itself() -> None:
    of_country = figure(70, 100, place=COUNTRY)
    assert judged(figure(10, 50), of_country) == "worse_clear"
    assert judged(figure(10, 51), of_country) == "incomparable"


def test_the_country_beside_its_past_is_judged_by_the_interval_of_the_change() -> None:
    earlier, later = figure(120, 300, place=COUNTRY), figure(180, 300, place=COUNTRY)
    assert beside_its_past(later, earlier, high_is_good=True) == Verdict("better")
    assert beside_its_past(later, earlier, high_is_good=False) == Verdict("worse")
    assert beside_its_past(earlier, earlier, high_is_good=True) == Verdict("similar")


# How much municipalities usually differ


def published_of(counts: list[tuple[int, int]], *others: dict[str, object]) -> FakeSnapshot:
    rows = [
        share_row("handed_over", "municipality", code, "three_years", WINDOW, part=part, whole=whole)
        for code, (part, whole) in zip(CODES, counts, strict=False)
    ]
    return FakeSnapshot(
        {
            "published_shares": pl.DataFrame([*rows, *others], schema=OF_SHARES),
            "published_continuity": pl.DataFrame(schema=OF_CONTINUITY),
        }
    )


def of_the_country(**shown: object) -> dict[str, object]:
    return share_row("handed_over", "country", "country", "three_years", WINDOW, **shown)


TWELVE = [(50, 100), (90, 100)] * 6


def usual(source: Source, scope: Scope = LEADER) -> dict[str, object]:
    found = published.usual_variation(source, scope, (HANDED_OVER,), kind="three_years", period=WINDOW)
    return asdict(found["handed_over"])


def test_the_usual_variation_is_that_of_the_published_municipal_shares_around_the_country() -> None:
    """Twelve of 100 children, each 20 points from 70 %: every z squared is 0.04 / 0.0021, so winsorising changes none.

    Each counts for 1 - 100/1200, eleven in all; the mean square of winsorised normal scores is integrated here.
    """
    squares = [NormalDist().inv_cdf(min(max((at + 0.5) / 100_000, 0.1), 0.9)) ** 2 for at in range(100_000)]
    excess = 12 * 0.04 / 0.0021 / (sum(squares) / 100_000) - 11
    found = usual(published_of(TWELVE, of_the_country(part=840, whole=1200)))
    assert found["places"] == 12
    assert found["phi"] == pytest.approx(1 + excess / 11, rel=1e-6)
    assert found["correlation"] == pytest.approx(excess / (12 * 99 * 11 / 12), rel=1e-6)


def test_hidden_municipalities_regions_and_other_periods_take_no_part() -> None:
    shape = ("three_years", WINDOW)
    others = [
        of_the_country(part=840, whole=1200),
        share_row("handed_over", "municipality", CODES[-1], *shape, state="suppressed"),
        share_row("handed_over", "municipality", "outside", *shape, part=1, whole=300),
        share_row("handed_over", "region", "1083", *shape, part=1, whole=300),
        share_row("handed_over", "municipality", CODES[-2], "three_years", "2020-2022", part=1, whole=300),
        share_row("registered", "municipality", CODES[-3], *shape, part=1, whole=300),
    ]
    assert usual(published_of(TWELVE, *others)) == usual(published_of(TWELVE, others[0]))


@pytest.mark.parametrize("state", ["suppressed", "missing"])
def test_nothing_is_usual_around_a_country_without_a_figure(state: State) -> None:
    nothing = {"places": 0, "phi": None, "correlation": 0.0}
    assert usual(published_of(TWELVE, of_the_country(state=state))) == nothing
    assert usual(published_of(TWELVE)) == nothing


def test_fewer_than_ten_municipalities_widen_nothing() -> None:
    few = usual(published_of(TWELVE[:9], of_the_country(part=630, whole=900)))
    assert few == {"places": 9, "phi": None, "correlation": 0.0}


# Every reader gets the same word


def verdict_for(scope: Scope, code: str, headline: Measure) -> str:
    """As a page makes it: of figures that the scope may see, and of the usual variation."""
    source, own = country(), Place("municipality", code)
    read = published.shares(source, scope, (headline,), (own, COUNTRY), kind="three_years", names=[WINDOW])
    assert set(read["place"]) == {code, "country"}
    variation = published.usual_variation(source, scope, (headline,), kind="three_years", period=WINDOW)
    figures = Shares(read)
    shown, of_country = figures.get(headline, own, WINDOW), figures.get(headline, COUNTRY, WINDOW)
    return judged(shown, of_country, variation[headline.name].correlation, high_is_good=headline.high_is_good)


def verdicts_of_all(headline: Measure) -> dict[str, str]:
    """By the comparison of all municipalities at once."""
    places = (*Geography.on(country().run["as_of"]).places, COUNTRY)
    read = published.shares(country(), NATIONAL, (headline,), places, kind="three_years", names=[WINDOW])
    counts = read.filter(place_kind="country").select("numerator", "denominator").row(0)
    rows = read.filter(place_kind="municipality").lazy()
    found = compared(rows, Target(*counts), high_is_good=headline.high_is_good, rank_floor=20)
    word = pl.col("verdict").cast(pl.String) + pl.when("is_clear").then(pl.lit("_clear")).otherwise(pl.lit(""))
    return dict(found.select("place", word.alias("word")).collect().iter_rows())


@pytest.mark.parametrize("headline", CARDS, ids=lambda each: each.name)
def test_a_leader_gets_the_verdict_of_national_coordination_without_the_figures_of_others(headline: Measure) -> None:
    of_all = verdicts_of_all(headline)
    for code in (SVENDBORG, LAESOE, COPENHAGEN):
        region = Geography.on(country().run["as_of"]).region_of(code).code
        leader = Scope("leader", code, region)
        assert verdict_for(leader, code, headline) == verdict_for(NATIONAL, code, headline) == of_all[code]


def test_what_is_handed_on_of_the_others_is_how_many_they_are_and_how_much_they_differ() -> None:
    source = published_of(TWELVE, of_the_country(part=840, whole=1200))
    assert usual(source, LEADER) == usual(source, NATIONAL)
    assert set(usual(source, LEADER)) == {"places", "phi", "correlation"}
    turned = published_of(TWELVE[::-1], of_the_country(part=840, whole=1200))
    assert usual(turned) == pytest.approx(usual(source)), "which municipality has which figure is not in it"
