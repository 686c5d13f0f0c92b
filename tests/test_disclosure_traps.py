"""Patterns that look safe and are not: the auditor finds each of them, and passes the pattern that mends it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from pipelines.disclosure.auditor import Verdict, audit
from pipelines.disclosure.gate import protected
from pipelines.disclosure.linked_tables import LinkedTables, Published, PublishedRate
from pipelines.disclosure.sensitivity import sensitive

pytestmark = pytest.mark.slow

Relations = list[tuple[str, list[str]]]


def tables_of(atoms: dict[str, int], relations: Relations, rate_of: dict[str, str] | None = None) -> LinkedTables:
    """Totals are added up in the order of the relations."""
    counts = dict(atoms)
    for total, parts in relations:
        counts.setdefault(total, sum(counts[part] for part in parts))
    return LinkedTables.of(counts, relations, rate_of)


def shown(tables: LinkedTables, hidden: str, *rates: tuple[str, str, str]) -> Published:
    """`hidden` has the names of the hidden cells; a rate is numerator, denominator and the percentage as printed."""
    published = Published.of(tables, np.isin(np.array(tables.names), hidden.split()))
    number = {name: at for at, name in enumerate(tables.names)}
    told = [
        PublishedRate(number[n], number[d], Fraction(text) / 100, Fraction(1, 200 * 10 ** len(text.partition(".")[2])))
        for n, d, text in rates
    ]
    return Published(**{**vars(published), "rates": tuple(told)})


def told(verdict: Verdict, tables: LinkedTables) -> set[str]:
    return {tables.names[leak.cell] for leak in verdict.leaks}


def two_way(rows: list[list[int]]) -> LinkedTables:
    """Cells r1c1 and so on, margins r1 and c1, and all."""
    across, down = range(1, len(rows[0]) + 1), range(1, len(rows) + 1)
    atoms = {f"r{r}c{c}": rows[r - 1][c - 1] for r in down for c in across}
    relations: Relations = [(f"r{r}", [f"r{r}c{c}" for c in across]) for r in down]
    relations += [(f"c{c}", [f"r{r}c{c}" for r in down]) for c in across]
    relations += [("all", [f"r{r}" for r in down]), ("all", [f"c{c}" for c in across])]
    return tables_of(atoms, relations)


def test_a_single_hidden_cell_in_a_row_follows_from_the_total() -> None:
    tables = two_way([[3, 9, 8], [9, 9, 8]])
    assert told(audit(shown(tables, "r1c1")), tables) == {"r1c1"}
    assert audit(shown(tables, "r1c1 r1c2 r2c1 r2c2")).clean


def test_one_and_one_are_known_from_their_sum_of_two() -> None:
    tables = tables_of({"a": 1, "b": 1, "c": 20}, [("all", ["a", "b", "c"])])
    assert told(audit(shown(tables, "a b")), tables) == {"a", "b"}
    assert audit(shown(tables, "a b c")).clean


def test_four_and_four_hide_each_other() -> None:
    tables = tables_of({"a": 4, "b": 4, "c": 20}, [("all", ["a", "b", "c"])])
    assert audit(shown(tables, "a b")).clean


def test_two_in_every_row_and_column_is_no_proof() -> None:
    """Two in every row and column is no proof: with 1 and 2 in the row there is no room for 4."""
    tables = two_way([[4, 4, 9], [4, 3, 9], [9, 9, 9]])
    assert audit(shown(tables, "r1c1 r1c2 r2c1 r2c2")).clean
    tables = two_way([[1, 2, 9], [1, 4, 9], [9, 9, 9]])
    assert not audit(shown(tables, "r1c1 r1c2 r2c1 r2c2")).clean


def test_a_bridge_between_two_blocks_is_found() -> None:
    """Two or more hidden in each row and column, and still one cell is what two blocks have between them."""
    rows = [[3, 7, 9, 9], [6, 8, 9, 9], [9, 2, 5, 6], [9, 9, 6, 10]]
    tables = two_way(rows)
    blocks = "r1c1 r1c2 r2c1 r2c2 r3c3 r3c4 r4c3 r4c4"
    verdict = audit(shown(tables, f"{blocks} r3c2"))
    assert told(verdict, tables) == {"r3c2"}
    assert not audit(shown(tables, "r3c2")).clean
    assert audit(shown(tables, " ".join(f"r{r}c{c}" for r in range(1, 5) for c in range(1, 5)))).clean


def test_a_region_of_one_municipality_is_that_municipality() -> None:
    relations: Relations = [("island", ["m1"]), ("rest", ["m2", "m3"]), ("country", ["island", "rest"])]
    tables = tables_of({"m1": 3, "m2": 8, "m3": 30}, relations)
    assert told(audit(shown(tables, "m1 m2")), tables) >= {"m1"}
    assert told(audit(shown(tables, "m1 island")), tables) == {"m1", "island"}
    assert audit(shown(tables, "m1 island rest m2")).clean


def test_a_quarter_follows_from_the_year() -> None:
    quarters: Relations = [("y", ["q1", "q2", "q3", "q4"])]
    tables = tables_of({"q1": 2, "q2": 9, "q3": 8, "q4": 7}, quarters)
    assert told(audit(shown(tables, "q1")), tables) == {"q1"}
    assert audit(shown(tables, "q1 q4")).clean


def test_two_overlapping_windows_give_the_year_between_them() -> None:
    """w2 - w1 is y4 - y1; with y1 shown, y4 is known."""
    relations: Relations = [("w1", ["y1", "y2", "y3"]), ("w2", ["y2", "y3", "y4"])]
    tables = tables_of({"y1": 9, "y2": 3, "y3": 6, "y4": 2}, relations)
    assert told(audit(shown(tables, "y2 y3 y4")), tables) == {"y4"}
    assert audit(shown(tables, "y2 y3 y4 w2")).clean


def three_way(counts: list[int]) -> tuple[LinkedTables, list[str]]:
    """2 x 2 x 2, with all three two-way margins."""
    names = [f"x{a}{b}{c}" for a in "01" for b in "01" for c in "01"]
    relations: Relations = []
    for axis in range(3):
        for first in "01":
            for second in "01":
                parts = [n for n in names if [d for at, d in enumerate(n[1:]) if at != axis] == [first, second]]
                relations.append((f"m{axis}{first}{second}", parts))
    return tables_of(dict(zip(names, counts, strict=True)), relations), names


def test_a_three_way_table_has_one_way_to_move_only() -> None:
    """All eight cells hidden, two in each line: they move together, and the smallest on either side stops them."""
    tables, names = three_way([1, 2, 2, 9, 2, 9, 9, 1])
    assert not audit(shown(tables, " ".join(names))).clean
    tables, names = three_way([2, 9, 9, 9, 9, 9, 9, 9])
    verdict = audit(shown(tables, " ".join(names)))
    assert verdict.clean
    assert verdict.proven["lp"] > 0


def test_a_rate_with_one_decimal_gives_the_count_back() -> None:
    tables = tables_of({"n": 3, "rest": 34}, [("d", ["n", "rest"])], {"n": "d"})
    assert audit(shown(tables, "n rest")).clean
    assert told(audit(shown(tables, "n rest", ("n", "d", "8.1"))), tables) == {"n"}


def test_a_rate_of_two_hidden_counts_gives_both_back_within_a_sum() -> None:
    tables = tables_of({"n": 3, "rest": 4, "other": 30}, [("d", ["n", "rest"]), ("all", ["d", "other"])], {"n": "d"})
    assert audit(shown(tables, "n rest d other")).clean
    assert "n" in told(audit(shown(tables, "n rest d other", ("n", "d", "42.9"))), tables)


def test_the_merger_of_two_regions_gives_the_smaller_one_back() -> None:
    """From 2027 Hovedstaden and Sjælland are Østdanmark: shown beside one of the two, it gives the other."""
    relations: Relations = [
        ("hovedstaden", ["m1", "m2"]),
        ("sjaelland", ["m3", "m4"]),
        ("oestdanmark", ["hovedstaden", "sjaelland"]),
    ]
    tables = tables_of({"m1": 9, "m2": 8, "m3": 3, "m4": 0}, relations)
    assert "sjaelland" in told(audit(shown(tables, "m3 m4 sjaelland")), tables)
    assert audit(shown(tables, "m3 m4 sjaelland hovedstaden m2")).clean


def test_everyone_in_one_category_is_not_shown() -> None:
    tables = tables_of({"n": 12, "rest": 0}, [("d", ["n", "rest"])], {"n": "d"})
    assert told(audit(shown(tables, "")), tables) == {"n"}


def test_a_shown_zero_tells_that_its_hidden_denominator_is_not_small() -> None:
    tables = tables_of({"n": 0, "rest": 6, "other": 1}, [("d", ["n", "rest"]), ("all", ["d", "other"])], {"n": "d"})
    assert "other" in told(audit(shown(tables, "rest d other")), tables)
    assert audit(shown(tables, "n rest d other")).clean


def test_a_shown_count_tells_that_it_is_not_its_whole_hidden_denominator() -> None:
    """Each of the three has missed at least one, and together they have missed five: none has missed four."""
    relations: Relations = [(f"d{n}", [f"e{n}", f"m{n}"]) for n in range(3)]
    relations += [("m", ["m0", "m1", "m2"]), ("d", ["d0", "d1", "d2"])]
    atoms = {"e0": 8, "m0": 1, "e1": 9, "m1": 1, "e2": 7, "m2": 3}
    tables = tables_of(atoms, relations, {f"e{n}": f"d{n}" for n in range(3)})
    assert audit(shown(tables, "m0 m1 m2 d0 d1 d2 e0 e1 e2")).clean
    assert told(audit(shown(tables, "m0 m1 m2 d0 d1 d2")), tables) == {"m0", "m1", "m2"}


def test_two_releases_that_differ_by_one_municipality_give_the_difference() -> None:
    wide = tables_of({"m1": 20, "m2": 15, "m3": 3}, [("with_m3", ["m1", "m2", "m3"])])
    narrow = tables_of({"m1": 20, "m2": 15}, [("without_m3", ["m1", "m2"])])
    first, second = shown(wide, "m2 m3"), shown(narrow, "m1 m2")
    assert audit(first).clean
    assert audit(second).clean
    verdict = audit(second, earlier=[first])
    assert not verdict.clean
    assert len(verdict.leaks) >= 1


def test_three_attributions_that_share_the_country_give_each_other_away() -> None:
    """What one attribution shows of all but one municipality and the country is known for every attribution."""
    relations: Relations = [
        ("country", ["r1", "r2", "r_unknown"]),
        ("country", ["b1", "b2", "b_unknown"]),
        ("country", ["n1", "n2", "n_unknown"]),
    ]
    atoms = {"r1": 9, "r2": 8, "r_unknown": 3, "b1": 9, "b2": 11, "b_unknown": 0, "n1": 10, "n2": 8, "n_unknown": 2}
    tables = tables_of(atoms, relations)
    leaky = shown(tables, "r_unknown r2 n_unknown country")
    assert told(audit(leaky), tables) == {"n_unknown"}
    assert audit(shown(tables, "r_unknown r2 n_unknown n2 country b2")).clean


@pytest.mark.parametrize(("hidden", "is_clean"), [("exposed", False), ("exposed all", False), ("exposed not", True)])
def test_exposed_and_not_exposed_add_up_to_all_children(hidden: str, is_clean: bool) -> None:
    """Hiding the total as well is not enough where another table shows it."""
    relations: Relations = [("all", ["exposed", "not"]), ("all", ["girls", "boys"])]
    tables = tables_of({"exposed": 4, "not": 40, "girls": 21, "boys": 23}, relations)
    assert audit(shown(tables, hidden)).clean == is_clean


REGIONS: Relations = [("old", ["m1", "m2"]), ("other", ["m3", "m4"]), ("merged", ["old", "other"])]
WINDOWS: Relations = [("w1", ["y1", "y2", "y3"]), ("w2", ["y2", "y3", "y4"]), ("w3", ["y3", "y4", "y5"])]
ISLAND: Relations = [("island", ["m1"]), ("all", ["island", "m2", "m3"])]
EVERYONE: Relations = [("d", ["n", "rest"]), ("all", ["d", "others"])]
TRAPS = {
    "a single cell in a row": two_way([[3, 9, 8], [9, 9, 8]]),
    "one and one": two_way([[1, 1, 20], [12, 15, 9]]),
    "four and four": two_way([[4, 4, 20], [12, 15, 9]]),
    "a bridge between two blocks": two_way([[3, 7, 9, 9], [6, 8, 9, 9], [9, 2, 5, 6], [9, 9, 6, 10]]),
    "a region of one municipality": tables_of(
        {"m1": 3, "m2": 8, "m3": 30}, [("r", ["m1"]), ("all", ["r", "m2", "m3"])]
    ),
    "quarters against the year": tables_of({"q1": 2, "q2": 9, "q3": 8, "q4": 7}, [("y", ["q1", "q2", "q3", "q4"])]),
    "windows that overlap": tables_of({"y1": 9, "y2": 3, "y3": 6, "y4": 2, "y5": 12}, WINDOWS),
    "a three-way table": three_way([3, 12, 9, 9, 12, 9, 9, 30])[0],
    "the merger": tables_of({"m1": 9, "m2": 8, "m3": 3, "m4": 0}, REGIONS),
    "everyone in one category": tables_of(
        {"n": 12, "rest": 0, "others": 9}, [("d", ["n", "rest"]), ("all", ["d", "others"])], {"n": "d"}
    ),
    "exposed against all": tables_of({"exposed": 4, "not": 40}, [("all", ["exposed", "not"])]),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_the_gate_does_not_fall_into_the_trap(trap: str) -> None:
    """What it hides by itself passes; what is sensitive and nothing else does not."""
    tables = TRAPS[trap]
    passed = protected(tables)
    assert passed.verdict.clean
    assert not (sensitive(tables) & ~passed.hidden).any()
    assert passed.hidden.sum() > sensitive(tables).sum() or audit(Published.of(tables, sensitive(tables))).clean
