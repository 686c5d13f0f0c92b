"""`roedtraad source new`: a first TOML for files as delivered, its guesses marked, no person's value in it."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from xlsxwriter import Workbook

from pipelines.errors import UserError
from pipelines.sources.configuration import PERSON_KEYS, TEXT_SETTINGS, read_configuration
from pipelines.sources.declarations import Configuration, Mapped
from pipelines.sources.draft import draft, write_draft
from pipelines.sources.draft_paths import pattern_of
from pipelines.sources.file_look import DATE_FORMATS
from pipelines.sources.registers.layouts import LAYOUTS
from pipelines.sources.sources_page import sources_page
from pipelines.sources.sources_text import EXAMPLES
from pipelines.sources.trial import try_source

RAW = Path(__file__).parent.parent / "sample_data" / "small" / "raw"
SAMPLE = read_configuration(RAW / "source.toml")
ONE_OF = {"utf-8-sig": "utf-8", "latin-1": "cp1252"}
DEFAULT_DATES = "%d-%m-%Y"

HEADING = "SagsId;BarnCPR;Kommunekode;Sagstype;Åbnet"
LINE = "s{at};680125400{at};0461;Underretning;{day}"


def delivered(folder: Path, text: str, name: str = "sager.csv", encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_text(text, encoding=encoding)
    return folder / name


def sager(separator: str = ";", form: str = DEFAULT_DATES, rows: int = 9) -> str:
    lines = [LINE.format(at=at, day=date(2025, 1, 20 + at).strftime(form)) for at in range(rows)]
    return "\n".join([HEADING, *lines, ""]).replace(";", separator)


def drafted(*files: Path) -> dict[str, Any]:
    return tomllib.loads(draft(files, files[0].parent / "source.toml"))


def configuration(folder: Path, *files: Path) -> Configuration:
    write_draft(files, folder / "source.toml")
    return read_configuration(folder / "source.toml")


@pytest.mark.parametrize(
    "declared",
    [one for one in SAMPLE.mapped if one.form.kind == "delimited" and one.person is None],
    ids=lambda one: f"{one.table.name}-{one.form.encoding}",
)
def test_the_csv_files_of_the_sample_are_drafted_as_they_are_declared(declared: Mapped) -> None:
    assert declared.place is not None
    files = [one.file for one in declared.place.found_in(RAW)]
    parts = tomllib.loads(draft(files, RAW / "draft.toml"))["delivery"]
    is_plain = all(file.read_bytes().isascii() for file in files)
    for part in parts:
        assert part["table"] == declared.table.name
        assert (part["form"], part["separator"]) == ("delimited", declared.form.separator)
        assert part.get("date_format", DEFAULT_DATES) == declared.form.date_format
        expected = "utf-8" if is_plain else declared.form.encoding
        assert ONE_OF.get(part["encoding"], part["encoding"]) == ONE_OF.get(expected, expected)
        assert {**declared.columns, **part["columns"]} == dict(declared.columns)


def test_the_draft_of_files_of_one_kind_in_many_folders_is_one_part_that_the_trial_can_read(tmp_path: Path) -> None:
    files = [delivered(tmp_path / code, sager()) for code in ("0101", "0461", "0482")]
    source = configuration(tmp_path, *files)
    assert [one.place.pattern for one in source.mapped if one.place] == ["{sender}/sager.csv"]
    part = try_source(source)[0]
    assert (part.files, part.refused, part.to_mend) == (3, None, 0)
    assert part.tables[0].accepted == 9


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encoding_and_separator_are_seen(tmp_path: Path, encoding: str, separator: str) -> None:
    part = drafted(delivered(tmp_path, sager(separator), encoding=encoding))["delivery"][0]
    assert (part["encoding"], part["separator"]) == (encoding, separator)


@pytest.mark.parametrize("form", DATE_FORMATS)
def test_the_form_of_dates_is_seen_and_can_be_read(tmp_path: Path, form: str) -> None:
    source = configuration(tmp_path, delivered(tmp_path, sager(form=form)))
    assert source.mapped[0].form.date_format == form
    assert try_source(source)[0].tables[0].accepted == 9


@pytest.mark.parametrize(
    ("amount", "decimal"), [("1.234,50", ","), ("1234,5", ","), ("1234.5", "."), ("1,234.50", ".")]
)
def test_the_decimal_sign_is_seen(tmp_path: Path, amount: str, decimal: str) -> None:
    text = f'UdgiftsId;BarnCPR;Ydelse;Betaler;Startdato;Slutdato;Beløb\nu;6801254001;Sygehus;Stat;;;"{amount}"\n'
    part = drafted(delivered(tmp_path, text, "udgifter.csv"))["delivery"][0]
    assert (part["table"], part["decimal"]) == ("costs", decimal)
    assert part["codes"] == {"service": {"Sygehus": "hospital"}, "payer": {"Stat": "state"}}


def test_guesses_are_marked_and_what_is_not_known_is_left_open(tmp_path: Path) -> None:
    text = "SagsId;BarnCPR;Kommunekode;Bemærk;Åbnet\n" + "s1;6801254001;461;Kørt;08-01-2025\n" * 9
    written = draft([delivered(tmp_path, text)], tmp_path / "source.toml")
    assert 'date_format = "%d-%m-%Y"  # gæt / guess: 100% of the values' in written
    assert 'record_type = "TODO"  # TODO: which heading?' in written
    assert '# Headings that nothing reads: "Bemærk"' in written
    assert "decimal" not in written
    assert "municipality_code = 4" in written
    assert "demo = true  # gæt / guess: 100% of the numbers are test numbers" in written
    (tmp_path / "source.toml").write_text(written, encoding="utf-8")
    told = try_source(read_configuration(tmp_path / "source.toml"))[0].refused
    assert told is not None
    assert told.what == "Still TODO: the heading of record_type"
    assert told.to_do == "Headings that nothing reads: Bemærk."


def test_a_code_that_is_ours_but_for_its_capital_letter_is_drafted_too(tmp_path: Path) -> None:
    text = "RegistreringsId;BarnCPR;Rusmiddel;Sikkerhed;Registreret;RegistreretAf\n"
    text += "r{};6801254001;Cannabis;confirmed;08-01-2025;Jordemoder\n" * 9
    source = configuration(tmp_path, delivered(tmp_path, text.format(*range(9)), "rusmidler.csv"))
    assert source.mapped[0].codes["substance"] == {"Cannabis": "cannabis"}
    assert "certainty" not in source.mapped[0].codes
    assert try_source(source)[0].tables[0].accepted == 9


def test_codes_that_only_late_rows_have_are_drafted(tmp_path: Path) -> None:
    rows = "".join(LINE.format(at=at, day="08-01-2025") + "\n" for at in range(3_000))
    late = rows + rows.replace("Underretning", "PPR").replace("s1;", "t1;")
    part = drafted(delivered(tmp_path, f"{HEADING}\n{late}"))["delivery"][0]
    assert part["codes"]["record_type"]["PPR"] == "educational_psychology"


def test_no_value_of_a_person_is_in_the_draft(tmp_path: Path) -> None:
    kinds = ["Jens Hansen, far", "68012540019", "08-01-2019", "Underretning"]
    lines = [f"s{at};6801254001;0461;{kind};08-01-2025" for at, kind in enumerate(kinds)]
    written = draft([delivered(tmp_path, "\n".join([HEADING, *lines]))], tmp_path / "source.toml")
    for value in ("Jens", "6801254001", "08-01-2019", "08-01-2025"):
        assert value not in written
    assert "3 rows with other values, which are not shown here" in written


def test_a_file_without_a_heading_is_not_drafted_and_its_first_row_not_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no heading") as told:
        drafted(delivered(tmp_path, "s1;6801254001;0461;Sag;08-01-2025\n" * 3))
    assert "6801254001" not in str(told.value)


def test_a_draft_overwrites_nothing_and_lies_above_its_files(tmp_path: Path) -> None:
    file = delivered(tmp_path / "d", sager())
    (tmp_path / "source.toml").write_text("mine")
    with pytest.raises(UserError, match="is there already"):
        write_draft([file], tmp_path / "source.toml")
    assert (tmp_path / "source.toml").read_text() == "mine"
    with pytest.raises(UserError, match="does not lie below"):
        draft([file], tmp_path / "elsewhere" / "source.toml")


def test_a_sender_without_numbers_describes_the_child(tmp_path: Path) -> None:
    heading = "SagsId;Barnets fødselsdato;Køn;Kommunekode;Sagstype;Åbnet"
    file = delivered(tmp_path, heading + "\n" + "s1;01-02-2019;K;0461;PPR;08-01-2025\n" * 9)
    person = configuration(tmp_path, file).mapped[0].person
    assert person is not None
    assert (person.birth_date, person.sex, person.municipality_code) == ("Barnets fødselsdato", "Køn", "Kommunekode")


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_a_register_is_known_by_its_variables_and_its_codes_are_left_open(tmp_path: Path, name: str) -> None:
    layout = LAYOUTS[name]
    rows = pl.DataFrame({variable.name.lower(): ["1", "1"] for variable in layout.variables})
    rows.write_parquet(tmp_path / "register.parquet")
    written = draft([tmp_path / "register.parquet"], tmp_path / "source.toml")
    part = tomllib.loads(written)["register"][0]
    assert (part["layout"], part["form"]) == (name, "parquet")
    assert part["headings"] == {one: one.lower() for one in layout.variable_names}
    assert [len(codes) for codes in part.get("codes", {}).values()] == [0] * len(layout.coded)
    (tmp_path / "source.toml").write_text(written, encoding="utf-8")
    assert read_configuration(tmp_path / "source.toml").registers[0].layout == name


@pytest.mark.parametrize(
    ("profile", "resource"),
    [
        ("children_reports", {"resourceType": "Encounter", "meta": {"profile": ["klgateway-children-encounter"]}}),
        ("antenatal_record", {"resourceType": "Observation", "code": {"coding": [{"code": "363905002"}]}}),
    ],
)
@pytest.mark.parametrize("form", ["bundle", "ndjson"])
def test_fhir_profiles_are_known_by_what_only_they_have(
    tmp_path: Path, profile: str, resource: dict[str, Any], form: str
) -> None:
    one = json.dumps(
        {"resourceType": "Bundle", "entry": [{"resource": resource}]}, indent=2 if form == "bundle" else None
    )
    file = delivered(tmp_path, one if form == "bundle" else f"{one}\n{one}\n", "rapport.json")
    declared = configuration(tmp_path, file).fhir[0]
    assert (declared.profile, declared.form) == (profile, form)


def test_json_that_is_no_fhir_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="of no known FHIR profile"):
        drafted(delivered(tmp_path, '{"navn": "Jens"}', "x.json"))


def test_excel_sheets_and_number_changes_are_seen(tmp_path: Path) -> None:
    with Workbook(tmp_path / "sager.xlsx") as book:
        sheet = book.add_worksheet("Udtræk")
        for at, line in enumerate(sager().splitlines()):
            sheet.write_row(at, 0, line.split(";"))
    changes = delivered(tmp_path, "old_person_id|new_person_id|changed_date\n", "skift.csv")
    source = configuration(tmp_path, tmp_path / "sager.xlsx", changes)
    form = source.mapped[0].form
    assert (form.kind, form.sheet, form.date_format) == ("excel", "Udtræk", DEFAULT_DATES)
    assert source.number_changes is not None
    assert (source.number_changes.path, source.number_changes.separator) == ("skift.csv", "|")


def test_columns_of_lists_are_not_spoken_of(tmp_path: Path) -> None:
    one = dict(zip(HEADING.split(";"), LINE.format(at=1, day="08-01-2025").split(";"), strict=True))
    pl.DataFrame([one]).with_columns(pl.lit([[1]]).alias("Liste")).write_parquet(tmp_path / "sager.parquet")
    written = draft([tmp_path / "sager.parquet"], tmp_path / "source.toml")
    assert tomllib.loads(written)["delivery"][0]["columns"]["record_id"] == "SagsId"
    assert "Liste" not in written


@pytest.mark.parametrize(
    ("paths", "others", "pattern"),
    [
        (["a/sager.csv"], [], "a/sager.csv"),
        (["k/0101/sager.csv", "k/0461/sager.csv"], [], "k/{sender}/sager.csv"),
        (["k/0101/s.csv", "k/0461/s_2.csv"], [], "k/{sender}/s*.csv"),
        (["k/0810/s.csv", "k/0820/s.csv"], ["k/0101/s.csv"], "k/08*/s.csv"),
        (["k/0101/s.csv", "k/0461/s.csv"], ["k/0810/s.csv"], "k/0[14]*/s.csv"),
    ],
)
def test_one_pattern_for_alike_files_that_no_other_file_matches(
    paths: list[str], others: list[str], pattern: str
) -> None:
    assert pattern_of(paths, [*paths, *others]) == pattern


def test_the_page_about_sources_has_every_setting_and_examples_that_can_be_read(tmp_path: Path) -> None:
    page = sources_page()
    settings = (*TEXT_SETTINGS, *PERSON_KEYS, "match_probability", "redelivery", "headings", "municipalities")
    assert [name for name in (*settings, *LAYOUTS) if name not in page] == []
    for example in EXAMPLES.values():
        (tmp_path / "source.toml").write_text(f'[source]\nname = "x"\n{example}', encoding="utf-8")
        assert read_configuration(tmp_path / "source.toml").name == "x"
