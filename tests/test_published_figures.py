"""What a page may show of a figure: five states, suppression of small counts, the scope, and the worklist's rows."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_frames import AS_OF, LAESOE, SVENDBORG, FakeSnapshot, country, counts_row, funnel, run_facts, write_store

from dashboards import published, shares, suppression
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.headlines import HANDED_OVER, KNOWN_BEFORE_BIRTH, Headline, cards, lost_to_follow_up
from dashboards.intervals import Interval, change, compared, direction
from dashboards.published import NotSampleData, Source
from dashboards.scope import COUNTRY, NotAllowed, Place, Scope
from dashboards.sentences import wilson
from dashboards.shares import Share, Shares
from pipelines.definitions.reference import Reference
from pipelines.errors import StoreIsEmpty, UserError

NATIONAL = Scope("national")
HERE = Place("municipality", SVENDBORG)
WINDOW = "2024-2026"


def with_counts(*rows: dict[str, object]) -> FakeSnapshot:
    steps = pl.DataFrame(funnel(("municipality", LAESOE), ("three_years", WINDOW), {"exposed": 0}))
    return FakeSnapshot({"counts_by_group": pl.DataFrame(list(rows)), "continuity": steps})


def handed_over(**numbers: int) -> dict[str, object]:
    return counts_row("handed_over", "municipality", SVENDBORG, "three_years", WINDOW, **numbers)


def share(source: Source, headline: Headline = HANDED_OVER, place: Place = HERE) -> Share:
    rows = published.shares(source, NATIONAL, (headline,), (place,), kind="three_years", names=[WINDOW])
    return Shares(rows).get(headline, place, WINDOW)


@pytest.mark.parametrize(
    ("denominator", "timely", "state"),
    [
        (41, 34, "number"),
        (41, 41, "number"),
        (5, 0, "number"),
        (4, 0, "suppressed"),
        (4, 4, "suppressed"),
        (41, 1, "suppressed"),
        (41, 4, "suppressed"),
        (41, 5, "number"),
        (41, 37, "suppressed"),
        (41, 40, "suppressed"),
        (41, 36, "number"),
    ],
)
def test_a_share_is_hidden_when_it_is_made_from_a_count_of_1_to_4(denominator: int, timely: int, state: str) -> None:
    found = share(with_counts(handed_over(denominator=denominator, numerator_timely=timely)))
    assert found.state == state
    assert (found.share is None) == (state != "number")


def test_a_hidden_share_leaves_no_number_behind() -> None:
    found = share(with_counts(handed_over(denominator=41, numerator_timely=3)))
    assert (found.numerator, found.denominator, found.share, found.low, found.high) == (None,) * 5


def test_nobody_due_is_not_applicable_and_nobody_due_yet_is_not_yet_due() -> None:
    assert share(with_counts(handed_over(excused=3))).state == "not_applicable"
    assert share(with_counts(handed_over(not_due=3))).state == "not_yet_due"
    assert share(with_counts(handed_over(early=2))).state == "not_yet_due"


def test_an_absent_count_is_nobody_due_where_the_place_delivered_and_missing_where_it_did_not() -> None:
    elsewhere = counts_row("registered", "municipality", SVENDBORG, "three_years", WINDOW, denominator=9)
    assert share(with_counts(elsewhere)).state == "not_applicable"
    assert share(with_counts(handed_over(denominator=9)), place=Place("municipality", LAESOE)).state == "missing"


def test_a_headline_adds_up_its_population() -> None:
    reference = Reference.load()
    measures = lost_to_follow_up(reference).population
    rows = [
        counts_row(m, "municipality", SVENDBORG, "three_years", WINDOW, denominator=20, lost_to_follow_up=6)
        for m in measures
    ]
    found = share(with_counts(*rows), lost_to_follow_up(reference))
    assert (found.numerator, found.denominator) == (6 * len(measures), 20 * len(measures))


def test_known_before_birth_is_the_second_step_among_the_exposed() -> None:
    steps = funnel(
        ("municipality", SVENDBORG),
        ("three_years", WINDOW),
        {"exposed": 41, "known_before_birth|first_known_after_birth": 12},
    )
    source = FakeSnapshot({"counts_by_group": pl.DataFrame([handed_over()]), "continuity": pl.DataFrame(steps)})
    found = share(source, KNOWN_BEFORE_BIRTH)
    assert (found.numerator, found.denominator) == (29, 41)


def test_a_step_of_the_thread_has_no_share_by_calendar_year() -> None:
    with pytest.raises(ValueError, match="windows of three years"):
        published.shares(
            with_counts(handed_over()), NATIONAL, (KNOWN_BEFORE_BIRTH,), (HERE,), kind="year", names=["2026"]
        )


@given(st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(0, 9))))
def test_no_shown_share_gives_a_small_count_back(counts: tuple[int, int, int]) -> None:
    numerator, denominator, pending = (pl.lit(number) for number in counts)
    state = pl.select(suppression.state_of_share(numerator, denominator, pending, 5)).item()
    if state == "number":
        part, whole, _ = counts
        assert not {part, whole, whole - part} & {1, 2, 3, 4}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_no_shown_number_of_the_thread_or_difference_between_neighbours_is_small(losses: list[int]) -> None:
    children = [sum(losses[at:]) for at in range(len(losses) + 1)]
    shown = suppression.shown_in_chain(children, 5)
    visible = [number for number, is_shown in zip(children, shown, strict=True) if is_shown]
    differences = {a - b for a, b in pairwise(visible)}
    assert not (set(visible) | differences) & {1, 2, 3, 4}


@given(st.lists(st.integers(0, 12), max_size=6))
def test_one_hidden_reason_is_never_alone(parts: list[int]) -> None:
    shown = suppression.shown_parts(parts, 5)
    hidden = [part for part, is_shown in zip(parts, shown, strict=True) if not is_shown]
    assert len(hidden) != 1 or sum(parts) == hidden[0]
    assert not {part for part, is_shown in zip(parts, shown, strict=True) if is_shown} & {1, 2, 3, 4}


def thread(chain: dict[str, int]) -> Thread:
    return Thread.of(pl.DataFrame(funnel(("municipality", SVENDBORG), ("three_years", WINDOW), chain)), 5)


def test_a_thread_of_fewer_than_five_children_is_hidden_whole() -> None:
    hidden = thread({"exposed": 4})
    assert hidden.state == "suppressed"
    assert all(step.children is None and step.lost is None and step.losses == () for step in hidden.steps)


def test_a_small_loss_hides_the_step_but_not_a_later_one_that_differs_by_more() -> None:
    chain = {"exposed": 41, "registered|not_registered": 3, "handed_over|no_handover": 9}
    steps = {step.name: step for step in thread(chain).steps}
    assert steps["registered"].children is None
    assert steps["registered"].lost is None
    assert steps["handed_over"].children == 29
    assert steps["handed_over"].lost is None


@pytest.mark.parametrize(("lost", "named"), [((4, 4), 0), ((3, 2), 2)])
def test_reasons_are_not_named_where_the_number_lost_tells_how_many_each_has(lost: tuple[int, int], named: int) -> None:
    chain = {"exposed": 60, "handed_over|no_handover": lost[0], "handed_over|exposure_left_out": lost[1]}
    step = next(step for step in thread(chain).steps if step.name == "handed_over")
    assert step.lost == sum(lost)
    assert [loss.children for loss in step.losses] == [None] * named


def test_reasons_are_shown_with_the_largest_first_and_small_ones_without_number() -> None:
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
        ("exposure_left_out", None),
        ("no_handover", None),
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


def test_a_municipality_has_no_calendar_years_that_a_window_could_be_reduced_by() -> None:
    with pytest.raises(ValueError, match="windows of three years only"):
        published.shares(with_counts(handed_over()), NATIONAL, (HANDED_OVER,), (HERE,), kind="year", names=["2026"])


@pytest.mark.parametrize(("ever", "lost", "state"), [(11, 11, "suppressed"), (11, 8, "number"), (13, 11, "number")])
def test_coverage_and_loss_beside_each_other_leave_no_small_rest(ever: int, lost: int, state: str) -> None:
    row = {"numerator": lost, "denominator": 24, "pending": 0, "rest": 24 - ever - lost}
    keys = {"headline": "lost_to_follow_up", "place_kind": "municipality", "place": SVENDBORG, "period": WINDOW}
    assert shares.protected(pl.LazyFrame([keys | row]), 5).collect()["state"].item() == state


def test_no_rows_is_missing_and_no_exposed_child_is_not_applicable() -> None:
    rows = pl.DataFrame(funnel(("country", "country"), ("three_years", WINDOW), {"exposed": 0}))
    assert Thread.of(rows, 5).state == "not_applicable"
    assert Thread.of(rows.clear(), 5).state == "missing"


def test_a_place_that_delivered_counts_but_has_no_thread_has_no_exposed_child() -> None:
    source = with_counts(handed_over(denominator=9))
    assert published.thread(source, NATIONAL, HERE, WINDOW).state == "not_applicable"
    assert published.thread(source, NATIONAL, Place("municipality", "0101"), WINDOW).state == "missing"


def test_a_thread_that_is_half_hidden_says_little() -> None:
    assert thread({"exposed": 4}).says_little
    assert thread({"exposed": 41, **dict.fromkeys(SMALL_LOSSES, 3)}).says_little
    assert not thread({"exposed": 41}).says_little


SMALL_LOSSES = ("registered|not_registered", "carried_in_record|silent", "followed_up|no_show")


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
        published.worklist(country(), scope)


def test_a_municipal_role_needs_a_municipality_and_a_national_one_has_none() -> None:
    with pytest.raises(NotAllowed):
        Scope("leader")
    with pytest.raises(NotAllowed):
        Scope("national", SVENDBORG)


def test_the_worklist_is_of_the_own_municipality_by_severity_then_age_with_pseudonyms_only() -> None:
    source = country(gaps_in_svendborg=60)
    rows = published.worklist(source, Scope("steward", SVENDBORG, "1083"))
    assert rows.height == 60
    assert published.worklist(source, Scope("steward", LAESOE, "1081")).is_empty()
    assert not {"child_id", "pregnancy_id", "subject_id"} & set(rows.columns)
    assert rows["subject"].null_count() == 0
    order = rows.select(pl.col("severity").to_physical(), -pl.col("age_days")).rows()
    assert order == sorted(order)


def test_only_a_store_that_says_it_is_sample_data_is_opened(tmp_path: Path) -> None:
    tables = {"continuity": pl.DataFrame(funnel(("country", "country"), ("all", "all"), {"exposed": 0}))}
    for name, is_sample in (("real", False), ("silent", None)):
        store = write_store(tmp_path / name, FakeSnapshot(tables, run_facts(is_sample=is_sample)))
        with pytest.raises(NotSampleData):
            published.open_store(store)
    opened = published.open_store(write_store(tmp_path / "sample", FakeSnapshot(tables)))
    assert opened.run["as_of"] == AS_OF


def test_a_store_without_a_run_is_empty_and_one_that_cannot_be_read_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(StoreIsEmpty):
        published.open_store(tmp_path / "nothing")
    (tmp_path / "broken" / "runs" / "_delta_log").mkdir(parents=True)
    (tmp_path / "broken" / "runs" / "_delta_log" / "00000000000000000000.json").write_text("{ cut short")
    with pytest.raises(UserError):
        published.open_store(tmp_path / "broken")


def test_there_are_at_most_eight_headline_numbers() -> None:
    assert len(cards(Reference.load())) <= 8


def test_municipalities_lie_in_the_regions_of_the_day() -> None:
    before, after = Geography.on(date(2026, 12, 31)), Geography.on(date(2027, 1, 1))
    assert (len(before.codes), len(after.codes)) == (98, 98)
    assert before.region_of("0101") == Place("region", "1084")
    assert after.name(after.region_of("0101")) == "Region Østdanmark"
    assert after.region_of("0101") == after.region_of("0265")
    assert before.name(HERE) == "Svendborg"
