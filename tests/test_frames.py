"""What the frames join on: homes, first of those that say the same, usual volumes, laws of conservation, shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from check_worlds import AS_OF, changed, clean_world, delivered, names, stored_tables
from polars.io.plugins import register_io_source

from checks.catalogue import CATALOGUE, check_named
from checks.declared import Check
from checks.frames import Days, Frame, canonical_frames, frames, frames_of
from checks.frames import subject_of as subject_of_tables
from checks.frames.frame import Subject
from checks.frames.lives import lives, with_first_alike, with_lived_there
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES
from pipelines.flow import Source, ingest_into, run
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

REFERENCE = Reference.load()
Read = Callable[[str], pl.LazyFrame]


def subject_of(tables: dict[str, pl.LazyFrame], as_of: date = AS_OF) -> Subject:
    return subject_of_tables(tables.__getitem__, REFERENCE, Days(as_of, as_of))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A real run of the clean world."""
    folder = tmp_path_factory.mktemp("clean")
    store = Store(folder / "store")
    run(store, Source(canonical=delivered(folder / "clean", clean_world())), AS_OF, REFERENCE, Progress())
    return store.snapshot()


def with_table(snapshot: Snapshot, name: str, change: Callable[[pl.LazyFrame], pl.LazyFrame]) -> Mapping[str, Frame]:
    """The frames of a run of which one table is not what it was."""

    def read(table: str) -> pl.LazyFrame:
        rows = snapshot.table(table)
        return change(rows) if table == name else rows

    return frames_of(read, REFERENCE, Days(AS_OF, AS_OF), has_results=True)


def fails(frame: Frame, check_id: str) -> int:
    return frame.rows.filter(check_named(check_id).is_failing).collect().height


def test_every_check_has_its_frame_and_every_frame_its_checks(snapshot: Snapshot) -> None:
    assert {check.frame for check in CATALOGUE} == set(frames(snapshot, REFERENCE))


def test_a_frame_has_every_column_that_its_checks_read(snapshot: Snapshot) -> None:
    known = {name: set(frame.rows.collect_schema()) for name, frame in frames(snapshot, REFERENCE).items()}
    for check in CATALOGUE:
        assert _columns(check) <= known[check.frame], check.id


def _columns(check: Check) -> set[str]:
    rules = [check.fails] if check.applies is None else [check.fails, check.applies]
    return {name for rule in rules for name in rule.meta.root_names()}


def test_the_key_of_a_frame_names_one_row(snapshot: Snapshot) -> None:
    for name, frame in frames(snapshot, REFERENCE).items():
        rows = frame.rows.collect()
        assert frame.municipality is None or frame.municipality in rows.columns, name
        assert rows.select(pl.struct(frame.key).is_unique().all()).item(), name


def test_an_ingest_without_a_run_has_no_frames_of_results(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    source = Source(canonical=delivered(tmp_path / "clean", clean_world()))
    ingested = ingest_into(store, source, REFERENCE, Progress()).snapshot
    known = frames(ingested, REFERENCE)
    assert {"contacts", "contacts_delivered", "deliveries", "names"} <= set(known)
    assert not {"evidence", "obligations", "counts", "conservation", "shares"} & set(known)


def test_making_frames_reads_no_row() -> None:
    def unreadable(schema: pl.Schema) -> pl.LazyFrame:
        def rows(*_: object) -> Iterator[pl.DataFrame]:
            raise AssertionError("a row was read")

        return register_io_source(rows, schema=schema)

    tables = {name: unreadable(rows.collect_schema()) for name, rows in stored_tables(clean_world()).items()}
    assert (
        canonical_frames(tables, REFERENCE, Days(AS_OF, AS_OF))["contacts"].rows.collect_schema()["lived_there"]
        == pl.Boolean
    )


def test_a_home_is_the_last_one_begun_by_the_day_of_the_figures() -> None:
    world = clean_world()
    of_child = {name: number for number, name in names(world).items()}["c1"]
    told = {}
    for as_of in (date(2023, 4, 30), date(2023, 5, 1)):
        rows = lives(subject_of(stored_tables(world), as_of)).filter(pl.col("child_id") == of_child).collect()
        told[as_of] = rows.select("home_code", "first_home_date").row(0)
    assert told == {date(2023, 4, 30): ("0101", date(2020, 3, 1)), date(2023, 5, 1): ("0147", date(2020, 3, 1))}


def test_where_a_child_has_lived_is_unknown_without_a_code_and_without_any_home() -> None:
    world = changed("residences -c2|2022-03-01; contacts k2: municipality_code=; contacts k1: municipality_code=0147")
    rows = (
        canonical_frames(stored_tables(world), REFERENCE, Days(AS_OF, AS_OF))["contacts"]
        .rows.sort("contact_id")
        .collect()
    )
    assert rows["lived_there"].to_list() == [True, None, None]


def test_of_those_that_say_the_same_the_lowest_id_is_the_first() -> None:
    rows = pl.LazyFrame({"id": ["b", "a", "c", "d"], "said": ["x", "x", None, "y"], "day": [1, 1, 1, 1]})
    found = with_first_alike(rows, ("said", "day"), "id").sort("id").collect()
    assert found["first_alike"].to_list() == ["a", "a", None, None]


def test_unknown_agrees_with_unknown() -> None:
    rows = pl.LazyFrame({"id": ["b", "a"], "said": [None, None]}, schema={"id": pl.String, "said": pl.String})
    assert with_first_alike(rows, ("said",), "id").collect()["first_alike"].to_list() == ["a", "a"]


def test_twins_handed_over_on_the_same_day_are_not_said_twice() -> None:
    world = changed(
        "handovers +h8 like h1: child_id=c3, pregnancy_id=p3; handovers +h9 like h1: child_id=c4, pregnancy_id=p3"
    )
    rows = canonical_frames(stored_tables(world), REFERENCE, Days(AS_OF, AS_OF))["handovers"].rows.collect()
    assert rows["first_alike"].null_count() == rows.height


def test_children_without_a_home_are_counted_where_their_mother_lived(snapshot: Snapshot) -> None:
    found = with_table(snapshot, "residences", lambda rows: rows.filter(pl.col("municipality_code") != "0147"))
    cohorts = found["cohorts"].rows.sort("municipality_code", "birth_year").collect()
    assert cohorts.select("municipality_code", "birth_year", "children", "without_home").rows() == [
        ("0101", 2020, 1, 0),
        ("0101", 2022, 1, 0),
        ("0147", 2021, 2, 2),
    ]


def test_a_leap_day_is_not_compared_with_other_days(snapshot: Snapshot) -> None:
    born = pl.lit(date(2020, 2, 29)).alias("birth_date")
    calendar = with_table(snapshot, "children", lambda rows: rows.with_columns(born))["calendar"].rows
    assert calendar.filter(pl.col("table") == "children").collect().is_empty()


@pytest.mark.parametrize(
    ("table", "law"),
    [
        ("links", "children_linked"),
        ("children_in_view", "children_in_view"),
        ("linkage_quality", "births_in_linkage"),
        ("exposures", "exposures_in_linkage"),
        ("exposed", "evidence_exposed"),
        ("gaps", "gaps_kept"),
        ("obligations", "obligations_counted"),
        ("counts_by_group", "groups_counted"),
        ("continuity", "exposed_in_funnel"),
    ],
)
def test_a_stage_that_loses_rows_breaks_its_law(table: str, law: str, snapshot: Snapshot) -> None:
    whole = frames(snapshot, REFERENCE)["conservation"]
    assert fails(whole, f"conservation.{law}") == 0
    assert fails(with_table(snapshot, table, lambda rows: rows.head(0))["conservation"], f"conservation.{law}") == 1


def test_rows_that_are_stored_twice_repeat_their_key(snapshot: Snapshot) -> None:
    found = with_table(snapshot, "contacts", lambda rows: pl.concat([rows, rows.head(1)]))["stored"]
    assert fails(found, "stored.keys_not_unique") == 1
    assert fails(found, "stored.rows_lost_in_storing") == 1


def test_a_pseudonym_that_is_lost_is_missed(snapshot: Snapshot) -> None:
    found = with_table(snapshot, "identities", lambda rows: rows.filter(pl.col("pseudonym") != "c1"))["names"]
    told = found.rows.collect().select("named_in", "ids", "without_name").rows()
    assert told == [
        ("children.child_id", 4, 1),
        ("children.mother_id", 2, 0),
        ("pregnancies.pregnancy_id", 4, 0),
        ("pregnancies.mother_id", 2, 0),
    ]


def test_a_mother_whom_only_her_child_names_is_missed_as_well(snapshot: Snapshot) -> None:
    without_m2 = {
        "pregnancies": lambda rows: rows.filter(pl.col("pregnancy_id") == pl.col("pregnancy_id").first()),
        "identities": lambda rows: rows.filter(pl.col("pseudonym") != "m2"),
    }

    def read(table: str) -> pl.LazyFrame:
        return without_m2.get(table, lambda rows: rows)(snapshot.table(table))

    rows = frames_of(read, REFERENCE, Days(AS_OF, AS_OF), has_results=True)["names"].rows.collect()
    assert dict(rows.select("named_in", "without_name").rows())["children.mother_id"] == 1


def test_accounts_by_file_and_by_table_must_be_the_same(snapshot: Snapshot) -> None:
    assert fails(frames(snapshot, REFERENCE)["accounts"], "accounts.differ") == 0
    is_contacts = pl.col("table") == "contacts"
    one_less = pl.when(is_contacts).then(pl.col("accepted") - 1).otherwise("accepted").alias("accepted")
    found = with_table(snapshot, "row_accounting", lambda rows: rows.with_columns(one_less))["accounts"]
    assert found.rows.filter(check_named("accounts.differ").is_failing).collect()["counted"].to_list() == ["accepted"]


def test_a_file_that_was_withdrawn_is_not_in_the_accounts(snapshot: Snapshot) -> None:
    gone = pl.lit("withdrawn").alias("state")
    found = with_table(snapshot, "deliveries", lambda rows: pl.concat([rows, rows.head(3).with_columns(gone)]))
    assert fails(found["accounts"], "accounts.differ") == 0


def test_a_mothers_diagnosis_belongs_where_she_was_last_pregnant() -> None:
    world = changed("pregnancies p2: municipality_code=0147; pregnancies p1: municipality_code=0101")
    rows = canonical_frames(stored_tables(world), REFERENCE, Days(AS_OF, AS_OF))["diagnoses"].rows.collect()
    assert rows.filter(~pl.col("is_child"))["place_code"].to_list() == ["0147"]


def test_codes_that_nobody_knows_are_counted_with_their_file(snapshot: Snapshot) -> None:
    told = pl.LazyFrame(
        {"source": ["contacts.parquet"] * 2, "column": ["status"] * 2, "code": ["x", "y"], "rows": [2, 3]}
    )
    found = with_table(snapshot, "unmapped_codes", lambda _: told)["deliveries"].rows.collect()
    assert dict(found.select("source", "unmapped_rows").rows())["contacts.parquet"] == 5
    assert found["unmapped_rows"].sum() == 5


def test_the_share_of_follow_up_is_over_all_its_contacts_of_three_years(snapshot: Snapshot) -> None:
    rows = {
        "measure": ["gp:year_2", "health_visitor:month_2", "gp:year_2", "carried_at_transition:placement"],
        "year": [2026, 2024, 2023, 2025],
        "municipality_code": ["0101"] * 4,
        "denominator": [60, 40, 500, 4],
        "numerator_timely": [30, 40, 0, 1],
    }
    counts = pl.LazyFrame(rows).with_columns(pl.lit(0).alias(name) for name in ("early", "excused", "not_due"))
    shares = with_table(snapshot, "counts", lambda _: counts)["shares"].rows.sort("kind").collect()
    assert shares.select("kind", "due", "met", "share").rows() == [
        ("carried_at_transition", 4, 1, 0.25),
        ("follow_up", 100, 70, 0.7),
    ]
    assert fails(replace(frames(snapshot, REFERENCE)["shares"], rows=shares.lazy()), "shares.follow_up") == 1


def test_the_frames_of_the_records_are_those_of_the_contract() -> None:
    known = canonical_frames(stored_tables(clean_world()), REFERENCE, Days(AS_OF, AS_OF))
    assert set(TABLE_NAMES) <= set(known)


def test_a_receiver_is_looked_up_by_the_child_and_not_by_the_pregnancy() -> None:
    subject = subject_of(stored_tables(clean_world()))
    rows = pl.LazyFrame(
        {"child_id": [None], "to_municipality_code": ["0751"], "has_home": [None]},
        schema={"child_id": pl.Int64, "to_municipality_code": pl.String, "has_home": pl.Boolean},
    )
    assert with_lived_there(rows, subject, "to_municipality_code").collect()["lived_there"].to_list() == [None]
