"""Counts of a whole run of the small sample: everything adds up, under every attribution, in every period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import cells, continuity
from pipelines.counts import ALL_NUMBERS, NUMBERS, region_of
from pipelines.definitions.reference import Reference
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

SMALL = Path(__file__).parent.parent / "sample_data" / "small" / "canonical"
AS_OF = date(2026, 9, 30)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    store = Store(tmp_path_factory.mktemp("counts") / "store")
    return run(store, Source(canonical=SMALL), AS_OF, Reference.load(), Progress()).snapshot


@pytest.fixture(scope="module")
def by_group(snapshot: Snapshot) -> pl.DataFrame:
    return snapshot.table("counts_by_group").collect()


def totals(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ["measure", "period_kind", "period"]
    return rows.group_by(keys).agg(pl.col(ALL_NUMBERS).sum()).sort(keys)


@pytest.mark.parametrize("kind", ["municipality", "region"])
@pytest.mark.parametrize("attribution", ["responsible", "at_birth", "now"])
def test_municipalities_outside_and_unknown_add_up_to_the_country(
    by_group: pl.DataFrame, attribution: str, kind: str
) -> None:
    country = totals(by_group.filter(pl.col("group_kind") == "country"))
    parts = by_group.filter((pl.col("group_kind") == kind) & (pl.col("attribution") == attribution))
    assert country["denominator"].sum() > 10_000
    assert totals(parts).equals(country)


@pytest.mark.parametrize("trait", ["birth_year", "substance_group", "certainty", "known_before_birth"])
def test_the_groups_of_a_trait_add_up_to_the_country(by_group: pl.DataFrame, trait: str) -> None:
    parts = by_group.filter(pl.col("group_kind") == trait, pl.col("attribution") == "responsible")
    assert parts["group_value"].n_unique() > 2
    assert totals(parts).equals(totals(by_group.filter(pl.col("group_kind") == "country")))


@pytest.mark.parametrize("trait", ["substance_group", "known_before_birth"])
def test_the_groups_of_a_trait_among_placed_children_add_up_to_the_municipalities(
    by_group: pl.DataFrame, trait: str
) -> None:
    placed = by_group.filter(pl.col("group_kind") == trait, pl.col("attribution") == "placed")
    municipal = by_group.filter(
        pl.col("group_kind") == "municipality",
        pl.col("attribution") == "responsible",
        ~pl.col("group_value").is_in(["outside", "unknown"]),
    )
    assert totals(placed).equals(totals(municipal))


def test_quarters_add_up_to_years_and_years_to_windows(by_group: pl.DataFrame) -> None:
    country = by_group.filter((pl.col("group_kind") == "country") & (pl.col("measure") == "screened"))
    of = {kind: country.filter(pl.col("period_kind") == kind) for kind in ("quarter", "year", "three_years")}
    quarters = of["quarter"].filter(pl.col("period").str.starts_with("2025-Q"))
    years = of["year"].filter(pl.col("period").is_in(["2023", "2024", "2025"]))
    for number in NUMBERS:
        assert quarters[number].sum() == of["year"].filter(pl.col("period") == "2025")[number].item()
        assert years[number].sum() == of["three_years"].filter(pl.col("period") == "2023-2025")[number].item()
    assert of["three_years"]["period"].str.tail(4).cast(pl.Int32).max() == AS_OF.year


def test_every_obligation_is_in_one_number_of_its_row(snapshot: Snapshot) -> None:
    counts = snapshot.table("counts").collect()
    whole = pl.sum_horizontal("denominator", "early", "excused", "not_due")
    obligations = snapshot.table("obligations").group_by("measure").len().collect().sort("measure")
    assert counts.group_by("measure").agg(whole.sum().cast(pl.UInt32).alias("len")).sort("measure").equals(
        obligations.with_columns(pl.col("len").cast(pl.UInt32))
    )  # fmt: skip


def test_every_loss_in_the_counts_has_its_reason(by_group: pl.DataFrame) -> None:
    lost = pl.sum_horizontal(column for column in ALL_NUMBERS if column.startswith("reason_"))
    assert by_group.filter(lost != pl.col("overdue") + pl.col("excused")).height == 0


REGIONS = [
    ("0101", 2026, 4, "1084"),
    ("0101", 2027, 1, "Region Østdanmark"),
    ("0259", 2027, 1, "Region Østdanmark"),
    ("0461", 2027, 1, "1083"),
    ("0461", 2006, 4, "unknown"),
    ("outside", 2026, 1, "outside"),
    ("unknown", 2026, 1, "unknown"),
]


@pytest.mark.parametrize(("code", "year", "quarter", "region"), REGIONS)
def test_the_region_is_the_one_in_force_on_the_due_date(code: str, year: int, quarter: int, region: str) -> None:
    row = pl.DataFrame({"code": [code], "year": [year], "quarter": [quarter]})
    assert row.select(region_of(pl.col("code"), Reference.load())).item() == region


def test_each_step_of_the_thread_counts_inside_the_step_before(snapshot: Snapshot) -> None:
    rows = snapshot.table("continuity").collect()
    keys = ["group_kind", "group_value", "birth_period_kind", "birth_period"]
    steps = rows.filter(pl.col("lost_reason").is_null()).sort(*keys, "position")
    assert steps.group_by(keys).agg(pl.col("step"))["step"].to_list() == [list(continuity.STEPS)] * (
        steps.height // len(continuity.STEPS)
    )
    before = pl.col("children").shift(1).over(keys, order_by="position")
    assert steps.filter(pl.col("children") + pl.col("lost") != before).height == 0
    of_reasons = rows.filter(pl.col("lost_reason").is_not_null()).group_by(*keys, "step").agg(pl.col("lost").sum())
    told = steps.filter(pl.col("lost") > 0).select(*keys, "step", "lost")
    assert told.sort(*keys, "step").equals(of_reasons.sort(*keys, "step"))


def test_the_thread_of_the_country_begins_with_every_exposed_child(snapshot: Snapshot) -> None:
    exposed = snapshot.table("exposed").collect()
    country = snapshot.table("continuity").filter(
        (pl.col("group_kind") == "country") & (pl.col("birth_period") == "all") & pl.col("lost_reason").is_null()
    )
    children = dict(country.select("step", "children").collect().iter_rows())
    assert children["exposed"] == exposed.height > 0
    assert children["known_before_birth"] == exposed["known_before_birth"].sum()


def test_how_many_measures_are_counted_together_changes_no_count(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = Reference.load()
    assert len(cells.together(snapshot.table("cells"), reference)) == 1
    monkeypatch.setattr(cells, "CELLS_AT_ONCE", 1)
    alone = cells.together(snapshot.table("cells"), reference)
    counted = [measures for measures in alone if len(measures) == 1]
    assert [each for measures in alone for each in measures] == reference.measures.categories.to_list()
    assert len(counted) > 10
    again = run(Store(tmp_path / "store"), Source(canonical=SMALL), AS_OF, reference, Progress()).snapshot
    for name in ("counts", "counts_by_group"):
        before, after = (one.table(name).collect() for one in (snapshot, again))
        assert after.sort(after.columns).equals(before.sort(before.columns)), name
