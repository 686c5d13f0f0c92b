"""How the auditor proves what a large release hides: exchanges near the true counts, then solvers."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from enumerated_tables import possible
from random_releases import can_be_tried, sensitive_cells
from scipy import sparse

from pipelines.disclosure.auditor import Proof, Verdict, audit
from pipelines.disclosure.auditor.exchanges import checked
from pipelines.disclosure.auditor.solver import Clock, Problem
from pipelines.disclosure.auditor.system import Rows
from pipelines.disclosure.auditor.witnesses import Witnesses
from pipelines.disclosure.linked_tables import Flags, Integers, LinkedTables, Published


def places_by_years(chance: random.Random, several: int, years: int, most: int) -> LinkedTables:
    """Places under a region, years under a window, ever and missed under a denominator: every sum of two of them."""
    counts: dict[str, int] = {}
    totals: list[tuple[str, list[str]]] = []
    everywhere = [f"{place}" for place in range(several)]
    for place in everywhere:
        for year in range(years):
            counts |= {f"e{place}-{year}": chance.randint(0, most), f"m{place}-{year}": chance.randint(0, most)}
    for year in range(years):
        for what in "em":
            _add(counts, totals, f"{what}R-{year}", [f"{what}{place}-{year}" for place in everywhere])
    for place in [*everywhere, "R"]:
        for year in range(years):
            _add(counts, totals, f"d{place}-{year}", [f"e{place}-{year}", f"m{place}-{year}"])
        for what in "emd":
            _add(counts, totals, f"{what}{place}", [f"{what}{place}-{year}" for year in range(years)])
    rate_of = {name: f"d{name[1:]}" for name in counts if name.startswith("e")}
    return LinkedTables.of(counts, totals, rate_of)


def _add(counts: dict[str, int], totals: list[tuple[str, list[str]]], total: str, parts: list[str]) -> None:
    counts[total] = sum(counts[part] for part in parts)
    totals.append((total, parts))


def row_by_row(tables: LinkedTables, chance: random.Random) -> Published:
    """Each place shows all, denominators only, its window only, or nothing; whatever is sensitive is hidden anyway."""
    hidden = sensitive_cells(tables)
    ways = {name[1:].split("-")[0]: chance.randint(0, 3) for name in tables.names}
    for at, name in enumerate(tables.names):
        place, _, year = name[1:].partition("-")
        way = 0 if place == "R" else ways[place]
        hidden[at] |= (way >= 1 and name[0] != "d") or (way >= 2 and year != "") or way == 3
    return Published.of(tables, hidden)


def told(verdict: Verdict) -> dict[int, tuple[int, ...]]:
    return {leak.cell: leak.possible for leak in verdict.leaks if leak.why != "published_small"}


def narrowed(published: Published, sensitive: Flags) -> dict[int, tuple[int, ...]]:
    """Sensitive cells that have lost a value from 1 to t-1, by trying every table."""
    ways = possible([published])
    small = range(1, published.threshold)
    left = {cell: ways[published.names[cell]] for cell in np.flatnonzero(sensitive & published.suppressed).tolist()}
    return {
        cell: tuple(value for value in small if value in values)
        for cell, values in left.items()
        if not values.issuperset(small)
    }


@pytest.mark.parametrize("seed", range(150))
def test_of_places_by_years_sensitive_cells_alone_are_judged_as_the_enumerator_does(seed: int) -> None:
    chance = random.Random(seed)
    while True:
        tables = replace(places_by_years(chance, chance.randint(2, 3), 2, chance.choice([3, 6])), threshold=3)
        published = row_by_row(tables, chance)
        if can_be_tried([published]):
            break
    sensitive = sensitive_cells(tables)
    verdict = audit(published, sensitive=sensitive, counts=tables.counts, blind=False)
    assert told(verdict) == narrowed(published, sensitive)
    assert verdict.clean == (not verdict.leaks)
    assert not verdict.proven["open"]


def large(seed: int = 3) -> tuple[LinkedTables, Flags]:
    """40 places by 9 years of which each place shows its window only."""
    tables = places_by_years(random.Random(seed), 40, 9, 9)
    names = np.array(tables.names)
    of_place = ~np.char.startswith(np.char.lstrip(names, "edm"), "R")
    return tables, of_place & (np.char.find(names, "-") >= 0)


def test_exchanges_prove_a_large_table_without_a_solver() -> None:
    tables, hidden = large()
    verdict = audit(Published.of(tables, hidden), counts=tables.counts, blind=False)
    assert verdict.clean
    assert verdict.proven["witness"] > 300
    assert verdict.proven["lp"] == verdict.proven["milp"] == 0


def test_cells_that_are_not_sensitive_are_counted_and_not_judged() -> None:
    tables, hidden = large()
    verdict = audit(Published.of(tables, hidden), counts=tables.counts, blind=False)
    assert verdict.proven["unasked"] == int((hidden & ~sensitive_cells(tables)).sum())


def test_one_leak_in_a_large_table_is_found() -> None:
    """A place that also shows all years but two, of which one is small, has shown both with the window."""
    tables, hidden = large()
    number = {name: at for at, name in enumerate(tables.names)}
    row = np.array([tables.counts[number[f"m7-{year}"]] for year in range(9)])
    small = int(np.flatnonzero((row >= 1) & (row <= 4))[0])
    for year in range(9):
        if year != small:
            hidden[number[f"m7-{year}"]] = False
    verdict = audit(Published.of(tables, hidden), counts=tables.counts, blind=False)
    assert not verdict.clean
    assert number[f"m7-{small}"] in told(verdict)


def test_everyone_in_one_category_needs_many_others_and_finds_them() -> None:
    """30 of 30 can be 1 of 30 only if 29 of the others' missed could be there."""
    counts = {"e0": 30, "m0": 0} | {f"e{n}": 20 for n in range(1, 9)} | {f"m{n}": 4 for n in range(1, 9)}
    totals = [(f"d{n}", [f"e{n}", f"m{n}"]) for n in range(9)]
    totals += [(what, [f"{what}{n}" for n in range(9)]) for what in "em"]
    for total, parts in totals:
        counts[total] = sum(counts[part] for part in parts)
    tables = LinkedTables.of(counts, totals, {f"e{n}": f"d{n}" for n in range(9)})
    hidden = np.char.str_len(np.array(tables.names)) == 2
    hidden &= np.char.find(np.array(tables.names), "d") < 0
    verdict = audit(Published.of(tables, hidden), counts=tables.counts, blind=False)
    assert verdict.clean
    assert verdict.proven["lp"] == verdict.proven["milp"] == 0


def in_columns(rows: list[list[int]]) -> Published:
    """Everything inside is hidden, the margins are shown."""
    across = range(len(rows[0]))
    counts = {f"{r}{c}": rows[r][c] for r in range(len(rows)) for c in across}
    totals = [(f"r{r}", [f"{r}{c}" for c in across]) for r in range(len(rows))]
    totals += [(f"c{c}", [f"{r}{c}" for r in range(len(rows))]) for c in across]
    for total, parts in totals:
        counts[total] = sum(counts[part] for part in parts)
    tables = LinkedTables.of(counts, totals)
    return Published.of(tables, np.char.isnumeric(np.array(tables.names)))


@pytest.mark.parametrize("wrong", ["shown", "sum", "negative", "length"])
def test_true_counts_that_contradict_the_release_are_refused(wrong: str) -> None:
    published = in_columns([[3, 5], [6, 4]])
    true = {
        "shown": np.array([3, 5, 6, 4, 9, 9, 9, 9]),
        "sum": np.array([3, 5, 6, 5, 8, 10, 9, 9]),
        "negative": np.array([-1, 9, 10, 0, 8, 10, 9, 9]),
        "length": np.array([3, 5, 6, 4]),
    }[wrong]
    verdict = audit(published, counts=true)
    assert not verdict.clean
    assert verdict.reasons == ("form: the true counts contradict the release",)


def test_without_true_counts_nobody_can_say_which_cells_are_sensitive() -> None:
    verdict = audit(in_columns([[3, 5], [6, 4]]), blind=False)
    assert not verdict.clean
    assert (verdict.proof == Proof.OPEN).all()


def test_what_the_counts_make_sensitive_is_judged_even_if_the_caller_forgot_it() -> None:
    published = in_columns([[1, 1], [1, 1]])
    true = np.array([1, 1, 1, 1, 2, 2, 2, 2])
    verdict = audit(published, sensitive=np.zeros(8, dtype=bool), counts=true, blind=False)
    assert {leak.cell for leak in verdict.leaks} == set(range(8))


def test_a_proposed_exchange_counts_only_if_it_meets_every_row() -> None:
    matrix, base = sparse.csr_array(np.array([[1, 1, 0], [0, 1, 1]])), np.array([2, 3, 4])
    limits = matrix @ base
    problem = Problem(Rows(matrix, limits, limits, limits * 0), np.array([9, 9, 9]))
    witnesses = Witnesses.of(problem, base, Clock(np.inf))
    worlds = sparse.csr_array(np.array([[1, -1, 1], [1, -1, 0], [-3, 3, -3], [-2, 2, -2]]))
    assert checked(witnesses, worlds).tolist() == [0, 3]


def of_a_region(**counts: int) -> LinkedTables:
    """A region and its places."""
    return LinkedTables.of({**counts, "region": sum(counts.values())}, {"region": list(counts)})


def hiding(tables: LinkedTables, *hidden: str) -> Published:
    return Published.of(tables, np.isin(np.array(tables.names), hidden))


def without_the_region(tables: LinkedTables, *names: str) -> LinkedTables:
    """The next release: other places and no sum."""
    number = {name: at for at, name in enumerate(tables.names)}
    return LinkedTables.of({name: int(tables.counts[number[name]]) for name in names}, {})


def narrow_and_then_gone() -> tuple[Published, Published, Integers]:
    """x is 8 - y, and y at most 4: from 4 to 8, which is no harm if one knows that x is 5. Then all three are gone."""
    tables = LinkedTables.of(
        {"x": 5, "y": 3, "z": 1, "xy": 8, "yz": 4, "d": 40, "e": 41}, {"xy": ["x", "y"], "yz": ["y", "z"]}
    )
    return hiding(tables, "x", "y", "z"), hiding(LinkedTables.of({"d": 40, "e": 41}, {})), np.array([40, 41])


def test_a_cell_that_only_the_ledger_has_is_not_held_against_a_release_that_tells_nothing_of_it() -> None:
    first, later, counts = narrow_and_then_gone()
    assert not audit(later, earlier=[first]).clean
    assert audit(later, earlier=[first], counts=counts, blind=False).clean


def test_a_cell_that_only_the_ledger_has_and_that_a_release_gives_away_is_a_leak() -> None:
    tables = of_a_region(a=3, b=7, c=30)
    first = hiding(tables, "a", "b")
    later = hiding(without_the_region(tables, "b", "c"))
    verdict = audit(later, earlier=[first], counts=np.array([7, 30]), blind=False)
    assert not verdict.clean
    assert [leak.cell for leak in verdict.leaks] == [2]


def test_once_there_is_a_leak_the_verdict_does_not_wait_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.disclosure.auditor.solver.AFTER_A_LEAK", 0.0)
    tables, hidden = large()
    shown = np.isin(np.array(tables.names), [f"m7-{year}" for year in range(9)])
    verdict = audit(Published.of(tables, hidden & ~shown), counts=tables.counts, blind=False)
    assert not verdict.clean
    assert "after the first leak not every cell was judged" in verdict.reasons
