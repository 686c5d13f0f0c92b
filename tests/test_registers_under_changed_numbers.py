"""An event that registers tell under an old and a new number of a person is one event, under a name that lasts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from registers_on_disk import NUMBERS, birth, declare

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into
from pipelines.identity import Pseudonyms, hashed_again
from pipelines.progress import Progress
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declared_source import read_declared_source
from pipelines.store import Snapshot, Store

FIRST, SECOND = b"a secret for these tests only", b"the key after it"
NAMES = {"support_records": "record_id", "assessments": "assessment_id", "treatments": "treatment_id"}


def told_under(folder: Path, *who: str) -> Path:
    """A source in which BUFO, UDD and SMDB tell the same of one child under each of the numbers."""
    numbers = [NUMBERS[one] for one in who]
    support = {"PGF": "52.3.2", "SAG_VFRA": date(2025, 3, 1), "SAG_VTIL": None, "ADMKOM": 461}
    course = {"PERSONAKTUELTHOVEDSTOFKODE": 3, "IVAERKSATBEHANDLINGDATO": date(2024, 6, 1), "KOMMUNEKODE": 461}
    source = declare(
        folder,
        {
            "MFR_NYFOEDTE": [birth(PNR_BARN=NUMBERS["Ida before"])],
            "BUFO": [{"PNR": number} | support for number in numbers],
            "UDD_SPROGVURDERING": [
                {"PNR": number, "DATO": date(2031, 9, 1), "Z_SCORE": -0.5, "INDSATSGRUPPE": "F"} for number in numbers
            ],
            "SMDB_VBGH": [{"PNR": number, "BEHANDLINGAFSLUTTETDATO": None} | course for number in numbers],
        },
    )
    pairs = [("Ida before", "Ida between"), ("Ida between", "Ida")]
    known = NUMBERS | {"Ida between": "680125-1CD2"}
    lines = "".join(f"{known[old]};{known[new].replace('-', '')};2025-02-01\n" for old, new in pairs)
    (folder / "skift.csv").write_text(f"old_person_id;new_person_id;changed_date\n{lines}", encoding="utf-8")
    source.write_text(source.read_text().replace("demo = true", 'demo = true\nnumber_changes = "skift.csv"'))
    return source


def ingested(folder: Path, source: Path) -> Snapshot:
    return ingest_into(Store(folder), Source(declared=source), Reference.load(), Progress()).snapshot


def names(source: Path, *keys: bytes) -> list[str]:
    """The names of all records, made under a chain of keys."""
    staging = source.parent / f"staging-{len(keys)}"
    staging.mkdir()
    pseudonyms = Pseudonyms(keys, test_numbers_only=True)
    reading = read_declared_source(read_configuration(source), pseudonyms, staging, Reference.load()).reading
    assert reading is not None
    return [name for table, key in NAMES.items() for name in reading.table(table).collect()[key].sort().to_list()]


def test_an_event_told_under_both_numbers_is_one_record_and_a_copy(tmp_path: Path) -> None:
    snapshot = ingested(tmp_path / "s", told_under(tmp_path / "d", "Ida before", "Ida"))
    accounts = snapshot.table("row_accounting").filter(pl.col("rows_read") > 0).collect()
    counted = {row["table"]: (row["accepted"], row["exact_duplicates"]) for row in accounts.to_dicts()}
    assert counted == {
        "pregnancies": (1, 0),
        "children": (1, 0),
        "support_records": (1, 1),
        "assessments": (1, 1),
        "treatments": (1, 0),
        "number_changes": (2, 0),
    }
    assert snapshot.table("quarantine").collect().is_empty()


def test_a_record_has_the_same_name_before_and_after_its_person_had_a_new_number(tmp_path: Path) -> None:
    assert names(told_under(tmp_path / "a", "Ida before"), FIRST) == names(told_under(tmp_path / "b", "Ida"), FIRST)


def test_names_of_records_outlive_a_rotation_of_the_secret(tmp_path: Path) -> None:
    source = told_under(tmp_path / "d", "Ida before")
    before, after = names(source, FIRST), names(source, FIRST, SECOND)
    parts = [name.rsplit("-", 1) for name in before]
    again = hashed_again([keyed for _, keyed in parts], [SECOND])
    assert [f"{prefix}-{keyed}" for (prefix, _), keyed in zip(parts, again, strict=True)] == after


def test_what_is_known_of_number_changes_shows_no_number(tmp_path: Path) -> None:
    source = told_under(tmp_path / "d", "Ida")
    (tmp_path / "staging").mkdir()
    delivery = read_declared_source(
        read_configuration(source), Pseudonyms(FIRST, test_numbers_only=True), tmp_path / "staging", Reference.load()
    )
    assert delivery.number_changes.newest_numbers
    assert NUMBERS["Ida"].replace("-", "") not in repr(delivery.number_changes)
