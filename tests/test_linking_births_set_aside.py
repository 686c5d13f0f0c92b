"""A pregnancy that the contract refuses takes no child with it: the birth is a pregnancy of its own, or of none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from registers_on_disk import birth, declare

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

ANTENATAL = """
[[delivery]]
table = "pregnancies"
path = "p.csv"
form = "delimited"
[delivery.columns]
pregnancy_id = "Id"
mother_id = "Mor"
due_date = "Termin"
outcome = "Udfald"
care_level = "Niveau"
municipality_code = "Kommune"
"""
GOOD, OTHER_CONTENT = "g1;6101902222;10-01-2025;unknown;2;0461", "g1;6101902222;10-01-2025;unknown;3;0461"
SET_ASIDE = [
    ("a care level that is none", [GOOD.replace(";2;", ";9;")], 1),
    ("a municipality that is none", [GOOD.replace("0461", "9999")], 1),
    ("two contents under one id", [GOOD, OTHER_CONTENT], 2),
]


def snapshot_of(folder: Path, antenatal: list[str], **of_birth: Any) -> Snapshot:
    """The birth register and an antenatal record, ingested."""
    source = declare(folder / "d", {"MFR_NYFOEDTE": [birth(**of_birth)]})
    (folder / "d" / "p.csv").write_text("\n".join(["Id;Mor;Termin;Udfald;Niveau;Kommune", *antenatal]) + "\n")
    source.write_text(source.read_text() + ANTENATAL)
    return ingest_into(Store(folder / "s"), Source(declared=source), Reference.load(), Progress()).snapshot


def linked_by(snapshot: Snapshot) -> list[str]:
    return snapshot.table("record_links").collect()["linked_by"].to_list()


@pytest.mark.parametrize(("said", "antenatal", "quarantined"), SET_ASIDE, ids=[said for said, *_ in SET_ASIDE])
def test_a_child_stays_when_the_pregnancy_that_would_fit_is_set_aside(
    tmp_path: Path, said: str, antenatal: list[str], quarantined: int
) -> None:
    snapshot = snapshot_of(tmp_path, antenatal)
    children, pregnancies = (snapshot.table(name).collect() for name in ("children", "pregnancies"))
    assert children["pregnancy_id"].to_list() == pregnancies["pregnancy_id"].to_list()
    assert pregnancies["outcome"].to_list() == ["live_birth"]
    assert set(snapshot.table("quarantine").collect()["table"]) == {"pregnancies"}
    assert snapshot.table("quarantine").collect().height == quarantined
    assert linked_by(snapshot) == ["register"]


def test_a_pregnancy_that_lacks_only_its_outcome_learns_it_from_the_birth(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, [GOOD.replace("unknown", "")])
    assert snapshot.table("pregnancies").collect()["outcome"].to_list() == ["live_birth"]
    assert snapshot.table("children").collect()["pregnancy_id"].to_list() == [None]
    assert linked_by(snapshot) == ["found"]


def test_a_child_stays_when_the_pregnancy_of_its_own_birth_is_set_aside(tmp_path: Path) -> None:
    """Its mother lived in no Danish municipality."""
    snapshot = snapshot_of(tmp_path, [], BOPAELSKOMMUNE_MOR=9999)
    assert snapshot.table("children").collect()["pregnancy_id"].to_list() == [None]
    assert snapshot.table("quarantine").select("table", "column").collect().rows() == [
        ("pregnancies", "municipality_code")
    ]
    assert linked_by(snapshot) == ["none"]
