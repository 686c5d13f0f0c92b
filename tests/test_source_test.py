"""`roedtraad source test`: what a sample of a source comes to, told before anything is ingested, without a value."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from commanded import roedtraad
from rich.console import Console

from pipelines.commands.sources import fed_by_nothing
from pipelines.shown_trial import exit_code, trial_shown
from pipelines.sources.configuration import read_configuration
from pipelines.sources.findings import PartTried
from pipelines.sources.trial import try_source
from pipelines.sources.unmapped import shown_safely

SMALL = Path(__file__).parent.parent / "sample_data" / "small" / "raw" / "source.toml"
HEAD = '[source]\nname = "test"\ndemo = true\n'
SAGER = """
[[delivery]]
table = "support_records"
path = "sager*.csv"
form = "delimited"
[delivery.columns]
record_id = "Id"
child_id = "Barn"
municipality_code = "Kom"
record_type = "Type"
opened_date = "Fra"
closed_date = "Til"
[delivery.codes.record_type]
"Sag" = "notification"
"""
GOOD = "s{at};6801254001;0461;Sag;08-01-2025;"
NAME = "Jens Hansen"


def written(folder: Path, lines: list[str], toml: str = SAGER, heading: str = "Id;Barn;Kom;Type;Fra;Til") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "sager.csv").write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    (folder / "source.toml").write_text(HEAD + toml, encoding="utf-8")
    return folder / "source.toml"


def good(rows: int) -> list[str]:
    return [GOOD.format(at=at) for at in range(rows)]


def tried(source: Path, rows: int = 2_000) -> list[PartTried]:
    return try_source(read_configuration(source), rows)


def shown(parts: list[PartTried]) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(trial_shown(parts))
    return captured.get()


def faults(part: PartTried) -> dict[tuple[str, str], int]:
    return {(fault.column, fault.rule): fault.rows for fault in part.faults}


def test_no_file_of_the_sample_would_be_refused_and_every_part_is_tried() -> None:
    source = read_configuration(SMALL)
    parts = try_source(source, rows=50)
    assert [part.title for part in parts if part.refused] == []
    assert sum(part.title.startswith("delivery") for part in parts) == len(source.mapped)


def test_a_source_without_faults_is_ready(tmp_path: Path) -> None:
    parts = tried(written(tmp_path, good(9)))
    assert (exit_code(parts), parts[0].rows, parts[0].tables[0].accepted) == (0, 9, 9)
    assert parts[0].empty_columns == ["Til"]
    assert "Ready." in shown(parts)


def test_what_is_wrong_is_counted_by_column_and_kind(tmp_path: Path) -> None:
    real = "01" + "0125-4001"
    lines = [
        f"a;{real};0461;Sag;08-01-2025;",
        f"b;{NAME};0461;Sag;08-01-2025;",
        "c;6801254001;461;Sag;08-01-2025;",
        "d;6801254001;0461;Barnets plan;08-01-2025;",
        "e;6801254001;0461;Tilsyn;31-02-2025;",
        "f;6801254001;0461;Sag;08.01.2025;",
        *good(3),
        *good(1),
        "s2;6801254001;0461;Sag;09-01-2025;",
    ]
    part = tried(written(tmp_path, lines))[0]
    assert faults(part) == {
        ("child_id", "not_a_number"): 1,
        ("child_id", "real_number"): 1,
        ("municipality_code", "reference"): 1,
        ("record_type", "enumeration"): 2,
        ("opened_date", "type"): 2,
        ("record_id", "key"): 2,
    }
    table = part.tables[0]
    assert (table.rows, table.accepted, table.quarantined, table.copies) == (11, 2, 8, 1)
    assert part.codes.select("code", "rows").rows() == [("Tilsyn", 1), (None, 1)]
    assert "municipality_code = 4" in " ".join(part.notes)


def test_no_value_of_a_persons_row_is_shown(tmp_path: Path) -> None:
    lines = [f"{NAME};{NAME};{NAME};{NAME};01-02-2019;{NAME}"] * 3 + ["Pia;Pia;Pia;12-03-2018;Pia;Pia"]
    told = shown(tried(written(tmp_path, lines)))
    assert "no number of a person (4)" in told
    for value in ("Jens", "Hansen", "01-02-2019", "12-03-2018"):
        assert value not in told


def test_a_file_without_a_heading_shows_nothing_of_its_first_row(tmp_path: Path) -> None:
    parts = tried(written(tmp_path, good(3), heading="s9;6801254009;0461;Sag;08-01-2025;x"))
    told = shown(parts)
    assert exit_code(parts) == 3
    assert "Columns are missing" in told
    assert "6801254009" not in told
    assert "08-01-2025" not in told


def test_faults_in_one_row_of_twenty_are_the_mappings_and_single_ones_are_not(tmp_path: Path) -> None:
    single = tried(written(tmp_path / "single", [*good(95), *["x;6801254001;0461;Sag;ukendt;"] * 4]))
    often = tried(written(tmp_path / "often", [*good(95), *["x;6801254001;0461;Sag;ukendt;"] * 5]))
    assert (exit_code(single), exit_code(often)) == (0, 8)
    assert "1 thing to mend." in shown(often)


def test_unknown_codes_in_most_of_a_few_rows_are_the_mappings(tmp_path: Path) -> None:
    lines = [f"s{at};6801254001;0461;{kind};08-01-2025;" for at, kind in enumerate(["Sag", "Tilsyn", "PPR", "§ 11"])]
    parts = tried(written(tmp_path, lines))
    assert (parts[0].tables[0].quarantined, parts[0].to_mend, exit_code(parts)) == (3, 1, 8)
    assert "Ready" not in shown(parts)


def test_rows_that_each_break_another_rule_are_one_thing_to_mend(tmp_path: Path) -> None:
    lines = ["a;x;0461;Sag;08-01-2025;", "b;6801254001;9999;Sag;08-01-2025;", "c;6801254001;0461;Sag;8-1-23;", *good(1)]
    parts = tried(written(tmp_path, lines))
    assert (parts[0].tables[0].quarantined, exit_code(parts)) == (3, 8)


def test_a_source_with_codes_that_nobody_knows_is_not_called_ready(tmp_path: Path) -> None:
    parts = tried(written(tmp_path, [*good(30), "x;6801254001;0461;Tilsyn;08-01-2025;"]))
    assert exit_code(parts) == 0
    assert "Ready" not in shown(parts)
    assert "Nothing stops it, but 1 code has no meaning. 1 rows of the sample" in shown(parts)


SHOWN = [
    "Børnefaglig undersøgelse § 20",
    "Underretning fra skole eller daginstitution, barnets lov § 133",
    "Anbringelse uden for hjemmet (frivillig)",
    "ÅR 2024",
    "støtte i hjemmet",
]
HIDDEN = [
    "Hanne Jensen",
    "Jensen, Hanne",
    "HANNE JENSEN",
    "Hanne M. Jensen",
    "Anne-Marie Ås",
    "Ludwig van Beethoven",
    "født 08-01-2025",
    "sag 123456",
    "linje\nskift",
    "meget lang bemærkning " * 4,
]


@pytest.mark.parametrize(("code", "is_shown"), [*((one, True) for one in SHOWN), *((one, False) for one in HIDDEN)])
def test_labels_that_five_rows_have_are_shown_and_names_and_numbers_never(code: str, is_shown: bool) -> None:
    often = shown_safely(pl.DataFrame({"code": [code], "rows": [5]}))
    assert often.rows() == [(code if is_shown else None, 5)]
    rarely = shown_safely(pl.DataFrame({"code": [code], "rows": [4]}))
    assert rarely.rows() == [(None, 4)]


def test_a_column_with_more_different_values_than_codes_have_shows_none(tmp_path: Path) -> None:
    many = [f"s{at};6801254001;0461;kode {at % 41:02};08-01-2025;" for at in range(41 * 5)]
    few = [f"s{at};6801254001;0461;kode {at % 40:02};08-01-2025;" for at in range(40 * 5)]
    assert tried(written(tmp_path / "many", many))[0].codes["code"].to_list() == [None]
    assert tried(written(tmp_path / "few", few))[0].codes["code"].null_count() == 0


def test_a_blank_cell_that_is_padded_is_no_unknown_code(tmp_path: Path) -> None:
    pads = '[delivery.codes.municipality_code]\n"0500" = "0461"\n[delivery.pad]\nmunicipality_code = 4\n'
    part = tried(written(tmp_path, ["a;6801254001;;Sag;08-01-2025;", *good(9)], toml=SAGER + pads))[0]
    assert part.codes.is_empty()


def test_all_problems_of_all_parts_are_told_not_only_the_first(tmp_path: Path) -> None:
    nowhere = SAGER.replace("sager*.csv", "journaler*.csv")
    renamed = SAGER.replace('"Fra"', '"Åbnet"')
    parts = tried(written(tmp_path, good(5), toml=nowhere + renamed + SAGER))
    told = shown(parts)
    assert [part.refused is not None for part in parts] == [True, True, False]
    assert "No file matches journaler*.csv" in told
    assert "Columns are missing or renamed: Åbnet" in told
    assert "Headings that nothing reads: Fra" in told
    assert "2 things to mend" in told


def test_a_column_that_another_file_of_the_delivery_lacks_is_told(tmp_path: Path) -> None:
    source = written(tmp_path, good(9))
    (tmp_path / "sager_2.csv").write_text("Id;Barn;Kom;Type;Fra\n")
    part = tried(source)[0]
    assert part.refused is not None
    assert "Til" in part.refused.what
    assert part.columns


def test_only_the_first_rows_are_read(tmp_path: Path) -> None:
    part = tried(written(tmp_path, good(30)), rows=10)[0]
    assert (part.rows, part.tables[0].rows) == (10, 10)


def test_nothing_is_left_behind_and_no_secret_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    monkeypatch.delenv("ROEDTRAAD_SECRET", raising=False)
    source = written(tmp_path / "d", good(3), toml=SAGER)
    source.write_text(source.read_text(encoding="utf-8").replace("demo = true", "demo = false"), encoding="utf-8")
    assert faults(tried(source)[0]) == {("child_id", "test_number"): 3}
    assert list((tmp_path / "scratch").iterdir()) == []
    assert sorted(file.name for file in source.parent.iterdir()) == ["sager.csv", "source.toml"]


def test_rows_without_a_number_are_not_held_to_have_a_child(tmp_path: Path) -> None:
    toml = SAGER.replace('child_id = "Barn"\n', "") + '[delivery.person]\nbirth_date = "Barn"\n'
    part = tried(written(tmp_path, ["a;08-01-2025;0461;Sag;08-01-2025;"] * 6, toml=toml))[0]
    assert part.faults == []
    assert "found when everything is ingested" in part.notes[0]


def test_a_register_is_held_against_its_layout(tmp_path: Path) -> None:
    toml = """
[[register]]
layout = "DOD"
path = "dod.csv"
form = "delimited"
"""
    source = written(tmp_path, [], toml=toml)
    (tmp_path / "dod.csv").write_text("PNR;DODDATO;NAVN\n6801254001;2025-01-08;A\nukendt;08-01-23;B\n;08-01-2025;\n")
    part = tried(source)[0]
    assert faults(part) == {("PNR", "not_a_number"): 1, ("DODDATO", "type"): 1}
    assert part.not_read == ["NAVN"]


def bundle(*resources: dict[str, Any]) -> str:
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]})


PATIENT = {"resourceType": "Patient", "id": "p", "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": "x"}]}
VISIT = {
    "resourceType": "Encounter",
    "id": "e",
    "status": "finished",
    "class": {"code": "HH"},
    "type": [{"coding": [{"code": "51f30d1c-d60e-4e3e-ac22-ec9712ea962d"}]}],
    "subject": {"reference": "Patient/p"},
    "period": {"start": "2025-03-08T10:00:00+01:00"},
}


def test_resources_are_told_by_type_and_by_what_became_of_them(tmp_path: Path) -> None:
    toml = '\n[[fhir]]\nprofile = "children_reports"\npath = "*.json"\nform = "bundle"\n'
    source = written(tmp_path, [], toml=toml)
    patient = PATIENT | {"identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": "6801254001"}]}
    broken = VISIT | {"id": "f", "status": {"hemmelig": NAME}, "subject": {"reference": "Patient/p"}}
    (tmp_path / "a.json").write_text(bundle(patient, VISIT, broken))
    part = tried(source)[0]
    told = {(kind, outcome): rows for kind, outcome, rows in part.outcomes.iter_rows()}
    assert told[("Encounter", "faulty")] == 1
    assert part.outcomes["rows"].sum() == part.rows == 3
    assert any("Against the FHIR standard" in note and "Encounter.status" in note for note in part.notes)
    assert NAME not in shown([part])


def test_the_command_says_by_its_exit_code_whether_anything_stops_it(tmp_path: Path) -> None:
    source = written(tmp_path, good(5), toml=SAGER.replace('"Fra"', '"Åbnet"'))
    done = roedtraad("source", "test", source)
    assert done.returncode == 3
    assert "Would be refused" in done.stdout


def test_tables_that_figures_need_and_nothing_feeds_are_named(tmp_path: Path) -> None:
    """The trial of one sender among many is ready all the same; registers and FHIR files feed tables of their own."""
    told = roedtraad("source", "test", written(tmp_path, good(9)))
    assert told.returncode == 0
    said = " ".join(told.stdout.split())
    assert "Nothing feeds pregnancies, children, residences: without their rows" in said
    assert fed_by_nothing(read_configuration(SMALL)) == []
