"""Deliveries as senders make them: a mapping in TOML, numbers that become pseudonyms, figures in Danish form."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from deliveries import WHOLE, changed, deliver

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.sources.configuration import read_configuration
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

CHILD, MOTHER, STRANGER = "680125-4001", "6101902222", "6803251111"
"""Test numbers: 60 is added to the day."""

HEAD = """[source]
name = "test"
demo = true
"""
CHILDREN = """
[[delivery]]
table = "children"
path = "boern.csv"
form = "delimited"
encoding = "cp1252"
[delivery.columns]
child_id = "Barn"
mother_id = "Mor"
birth_date = "Født"
sex = "Køn"
[delivery.codes.sex]
"pige" = "female"
"""
COSTS = """
[[delivery]]
table = "costs"
path = "udgifter.csv"
form = "delimited"
[delivery.columns]
cost_id = "Id"
child_id = "Barn"
service = "Ydelse"
payer = "Betaler"
start_date = "Fra"
end_date = "Til"
amount_dkk = "Beløb"
"""

BUFO = """
[[register]]
layout = "BUFO"
path = "bufo.csv"
form = "delimited"
"""
REPORTS = """
[[fhir]]
profile = "children_reports"
path = "*.json"
form = "bundle"
"""


def written(folder: Path, toml: str, births: str = "", amounts: tuple[str, ...] = ()) -> Path:
    folder.mkdir(exist_ok=True)
    lines = births or f"{CHILD};{MOTHER};08-01-2025;pige\n"
    (folder / "boern.csv").write_text(f"Barn;Mor;Født;Køn\n{lines}", encoding="cp1252")
    costs = [f"u{at};{CHILD};hospital;region;08-01-2025;09-01-2025;{amount}\n" for at, amount in enumerate(amounts)]
    (folder / "udgifter.csv").write_text("Id;Barn;Ydelse;Betaler;Fra;Til;Beløb\n" + "".join(costs), encoding="utf-8")
    (folder / "source.toml").write_text(toml, encoding="utf-8")
    return folder / "source.toml"


def ingested(store: Path, source: Path) -> Snapshot:
    return ingest_into(Store(store), Source(declared=source), Reference.load(), Progress()).snapshot


def accounting(snapshot: Snapshot, table: str) -> tuple[int, int, int, int]:
    row = snapshot.table("row_accounting").filter(pl.col("table") == table).collect().row(0, named=True)
    return row["rows_read"], row["accepted"], row["quarantined"], row["exact_duplicates"]


def test_a_child_with_and_without_hyphen_is_one_person_and_nobody_can_be_read_back(tmp_path: Path) -> None:
    source = written(tmp_path / "d", HEAD + CHILDREN + COSTS, amounts=("1",))
    costs = tmp_path / "d" / "udgifter.csv"
    costs.write_text(costs.read_text().replace(CHILD, CHILD.replace("-", "")))
    snapshot = ingested(tmp_path / "s", source)
    child = snapshot.table("children").collect().row(0, named=True)
    assert (child["birth_date"], child["sex"]) == (date(2025, 1, 8), "female")
    assert snapshot.table("costs").collect()["child_id"].to_list() == [child["child_id"]]
    assert snapshot.table("identities").collect()["pseudonym"].str.contains("^[0-9a-f]{24}$").all()


def test_a_corrected_mapping_is_a_new_delivery(tmp_path: Path) -> None:
    american = CHILDREN.replace("[delivery.columns]", 'date_format = "%m-%d-%Y"\n[delivery.columns]')
    wrong = ingested(tmp_path / "s", written(tmp_path / "d", HEAD + american))
    right = ingested(tmp_path / "s", written(tmp_path / "d", HEAD + CHILDREN))
    days = [snapshot.table("children").collect()["birth_date"].item() for snapshot in (wrong, right)]
    assert days == [date(2025, 8, 1), date(2025, 1, 8)]


@pytest.mark.parametrize(
    ("amount", "read"),
    [("1.234,50", 1234.5), ("1234,5", 1234.5), ("-3", -3.0), ("12.500", 12500.0), ("0.5", None), ("-1.5", None),
     ("1,234.50", None), ("1.23,4", None)],
)  # fmt: skip
def test_a_number_is_read_in_the_declared_form_or_not_at_all(tmp_path: Path, amount: str, read: float | None) -> None:
    snapshot = ingested(tmp_path / "s", written(tmp_path / "d", HEAD + CHILDREN + COSTS, amounts=(amount,)))
    assert snapshot.table("costs").collect()["amount_dkk"].to_list() == ([] if read is None else [read])
    rules = snapshot.table("quarantine").select("rule", "column").collect().rows()
    assert rules == ([("type", "amount_dkk")] if read is None else [])


def test_two_people_whose_numbers_are_refused_are_not_copies_of_each_other(tmp_path: Path) -> None:
    real = "01" + "0125-4001"
    births = (
        f"Jens Hansen;{MOTHER};08-01-2025;pige\nPia Holm;{MOTHER};08-01-2025;pige\n{real};{MOTHER};08-01-2025;pige\n"
    )
    snapshot = ingested(tmp_path / "s", written(tmp_path / "d", HEAD + CHILDREN, births))
    assert accounting(snapshot, "children") == (3, 0, 3, 0)
    told = snapshot.table("quarantine").collect()
    assert told["rule"].to_list() == ["identity"] * 3
    assert "Hansen" not in str(told.rows())
    assert real not in str(told.rows())


def test_numbers_from_a_spreadsheet_or_a_data_frame_lose_their_decimal_zero(tmp_path: Path) -> None:
    toml = CHILDREN.replace("boern.csv", "boern.parquet").replace("delimited", "parquet")
    source = written(tmp_path / "d", HEAD + toml + 'gestational_age_days = "Uger"\n'.join(["", ""]))
    source.write_text(source.read_text().replace('sex = "Køn"', 'sex = "Køn"\ngestational_age_days = "Dage"'))
    rows = {"Barn": [CHILD, STRANGER], "Mor": [MOTHER] * 2, "Født": [date(2025, 1, 8)] * 2, "Køn": ["pige"] * 2}
    pl.DataFrame(rows | {"Dage": [278.0, float("nan")]}).write_parquet(tmp_path / "d" / "boern.parquet")
    children = ingested(tmp_path / "s", source).table("children").collect()
    assert sorted(children["gestational_age_days"].to_list(), key=str) == [278, None]


def test_number_changes_that_cannot_be_used_are_accounted_for(tmp_path: Path) -> None:
    section = '[number_changes]\nencoding = "cp1252"\nseparator = "|"\n'
    source = written(tmp_path / "d", HEAD + 'number_changes = "skift.csv"\n' + section + CHILDREN)
    pairs = [f"{STRANGER}|{CHILD}|01-02-2025", f"ukendt|{CHILD}|01-02-2025"]
    (tmp_path / "d" / "skift.csv").write_text("old_person_id|new_person_id|changed_date\n" + "\n".join(pairs) + "\n")
    snapshot = ingested(tmp_path / "s", source)
    assert accounting(snapshot, "number_changes") == (2, 1, 1, 0)
    assert snapshot.table("quarantine").select("table", "row_number").collect().rows() == [("number_changes", 2)]


WRONG = [
    ('[delivery]\ntable = "children"', "declares no source"),
    (CHILDREN.replace("form =", 'seperator = ";"\nform ='), "seperator is not known here"),
    (CHILDREN.replace('"cp1252"', '"ebcdic"'), "is not known"),
    (CHILDREN.replace("form =", 'separator = ";;"\nform ='), "separator is one character"),
    (CHILDREN.replace("form =", "separator = 5\nform ="), "must be text"),
    (CHILDREN.replace('"boern.csv"', '"/etc/hosts"'), "below the folder"),
    (CHILDREN.replace('sex = "Køn"', "sex = 5"), "must be text"),
    (CHILDREN.replace('birth_date = "Født"\n', ""), "do not fit"),
    (CHILDREN.replace("codes.sex", "codes.gender"), "is not known"),
    (CHILDREN.replace("[delivery.columns]", "[delivery.columns]\nnavn = 'Navn'"), "do not fit"),
    (CHILDREN.split("[delivery.columns]", maxsplit=1)[0] + 'columns = "x"\n', "columns is a table"),
    (CHILDREN.replace("[delivery.columns]", "pad = 3\n[delivery.columns]"), "pad is a table"),
    (CHILDREN + "[delivery.pad]\nchild_id = true\n", "pad gives a number of digits"),
    (COSTS.replace("[delivery.columns]", "codes = 3\n[delivery.columns]"), "codes is a table"),
    (COSTS.replace("[delivery.columns]", "codes = { payer = 3 }\n[delivery.columns]"), "payer is a table"),
    (CHILDREN.replace("[delivery.columns]", 'person = "x"\n[delivery.columns]'), "person is a table"),
    (CHILDREN.replace("[delivery.columns]", "name = 5\n[delivery.columns]"), "name must be text"),
    (CHILDREN.replace("[delivery.columns]", "sender = 0\n[delivery.columns]"), "sender must be text"),
    (CHILDREN.replace("[[delivery]]", "[delivery]"), "two brackets"),
    (CHILDREN.replace('"boern.csv"', '"a**b/*.csv"'), "has \\*\\* beside something else"),
    (CHILDREN.replace('"boern.csv"', '"*{sender}.csv"'), "has \\*\\* beside something else"),
    (BUFO + 'headings = "x"\n', "headings is a table"),
    (REPORTS + 'municipalities = "x"\n', "municipalities is a table"),
    ("secret_file = 5\n" + CHILDREN, "secret_file must be text"),
    ("number_changes = 3\n" + CHILDREN, "number_changes must be text"),
]
FORMS_OF_NO_DAY = ["dd-mm-yyyy", "%Q", "", "%d-%m-%y", "%d-%m-%Y%", "%Y", "%-d-%-m-%Y", "%d-%B-%Y", "%m-%Y"]


@pytest.mark.parametrize(("delivery", "told"), WRONG)
def test_a_slip_in_the_mapping_is_told_with_its_place(tmp_path: Path, delivery: str, told: str) -> None:
    source = written(tmp_path / "d", HEAD + delivery)
    with pytest.raises(UserError, match=told):
        read_configuration(source)


@pytest.mark.parametrize("form", FORMS_OF_NO_DAY)
def test_a_date_format_in_which_no_day_can_be_read_again_is_told(tmp_path: Path, form: str) -> None:
    source = written(tmp_path / "d", HEAD + CHILDREN.replace("form =", f'date_format = "{form}"\nform ='))
    with pytest.raises(UserError, match="date_format"):
        read_configuration(source)


@pytest.mark.parametrize("form", ["%d-%m-%Y", "%Y%m%d", "%d%b%Y", "%d/%m/%Y", "%F", "%d-%m-%Y %H:%M"])
def test_a_date_format_in_which_days_can_be_read_again_is_fine(tmp_path: Path, form: str) -> None:
    source = written(tmp_path / "d", HEAD + CHILDREN.replace("form =", f'date_format = "{form}"\nform ='))
    assert read_configuration(source).mapped[0].form.date_format == form


def test_a_column_or_a_code_may_have_the_name_of_a_setting(tmp_path: Path) -> None:
    toml = CHILDREN.replace('"pige"', '"path" = "female"\n"separator"')
    assert read_configuration(written(tmp_path / "d", HEAD + toml)).mapped[0].codes["sex"]["separator"] == "female"


def test_demo_is_said_without_quotes(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="demo is true or false"):
        read_configuration(written(tmp_path / "d", HEAD.replace("true", '"true"') + CHILDREN))


def canonical_parquet(folder: Path, table: str, rows: pl.DataFrame) -> Path:
    deliver(folder)
    (folder / f"{table}.csv").unlink()
    rows.write_parquet(folder / f"{table}.parquet")
    return folder


def ingested_folder(store: Path, folder: Path) -> Snapshot:
    return ingest_into(Store(store), Source(canonical=folder), Reference.load(), Progress()).snapshot


@pytest.mark.parametrize("zone", [None, "Europe/Copenhagen", "America/New_York"])
def test_a_moment_at_midnight_is_its_day_by_its_own_clock(tmp_path: Path, zone: str | None) -> None:
    moment = pl.Series([datetime(2025, 1, 8)]).dt.replace_time_zone(zone)  # noqa: DTZ001 - the zone is the parameter
    rows = pl.DataFrame([changed("children")]).with_columns(
        birth_date=moment, gestational_age_days=pl.lit(278), birth_weight_g=pl.lit(3200), death_date=pl.lit(None)
    )
    snapshot = ingested_folder(tmp_path / "s", canonical_parquet(tmp_path / "d", "children", rows))
    assert snapshot.table("children").collect()["birth_date"].to_list() == [date(2025, 1, 8)]


def test_a_time_of_day_is_no_date(tmp_path: Path) -> None:
    noon = [datetime(2025, 1, 8), datetime(2025, 1, 8, 12)]  # noqa: DTZ001
    homes = {"child_id": ["c1"] * 2, "from_date": noon, "municipality_code": ["0461", "0410"], "to_date": [None] * 2}
    folder = canonical_parquet(tmp_path / "d", "residences", pl.DataFrame(homes))
    snapshot = ingested_folder(tmp_path / "s", folder)
    assert accounting(snapshot, "residences") == (2, 1, 1, 0)


def test_other_tables_in_a_sample_folder_are_no_sample(tmp_path: Path) -> None:
    small = Path(__file__).parent.parent / "sample_data" / "small" / "canonical"
    assert ingested_folder(tmp_path / "s1", small).run["is_sample"]
    folder = deliver(tmp_path / "d")
    (folder / "SAMPLE.json").write_bytes((small / "SAMPLE.json").read_bytes())
    assert not ingested_folder(tmp_path / "s2", folder).run["is_sample"]
    assert len(WHOLE) == 11
