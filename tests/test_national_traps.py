"""The traps again, in the national release: what readers see after the gate, and what they could work out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from counted_stores import AS_OF, continuity, counted_store, counts_by_group

from pipelines.definitions.reference import Reference
from pipelines.disclosure.holding_back import hidden_before, released_beside
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.linked_tables import LinkedTables, Published
from pipelines.disclosure.national import national_release
from pipelines.disclosure.published_tables import NUMBER, SUPPRESSED, published_tables
from pipelines.disclosure.publishing import facts_of

pytestmark = pytest.mark.slow

Counts = dict[tuple[str, str], tuple[int, int, int]]
REFERENCE = Reference.load()
HOVEDSTADEN, SJAELLAND, OESTDANMARK = "1084", "1085", "Region Østdanmark"
OF_HOVEDSTADEN, OF_SJAELLAND, OF_SYDDANMARK = ("0101", "0147"), ("0259", "0265"), ("0461", "0479", "0420")
LARGE = {
    (place, f"{year}-Q{q}"): (40, 24, 8)
    for place in ("0101", "0461", "0751")
    for year in (2024, 2025)
    for q in (1, 2, 3, 4)
}


class Readers:
    """What they see of one release after another."""

    def __init__(self, folder: Path, reference: Reference = REFERENCE) -> None:
        self.folder, self.reference = folder, reference
        self.ledger = Ledger(folder / "ledger")
        self.releases = 0

    def see(self, counts: Counts, as_of: date = AS_OF, reason: str | None = None) -> pl.DataFrame:
        """`published_counts` of the next release."""
        self.releases += 1
        store = counted_store(self.folder / f"store {self.releases}", counts_by_group(counts), continuity())
        national = national_release(store, as_of, self.reference, 5)
        with self.ledger.writing() as releases:
            out = released_beside(national.tables, national.hidden, national.belongs_to, releases, reason)
            self.ledger.append(out.published, facts_of(out.published, as_of, reason))
        return published_tables(national, out.hidden, as_of)["published_counts"].collect()


@pytest.fixture
def readers(tmp_path: Path) -> Readers:
    return Readers(tmp_path)


def state(
    seen: pl.DataFrame, place: str, period: str, outcome: str = "denominator", attribution: str = "responsible"
) -> str | None:
    """None where readers are told that nobody is there."""
    of = {"group_value": place, "period": period, "outcome": outcome, "attribution": attribution}
    rows = seen.filter(pl.all_horizontal(pl.col(name) == value for name, value in of.items()))
    return rows["state"].item() if rows.height else None


def hidden_alone(
    seen: pl.DataFrame, whole: str, parts: tuple[str, ...], period: str, attribution: str = "responsible"
) -> bool:
    """Whether a whole is shown beside exactly one part that is not: then that part is the difference."""
    states = [state(seen, part, period, attribution=attribution) for part in parts]
    return state(seen, whole, period, attribution=attribution) == NUMBER and states.count(SUPPRESSED) == 1


def test_the_merger_of_two_regions_does_not_give_the_smaller_one_back(readers: Readers) -> None:
    seen = readers.see(LARGE | {("0259", "2025-Q2"): (3, 2, 0)})
    assert state(seen, SJAELLAND, "2025") == SUPPRESSED
    assert not hidden_alone(seen, OESTDANMARK, (HOVEDSTADEN, SJAELLAND), "2025")
    regions = ("1081", "1082", "1083", HOVEDSTADEN, SJAELLAND)
    assert not hidden_alone(seen, "country", regions, "2025")
    assert not hidden_alone(seen, "country", ("1081", "1082", "1083", OESTDANMARK), "2025")


def test_a_region_of_one_municipality_is_shown_as_far_as_that_municipality(tmp_path: Path) -> None:
    is_kept = ~((pl.col("region_code") == "1081") & (pl.col("municipality_code") != "0851")).fill_null(value=False)
    lonely = replace(REFERENCE, municipalities=REFERENCE.municipalities.filter(is_kept))
    seen = Readers(tmp_path, lonely).see(LARGE | {("0851", "2025-Q1"): (3, 2, 0), ("0851", "2024-Q1"): (9, 5, 1)})
    both = [[state(seen, place, period) for period in ("2024", "2025", "2023-2025")] for place in ("1081", "0851")]
    assert both[0] == both[1]
    assert both[0][1] == SUPPRESSED


def test_quarters_of_a_region_are_all_told_or_none(readers: Readers) -> None:
    small = {("0851", f"2025-Q{quarter}"): (due, due - 1, 0) for quarter, due in enumerate((2, 9, 8, 7), start=1)}
    seen = readers.see(LARGE | small)
    assert state(seen, "1081", "2025") == NUMBER
    of_regions = seen.filter((pl.col("group_kind") == "region") & pl.col("period").str.starts_with("2025-Q"))
    assert set(of_regions["state"]) == {SUPPRESSED}
    assert {state(seen, "1083", f"2024-Q{quarter}") for quarter in (1, 2, 3, 4)} == {NUMBER}


def test_windows_that_overlap_do_not_tell_the_year_between_them(readers: Readers) -> None:
    """Windows of a municipality with a small year are told where no other one overlaps them."""
    years = {("0461", f"{2018 + at}-Q1"): (due, due - 3, 1) for at, due in enumerate((9, 3, 26, 30, 22, 15, 2, 40))}
    seen = readers.see({**years, **{("0479", quarter): (60, 30, 9) for _, quarter in years}})
    own = seen.filter((pl.col("group_value") == "0461") & (pl.col("outcome") == "denominator"))
    told = own.filter((pl.col("state") == NUMBER) & (pl.col("attribution") == "responsible"))["period"].to_list()
    windows = sorted(tuple(map(int, name.split("-"))) for name in told if "-" in name and "Q" not in name)
    assert windows
    assert not {"2019", "2024"} & set(told)
    for year in (2019, 2024):
        assert sum(first <= year <= last for first, last in windows) <= 1


def test_everyone_in_one_category_is_not_shown(readers: Readers) -> None:
    seen = readers.see(LARGE | {("0479", "2025-Q1"): (12, 12, 0), ("0420", "2025-Q1"): (20, 10, 4)})
    assert state(seen, "0479", "2023-2025", "numerator_ever") == SUPPRESSED
    assert state(seen, "0479", "2023-2025", "missed") == SUPPRESSED
    assert state(seen, "0420", "2023-2025", "missed") == SUPPRESSED


def test_five_children_of_five_municipalities_are_not_one_each(readers: Readers) -> None:
    """Nobody is told of any neighbour that nobody is there, or each of the five would be known to have one at least."""
    five = {(place, "2025-Q2"): (1, 1, 0) for place in ("0810", "0813", "0820", "0825", "0840")}
    seen = readers.see(LARGE | five)
    assert state(seen, "1081", "2023-2025") == NUMBER
    assert {state(seen, place, "2023-2025") for place in ("0810", "0813", "0820", "0825", "0840", "0851", "0860")} == {
        SUPPRESSED
    }


@pytest.mark.parametrize("attribution", ["responsible", "at_birth", "now"])
def test_no_attribution_leaves_one_municipality_as_what_the_others_leave_over(
    readers: Readers, attribution: str
) -> None:
    seen = readers.see(LARGE | {("0479", "2025-Q2"): (3, 2, 0), ("0420", "2025-Q2"): (30, 20, 4)})
    inside = tuple(REFERENCE.municipalities.filter(pl.col("region_code") == "1083")["municipality_code"].unique())
    assert state(seen, "0479", "2023-2025", attribution=attribution) == SUPPRESSED
    assert not hidden_alone(seen, "1083", inside, "2023-2025", attribution)


def test_children_who_are_not_exposed_are_not_what_is_left_over(readers: Readers) -> None:
    """Those of 0101 are not exposed: here they are 3 of all."""
    seen = readers.see({("0461", "2025-Q1"): (40, 24, 8), ("0101", "2025-Q1"): (3, 2, 0)})
    both = [state(seen, "country", "2025"), state(seen, "exposed", "2025")]
    assert both != [NUMBER, NUMBER]


def test_two_releases_that_differ_by_one_municipality_do_not_give_it_away(readers: Readers) -> None:
    """It delivers too late for the first one: what the region has more in the correction is that municipality."""
    before = readers.see(LARGE | {("0420", "2025-Q1"): (30, 20, 4)})
    after = readers.see(
        LARGE | {("0420", "2025-Q1"): (30, 20, 4), ("0479", "2025-Q1"): (3, 2, 0)}, reason="late delivery"
    )
    for place in ("1083", "country"):
        for period in ("2025", "2025-Q1", "2023-2025"):
            assert [state(seen, place, period) for seen in (before, after)] != [NUMBER, NUMBER]


def test_a_year_later_the_same_figures_are_told_and_the_same_are_not(readers: Readers) -> None:
    counts = LARGE | {("0259", "2025-Q2"): (3, 2, 0), ("0420", "2025-Q1"): (7, 3, 2)}
    first = readers.see(counts)
    second = readers.see(counts | {("0461", "2026-Q1"): (9, 6, 1)}, as_of=date(2027, 9, 30))
    keys = ["measure", "attribution", "group_kind", "group_value", "period_kind", "period", "outcome"]
    both = first.join(second, on=keys, suffix="_later").filter(pl.col("period_kind") != "five_years")
    assert both.height
    assert both.filter(pl.col("state") != pl.col("state_later")).is_empty()


def test_a_release_without_any_cell_hides_nothing_of_the_next(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    of_nobody = Published.of(LinkedTables.of({}, {}), np.zeros(0, dtype=np.bool_))
    with ledger.writing():
        ledger.append(of_nobody, {"as_of": "2020-01-01"})
    assert hidden_before(LinkedTables.of({"children": 9}, {}), ledger.releases()).tolist() == [False]
