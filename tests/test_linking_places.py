"""What stands in the column of the municipality is told beside the rows only when it is a code: never a name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from registers_on_disk import NUMBERS, Row, birth, declare

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.sources.places import municipality_or_null
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

UNBORN: Row = {
    "PNR": NUMBERS["mother"], "UNDERRETNINGSDATO": date(2020, 2, 1), "PERS_TYPE": 2, "UNDRETTYPE": 4, "AAR": 2020,
    "VERSION": 2025, "ALLE_MDR": 0,
}  # fmt: skip
CONTACTS = """
[[delivery]]
table = "contacts"
path = "besoeg.csv"
form = "delimited"
[delivery.columns]
contact_id = "Id"
programme = "Program"
contact_code = "Kode"
contact_date = "Dato"
status = "Status"
municipality_code = "Kommune"
[delivery.person]
birth_date = "Barn"
"""
NAME, NUMBER = "Mikkelsen", "6101902222"


def ingested(folder: Path, told: str) -> Snapshot:
    """A source in which all that tells a municipality tells `told` instead."""
    born = birth(BOPAELSKOMMUNE_MOR=told, LEVENDEFOEDTDOEDFOEDT="D")
    source = declare(
        folder / "d", {"MFR_NYFOEDTE": [birth(), born | {"DW_EK_FOEDSEL": 72}], "BUU": [UNBORN | {"KOMNR": told}]}
    )
    visits = f"Id;Program;Kode;Dato;Status;Kommune;Barn\nk1;gp;week_5;12-02-2025;attended;{told};08-01-2025\n"
    (folder / "d" / "besoeg.csv").write_text(visits)
    source.write_text(source.read_text() + CONTACTS)
    return ingest_into(Store(folder / "s"), Source(declared=source), Reference.load(), Progress()).snapshot


def values(snapshot: Snapshot) -> dict[str, str]:
    """Everything that a store says, table by table."""
    return {name: str(snapshot.table(name).collect().to_dicts()) for name in snapshot.versions}


@pytest.mark.parametrize("told", [NAME, NUMBER])
def test_a_name_or_a_number_in_place_of_a_municipality_is_in_no_table(tmp_path: Path, told: str) -> None:
    snapshot = ingested(tmp_path, told)
    assert [name for name, said in values(snapshot).items() if told in said] == []
    links = snapshot.table("record_links").collect()
    assert links.filter(pl.col("table").is_in(["contacts", "handovers"]))["municipality_code"].to_list() == [None, None]
    assert NAME not in str(snapshot.table("reporting").collect()["municipality_code"].to_list())


def test_a_code_is_told(tmp_path: Path) -> None:
    snapshot = ingested(tmp_path, "0461")
    assert set(snapshot.table("record_links").collect()["municipality_code"]) == {"0461"}
    assert set(snapshot.table("reporting").collect()["municipality_code"]) == {"0461"}


@pytest.mark.parametrize(
    ("told", "kept"), [("0461", "0461"), ("461", None), ("04610", None), ("Ballerup", None), ("", None), (None, None)]
)
def test_only_four_digits_are_a_municipality(told: Any, kept: str | None) -> None:
    assert pl.select(municipality_or_null(pl.lit(told, pl.String))).item() == kept
