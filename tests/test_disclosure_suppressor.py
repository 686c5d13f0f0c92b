"""The suppressor against an attacker that knows every relation, and the traps that naive suppression falls into."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from linked_worlds import crossed, leaks, primary, random_tables, two_generations, windows, with_rates

from pipelines.disclosure.linked_tables import LinkedTables
from pipelines.disclosure.suppressor import CannotBeProtected, SuppressionFailed, choosing, suppress

pytestmark = pytest.mark.slow


def hidden_names(tables: LinkedTables) -> set[str]:
    return {tables.names[cell] for cell in np.flatnonzero(suppress(tables))}


def holds(tables: LinkedTables, naive: np.ndarray | None = None) -> set[str]:
    """The naive pattern leaks, ours does not; what ours hides."""
    assert leaks(tables, primary(tables) if naive is None else naive)
    hidden = suppress(tables)
    assert not leaks(tables, hidden)
    return {tables.names[cell] for cell in np.flatnonzero(hidden)}


def only(tables: LinkedTables, *names: str) -> np.ndarray:
    return np.isin(np.array(tables.names), names)


@pytest.mark.parametrize("seed", range(40))
def test_an_attacker_who_tries_everything_finds_nothing_narrowed(seed):
    tables = random_tables(seed)
    assert not leaks(tables, suppress(tables))


@pytest.mark.parametrize("seed", range(25))
def test_nor_does_he_in_tables_that_are_protected_as_large_ones_are(seed, monkeypatch):
    monkeypatch.setattr(choosing, "LARGE", 0)
    tables = random_tables(seed)
    assert not leaks(tables, suppress(tables))


def test_the_pattern_is_the_same_each_time():
    tables = random_tables(8)
    assert np.array_equal(suppress(tables), suppress(tables))


def test_nothing_is_hidden_where_nothing_is_sensitive():
    tables = crossed(np.full((3, 3), 9), "rc")
    assert not suppress(tables).any()


def test_no_cells_no_pattern():
    assert suppress(LinkedTables.of({}, [])).tolist() == []


def test_a_single_small_cell_in_a_row_takes_others_with_it():
    tables = crossed(np.array([[2, 20, 30], [20, 40, 50], [30, 50, 60]]), "rc")
    hidden = holds(tables)
    assert "r0 c0" in hidden
    assert len(hidden) == 4


def test_one_and_one_need_more_than_each_other():
    tables = LinkedTables.of({"a": 1, "b": 1, "c": 9, "d": 30, "all": 41}, {"all": "abcd"})
    assert holds(tables) == {"a", "b", "c"}


def test_four_and_four_cover_each_other():
    tables = LinkedTables.of({"a": 4, "b": 4, "c": 9, "all": 17}, {"all": "abc"})
    assert hidden_names(tables) == {"a", "b"}


def test_a_pair_of_two_and_one_would_narrow_both():
    tables = LinkedTables.of({"a": 2, "b": 1, "c": 9, "d": 30, "all": 42}, {"all": "abcd"})
    assert holds(tables) == {"a", "b", "c"}


def test_two_in_each_row_and_column_are_no_proof_when_one_cell_is_a_bridge_between_blocks():
    counts = np.full((4, 4), 40)
    counts[:2, :2] = counts[2:, 2:] = 3
    counts[1, 2] = 2
    tables = crossed(counts, "rc")
    assert leaks(tables, primary(tables)) == ["r1 c2"]
    hidden = holds(tables)
    assert hidden > {"r1 c2"}


def test_a_region_of_one_municipality_is_that_municipality():
    tables = LinkedTables.of(
        {"m0": 3, "m1": 20, "m2": 30, "r0": 3, "r1": 50, "country": 53},
        [("r0", ["m0"]), ("r1", ["m1", "m2"]), ("country", ["r0", "r1"])],
    )
    hidden = holds(tables)
    assert {"m0", "r0"} < hidden


def test_quarters_do_not_give_the_year_nor_the_year_the_quarters():
    tables = crossed(np.array([[6, 2, 7, 9], [12, 15, 14, 20], [15, 19, 17, 14]]), "mq")
    hidden = holds(tables)
    assert len({name for name in hidden if name.startswith("m0 q")}) >= 2


def test_overlapping_windows_do_not_give_the_year_between_them():
    tables = windows(np.array([[6, 7, 2, 8, 9], [20, 21, 22, 19, 18], [14, 15, 30, 16, 17]]), (3,))
    every_year = only(tables, *(f"m{place} {year}-{year}" for place in range(2) for year in range(5)))
    assert leaks(tables, only(tables, "m0 2-2", "m1 2-2"))
    assert leaks(tables, every_year) or suppress(tables).any()
    holds(tables)


def test_a_three_way_table_needs_more_than_its_layers_do():
    counts = np.full((2, 2, 2), 20)
    counts[0, 0, 0] = 3
    tables = crossed(counts, "rct")
    layer = only(tables, "r0 c0 t0", "r0 c1 t0", "r1 c0 t0", "r1 c1 t0")
    assert len(holds(tables, layer)) >= 8


def test_a_share_with_one_decimal_does_not_give_the_count_back():
    tables = with_rates(np.array([40, 50, 60, 70]), np.array([38, 30, 35, 40]))
    hidden = holds(tables)
    assert {"m0 without", "m0 with"} <= hidden


def test_the_merger_of_two_regions_does_not_give_the_one_that_was_hidden():
    tables = two_generations(np.array([1, 2, 20, 30, 40, 50]))
    assert "old0" in hidden_names(tables)
    holds(tables, primary(tables))


def test_everyone_in_one_category_is_hidden_whatever_their_number():
    tables = with_rates(np.array([12, 50, 60, 70]), np.array([12, 30, 35, 40]))
    hidden = holds(tables)
    assert "m0 with" in hidden


def test_a_zero_in_a_small_group_is_hidden_and_one_in_a_large_group_is_not():
    tables = LinkedTables.of(
        {"small": 3, "none of small": 0, "large": 30, "none of large": 0, "rest": 20, "all": 53},
        {"all": ["small", "large", "rest"]},
        {"none of small": "small", "none of large": "large"},
    )
    hidden = hidden_names(tables)
    assert "none of small" in hidden
    assert "none of large" not in hidden


def test_two_releases_that_differ_by_one_municipality_do_not_give_the_difference():
    tables = LinkedTables.of(
        {"m0": 3, "m1": 20, "m2": 30, "with m0": 53, "without m0": 50},
        [("with m0", ["m0", "m1", "m2"]), ("without m0", ["m1", "m2"])],
    )
    known = only(tables, "with m0")
    hidden = suppress(dataclasses.replace(tables, known=known))
    assert not leaks(tables, hidden)
    assert not hidden[known].any()
    assert hidden[tables.names.index("without m0")]


def test_three_attributions_against_each_other_and_the_country_they_share():
    cells, relations = {}, []
    for name, counts in (("responsible", (3, 20, 30)), ("at birth", (6, 18, 29)), ("now", (9, 2, 42))):
        cells |= {f"{name} m{at}": count for at, count in enumerate(counts)}
        relations.append(("country", [f"{name} m{at}" for at in range(3)]))
    tables = LinkedTables.of(cells | {"country": 53}, relations)
    hidden = holds(tables)
    assert "country" not in hidden


def test_exposed_against_all_children():
    cells, relations = {}, []
    for place, exposed, others in (("m0", 3, 90), ("m1", 14, 80), ("m2", 20, 70), ("country", 37, 240)):
        cells |= {f"{place} exposed": exposed, f"{place} others": others, f"{place} all": exposed + others}
        relations.append((f"{place} all", [f"{place} exposed", f"{place} others"]))
    for kind in ("exposed", "others", "all"):
        relations.append((f"country {kind}", [f"{place} {kind}" for place in ("m0", "m1", "m2")]))
    tables = LinkedTables.of(cells, relations)
    hidden = holds(tables)
    assert "m0 exposed" in hidden
    assert hidden & {"m0 others", "m0 all"}


def test_what_was_published_before_stays_shown():
    tables = crossed(np.array([[2, 20, 30], [20, 40, 50], [30, 50, 60]]), "rc")
    free = suppress(tables)
    known = free & ~primary(tables) & ~only(tables, "r1 c0", "r2 c0")
    hidden = suppress(dataclasses.replace(tables, known=known))
    assert not hidden[known].any()
    assert not leaks(tables, hidden)


def test_where_everything_around_is_public_the_fewest_totals_to_withhold_are_named():
    tables = LinkedTables.of({"a": 2, "b": 20, "c": 30, "all": 52}, {"all": "abc"})
    with pytest.raises(CannotBeProtected) as failure:
        suppress(dataclasses.replace(tables, known=only(tables, "b", "c", "all")))
    assert len(failure.value.totals) == 1
    assert set(failure.value.totals) <= {"b", "c", "all"}
    assert "52" not in str(failure.value)


def test_a_small_count_that_is_public_already_is_named():
    tables = LinkedTables.of({"a": 2, "b": 20, "all": 22}, {"all": "ab"})
    with pytest.raises(CannotBeProtected, match="a"):
        suppress(dataclasses.replace(tables, known=only(tables, "a")))


def test_relations_that_allow_even_numbers_only_cannot_be_protected():
    tables = LinkedTables.of(
        {"half": 1, "other half": 1, "all": 2}, [("all", ["half", "other half"]), ("half", ["other half"])]
    )
    with pytest.raises(CannotBeProtected, match="relations alone"):
        suppress(tables)


def test_no_pattern_when_the_time_is_up():
    with pytest.raises(SuppressionFailed, match="time limit"):
        suppress(random_tables(1), time_limit=0.0)
