"""The auditor against an enumerator that tries every table."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from enumerated_tables import possible, riddle, tables
from random_releases import can_be_tried, sensitive_cells, some_release

from pipelines.disclosure.auditor import Proof, Verdict, audit
from pipelines.disclosure.linked_tables import Flags, Integers, LinkedTables, Published


def expected(releases: Sequence[Published], sensitive: Flags) -> dict[str, tuple[int, ...]]:
    """Hidden cells that tell too much, with the values from 1 to t-1 that remain."""
    last, leaks = releases[-1], {}
    for name, values in possible(releases).items():
        threshold = next(release.threshold for release in reversed(releases) if name in release.names)
        small = tuple(value for value in range(1, threshold) if value in values)
        is_sensitive = name in last.names and sensitive[list(last.names).index(name)]
        if len(small) < threshold - 1 and (small or is_sensitive):
            leaks[name] = small
    return leaks


def names_of(releases: Sequence[Published]) -> list[str]:
    """Cells of the last release first, then the others."""
    return list(dict.fromkeys([*releases[-1].names, *(name for one in releases[:-1] for name in one.names)]))


def narrowed(verdict: Verdict) -> dict[int, tuple[int, ...]]:
    return {leak.cell: leak.possible for leak in verdict.leaks if leak.why != "published_small"}


def assert_agreement(releases: Sequence[Published], sensitive: Flags, verdict: Verdict) -> None:
    wanted = expected(releases, sensitive)
    names = np.array(names_of(releases))
    assert {str(names[cell]): values for cell, values in narrowed(verdict).items()} == wanted
    assert not verdict.proven["open"]
    assert verdict.clean == (not verdict.leaks)


@pytest.mark.parametrize("seed", range(200))
def test_auditor_and_enumerator_agree_on_a_random_release(seed: int) -> None:
    _, published, sensitive = some_release(random.Random(seed))
    assert_agreement([published], sensitive, audit(published, sensitive=sensitive))


@pytest.mark.parametrize("seed", range(60))
def test_true_counts_as_a_first_solution_change_no_verdict(seed: int) -> None:
    tables, published, sensitive = some_release(random.Random(seed))
    assert_agreement([published], sensitive, audit(published, sensitive=sensitive, counts=tables.counts))


@pytest.mark.parametrize("seed", range(60))
def test_any_counts_that_fit_are_as_good_a_first_solution_as_the_true_ones(seed: int) -> None:
    chance = random.Random(seed)
    while True:
        _, published, sensitive = some_release(chance)
        fits = [table for table, _ in zip(tables(riddle([published])), range(50), strict=False)]
        if fits:
            break
    world = chance.choice(fits)
    counts = np.array([world[name] for name in published.names], dtype=np.int64)
    verdict = audit(published, sensitive=sensitive, counts=counts)
    assert_agreement([published], sensitive | sensitive_by(published, counts), verdict)


def sensitive_by(published: Published, counts: Integers) -> Flags:
    return sensitive_cells(
        LinkedTables(published.names, counts, published.denominators, published.relations, published.threshold)
    )


def in_parts(tables: LinkedTables, published: Published, chance: random.Random) -> list[Published]:
    """An earlier release of the same tables that hid other cells and knew fewer relations, and the release."""
    also = np.array([chance.random() < 0.3 for _ in range(len(tables))])
    kept = [pair for pair in tables.relations if chance.random() < 0.7]
    earlier = Published.of(replace(tables, relations=type(tables.relations).of(kept)), published.suppressed | also)
    shown_then = np.array([chance.random() < 0.1 for _ in range(len(tables))]) & (tables.counts >= tables.threshold)
    hidden = earlier.suppressed & ~shown_then
    has = tables.denominators >= 0
    rate_hidden = hidden | (has & hidden[tables.denominators])
    counts = np.where(hidden, -1, tables.counts)
    return [replace(earlier, counts=counts, suppressed=hidden, rate_suppressed=rate_hidden), published]


@pytest.mark.parametrize("seed", range(120))
def test_auditor_and_enumerator_agree_on_a_release_after_another(seed: int) -> None:
    chance = random.Random(10_000 + seed)
    while True:
        world, published, sensitive = some_release(chance)
        releases = in_parts(world, published, chance)
        if can_be_tried(releases):
            break
    verdict = audit(published, earlier=releases[:1], sensitive=sensitive)
    if fits_nothing(releases):
        assert not verdict.clean
    else:
        assert_agreement(releases, sensitive, verdict)


def fits_nothing(releases: Sequence[Published]) -> bool:
    """An earlier release that broke the rules contradicts what is known of them."""
    return next(tables(riddle(releases)), None) is None


def tables_of_a_row() -> LinkedTables:
    return LinkedTables.of({"all": 20, "a": 3, "b": 7, "c": 10}, {"all": ["a", "b", "c"]})


def shown(tables: LinkedTables, *hidden: str) -> Published:
    return Published.of(tables, np.isin(np.array(tables.names), hidden))


def test_nothing_hidden_and_nothing_small_is_clean() -> None:
    tables = LinkedTables.of({"all": 20, "a": 8, "b": 12}, {"all": ["a", "b"]})
    assert audit(shown(tables)).clean


def test_everything_hidden_is_clean() -> None:
    verdict = audit(shown(tables_of_a_row(), "all", "a", "b", "c"))
    assert verdict.clean
    assert verdict.proven["witness"] == 4


def test_no_cell_at_all_is_clean() -> None:
    assert audit(Published.of(LinkedTables.of({}, {}), np.zeros(0, dtype=bool))).clean


def test_a_small_count_that_is_shown_is_a_leak() -> None:
    verdict = audit(shown(tables_of_a_row()))
    assert not verdict.clean
    assert [leak.why for leak in verdict.leaks] == ["published_small"]


def test_a_relation_without_any_solution_is_a_contradiction() -> None:
    published = shown(tables_of_a_row(), "a", "b")
    counts = published.counts.copy()
    counts[0] = 9
    verdict = audit(replace(published, counts=counts))
    assert not verdict.clean
    assert verdict.reasons == ("contradiction: no counts at all fit what was published",)


def test_a_contradiction_that_only_whole_numbers_have_is_found() -> None:
    counts = {"a": 1, "b": 1, "c": 1, "ab": 6, "bc": 6, "ca": 6}
    tables = LinkedTables.of(counts, {"ab": ["a", "b"], "bc": ["b", "c"], "ca": ["c", "a"]})
    published = shown(tables, "a", "b", "c")
    odd = published.counts.copy()
    odd[3] = 7
    assert audit(replace(published, counts=odd)).reasons == ("contradiction: no counts at all fit what was published",)


def test_another_value_than_before_is_a_contradiction_unless_it_is_a_correction() -> None:
    tables = LinkedTables.of({"all": 20, "a": 8, "b": 12}, {"all": ["a", "b"]})
    before = LinkedTables.of({"all": 21, "a": 9, "b": 12}, {"all": ["a", "b"]})
    assert not audit(shown(tables), earlier=[shown(before)]).clean
    assert audit(shown(tables), earlier=[shown(before)], corrections=[False, True]).clean


def test_what_a_correction_leaves_the_same_still_tells() -> None:
    """The region grew by one child outside the two hidden places: their sum was known before, and one of them now."""
    before = LinkedTables.of({"all": 30, "a": 3, "b": 7, "c": 20}, {"all": ["a", "b", "c"]})
    now = LinkedTables.of({"all": 31, "a": 3, "b": 7, "c": 21}, {"all": ["a", "b", "c"]})
    corrected = {"corrections": [False, True]}
    assert audit(shown(now, "a", "b"), earlier=[shown(before, "a", "b")], **corrected).clean  # type: ignore[arg-type]
    verdict = audit(shown(now, "a", "c"), earlier=[shown(before, "a", "b")], **corrected)  # type: ignore[arg-type]
    assert not verdict.clean


def test_where_a_correction_moves_hidden_cells_the_old_and_the_new_ones_are_told_apart() -> None:
    before = LinkedTables.of({"all": 10, "a": 3, "b": 7}, {"all": ["a", "b"]})
    now = LinkedTables.of({"all": 11, "a": 3, "b": 8}, {"all": ["a", "b"]})
    assert audit(shown(now, "a", "b"), earlier=[shown(before, "a", "b")], corrections=[False, True]).clean


def test_time_that_is_up_is_no_clean_verdict() -> None:
    verdict = audit(shown(tables_of_a_row(), "a", "b"), time_limit=0.0)
    assert not verdict.clean
    assert verdict.reasons == ("the time limit came before the proof",)
    assert verdict.proven["open"] == 2


def test_a_gap_of_parity_is_found_though_both_ends_are_possible() -> None:
    """x + z and y + z are the same, so x and y are, and their sum is even."""
    counts = {"x": 1, "y": 1, "z": 6, "xz": 7, "yz": 7, "xy": 2}
    tables = LinkedTables.of(counts, {"xz": ["x", "z"], "yz": ["y", "z"], "xy": ["x", "y"]})
    verdict = audit(shown(tables, "x", "y", "z", "xy"))
    assert narrowed(verdict) == {5: (2, 4)}
    assert [(leak.lower, leak.upper) for leak in verdict.leaks] == [(0, 14)]


def test_a_leak_has_its_exact_interval() -> None:
    """a is from 0 to 3 because b + c leaves no more; c is at least 6 and tells nothing small."""
    counts = {"a": 2, "b": 4, "c": 7, "ac": 9, "bc": 11, "ab": 6}
    tables = LinkedTables.of(
        {**counts, "bcd": 11, "d": 0}, {"ac": ["a", "c"], "bcd": ["b", "c", "d"], "ab": ["a", "b"]}
    )
    verdict = audit(shown(tables, "a", "b", "c", "d", "bc"))
    assert [(verdict.lower[cell], verdict.upper[cell]) for cell in narrowed(verdict)] == [
        (leak.lower, leak.upper) for leak in verdict.leaks
    ]
    assert verdict.exact[list(narrowed(verdict))].all()
    fits = possible([shown(tables, "a", "b", "c", "d", "bc")])
    names = tables.names
    assert all(leak.lower == min(fits[names[leak.cell]]) for leak in verdict.leaks)
    assert all(leak.upper == max(fits[names[leak.cell]]) for leak in verdict.leaks)


def test_a_leak_does_not_show_its_values_where_it_is_written() -> None:
    verdict = audit(shown(tables_of_a_row(), "a"))
    assert "3" not in repr(verdict.leaks[0])
    assert "Leak" not in repr(verdict)


@pytest.mark.parametrize("fault", ["threshold", "twice", "shown", "rate"])
def test_what_is_not_in_form_is_not_judged(fault: str) -> None:
    published = shown(LinkedTables.of({"d": 20, "n": 8}, {}, {"n": "d"}), "n")
    broken = {
        "threshold": replace(published, threshold=2),
        "twice": replace(published, names=("d", "d")),
        "shown": replace(published, counts=np.array([20, 8])),
        "rate": replace(published, rate_suppressed=np.array([False, False])),
    }[fault]
    verdict = audit(broken)
    assert not verdict.clean
    assert verdict.reasons
    assert (verdict.proof == Proof.OPEN).all()
