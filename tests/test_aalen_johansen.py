"""Curves of cumulative incidence: against statsmodels, a textbook in fractions, printed examples, and properties."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from pipelines.statistics.aalen_johansen import curve_on_grid, curves, quantile_days
from pipelines.wilson import wilson_high, wilson_low

pytestmark = pytest.mark.slow

CENSORED, EVENT, DIED = 0, 1, 2
Story = tuple[int, int]
"""Days followed, and how it ended."""

STORIES = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([CENSORED, EVENT, DIED])), min_size=1, max_size=25)


FEW = settings(max_examples=40, deadline=None, derandomize=True)


def counted(stories: list[Story], group: str = "all") -> pl.LazyFrame:
    """One row of counts for each child: curves add them up."""
    return pl.LazyFrame(
        {
            "group": [group] * len(stories),
            "days": [days for days, _ in stories],
            **{
                name: [int(ending == code) for _, ending in stories]
                for name, code in (("event", EVENT), ("died", DIED), ("censored", CENSORED))
            },
        },
        schema={"group": pl.String, "days": pl.Int32, "event": pl.Int64, "died": pl.Int64, "censored": pl.Int64},
    )


def curve_of(stories: list[Story]) -> pl.DataFrame:
    return curves(counted(stories), ["group"], competing=["died"]).collect()


def textbook(stories: list[Story]) -> dict[int, tuple[Fraction, Fraction, Fraction]]:
    """Day -> survival, incidence and competing incidence, child by child and without rounding."""
    survival, incidence, competing = Fraction(1), Fraction(0), Fraction(0)
    steps = {}
    for day in sorted({0, *(days for days, _ in stories)}):
        at_risk = sum(days >= day for days, _ in stories)
        events, deaths = (sum(story == (day, code) for story in stories) for code in (EVENT, DIED))
        incidence += survival * Fraction(events, at_risk)
        competing += survival * Fraction(deaths, at_risk)
        survival *= 1 - Fraction(events + deaths, at_risk)
        steps[day] = survival, incidence, competing
    return steps


def random_stories(seed: int, children: int) -> list[Story]:
    random = np.random.default_rng(seed)
    days, endings = (
        random.integers(0, 40, children),
        random.choice([CENSORED, EVENT, DIED], children, p=[0.4, 0.4, 0.2]),
    )
    return [(int(day), int(ending)) for day, ending in zip(days, endings, strict=True)] + [(20, DIED), (41, CENSORED)]


@pytest.mark.parametrize("children", [5, 30, 400])
@pytest.mark.parametrize("seed", range(5))
def test_estimate_and_standard_error_are_those_of_statsmodels(seed: int, children: int) -> None:
    """`CumIncidenceRight` on the same children one by one, with many ties."""
    stories = random_stories(seed, children)
    theirs = CumIncidenceRight(*(np.array(column) for column in zip(*stories, strict=True)))
    ours = curve_of(stories).filter(pl.col("days").is_in(theirs.times.astype(int).tolist()))
    assert ours["days"].to_list() == theirs.times.tolist()
    assert ours["cumulative_incidence"].to_numpy() == pytest.approx(theirs.cinc[0], abs=1e-9)
    assert ours["competing_incidence"].to_numpy() == pytest.approx(theirs.cinc[1], abs=1e-9)
    assert ours["standard_error"].to_numpy() == pytest.approx(theirs.cinc_se[0], abs=1e-9)


def test_the_competing_event_has_a_curve_with_a_standard_error_of_its_own() -> None:
    stories = random_stories(7, 80)
    theirs = CumIncidenceRight(*(np.array(column) for column in zip(*stories, strict=True)))
    ours = curves(counted(stories), ["group"], event="died", competing=["event"]).collect()
    ours = ours.filter(pl.col("days").is_in(theirs.times.astype(int).tolist()))
    assert ours["cumulative_incidence"].to_numpy() == pytest.approx(theirs.cinc[1], abs=1e-9)
    assert ours["standard_error"].to_numpy() == pytest.approx(theirs.cinc_se[1], abs=1e-9)


@FEW
@given(STORIES)
def test_a_curve_is_that_of_the_textbook_in_fractions(stories: list[Story]) -> None:
    expected = textbook(stories)
    ours = curve_of(stories)
    assert ours["days"].to_list() == list(expected)
    shares = ours.select("survival", "cumulative_incidence", "competing_incidence").rows()
    for row, exact in zip(shares, expected.values(), strict=True):
        assert row == pytest.approx([float(share) for share in exact], abs=1e-12)


@FEW
@given(STORIES)
def test_what_happened_what_competed_and_what_is_open_make_one(stories: list[Story]) -> None:
    whole = pl.col("survival") + pl.col("cumulative_incidence") + pl.col("competing_incidence")
    assert curve_of(stories).select((whole - 1).abs().max()).item() < 1e-9


@FEW
@given(STORIES)
def test_every_number_is_a_number_and_the_interval_holds_the_share(stories: list[Story]) -> None:
    ours = curve_of(stories)
    shares = ours.select("cumulative_incidence", "competing_incidence", "standard_error", "low", "high", "survival")
    assert shares.null_count().sum_horizontal().item() == 0
    assert shares.select(pl.all().is_finite().all()).row(0) == (True,) * 6
    low, share, high = pl.col("low"), pl.col("cumulative_incidence"), pl.col("high")
    assert ours.filter((low > share + 1e-9) | (high < share - 1e-9) | (low < 0) | (high > 1)).height == 0
    assert ours["cumulative_incidence"].is_sorted()


@FEW
@given(STORIES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(stories: list[Story], random: object) -> None:
    mixed = list(stories)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert curve_of(mixed).equals(curve_of(stories))


@FEW
@given(STORIES.filter(lambda stories: all(days > 0 for days, _ in stories)))
def test_a_child_that_is_never_followed_changes_no_share(stories: list[Story]) -> None:
    """Nothing happens on day 0 here: a child censored on it is at risk on that day and on no later one."""
    share = ["days", "survival", "cumulative_incidence", "competing_incidence", "standard_error"]
    more = curve_of([*stories, (0, CENSORED)])
    assert more.select(share).equals(curve_of(stories).select(share))


@FEW
@given(STORIES, STORIES)
def test_a_group_has_the_same_curve_beside_others_as_alone(one: list[Story], other: list[Story]) -> None:
    together = pl.concat([counted(one, "one"), counted(other, "other")])
    both = curves(together, ["group"], competing=["died"]).collect()
    assert both.filter(group="one").drop("group").equals(curve_of(one).drop("group"))
    assert both.filter(group="other").drop("group").equals(curve_of(other).drop("group"))


def test_where_nothing_competes_it_is_the_complement_of_kaplan_and_meier() -> None:
    stories = [(days, ending) for days, ending in random_stories(3, 60) if ending != DIED]
    theirs = SurvfuncRight(*(np.array(column) for column in zip(*stories, strict=True)))
    ours = curve_of(stories).filter(pl.col("days").is_in(theirs.surv_times.astype(int).tolist()))
    assert ours["cumulative_incidence"].to_numpy() == pytest.approx(1 - theirs.surv_prob, abs=1e-9)
    assert ours["standard_error"].to_numpy() == pytest.approx(theirs.surv_prob_se, abs=1e-9)


REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23]
REMISSION_CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PRINTED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
PRINTED_ERROR = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}


def test_the_remission_times_of_freireich_are_as_printed() -> None:
    """6-mercaptopurine arm of Freireich et al. 1963: Kaplan-Meier and Greenwood of Klein and Moeschberger, table 4.1.

    The exact estimate is the product of fractions, for example 18/21 x 16/17 on day 7.
    """
    ours = curve_of([(d, EVENT) for d in REMISSION] + [(d, CENSORED) for d in REMISSION_CENSORED])
    rows = {row["days"]: row for row in ours.to_dicts()}
    for day, printed in PRINTED.items():
        assert rows[day]["survival"] == pytest.approx(printed, abs=5.1e-4)
        assert rows[day]["standard_error"] == pytest.approx(PRINTED_ERROR[day], abs=5.1e-5)
    factors = [(18, 21), (16, 17), (14, 15), (11, 12), (10, 11), (6, 7), (5, 6)]
    assert rows[23]["survival"] == pytest.approx(prod(a / b for a, b in factors), abs=1e-12)


def test_ten_children_worked_by_hand() -> None:
    """Day 1: 1 of 10. Day 2: one dies of 9, one is lost. Day 3: 2 of 7. Day 5: the other 5 are followed no further."""
    stories = [(1, EVENT), (2, DIED), (2, CENSORED), (3, EVENT), (3, EVENT), *[(5, CENSORED)] * 5]
    ours = curve_of(stories)
    assert ours["at_risk"].to_list() == [10, 10, 9, 7, 5]
    assert ours["cumulative_incidence"].to_list() == pytest.approx([0, 0.1, 0.1, 0.1 + 0.8 * 2 / 7, 0.1 + 0.8 * 2 / 7])
    assert ours["competing_incidence"].to_list() == pytest.approx([0, 0, 0.1, 0.1, 0.1])


def test_when_all_are_followed_the_interval_is_that_of_the_plain_share() -> None:
    stories = [*[(2, EVENT)] * 3, *[(4, DIED)] * 2, *[(6, EVENT)] * 4, *[(9, CENSORED)] * 11]
    plain = pl.DataFrame({"part": [7], "whole": [20]})
    expected = plain.select(wilson_low(pl.col("part"), pl.col("whole")), high=wilson_high(pl.col("part"), pl.lit(20)))
    at_six = curve_of(stories).filter(pl.col("days") == 6)
    assert at_six.select("low", "high").row(0) == pytest.approx(expected.row(0), abs=1e-12)


def test_when_all_are_censored_nothing_is_claimed() -> None:
    ours = curve_of([(4, CENSORED)] * 6)
    shown = ours.select("days", "at_risk", "cumulative_incidence", "low", "high").rows()
    assert shown[0] == pytest.approx((0, 6, 0, 0, 0.390334), abs=1e-6)
    assert shown[1] == pytest.approx((4, 6, 0, 0, 1), abs=1e-12)


@pytest.mark.parametrize("ending", [CENSORED, EVENT, DIED])
def test_one_child_is_a_curve_without_warning(ending: int) -> None:
    ours = curve_of([(3, ending)])
    assert ours["cumulative_incidence"].to_list() == [0, float(ending == EVENT)]


def test_nobody_is_no_curve() -> None:
    assert curve_of([]).height == 0
    nobody = counted([(3, EVENT)]).with_columns(pl.lit(0).alias("event"))
    assert curves(nobody, ["group"], competing=["died"]).collect().height == 0


# Quantiles


def test_the_median_is_the_first_day_on_which_half_have_had_the_event() -> None:
    halves = [(3, EVENT), (8, EVENT), (9, CENSORED), (9, CENSORED)]
    assert quantile_days(curve_of(halves).lazy(), ["group"]).collect()["days"].to_list() == [8]


def test_a_median_that_rounding_would_miss_is_reached() -> None:
    """Ten steps of a twentieth add up to half, which they do not in binary fractions."""
    stories = [*((day, EVENT) for day in range(1, 11)), *[(20, CENSORED)] * 10]
    assert quantile_days(curve_of(stories).lazy(), ["group"]).collect()["days"].to_list() == [10]


def test_a_median_that_is_not_reached_has_a_word_and_no_number() -> None:
    told = quantile_days(curve_of([(3, EVENT), (4, DIED), (9, CENSORED)]).lazy(), ["group"]).collect()
    assert told.row(0, named=True) == {
        "group": "all",
        "days": None,
        "low_days": None,
        "high_days": None,
        "state": "not_reached",
    }


def test_the_interval_of_a_median_lies_around_it() -> None:
    told = quantile_days(curve_of(random_stories(5, 300)).lazy(), ["group"], 0.25).collect().row(0, named=True)
    assert told["low_days"] < told["days"] < told["high_days"]


# On a grid


def on_grid(stories: list[Story], *days: int) -> list[dict[str, object]]:
    grid = pl.LazyFrame({"days": days}, schema={"days": pl.Int32})
    return curve_on_grid(curve_of(stories).lazy(), grid, ["group"]).collect().to_dicts()


def test_the_grid_shows_the_last_step_up_to_its_day_and_those_still_followed() -> None:
    stories = [(0, EVENT), (10, EVENT), (20, CENSORED), (30, CENSORED)]
    rows = on_grid(stories, 0, 9, 10, 20, 25)
    assert [row["cumulative_incidence"] for row in rows] == pytest.approx([0.25, 0.25, 0.5, 0.5, 0.5])
    assert [row["at_risk"] for row in rows] == [4, 3, 3, 2, 1]


def test_beyond_the_last_child_followed_nothing_is_known() -> None:
    beyond = on_grid([(10, EVENT), (20, CENSORED)], 21)[0]
    assert (beyond["at_risk"], beyond["cumulative_incidence"], beyond["low"], beyond["state"]) == (
        0,
        None,
        None,
        "not_yet_due",
    )


def test_when_everybody_has_come_to_an_end_the_share_stays() -> None:
    beyond = on_grid([(10, EVENT), (20, DIED)], 21)[0]
    assert (beyond["at_risk"], beyond["cumulative_incidence"], beyond["state"]) == (0, 0.5, "number")


def test_groups_can_have_days_of_their_own() -> None:
    two = pl.concat([counted([(5, EVENT)], "one"), counted([(5, EVENT)], "two")])
    grid = pl.LazyFrame({"group": ["one", "two", "two"], "days": [0, 0, 7]})
    shown = curve_on_grid(curves(two, ["group"], competing=["died"]), grid, ["group"]).collect()
    assert shown.select("group", "days", "cumulative_incidence").rows() == [
        ("one", 0, 0.0),
        ("two", 0, 0.0),
        ("two", 7, 1.0),
    ]
