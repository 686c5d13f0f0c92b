"""Figures of pages: the five states as the gate has given them, the scope, what is opened, and the worklist's rows."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from figure_frames import OF_CONTINUITY, OF_SHARES, funnel, share_row
from hypothesis import given
from hypothesis import strategies as st
from published_frames import AS_OF, LAESOE, SVENDBORG, FakeSnapshot, country, run_facts, write_store, written

from dashboards import opening, published, suppression, worklist_rows
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.headlines import HANDED_OVER, KNOWN_BEFORE_BIRTH, Headline, cards, lost_to_follow_up
from dashboards.intervals import Interval, change, compared, direction
from dashboards.opening import NotSampleData, Source
from dashboards.scope import COUNTRY, NotAllowed, Place, Scope
from dashboards.sentences import wilson
from dashboards.shares import Share, Shares
from dashboards.states import STATES, State
from pipelines.definitions.reference import Reference
from pipelines.disclosure.places_and_periods import Calendar
from pipelines.disclosure.published_tables import STATES as GATE_STATES
from pipelines.errors import StoreIsEmpty, UserError
from pipelines.store import Store

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


def share(source: Source, headline: Headline = HANDED_OVER, place: Place = HERE, period: str = WINDOW) -> Share:
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
    lost = lost_to_follow_up(Reference.load())
    row = share_row(
        "family_clinic", "municipality", SVENDBORG, "three_years", WINDOW, part=30, whole=100, share_of=lost.share_of
    )
    found = share(with_shares(row), lost)
    assert (found.numerator, found.denominator) == (30, 100)


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


def test_a_step_of_the_thread_has_no_windows_of_five_years() -> None:
    with pytest.raises(ValueError, match="windows of five years"):
        published.shares(
            with_shares(), NATIONAL, (KNOWN_BEFORE_BIRTH,), (HERE,), kind="five_years", names=["2021-2025"]
        )


@pytest.mark.parametrize("as_of", [date(2026, 9, 30), date(2026, 1, 1), date(2026, 12, 31)])
def test_the_periods_of_pages_are_those_that_the_gate_publishes_and_the_one_that_is_not_over(as_of: date) -> None:
    calendar = Calendar(as_of)
    released = {"year": [str(year) for year in calendar.years]}
    released |= {kind: list(calendar.windows(kind)) for kind in ("three_years", "five_years")}
    for kind in published.PERIOD_KINDS:
        *over, running = published.periods(as_of, kind)
        assert over == released[kind][-len(over) :]
        assert published.latest(as_of, kind) == over[-1] == released[kind][-1]
        assert running.endswith("2026")


def test_the_states_of_pages_are_those_of_the_gate() -> None:
    assert STATES == GATE_STATES


@given(st.lists(st.integers(0, 12), max_size=6))
def test_one_hidden_reason_is_never_alone(parts: list[int]) -> None:
    shown = suppression.shown_parts(parts, 5)
    hidden = [part for part, is_shown in zip(parts, shown, strict=True) if not is_shown]
    assert len(hidden) != 1 or sum(parts) == hidden[0]
    assert not {part for part, is_shown in zip(parts, shown, strict=True) if is_shown} & {1, 2, 3, 4}


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


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([12, 9, 2], [True, False, False]),
        ([18, 5, 5, 4, 4], [True, False, True, False, False]),
        ([20, 4, 3, 3], [False, False, False, False]),
        ([9, 6], [True, True]),
        ([0, 9, 6], [True, True, True]),
    ],
)
def test_hidden_reasons_cannot_be_worked_out_from_the_sum_that_is_left(parts: list[int], shown: list[bool]) -> None:
    assert suppression.shown_parts(parts, 5) == shown


@pytest.mark.parametrize(
    ("parts", "gives_away"),
    [
        ([1, 1, 1, 1, 1], True),
        ([4, 4], True),
        ([4, 4, 4], True),
        ([1] * 10 + [2, 2], True),
        ([3], True),
        ([3, 2], False),
        ([3, 3, 2], False),
        ([20, 3], False),
        ([9, 7], False),
        ([], False),
    ],
)
def test_a_total_of_hidden_parts_alone_is_shown_only_where_it_tells_none_of_them(
    parts: list[int], gives_away: bool
) -> None:
    assert suppression.gives_away(parts, suppression.shown_parts(parts, 5), 5) is gives_away


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_beside_a_shown_total_every_small_part_could_have_every_small_value(number: int) -> None:
    possible: dict[int, list[tuple[int, ...]]] = {}
    for parts in product(range(1, 5), repeat=number):
        shown = suppression.shown_parts(list(parts), 5)
        assert not any(shown)
        if not suppression.gives_away(list(parts), shown, 5):
            possible.setdefault(sum(parts), []).append(parts)
    assert bool(possible) == (number > 1)
    assert all({parts[at] for parts in some} == {1, 2, 3, 4} for some in possible.values() for at in range(number))


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


def test_wilsons_interval_is_the_one_of_the_textbook() -> None:
    found = wilson(34, 41)
    assert (round(found.low, 3), round(found.high, 3)) == (0.687, 0.915)
    assert wilson(0, 10).low == 0
    assert wilson(10, 10).high == 1


def test_a_share_like_the_country_is_neither_better_nor_worse() -> None:
    own = Interval(0.74, 0.59, 0.85)
    assert compared(own, 0.61, high_is_good=True) == "similar"
    assert compared(own, 0.58, high_is_good=True) == "better"
    assert compared(own, 0.58, high_is_good=False) == "worse"
    assert compared(own, 0.86, high_is_good=True) == "worse"
    assert compared(None, 0.86, high_is_good=True) == "incomparable"
    assert compared(own, None, high_is_good=True) == "incomparable"


def test_a_change_counts_only_when_its_interval_keeps_clear_of_zero() -> None:
    sure = change(wilson(120, 300), wilson(180, 300))
    assert (round(sure.value, 2), direction(sure, high_is_good=True)) == (0.2, "better")
    assert direction(sure, high_is_good=False) == "worse"
    assert direction(change(wilson(12, 30), wilson(15, 30)), high_is_good=True) == "similar"


ELSEWHERE = Place("municipality", LAESOE)
OWN_REGION, OTHER_REGION = Place("region", "1083"), Place("region", "1081")


@pytest.mark.parametrize("role", ["leader", "steward"])
def test_municipal_roles_see_their_own_municipality_its_region_and_the_country(role: str) -> None:
    scope = Scope(role, SVENDBORG, "1083")  # type: ignore[arg-type]
    assert [scope.may_see(place) for place in (HERE, OWN_REGION, COUNTRY)] == [True] * 3
    assert [scope.may_see(place) for place in (ELSEWHERE, OTHER_REGION)] == [False] * 2


def test_every_figure_of_another_municipality_is_refused() -> None:
    source, leader = country(), Scope("leader", SVENDBORG, "1083")
    for place in (ELSEWHERE, OTHER_REGION):
        with pytest.raises(NotAllowed):
            published.shares(source, leader, (HANDED_OVER,), (HERE, place), kind="three_years", names=[WINDOW])
        with pytest.raises(NotAllowed):
            published.thread(source, leader, place, WINDOW)


@pytest.mark.parametrize("scope", [NATIONAL, Scope("leader", SVENDBORG, "1083")])
def test_no_role_but_the_steward_reads_the_worklist(scope: Scope) -> None:
    with pytest.raises(NotAllowed):
        worklist_rows.worklist(country(), scope)


def test_a_municipal_role_needs_a_municipality_and_a_national_one_has_none() -> None:
    with pytest.raises(NotAllowed):
        Scope("leader")
    with pytest.raises(NotAllowed):
        Scope("national", SVENDBORG)


def test_the_worklist_is_of_the_own_municipality_by_severity_then_age_with_pseudonyms_only() -> None:
    source = country(gaps_in_svendborg=60)
    rows = worklist_rows.worklist(source, Scope("steward", SVENDBORG, "1083"))
    assert rows.height == 60
    assert worklist_rows.worklist(source, Scope("steward", LAESOE, "1081")).is_empty()
    assert not {"child_id", "pregnancy_id", "subject_id"} & set(rows.columns)
    assert rows["subject"].null_count() == 0
    order = rows.select(pl.col("severity").to_physical(), -pl.col("age_days")).rows()
    assert order == sorted(order)


def test_only_a_store_that_says_it_is_sample_data_is_opened(tmp_path: Path) -> None:
    for name, is_sample in (("real", False), ("silent", None)):
        store = write_store(tmp_path / name, FakeSnapshot(country().tables, run_facts(is_sample=is_sample)))
        for opened in (opening.open_store, opening.open_publication):
            with pytest.raises(NotSampleData):
                opened(store)
    store = write_store(tmp_path / "sample", country())
    assert opening.open_store(store).run["as_of"] == AS_OF


def test_a_publication_is_of_the_run_whose_rows_rules_and_day_it_has(tmp_path: Path) -> None:
    store = write_store(tmp_path / "store", country())
    first = opening.open_publication(store)
    assert first is not None
    assert (first.as_of, first.is_of_last_run, first.run_id) == (AS_OF, True, opening.open_store(store).run["run_id"])
    written(store, "run", {}, run_facts(as_of=date(2026, 12, 31)))
    later = opening.open_publication(store)
    assert later is not None
    assert (later.as_of, later.is_of_last_run, later.run_id) == (AS_OF, False, first.run_id)


def test_nothing_is_published_where_a_new_secret_has_taken_the_tables_away(tmp_path: Path) -> None:
    assert opening.open_publication(tmp_path / "nothing") is None
    store = write_store(tmp_path / "store", country())
    with Store(store).writing() as writer:
        writer.commit_instead([], [])
    assert opening.open_publication(store) is None


def test_a_store_without_a_run_is_empty_and_one_that_cannot_be_read_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(StoreIsEmpty):
        opening.open_store(tmp_path / "nothing")
    (tmp_path / "broken" / "runs" / "_delta_log").mkdir(parents=True)
    (tmp_path / "broken" / "runs" / "_delta_log" / "00000000000000000000.json").write_text("{ cut short")
    with pytest.raises(UserError):
        opening.open_store(tmp_path / "broken")


def test_there_are_at_most_eight_headline_numbers() -> None:
    assert len(cards(Reference.load())) <= 8


def test_municipalities_lie_in_the_regions_of_the_day() -> None:
    before, after = Geography.on(date(2026, 12, 31)), Geography.on(date(2027, 1, 1))
    assert (len(before.codes), len(after.codes)) == (98, 98)
    assert before.region_of("0101") == Place("region", "1084")
    assert after.name(after.region_of("0101")) == "Region Østdanmark"
    assert after.region_of("0101") == after.region_of("0265")
    assert before.name(HERE) == "Svendborg"
