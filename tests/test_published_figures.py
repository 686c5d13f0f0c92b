"""Figures of pages: the five states as the gate has given them, the thread, intervals and comparisons."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from figure_frames import OF_CONTINUITY, OF_SHARES, funnel, share_row
from published_frames import LAESOE, SVENDBORG, FakeSnapshot

from dashboards import published
from dashboards.continuity import Thread
from dashboards.headlines import CARDS
from dashboards.intervals import change, direction
from dashboards.opening import Source
from dashboards.scope import Place, Scope
from dashboards.sentences import wilson
from dashboards.shares import Share, Shares
from dashboards.states import STATES, State
from pipelines.definitions.measures import HANDED_OVER, KNOWN_BEFORE_BIRTH, LOST_TO_FOLLOW_UP, Measure
from pipelines.definitions.reference import Reference
from pipelines.disclosure.places_and_periods import Calendar
from pipelines.disclosure.published_tables import STATES as GATE_STATES

NATIONAL = Scope("national")
HERE = Place("municipality", SVENDBORG)
WINDOW = "2023-2025"


def with_shares(*rows: dict[str, object], thread: tuple[dict[str, object], ...] = ()) -> FakeSnapshot:
    return FakeSnapshot(
        {
            "published_shares": pl.DataFrame(list(rows), schema=OF_SHARES),
            "published_continuity": pl.DataFrame(list(thread), schema=OF_CONTINUITY),
        }
    )


def handed_over(**figure: object) -> dict[str, object]:
    return share_row("handed_over", "municipality", SVENDBORG, "three_years", WINDOW, **figure)


def share(source: Source, headline: Measure = HANDED_OVER, place: Place = HERE, period: str = WINDOW) -> Share:
    rows = published.shares(source, NATIONAL, (headline,), (place,), kind="three_years", names=[period])
    return Shares(rows).get(headline, place, period)


@pytest.mark.parametrize("state", STATES)
def test_a_figure_has_the_state_that_the_gate_gave_it(state: State) -> None:
    published_row = handed_over(part=34, whole=41) if state == "number" else handed_over(state=state)
    found = share(with_shares(published_row))
    assert found.state == state
    assert (found.numerator, found.denominator) == ((34, 41) if state == "number" else (None, None))


@pytest.mark.parametrize(("part", "whole"), [(3, 41), (38, 41), (2, 3), (0, 5)])
def test_pages_hide_nothing_that_the_gate_has_let_through(part: int, whole: int) -> None:
    found = share(with_shares(handed_over(part=part, whole=whole)))
    assert (found.state, found.numerator, found.denominator) == ("number", part, whole)


def test_a_figure_without_a_row_is_never_zero() -> None:
    source = with_shares(share_row("registered", "municipality", SVENDBORG, "three_years", WINDOW, part=9, whole=12))
    assert share(source).state == "not_applicable", "others were due something there, so nobody was due this"
    assert share(source, place=Place("municipality", LAESOE)).state == "missing"
    assert share(source, period="2024-2026").state == "not_yet_due"


def test_a_period_that_is_not_over_is_not_yet_due_for_a_step_of_the_thread_too() -> None:
    assert share(with_shares(handed_over(part=9, whole=12)), KNOWN_BEFORE_BIRTH, period="2024-2026").state == (
        "not_yet_due"
    )


def test_a_headline_of_a_programme_is_the_published_sum_of_its_contacts() -> None:
    lost = LOST_TO_FOLLOW_UP
    row = share_row(
        "family_clinic", "municipality", SVENDBORG, "three_years", WINDOW, part=30, whole=100, share_of=lost.numerator
    )
    found = share(with_shares(row), lost)
    assert (found.numerator, found.denominator) == (30, 100)


@pytest.mark.parametrize(
    ("coverage", "state"),
    [
        ({"part": 60, "whole": 100}, "suppressed"),
        ({"state": "suppressed"}, "suppressed"),
        ({"state": "not_applicable"}, "not_applicable"),
        ({"state": "missing"}, "missing"),
    ],
)
def test_a_share_that_is_published_of_larger_places_only_is_hidden_where_its_coverage_is_shown(
    coverage: dict[str, object], state: State
) -> None:
    lost = LOST_TO_FOLLOW_UP
    row = share_row(
        "family_clinic", "municipality", SVENDBORG, "three_years", WINDOW, share_of="numerator_ever", **coverage
    )
    found = share(with_shares(row), lost)
    assert (found.state, found.numerator, found.share) == (state, None, None)


def test_one_programme_alone_is_made_for_exposed_children() -> None:
    schedule = Reference.load().schedule
    special = schedule.filter(pl.col("applies_to") == "exposed")["programme"].unique()
    assert special.to_list() == ["family_clinic"]
    assert schedule.filter(pl.col("programme") == "family_clinic")["applies_to"].unique().to_list() == ["exposed"]


def test_the_attribution_of_a_figure_is_the_responsible_municipality() -> None:
    others = [handed_over(part=1, whole=9, attribution=name) for name in ("at_birth", "now")]
    found = share(with_shares(*others, handed_over(part=34, whole=41)))
    assert (found.numerator, found.denominator) == (34, 41)


EXPOSED = {"exposed": 41, "known_before_birth|first_known_after_birth": 12}


def funnel_here(chain: dict[str, int], window: str = WINDOW) -> tuple[dict[str, object], ...]:
    return tuple(funnel(("municipality", SVENDBORG), ("three_years", window), chain))


def test_known_before_birth_is_the_second_step_among_the_exposed() -> None:
    found = share(with_shares(handed_over(part=9, whole=12), thread=funnel_here(EXPOSED)), KNOWN_BEFORE_BIRTH)
    assert (found.state, found.numerator, found.denominator) == ("number", 29, 41)


def test_a_step_may_be_shown_as_a_number_while_its_share_is_hidden() -> None:
    steps = funnel_here(EXPOSED)
    hidden = tuple(
        row | {"share_state": "suppressed", "exposed": None, "share": None, "low": None, "high": None}
        if row.get("share_state")
        else row
        for row in steps
    )
    source = with_shares(handed_over(part=9, whole=12), thread=hidden)
    assert share(source, KNOWN_BEFORE_BIRTH).state == "suppressed"
    assert share(source, KNOWN_BEFORE_BIRTH).numerator is None
    assert published.thread(source, NATIONAL, HERE, WINDOW).steps[1].children == 29


@pytest.mark.parametrize("as_of", [date(year, 9, 30) for year in range(2026, 2033)])
def test_the_periods_of_pages_are_those_that_the_gate_publishes_and_the_one_that_is_not_over(as_of: date) -> None:
    calendar = Calendar(as_of)
    released = {"year": [str(year) for year in calendar.years]}
    released |= {kind: list(calendar.windows(kind)) for kind in ("three_years", "five_years")}
    for kind in published.PERIOD_KINDS:
        *over, running = published.periods(as_of, kind)
        assert over == released[kind][-len(over) :]
        assert running.endswith(str(as_of.year))
    assert published.windows(as_of) == [f"{years[0]}-{years[-1]}" for years in calendar.periods]
    assert set(published.windows(as_of)[1:]) <= set(published.periods(as_of, "three_years"))


def test_the_states_of_pages_are_those_of_the_gate() -> None:
    assert STATES == GATE_STATES


def thread(chain: dict[str, int]) -> Thread:
    return Thread.of(pl.DataFrame(list(funnel_here(chain)), schema=OF_CONTINUITY))


def test_a_thread_whose_beginning_is_hidden_is_hidden() -> None:
    hidden = thread({"exposed": 4})
    assert hidden.state == "suppressed"
    assert all(step.children is None for step in hidden.steps)


def test_a_hidden_step_between_shown_ones_has_no_number_and_names_no_reason() -> None:
    steps = {step.name: step for step in thread({"exposed": 41, "handed_over|no_handover": 38}).steps}
    assert (steps["handed_over"].children, steps["handed_over"].lost) == (None, 38)
    few = {step.name: step for step in thread({"exposed": 41, "registered|not_registered": 3}).steps}
    assert (few["registered"].children, few["registered"].lost, few["registered"].losses) == (38, None, ())


def test_reasons_are_shown_with_the_largest_first_and_hidden_ones_without_number() -> None:
    chain = {
        "exposed": 60,
        "handed_over|no_handover": 9,
        "handed_over|not_confirmed": 12,
        "handed_over|exposure_left_out": 2,
    }
    step = next(step for step in thread(chain).steps if step.name == "handed_over")
    assert step.lost == 23
    assert [(loss.reason, loss.children) for loss in step.losses] == [
        ("not_confirmed", 12),
        ("no_handover", 9),
        ("exposure_left_out", None),
    ]


def test_no_rows_is_missing_and_no_exposed_child_is_not_applicable() -> None:
    rows = pl.DataFrame(list(funnel_here({"exposed": 0})), schema=OF_CONTINUITY)
    assert Thread.of(rows).state == "not_applicable"
    assert Thread.of(rows.clear()).state == "missing"


def test_a_place_that_has_nothing_counted_has_no_thread_of_nobody() -> None:
    by_year = share_row("handed_over", "municipality", SVENDBORG, "year", "2025", part=9, whole=12)
    nobody = funnel_here({"exposed": 0})
    assert published.thread(with_shares(by_year, thread=nobody), NATIONAL, HERE, WINDOW).state == "not_applicable"
    silent = share_row("handed_over", "municipality", SVENDBORG, "year", "2025", state="missing")
    assert published.thread(with_shares(silent, thread=nobody), NATIONAL, HERE, WINDOW).state == "missing"


def test_a_thread_that_is_half_hidden_says_little() -> None:
    assert thread({"exposed": 4}).says_little
    assert thread({"exposed": 41, "registered|not_registered": 38}).says_little
    assert not thread({"exposed": 41}).says_little


def test_the_interval_of_a_country_is_no_overflow() -> None:
    found = wilson(14_155, 209_775)
    assert found.low < 14_155 / 209_775 < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * (0.0675 * 0.9325 / 209_775) ** 0.5, rel=1e-2)


def test_wilsons_interval_is_the_one_of_the_textbook() -> None:
    found = wilson(34, 41)
    assert (round(found.low, 3), round(found.high, 3)) == (0.687, 0.915)
    assert wilson(0, 10).low == 0
    assert wilson(10, 10).high == 1


def test_a_change_counts_only_when_its_interval_keeps_clear_of_zero() -> None:
    sure = change(wilson(120, 300), wilson(180, 300))
    assert (round(sure.value, 2), direction(sure, high_is_good=True)) == (0.2, "better")
    assert direction(sure, high_is_good=False) == "worse"
    assert direction(change(wilson(12, 30), wilson(15, 30)), high_is_good=True) == "similar"


def test_there_are_at_most_eight_headline_numbers() -> None:
    assert len(CARDS) <= 8
