"""Published figures for other programs: the same figures in every form, and hidden ones in none."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from interchange_tables import HARD_TEXTS, TYPES, country_with_counts, made_up, published_as, published_tables
from jsonschema import Draft202012Validator
from published_frames import SVENDBORG
from typer.testing import CliRunner

from dashboards.opening import OtherVersion
from dashboards.scope import NotAllowed, Scope
from dashboards.states import STATES
from pipelines.audit_log import FOLDER_VARIABLE, AuditLog
from pipelines.cli import app
from pipelines.errors import NotPublished, StoreFailed, WrongUse
from pipelines.store import Snapshot, Store
from reports.interchange.declared import CATALOGUES, Table, tables
from reports.interchange.exporting import export
from reports.interchange.reading import ALL_FIGURES, published_rows

pytestmark = pytest.mark.slow

PUBLISHED = [name for name in tables() if name not in CATALOGUES]
LIKE_A_FORMULA = tuple("=+-@\t\r")


@pytest.fixture(scope="module")
def shown() -> dict[str, pl.DataFrame]:
    return published_tables()


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory, shown: Mapping[str, pl.DataFrame]) -> Snapshot:
    found = Store(published_as(tmp_path_factory.mktemp("store") / "store", shown)).last("publish")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, publication: Snapshot) -> Path:
    out = tmp_path_factory.mktemp("out") / "interchange"
    export(publication, out, ("csv", "json", "frictionless"), "CC-BY-4.0")
    return out


def from_csv(file: Path, table: Table) -> list[dict[str, Any]]:
    """Read as the standard says, with Python's own reader: an empty field is null."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened, strict=True))
    read = {"integer": int, "number": float, "date": str, "text": str, "list": lambda text: text.split("|")}
    return [
        {name: read[table.limits[name].kind](value) if value else None for name, value in row.items()} for row in rows
    ]


def as_told(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return rows.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d")).to_dicts()


def without_apostrophe(value: object) -> object:
    is_marked = isinstance(value, str) and value.startswith("'") and value[1:].startswith(LIKE_A_FORMULA)
    return value[1:] if is_marked and isinstance(value, str) else value


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_csv_has_every_row_and_every_digit_of_the_published_table(
    exported: Path, shown: Mapping[str, pl.DataFrame], name: str
) -> None:
    read = from_csv(exported / "csv" / f"{name}.csv", tables()[name])
    plain = [{column: without_apostrophe(value) for column, value in row.items()} for row in read]
    assert plain == as_told(shown[name])


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_json_has_every_row_and_every_digit_of_the_published_table(
    exported: Path, shown: Mapping[str, pl.DataFrame], name: str
) -> None:
    told = json.loads((exported / "json" / f"{name}.json").read_text("utf-8"))
    assert told["rows"] == as_told(shown[name])
    assert (told["table"], told["as_of"], told["is_sample"]) == (name, "2026-09-30", True)


@pytest.mark.parametrize("name", tables())
def test_both_are_valid_by_the_schema_beside_them(exported: Path, name: str) -> None:
    schema = json.loads((exported / "schema" / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads((exported / "json" / f"{name}.json").read_text("utf-8")))
    of_rows = Draft202012Validator(schema["$defs"]["row"])
    for row in from_csv(exported / "csv" / f"{name}.csv", tables()[name]):
        of_rows.validate(row)


def test_a_hidden_figure_with_a_value_another_column_or_one_too_few_is_not_valid(exported: Path) -> None:
    schema = json.loads((exported / "schema" / "published_shares.schema.json").read_text("utf-8"))
    valid = Draft202012Validator(schema["$defs"]["row"])
    rows = json.loads((exported / "json" / "published_shares.json").read_text("utf-8"))["rows"]
    hidden = next(row for row in rows if row["state"] == "suppressed")
    assert valid.is_valid(hidden)
    assert not valid.is_valid(hidden | {"numerator": 3})
    assert not valid.is_valid(hidden | {"name": "nobody"})
    assert not valid.is_valid({column: value for column, value in hidden.items() if column != "period"})
    assert not valid.is_valid(hidden | {"state": "unheard_of"})


def test_the_csv_is_written_as_rfc_4180_says(exported: Path) -> None:
    written = (exported / "csv" / "published_ratios.csv").read_bytes()
    assert not written.startswith(b"\xef\xbb\xbf")
    outside_quotes = b"".join(written.split(b'"')[::2])
    assert outside_quotes.count(b"\r\n") == outside_quotes.count(b"\n")
    assert written.endswith(b"\r\n")
    heading, *_ = csv.reader(io.StringIO(written.decode("utf-8"), newline=""))
    assert tuple(heading) == tables()["published_ratios"].columns


def test_no_cell_of_a_csv_is_a_formula_but_numbers_stay_numbers(exported: Path) -> None:
    marked = 0
    for name, table in tables().items():
        with (exported / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                texts = [row[column] for column in row if table.limits[column].kind in {"text", "list"}]
                assert [text for text in texts if text.startswith(LIKE_A_FORMULA)] == []
                marked += sum(text.startswith("'=") for text in texts)
    assert marked > 0
    amounts = pl.read_csv(exported / "csv" / "published_cost_differences.csv")
    assert amounts["difference_dkk"].dtype == pl.Float64
    assert (amounts["difference_dkk"].drop_nulls() < 0).any()


def test_the_data_package_and_every_resource_of_it_are_valid(exported: Path) -> None:
    from frictionless import Package, validate

    package = Package(str(exported / "datapackage.json"))
    assert [resource.name for resource in package.resources] == list(tables())
    report = validate(str(exported / "datapackage.json"))
    assert report.flatten(["title", "fieldName", "note"]) == []
    assert report.valid
    assert sum(task.stats["rows"] for task in report.tasks) > len(PUBLISHED) * 10


def test_a_byte_that_was_changed_after_the_export_is_found(exported: Path, tmp_path: Path) -> None:
    from frictionless import validate

    copied = tmp_path / "copied"
    shutil.copytree(exported, copied)
    changed = copied / "csv" / "published_price_years.csv"
    changed.write_bytes(changed.read_bytes().replace(b"1", b"2", 1))
    errors = validate(str(copied / "datapackage.json")).flatten(["type", "title"])
    assert ["hash-count", "Hash Count Error"] in errors


def test_the_data_package_tells_sizes_sums_languages_and_the_licence(exported: Path) -> None:
    told = json.loads((exported / "datapackage.json").read_text("utf-8"))
    assert told["licenses"] == [{"name": "CC-BY-4.0"}]
    for resource in told["resources"]:
        written = (exported / resource["path"]).read_bytes()
        assert resource["bytes"] == len(written)
        assert resource["hash"] == f"sha256:{hashlib.sha256(written).hexdigest()}"
        assert resource["titles"]["da"] != resource["titles"]["en"]
        assert all(field["descriptions"]["da"] != field["descriptions"]["en"] for field in resource["schema"]["fields"])


def test_names_of_figures_and_places_are_told_beside_them(exported: Path) -> None:
    measures = pl.read_csv(exported / "csv" / "measures.csv")
    assert measures.filter(pl.col("name") == "school_start").select("measure", "share_of", "title_da").rows() == [
        ("carried_at_transition:school_start", "numerator_ever", "Fulgt med ved skolestart")
    ]
    places = pl.read_csv(exported / "csv" / "places.csv", infer_schema=False)
    assert places.filter(pl.col("place") == SVENDBORG)["name"].to_list() == ["Svendborg"]
    assert places.filter(pl.col("place_kind") == "municipality")["place"].n_unique() == 98


def test_the_same_publication_makes_the_same_bytes(exported: Path, publication: Snapshot, tmp_path: Path) -> None:
    again = export(publication, tmp_path / "again", ("csv", "json", "frictionless"), "CC-BY-4.0")
    for file in again:
        assert file.read_bytes() == (exported / file.relative_to(tmp_path / "again")).read_bytes()


def hidden_with_a_number(shown: Mapping[str, pl.DataFrame], name: str) -> dict[str, pl.DataFrame]:
    table = tables()[name]
    state, columns = next(iter(table.declared.emptied.items()))
    some = shown[name].filter(pl.col(state) == "number").head(1).with_columns(pl.lit("suppressed").alias(state))
    assert some.select(pl.any_horizontal(pl.col(columns).is_not_null())).item()
    return dict(shown) | {name: pl.concat([shown[name], some])}


@pytest.mark.parametrize("name", [name for name in PUBLISHED if tables()[name].declared.emptied])
def test_a_row_that_tells_what_is_hidden_stops_the_export_and_the_earlier_one_stays(
    shown: Mapping[str, pl.DataFrame], tmp_path: Path, name: str
) -> None:
    store = published_as(tmp_path / "store", hidden_with_a_number(shown, name))
    publication = Store(store).last("publish")
    assert publication is not None
    out = tmp_path / "out"
    out.mkdir()
    (out / ".roedtraad-interchange").write_text("")
    (out / "earlier.csv").write_text("earlier")
    with pytest.raises(NotPublished, match=f"1 rows of {name}"):
        export(publication, out, ("csv",))
    assert sorted(file.name for file in out.iterdir()) == [".roedtraad-interchange", "earlier.csv"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out", "store"]


def test_only_who_may_see_all_places_gets_all_figures(publication: Snapshot) -> None:
    with pytest.raises(NotAllowed):
        published_rows(publication, Scope("leader", SVENDBORG, "1083"), tables()["published_shares"])
    assert published_rows(publication, ALL_FIGURES, tables()["published_shares"]).collect().height > 0


def test_a_publication_of_another_version_is_not_handed_on(tmp_path: Path) -> None:
    other = made_up(tables()["published_ratios"]).rename({"outcome": "result"})
    publication = Store(published_as(tmp_path / "store", {"published_ratios": other})).last("publish")
    assert publication is not None
    with pytest.raises(OtherVersion, match="published_ratios"):
        export(publication, tmp_path / "out", ("csv",))
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_in_it_is_not_touched(publication: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(WrongUse, match="other things"):
        export(publication, tmp_path, ("csv",))
    assert [file.name for file in tmp_path.iterdir()] == ["letters.txt"]
    with pytest.raises(WrongUse, match="no form xml"):
        export(publication, tmp_path / "out", ("xml",))


def test_the_folder_that_one_stands_in_and_a_link_to_one_can_be_written_to(
    publication: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "figures")
    for out in (Path(), tmp_path / "link", tmp_path / "link"):
        monkeypatch.chdir(tmp_path / "figures")
        export(publication, out, ["frictionless"])
        assert (tmp_path / "figures" / "datapackage.json").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["figures", "link"]


def test_a_place_that_cannot_be_written_to_is_told(publication: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFailed, match="cannot be written"):
        export(publication, tmp_path / "file" / "out", ("csv",))


def test_what_is_declared_is_what_the_code_knows() -> None:
    of_state = tables()["published_shares"].limits["state"].values
    assert set(of_state) == {*STATES, "not_reached"}
    assert {limits.kind for table in tables().values() for limits in table.limits.values()} <= TYPES.keys()
    assert {name for name in HARD_TEXTS if name.startswith(LIKE_A_FORMULA)}
    made = {name: rows.columns for name, rows in country_with_counts().items()}
    assert {name: set(tables()[name].columns) for name in made} == {
        name: set(columns) for name, columns in made.items()
    }


def test_the_command_writes_the_forms_that_are_asked_for_and_the_audit_log_has_it(
    shown: Mapping[str, pl.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "audit"))
    store = published_as(tmp_path / "store", shown)
    out = tmp_path / "out"
    told = CliRunner().invoke(app, ["interchange", "--store", str(store), "--out", str(out), "--only", "csv"])
    assert told.exit_code == 0, told.output
    assert sorted(file.name for file in out.iterdir()) == [".roedtraad-interchange", "csv", "schema"]
    assert AuditLog.of(store).entries().select("action", "what").rows() == [("exported", "interchange csv")]


def test_a_store_that_has_published_nothing_says_what_to_do(tmp_path: Path) -> None:
    asked = ["interchange", "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 5
    assert not (tmp_path / "out").exists()
