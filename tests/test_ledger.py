"""The ledger of deliveries: what came, what became of it, what replaced it; and who has not reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

HEAD = '[source]\nname = "test"\ndemo = true\n'
BIRTHS = """
[[delivery]]
table = "children"
path = "boern.csv"
form = "delimited"
[delivery.columns]
child_id = "Barn"
birth_date = "Født"
sex = "Køn"
"""
RECORDS = """
[[delivery]]
name = "sager"
table = "support_records"
path = "{sender}/sager*.csv"
form = "delimited"
redelivery = "REDELIVERY"
[delivery.columns]
record_id = "Id"
child_id = "Barn"
municipality_code = "Kommune"
record_type = "Type"
opened_date = "Åbnet"
[delivery.codes.record_type]
Underretning = "notification"
"""
FIRST, SECOND = "6801254001", "6801254002"
Case = tuple[str, str, str, str]


def source(folder: Path, *, redelivery: str = "adds") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "boern.csv").write_text(
        f"Barn;Født;Køn\n{FIRST};08-01-2025;female\n{SECOND};08-01-2025;male\n", encoding="utf-8"
    )
    (folder / "source.toml").write_text(HEAD + BIRTHS + RECORDS.replace("REDELIVERY", redelivery), encoding="utf-8")
    return folder / "source.toml"


def records(folder: Path, municipality: str, *rows: Case, name: str = "sager") -> Path:
    file = folder / municipality / f"{name}.csv"
    file.parent.mkdir(exist_ok=True)
    lines = [f"{key};{child};{municipality};{kind};{day}\n" for key, child, kind, day in rows]
    file.write_text("Id;Barn;Kommune;Type;Åbnet\n" + "".join(lines), encoding="utf-8")
    return file


def ingested(folder: Path) -> Snapshot:
    told = ingest_into(
        Store(folder.parent / "store"), Source(declared=folder / "source.toml"), Reference.load(), Progress()
    )
    return told.snapshot


def ledger(snapshot: Snapshot, *columns: str) -> list[tuple[object, ...]]:
    rows = snapshot.table("deliveries").filter(pl.col("delivery") == "sager").sort("first_seen", "source")
    return rows.select(columns).collect().rows()


NOTED = ("r1", FIRST, "Underretning", "01-02-2025")
OTHER = ("r2", SECOND, "Underretning", "01-03-2025")


def test_each_file_tells_where_its_rows_went(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    source(folder)
    records(folder, "0461", NOTED, NOTED, ("r3", FIRST, "Brev", "01-02-2025"), ("r4", "ukendt", "Underretning", ""))
    records(folder, "0851", OTHER)
    snapshot = ingested(folder)
    counts = ("source", "sender", "rows_read", "accepted", "quarantined", "exact_duplicates", "state")
    assert ledger(snapshot, *counts) == [
        ("0461/sager.csv", "0461", 4, 1, 2, 1, "in_use"),
        ("0851/sager.csv", "0851", 1, 1, 0, 0, "in_use"),
    ]
    unknown = snapshot.table("unmapped_codes").select("column", "code", "rows").collect().rows()
    assert unknown == [("record_type", "Brev", 1)]


def test_the_same_delivery_twice_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    source(folder)
    records(folder, "0461", NOTED)
    first = ingested(folder)
    assert ingested(folder).run["run_id"] == first.run["run_id"]
    assert Store(tmp_path / "store").runs().height == 1


def test_a_corrected_file_replaces_exactly_its_own_rows(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    source(folder)
    records(folder, "0461", NOTED)
    records(folder, "0851", OTHER)
    before = ingested(folder)
    records(folder, "0461", ("r1", FIRST, "Underretning", "15-02-2025"))
    after = ingested(folder)
    days = [
        dict(one.table("support_records").select("record_id", "opened_date").collect().iter_rows())
        for one in (before, after)
    ]
    assert days[0] == {"r1": date(2025, 2, 1), "r2": date(2025, 3, 1)}
    assert days[1] == {"r1": date(2025, 2, 15), "r2": date(2025, 3, 1)}
    states = dict(
        after.table("deliveries").filter(source="0461/sager.csv").select("state", "superseded_by").collect().rows()
    )
    newest = after.table("deliveries").filter(source="0461/sager.csv", state="in_use").collect()["content_hash"].item()
    assert states == {"corrected": f"0461/sager.csv @ {newest[:8]}", "in_use": None}
    kept = [
        one.table("deliveries").filter(source="0851/sager.csv").select("first_seen").collect()
        for one in (before, after)
    ]
    assert kept[0].equals(kept[1])


def test_a_file_that_is_gone_was_withdrawn(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    source(folder)
    gone = records(folder, "0461", NOTED)
    records(folder, "0851", OTHER)
    ingested(folder)
    gone.unlink()
    after = ingested(folder)
    assert ledger(after, "source", "state") == [("0461/sager.csv", "withdrawn"), ("0851/sager.csv", "in_use")]
    assert after.table("support_records").collect()["record_id"].to_list() == ["r2"]


def test_a_copy_under_another_name_is_seen_as_a_copy(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    source(folder)
    records(folder, "0461", NOTED)
    records(folder, "0461", NOTED, name="sager - kopi")
    snapshot = ingested(folder)
    assert ledger(snapshot, "source", "accepted", "exact_duplicates") == [
        ("0461/sager - kopi.csv", 1, 0),
        ("0461/sager.csv", 0, 1),
    ]


def test_where_each_delivery_is_the_whole_truth_only_the_last_of_a_sender_stands(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    source(folder, redelivery="replaces")
    records(folder, "0461", NOTED, ("r5", FIRST, "Underretning", "02-02-2025"), name="sager-2025-02")
    records(folder, "0461", NOTED, name="sager-2025-03")
    records(folder, "0851", OTHER, name="sager-2025-01")
    snapshot = ingested(folder)
    assert ledger(snapshot, "source", "rows_read", "superseded", "accepted", "state", "superseded_by") == [
        ("0461/sager-2025-02.csv", 2, 2, 0, "superseded", "0461/sager-2025-03.csv"),
        ("0461/sager-2025-03.csv", 1, 0, 1, "in_use", None),
        ("0851/sager-2025-01.csv", 1, 0, 1, "in_use", None),
    ]
    assert snapshot.table("support_records").collect().sort("record_id")["record_id"].to_list() == ["r1", "r2"]


@pytest.mark.parametrize(("rows_a_month", "state"), [(8, "missing"), (2, "too_few_to_say")])
def test_a_municipality_that_reported_january_only_is_visible_as_such(
    tmp_path: Path, rows_a_month: int, state: str
) -> None:
    folder = tmp_path / "d"
    source(folder)
    for municipality, months in (("0461", range(1, 13)), ("0851", range(1, 2))):
        days = [(month, at) for month in months for at in range(rows_a_month)]
        rows = [(f"{municipality}-{month}-{at}", FIRST, "Underretning", f"01-{month:02}-2025") for month, at in days]
        records(folder, municipality, *rows)
    reporting = ingested(folder).table("reporting").filter(pl.col("delivery") == "sager").sort("month").collect()
    states = {
        code: part["state"].to_list()
        for (code,), part in reporting.partition_by("municipality_code", as_dict=True).items()
    }
    assert states == {"0461": ["reported"] * 12, "0851": ["reported"] + [state] * 11}
