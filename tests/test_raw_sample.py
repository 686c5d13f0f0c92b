"""The raw deliveries of the sample: real forms, test numbers only, and the same story as the canonical tables."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat
import pytest

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES, table_named
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.sources.registers.layouts import LAYOUTS
from pipelines.store import Snapshot, Store
from sample_data import make_sample
from sample_data.raw.bad_rows import IMPOSSIBLE_DAY, NOT_A_NUMBER, UNKNOWN_CODE
from sample_data.raw.person_numbers import NOBODYS_NUMBER

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
CHILDREN = 800
SERIAL = r"(?:\d{4}|[17][A-Z]{2}\d|[056][A-Z]{2}\d)"
REAL_FORM = re.compile(rf"(?<![0-9A-Za-z])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d-?{SERIAL}(?![0-9A-Za-z])")
TEST_FORM = re.compile(rf"^(?:6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])\d\d-?{SERIAL}$")
BESIDE = {"source.toml", "SAMPLE.json", "expected_accounting.csv", "nummerskift.csv"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    make_sample(out, children=CHILDREN, seed=3, as_of=AS_OF)
    return out


@pytest.fixture(scope="module")
def ingested(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    store = Store(tmp_path_factory.mktemp("stores") / "raw")
    source = Source(declared=sample / "raw/source.toml")
    return run(store, source, AS_OF, Reference.load(), Progress()).snapshot


def declared_in(sample: Path) -> dict[str, Any]:
    return tomllib.loads((sample / "raw/source.toml").read_text(encoding="utf-8"))


def parts_of(sample: Path) -> list[dict[str, Any]]:
    declared = declared_in(sample)
    return [*declared["register"], *declared["fhir"], *declared["delivery"]]


def files_of(part: dict[str, Any], sample: Path) -> list[Path]:
    return sorted((sample / "raw").glob(part["path"].replace("{sender}", "*")))


def register(sample: Path, layout: str) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(file) for file in sorted((sample / "raw/registre").glob(f"{layout}*.parquet")))


def texts_in(file: Path) -> str:
    if file.suffix == ".parquet":
        rows = pl.read_parquet(file)
        return "\n".join("\n".join(rows[name].drop_nulls().cast(pl.String)) for name in rows.columns)
    if file.suffix == ".xlsx":
        rows = pl.read_excel(file, infer_schema_length=0)
        return "\n".join("\n".join(rows[name].drop_nulls().cast(pl.String)) for name in rows.columns)
    return file.read_bytes().decode("latin-1")


def test_no_file_holds_a_number_that_could_be_somebodys(sample: Path) -> None:
    for file in sample.rglob("*"):
        if file.is_file():
            assert not REAL_FORM.search(texts_in(file)), file.name


def test_persons_are_test_numbers_and_some_are_replacement_numbers_that_change(sample: Path) -> None:
    births = register(sample, "MFR_NYFOEDTE")
    numbers = pl.concat([births["PNR_BARN"].drop_nulls(), births["PNR_MOR"].drop_nulls()])
    assert all(TEST_FORM.match(number) for number in numbers)
    replacement = numbers.filter(numbers.str.contains("[A-Z]"))
    changes = pl.read_csv(sample / "raw/identitet/nummerskift.csv", separator=";", infer_schema=False)
    assert changes.columns == ["old_person_id", "new_person_id", "changed_date"]
    assert set(changes["old_person_id"]) & set(replacement)
    assert births["PNR_BARN"].drop_nulls().is_unique().all()


def test_one_register_has_the_number_of_the_day_and_another_the_newest(sample: Path) -> None:
    changes = pl.read_csv(sample / "raw/identitet/nummerskift.csv", separator=";", infer_schema=False)
    assert set(changes["old_person_id"]) & set(register(sample, "MFR_NYFOEDTE")["PNR_BARN"])
    assert not set(changes["old_person_id"]) & set(register(sample, "BEF_")["PNR"])


def test_the_seventh_digit_tells_the_century_and_the_last_the_sex(sample: Path) -> None:
    children = register(sample, "MFR_NYFOEDTE").filter(
        pl.col("PNR_BARN").str.contains(r"^\d{10}$") & (pl.col("KOEN_BARN") != "U")
    )
    is_odd = children["PNR_BARN"].str.slice(9).cast(pl.Int64) % 2 == 1
    assert set(children["PNR_BARN"].str.slice(6, 1)) <= set("456789")
    assert ((children["KOEN_BARN"] == "M") == is_odd).all()


def test_every_form_that_a_real_source_has_is_there(sample: Path) -> None:
    parts = parts_of(sample)
    assert {part["form"] for part in parts} == {"parquet", "delimited", "excel", "sas", "bundle", "ndjson"}
    assert {part["encoding"] for part in parts if "encoding" in part} >= {"cp1252", "utf-8-sig", "latin-1", "utf-8"}
    assert {part["profile"] for part in parts if "profile" in part} == {"antenatal_record", "children_reports"}
    assert {part["layout"] for part in parts if "layout" in part} == set(LAYOUTS)


def test_the_declaration_names_every_required_column_and_finds_its_files(sample: Path) -> None:
    assert declared_in(sample)["source"]["demo"] is True
    for part in parts_of(sample):
        assert files_of(part, sample), part["path"]
    for delivery in declared_in(sample)["delivery"]:
        table = table_named(delivery["table"])
        required = {column.name for column in table.columns if not column.optional}
        assert required <= set(delivery["columns"]) <= set(table.column_names)


def test_every_file_is_declared_once(sample: Path) -> None:
    matched = [file for part in parts_of(sample) for file in files_of(part, sample)]
    there = [file for file in (sample / "raw").rglob("*") if file.is_file() and file.name not in BESIDE]
    assert sorted(matched) == sorted(there)


def test_senders_write_danish_in_the_declared_encoding(sample: Path) -> None:
    older = (sample / "raw/kommuner/0101/kontakter.csv").read_bytes()
    newer = (sample / "raw/kommuner/0851/ny_kontakter.csv").read_bytes()
    assert older.decode("cp1252").splitlines()[0].split(";")[2] == "Område"
    assert newer.startswith(b"\xef\xbb\xbf")
    assert "Gennemført" in older.decode("cp1252")
    assert "Område" in newer.decode("utf-8-sig")
    assert re.search(r";\d{2}-\d{2}-\d{4};", older.decode("cp1252"))
    costs = (sample / "raw/flis/1084/udgifter.csv").read_bytes().decode("cp1252")
    assert re.search(r";\d{1,3}\.\d{3},\d{2}", costs)


def test_every_kind_of_bad_row_is_there_and_counted(sample: Path) -> None:
    text = "\n".join(texts_in(file) for file in (sample / "raw").rglob("*") if file.suffix in (".csv", ".xlsx"))
    nobody = f"{NOBODYS_NUMBER[:6]}-?{NOBODYS_NUMBER[6:]}"
    for wrong in (re.escape(UNKNOWN_CODE), IMPOSSIBLE_DAY, NOT_A_NUMBER, nobody):
        assert re.search(wrong, text), wrong
    expected = pl.read_csv(sample / "raw/expected_accounting.csv")
    assert expected["table"].to_list() == [table.name for table in TABLES]
    assert expected["quarantined"].sum() >= 10
    assert expected["exact_duplicates"].sum() >= 8


def test_a_line_of_the_antenatal_records_is_broken_and_a_visit_is_about_nobody(sample: Path) -> None:
    lines = (sample / "raw/regioner/1081/graviditetsmappen.ndjson").read_text(encoding="utf-8").splitlines()
    broken = [line for line in lines if not is_json(line)]
    reports = "".join(file.read_text(encoding="utf-8") for file in (sample / "raw").rglob("boernedata_*.json"))
    assert len(broken) == 1
    assert "Patient/ukendt" in reports
    assert "entered-in-error" in reports


def is_json(line: str) -> bool:
    try:
        json.loads(line)
    except json.JSONDecodeError:
        return False
    return True


def test_notifications_of_the_last_years_are_delivered_again_and_one_municipality_fell_silent(sample: Path) -> None:
    told = {version: register(sample, f"BUU_{version}") for version in (2024, 2025)}
    shared = {version: rows.filter(pl.col("AAR").is_in([2023, 2024])).drop("VERSION") for version, rows in told.items()}
    adults = register(sample, "BUU_2021").filter((pl.col("AAR") == 2018) & (pl.col("BEREGN_ALDER") >= 18))
    months = adults.group_by("KOMNR").agg(pl.col("UNDERRETNINGSDATO").dt.month().n_unique().alias("months"))
    assert not shared[2024].equals(shared[2025])
    assert months.filter(pl.col("months") == 1)["KOMNR"].to_list() == [482]
    assert months.filter(pl.col("months") == 12).height == 97


def test_where_the_population_register_lacks_the_municipality_the_address_register_has_it(sample: Path) -> None:
    homes, addresses = register(sample, "BEF_"), register(sample, "BEFADR")
    lacking = homes.filter(pl.col("KOM").is_null())["ADRESSE_ID"]
    today = addresses.filter(pl.col("ADR_VTIL").is_null())
    assert 0 < lacking.len() < homes.height / 2
    assert set(lacking) <= set(today["ADRESSE_ID"])
    assert today.height < addresses.height


def test_treatment_courses_are_told_by_one_register_by_the_other_or_by_both(sample: Path) -> None:
    begun = pyreadstat.read_sas7bdat(sample / "raw/registre/smdb_vbgh.sas7bdat", output_format="dict")[0]
    facilities = register(sample, "SMDB_VBGF").filter(SMD_STATUS="1")["IVAERKSAETTELSEID"]
    told = set(begun["IVAERKSAETTELSEID"])
    assert told & set(facilities)
    assert told - set(facilities)
    assert set(facilities) - told
    assert not (told | set(facilities)) & set(register(sample, "SMDB_IBIB")["INDSKRIVNINGID"])


def test_in_the_smallest_sample_too_no_register_of_rare_events_is_empty_and_a_row_is_superseded(
    tmp_path: Path,
) -> None:
    make_sample(tmp_path, children=50, seed=3, as_of=AS_OF, forms=("raw",))
    for layout in ("BUFO", "BUAF", "HANDICBU", "BEFADR", "SMDB_VBGF", "SMDB_IBIB"):
        assert register(tmp_path, layout).height > 0, layout
    assert len((tmp_path / "raw/registre/DOD.csv").read_text(encoding="utf-8").splitlines()) > 1
    assert set(register(tmp_path, "BUU_2024")["AAR"]) & set(register(tmp_path, "BUU_2025")["AAR"])


def test_a_sample_over_an_earlier_one_leaves_nothing_of_it_and_touches_no_other_folder(tmp_path: Path) -> None:
    left, foreign = tmp_path / "raw/kommuner/0101/kontakter_gammel.csv", tmp_path / "other/raw/mine.csv"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("mine", encoding="utf-8")
    make_sample(tmp_path, children=60, seed=3, as_of=AS_OF, forms=("raw",))
    left.write_text("old", encoding="utf-8")
    for out in (tmp_path, tmp_path / "other"):
        make_sample(out, children=60, seed=3, as_of=AS_OF, forms=("raw",))
    assert not left.exists()
    assert foreign.exists()


def test_the_accounting_is_what_the_senders_did(sample: Path, ingested: Snapshot) -> None:
    rows = ingested.table("row_accounting").collect().filter(pl.col("table") != "number_changes").sort("table")
    expected = pl.read_csv(sample / "raw/expected_accounting.csv").sort("table")
    assert rows.select("table", "quarantined", "exact_duplicates").cast(expected.schema).equals(expected)


def test_every_canonical_row_arrives_but_diagnoses_outside_the_code_list(sample: Path, ingested: Snapshot) -> None:
    for table in TABLES:
        canonical = pl.read_parquet(sample / f"canonical/{table.name}.parquet")
        if table.name == "diagnoses":
            canonical = on_the_code_list(canonical)
        if table.name == "residences":
            canonical = without_moves_inside_a_municipality(canonical)
        arrived = ingested.table(table.name).collect()
        own = arrived.filter(is_listed(pl.col("sks_code"))) if table.name == "diagnoses" else arrived
        assert own.height == canonical.height, table.name


def is_listed(code: pl.Expr) -> pl.Expr:
    plain = code.str.to_uppercase().str.replace_all(".", "", literal=True)
    return pl.any_horizontal(plain.str.starts_with(prefix) for prefix in Reference.load().exposure_codes["prefix"])


def on_the_code_list(diagnoses: pl.DataFrame) -> pl.DataFrame:
    return diagnoses.filter(is_listed(pl.col("sks_code")))


def without_moves_inside_a_municipality(spells: pl.DataFrame) -> pl.DataFrame:
    """Two spells in a row in one municipality are one in the population register."""
    ordered = spells.sort("child_id", "from_date")
    stays = (pl.col("municipality_code") == pl.col("municipality_code").shift(1)).over("child_id") & (
        pl.col("to_date").shift(1).is_null() | (pl.col("to_date").shift(1) == pl.col("from_date"))
    ).over("child_id")
    return ordered.filter(~stays.fill_null(value=False))


def test_each_form_carries_something(ingested: Snapshot) -> None:
    ledger = ingested.table("deliveries").collect().group_by("delivery").agg(pl.col("handed_on").sum())
    carried = dict(ledger.iter_rows())
    registers = ("MFR_NYFOEDTE", "BEF", "LPR_A_DIAGNOSE", "LPR_DIAG", "BUU", "SMDB_VBGH", "SMDB_VBGF")
    for delivery in (*registers, "UDD_SPROGVURDERING"):
        assert carried[delivery] > 0, delivery
    for delivery in ("antenatal_record", "children_reports", "SIU_INDIVID_UDGIFTER_TOTAL", "pregnancies", "exposures"):
        assert carried[delivery] > 0, delivery


def test_the_raw_key_tells_the_same_losses_under_the_senders_numbers(sample: Path) -> None:
    canonical, raw = (pl.read_parquet(sample / f"{name}.parquet") for name in ("answer_key", "answer_key_raw"))
    losses = ["kind", "reason"]
    assert canonical.group_by(losses).len().sort(losses).equals(raw.group_by(losses).len().sort(losses))
    assert all(TEST_FORM.match(number) for number in raw["child_id"].drop_nulls())
    own = raw.filter(pl.col("kind").is_in(["registered", "handed_over", "on_child_record"]))
    assert (own["subject_id"] == own["child_id"]).all()


def test_names_tell_who_is_who_and_which_records_came_without_a_name(sample: Path) -> None:
    names = pl.read_parquet(sample / "names.parquet")
    people, pregnancies, records = (names.filter(kind=kind) for kind in ("person", "pregnancy", "record"))
    assert people.height == CHILDREN
    assert all(TEST_FORM.match(number) for number in people["raw"])
    assert pregnancies["raw"].is_unique().all()
    assert set(pregnancies["raw"].str.extract("^(GM|mfr-)")) == {"GM", "mfr-"}
    assert 0 < records["raw"].null_count() < records.height
