"""Who may see what, what is opened for pages, and the rows of the worklist."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from published_frames import AS_OF, LAESOE, SVENDBORG, FakeSnapshot, country, run_facts, write_store, written

from dashboards import opening, published, worklist_rows
from dashboards.geography import Geography
from dashboards.opening import NotSampleData
from dashboards.scope import COUNTRY, NotAllowed, Place, Scope
from pipelines.definitions.measures import HANDED_OVER
from pipelines.errors import StoreIsEmpty, UserError
from pipelines.store import Store

NATIONAL = Scope("national")
HERE = Place("municipality", SVENDBORG)
WINDOW = "2023-2025"
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
    assert not {"child_id", "pregnancy_id", "mother_id"} & set(rows.columns)
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


def test_municipalities_lie_in_the_regions_of_the_day() -> None:
    before, after = Geography.on(date(2026, 12, 31)), Geography.on(date(2027, 1, 1))
    assert (len(before.codes), len(after.codes)) == (98, 98)
    assert before.region_of("0101") == Place("region", "1084")
    assert after.name(after.region_of("0101")) == "Region Østdanmark"
    assert after.region_of("0101") == after.region_of("0265")
    assert before.name(HERE) == "Svendborg"
