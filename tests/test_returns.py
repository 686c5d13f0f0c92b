"""Returns: what is in one, what is refused, and what a national store says of who has reported."""

from __future__ import annotations

import io
import json
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from returned import AS_OF, Country, Tables, Told, changed, country, opened, sealed_again, written

from pipelines.definitions.reference import Reference
from pipelines.errors import StoreFailed, StoreIsEmpty, UserError
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.returns import definitions
from pipelines.returns.combining import SomeRefused, combine, combined, withdraw
from pipelines.returns.count_tables import TABLES
from pipelines.returns.exporting import export
from pipelines.returns.files import csv_of, read_table
from pipelines.returns.form import json_schema, shipped_schema
from pipelines.returns.keys import Keys, those_who_return
from pipelines.returns.refusals import ReturnRefused
from pipelines.returns.refused_files import RefusedFiles
from pipelines.returns.signing import new_key, private_key, public_key, read_public_key
from pipelines.returns.standing import missing, standing
from pipelines.returns.verifying import verify
from pipelines.store import Store

pytestmark = pytest.mark.slow

REFERENCE = Reference.load()
AALBORG, AARHUS, ODENSE = "0851", "0751", "0461"


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return country(tmp_path_factory.mktemp("land"), children=3000)


@pytest.fixture(scope="module")
def three(land: Country, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A national store with three municipalities in it; nothing is added to it here."""
    store = land.national(tmp_path_factory.mktemp("three") / "national")
    combine(store, [land.file(code) for code in (AALBORG, AARHUS, ODENSE)], REFERENCE, "somebody")
    return store


def refusal(land: Country, file: Path) -> ReturnRefused:
    """Why a file is refused alone; whoever verifies and whoever combines are told the same."""
    with pytest.raises(ReturnRefused) as alone:
        verify(file, REFERENCE, land.key.public_key())
    national = land.national(file.parent / f"national-{file.stem}")
    with pytest.raises(SomeRefused) as together:
        combine(national, [file, land.file(ODENSE)], REFERENCE, "somebody")
    assert [each.reason for each in together.value.refused] == [alone.value.reason]
    assert national.last("run") is None
    assert alone.value.what
    assert alone.value.to_do
    return alone.value


# What is in a return


def test_a_return_is_whole_and_by_our_definitions(land: Country) -> None:
    told = verify(land.file(AALBORG), REFERENCE, land.key.public_key())
    assert told.manifest.municipality_code == AALBORG
    assert told.manifest.is_sample
    assert str(told.manifest.period.first_day), str(told.manifest.period.last_day) == ("2017-01-01", "2025-12-31")
    assert {each.source for each in told.manifest.completeness} >= {"children", "contacts"}


def test_no_return_has_a_row_of_a_person(land: Country) -> None:
    """No id and no pseudonym in a byte of it, no column that could hold a day, and no table by child."""
    run_of_rows = land.rows.snapshot()
    names = run_of_rows.table("identities").collect()
    known = [str(value) for column in names.get_columns() for value in column.to_list() if len(str(value)) > 6]
    days = {pl.Date(), pl.Datetime("us", "UTC")}
    for code in (AALBORG, AARHUS, "rest"):
        _, tables = opened(land.file(code))
        everything = b"".join(tables.values()).decode()
        words = set(everything.replace("\n", ",").split(","))
        assert words.isdisjoint(known)
        assert not any("child_id" in content.partition(b"\n")[0].decode() for content in tables.values())
    assert not [each.name for each in TABLES.values() if days & set(each.schema.values())]
    assert len(known) > 3000


def test_a_return_is_for_its_owner_alone_and_the_same_counts_are_the_same_bytes(land: Country, tmp_path: Path) -> None:
    export(land.rows, [ODENSE], tmp_path / "again.zip", land.key, REFERENCE)
    assert stat.S_IMODE((tmp_path / "again.zip").stat().st_mode) == 0o600
    assert opened(tmp_path / "again.zip")[1] == opened(land.file(ODENSE))[1]
    assert not list(tmp_path.glob(".again*"))


def test_returns_add_up_to_the_counts_of_the_run(land: Country) -> None:
    """Every obligation of the periods that are over is in one return, and traits are those of the whole country."""
    parts = [_table(land, file, "obligations") for file in land.files()]
    rows = pl.concat(parts)
    keys, numbers = (
        ["measure", "period", "attribution", "group_kind", "group_value"],
        list(TABLES["obligations"].numbers),
    )
    summed = rows.group_by(keys).agg(pl.col(numbers).sum()).sort(keys)
    counted = (
        land.rows.snapshot()
        .table("counts_by_group")
        .filter(
            pl.col("period").is_in(rows["period"].unique().to_list())
            & ((pl.col("group_kind") == "municipality") | (pl.col("attribution") == "placed"))
            & (pl.col("group_kind") != "birth_year")
        )
    )
    assert summed.equals(counted.select(*keys, *numbers).sort(keys).collect())


def _table(land: Country, file: Path, name: str) -> pl.DataFrame:
    told, tables = opened(file)
    rows = next(each["rows"] for each in told["tables"] if each["name"] == name)
    return read_table(tables[name], TABLES[name], rows)


def test_the_shipped_schema_is_that_of_the_code_and_a_return_keeps_to_it(land: Country) -> None:
    import jsonschema

    assert shipped_schema() == json_schema()
    jsonschema.validate(opened(land.file(ODENSE))[0], json.loads(shipped_schema()))


def test_a_store_whose_run_was_made_by_other_code_returns_nothing(
    land: Country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.returns.exporting.code_version", lambda: "0.0.1+other")
    with pytest.raises(StoreFailed, match="other definitions"):
        export(land.rows, [ODENSE], tmp_path / "return.zip", land.key, REFERENCE)
    assert not list(tmp_path.iterdir())


def test_every_module_that_decides_a_count_is_in_the_definitions() -> None:
    """Whatever counting imports of the pipeline is hashed, or is known to decide nothing."""
    import ast

    decides_nothing = {
        "addresses", "errors", "store", "progress", "identity", "yearly_costs", "pathway_costs", "pathways", "wilson",
        "free_text", "statistics", "disclosure", "scan_rule", "returns",
    }  # fmt: skip
    package = Path(definitions.__file__).parents[1]
    hashed = {file for name in definitions.FIGURE_CODE for file in _files(package / name)}
    met: set[str] = set()
    for file in hashed:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipelines."):
                met.add(node.module.split(".")[1])  # type: ignore[union-attr]
    named = {name.split("/")[0].removesuffix(".py") for name in definitions.FIGURE_CODE}
    assert met - named - decides_nothing == set()


def _files(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


# What is refused


def rows_of(tables: Tables, name: str) -> pl.DataFrame:
    return pl.read_csv(tables[name], schema=TABLES[name].schema)


def put(tables: Tables, name: str, rows: pl.DataFrame) -> None:
    tables[name] = csv_of(rows.select(TABLES[name].columns))


def one_more(name: str, column: str, more: int = 1) -> Callable[[Told, Tables], None]:
    """The first count that something else depends on is changed by so much."""

    def change(_: Told, tables: Tables) -> None:
        rows = rows_of(tables, name).with_row_index("at")
        depends = pl.col("attribution") == "responsible" if name == "obligations" else pl.lit(value=True)
        first = pl.col("at") == rows.filter(depends & (pl.col(column) > 0))["at"].min()
        put(tables, name, rows.with_columns(pl.when(first).then(pl.col(column) + more).otherwise(column).alias(column)))

    return change


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("obligations", "denominator"),
        ("obligations", "numerator_timely"),
        ("obligations", "lost_to_follow_up"),
        ("obligations", "excused"),
        ("continuity", "children"),
        ("continuity", "lost"),
        ("results", "z_children"),
        ("contacts", "first_held"),
        ("contacts", "both_held"),
    ],
)
def test_a_count_that_fits_no_other_is_refused_though_it_is_signed(
    land: Country, tmp_path: Path, name: str, column: str
) -> None:
    file = changed(land.file(AARHUS), tmp_path / "return.zip", land.key, one_more(name, column, 1000))
    refused = refusal(land, file)
    assert refused.reason == "does_not_add_up"
    assert name in refused.where


@pytest.mark.parametrize("name", list(TABLES))
def test_a_count_below_nothing_is_refused(land: Country, tmp_path: Path, name: str) -> None:
    column = TABLES[name].numbers[0]
    file = changed(land.file(AARHUS), tmp_path / "return.zip", land.key, one_more(name, column, -100_000))
    assert refusal(land, file).reason == "does_not_add_up"


@pytest.mark.parametrize("name", list(TABLES))
def test_a_count_above_what_a_country_has_is_refused_before_it_spoils_a_sum(
    land: Country, tmp_path: Path, name: str
) -> None:
    column = TABLES[name].numbers[0]
    file = changed(land.file(AARHUS), tmp_path / "return.zip", land.key, one_more(name, column, 2**62))
    assert refusal(land, file).reason == "does_not_add_up"


def test_sums_of_scores_are_whole(land: Country, tmp_path: Path) -> None:
    def half(_: Told, tables: Tables) -> None:
        rows = rows_of(tables, "results")
        put(tables, "results", rows.with_columns(pl.col("z_millionths") + pl.col("z_children") * 0.5))

    refused = refusal(land, changed(land.file(AARHUS), tmp_path / "return.zip", land.key, half))
    assert "whole thousandths" in refused.what


def foreign_place(_: Told, tables: Tables) -> None:
    rows = rows_of(tables, "obligations")
    put(tables, "obligations", pl.concat([rows, rows.head(1).with_columns(group_value=pl.lit(ODENSE))]))


def foreign_home(_: Told, tables: Tables) -> None:
    put(tables, "continuity", rows_of(tables, "continuity").with_columns(group_value=pl.lit(ODENSE)))


def foreign_region(_: Told, tables: Tables) -> None:
    is_region = pl.col("group_kind") == "region"
    value = pl.when(is_region).then(pl.lit("1084")).otherwise("group_value")
    put(tables, "courses", rows_of(tables, "courses").with_columns(value.alias("group_value")))


@pytest.mark.parametrize("change", [foreign_place, foreign_home, foreign_region])
def test_rows_of_another_municipality_are_refused(
    land: Country, tmp_path: Path, change: Callable[[Told, Tables], None]
) -> None:
    assert refusal(land, changed(land.file(AARHUS), tmp_path / "return.zip", land.key, change)).reason == "foreign_rows"


def test_a_row_twice_is_refused(land: Country, tmp_path: Path) -> None:
    def twice(_: Told, tables: Tables) -> None:
        rows = rows_of(tables, "population")
        put(tables, "population", pl.concat([rows, rows.filter(group_value="others").head(1)]))

    refused = refusal(land, changed(land.file(AARHUS), tmp_path / "return.zip", land.key, twice))
    assert "no row stands twice" in refused.what


@pytest.mark.parametrize("name", list(TABLES))
def test_a_code_that_nobody_knows_is_refused(land: Country, tmp_path: Path, name: str) -> None:
    column = {"contacts": "first", "continuity": "step", "courses": "interval"}.get(name, "group_kind")

    def other(_: Told, tables: Tables) -> None:
        put(tables, name, rows_of(tables, name).with_columns(pl.lit("zzz").alias(column)))

    refused = refusal(land, changed(land.file(AARHUS), tmp_path / "return.zip", land.key, other))
    assert refused.reason == "does_not_add_up"


OTHER_FACTS: dict[str, tuple[Callable[[Told, Tables], None], str]] = {
    "other contract": (lambda told, _: told.update(contract_version="2"), "other_contract"),
    "other definitions": (lambda told, _: told["definitions"].update(hash="0" * 64), "other_definitions"),
    "no municipality": (lambda told, _: told.update(municipality_code="9999"), "unknown_key"),
    "a code of letters": (lambda told, _: told.update(municipality_code="Aarhus"), "other_form"),
    "other period": (lambda told, _: told["period"].update(first_day="2016-01-01"), "other_form"),
    "a day that is none": (lambda told, _: told.update(as_of="2026-02-31"), "other_form"),
    "the year one": (lambda told, _: told.update(as_of="0001-01-01"), "other_form"),
    "another format": (lambda told, _: told.update(format="something"), "not_a_return"),
    "a later form": (lambda told, _: told.update(schema_version=2), "other_form"),
    "one fact more": (lambda told, _: told.update(pseudonym="x"), "other_form"),
    "more months than there are": (lambda told, _: told["completeness"][0].update(months_expected=2**64), "other_form"),
    "a number as text": (lambda told, _: told["completeness"][0].update(months_expected="12"), "other_form"),
    "a truth as a number": (lambda told, _: told.update(is_sample=1), "other_form"),
    "a moment nowhere": (lambda told, _: told.update(made_at="2026-10-01T00:00:00"), "other_form"),
    "another column": (
        lambda _, tables: tables.update(population=tables["population"].replace(b"children", b"born", 1)),
        "other_form",
    ),
    "text among counts": (
        lambda _, tables: tables.update(population=tables["population"].rstrip(b"\n")[:-1] + b"x\n"),
        "other_form",
    ),
}


@pytest.mark.parametrize("case", list(OTHER_FACTS))
def test_a_return_that_says_something_else_is_refused(land: Country, tmp_path: Path, case: str) -> None:
    change, reason = OTHER_FACTS[case]
    file = changed(land.file(AARHUS), tmp_path / "return.zip", land.key, change)
    with pytest.raises(SomeRefused) as refused:
        combine(land.national(tmp_path / "national"), [file], REFERENCE, "somebody")
    assert [each.reason for each in refused.value.refused] == [reason]


def test_a_changed_count_breaks_the_checksum(land: Country, tmp_path: Path) -> None:
    told, tables = opened(land.file(AARHUS))
    one_more("population", "children")(told, tables)
    assert refusal(land, written(tmp_path / "return.zip", told, tables)).reason == "checksum"


@pytest.mark.parametrize("fact", ["municipality_code", "as_of", "made_at", "contract_version", "is_sample"])
def test_a_changed_fact_breaks_the_checksum(land: Country, tmp_path: Path, fact: str) -> None:
    told, tables = opened(land.file(AARHUS))
    told[fact] = opened(land.file(ODENSE))[0]["municipality_code"] if fact == "municipality_code" else "other"
    assert refusal(land, written(tmp_path / "return.zip", told, tables)).reason == "checksum"


def test_the_signature_of_another_return_does_not_fit(land: Country, tmp_path: Path) -> None:
    told, tables = opened(land.file(AARHUS))
    told["signature"] = opened(land.file(ODENSE))[0]["signature"]
    assert refusal(land, written(tmp_path / "return.zip", told, tables)).reason == "signature"


def test_a_return_without_a_signature_is_refused(land: Country, tmp_path: Path) -> None:
    told, tables = opened(land.file(AARHUS))
    told["signature"] = None
    assert refusal(land, written(tmp_path / "return.zip", told, tables)).reason == "signature"


def test_another_key_than_the_registered_one_is_refused(land: Country, tmp_path: Path) -> None:
    new_key(tmp_path / "other.pem")
    file = sealed_again(tmp_path / "return.zip", *opened(land.file(AARHUS)), private_key(tmp_path / "other.pem"))
    assert refusal(land, file).reason == "unknown_key"


def test_a_municipality_without_a_registered_key_is_refused(land: Country, tmp_path: Path) -> None:
    with pytest.raises(SomeRefused) as refused:
        combine(Store(tmp_path / "national"), [land.file(AARHUS)], REFERENCE, "somebody")
    assert [each.reason for each in refused.value.refused] == ["unknown_key"]


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.99])
def test_a_file_that_was_cut_is_refused(land: Country, tmp_path: Path, kept: float) -> None:
    content = land.file(AARHUS).read_bytes()
    (tmp_path / "return.zip").write_bytes(content[: int(len(content) * kept)])
    assert refusal(land, tmp_path / "return.zip").reason == "checksum"


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_a_changed_byte_anywhere_is_refused_or_changes_nothing(land: Country, tmp_path: Path, at: int) -> None:
    content = bytearray(land.file(ODENSE).read_bytes())
    content[len(content) * at // 100] ^= 0x41
    (tmp_path / "return.zip").write_bytes(content)
    try:
        told = verify(tmp_path / "return.zip", REFERENCE, land.key.public_key())
    except ReturnRefused:
        return
    assert told == verify(land.file(ODENSE), REFERENCE, land.key.public_key())


def test_what_is_no_return_is_refused(land: Country, tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("Kære koordination")
    assert refusal(land, tmp_path / "letter.zip").reason == "not_a_return"


def test_a_file_that_unpacks_to_more_than_a_return_can_be_is_refused_unopened(land: Country, tmp_path: Path) -> None:
    told, tables = opened(land.file(AARHUS))
    tables["contacts"] = b"0" * 60_000_000
    file = sealed_again(tmp_path / "return.zip", told, tables, land.key)
    assert file.stat().st_size < 1_000_000
    assert refusal(land, file).reason == "too_large"


def test_a_part_that_no_return_has_is_refused(land: Country, tmp_path: Path) -> None:
    file = written(tmp_path / "return.zip", *opened(land.file(AARHUS)))
    with zipfile.ZipFile(file, "a") as parts:
        parts.writestr("../../somewhere.csv", "child_id\n1\n")
    assert refusal(land, file).reason == "other_form"


def test_messages_name_no_place_in_the_file_that_could_be_a_value(land: Country, tmp_path: Path) -> None:
    file = changed(land.file(AARHUS), tmp_path / "return.zip", land.key, lambda told, _: told.update(hemmelig_nummer=1))
    assert "hemmelig" not in str(refusal(land, file))


def packed(out: Path, manifest: str, tables: Tables, how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(out, "w", how) as parts:
        for name, content in {
            "return.json": manifest,
            **{f"tables/{of}.csv": rows for of, rows in tables.items()},
        }.items():
            parts.writestr(name, content)
    return out


def test_a_name_that_stands_twice_is_refused_for_others_would_read_the_first(land: Country, tmp_path: Path) -> None:
    told, tables = opened(land.file(AARHUS))
    twice = '{"municipality_code": "0101", ' + json.dumps(told)[1:]
    assert refusal(land, packed(tmp_path / "return.zip", twice, tables)).reason == "other_form"


@pytest.mark.parametrize(
    "manifest", ["[" * 100_000, '{"as_of": NaN}', "9" * 10_000, "{}", "[]", '"\\ud800"', "\ufeff{}"]
)
def test_what_is_no_plain_json_is_refused(land: Country, tmp_path: Path, manifest: str) -> None:
    file = packed(tmp_path / "return.zip", manifest, opened(land.file(AARHUS))[1])
    assert refusal(land, file).reason in {"other_form", "not_a_return"}


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_that_is_packed_in_an_unusual_way_is_refused_and_not_unpacked(
    land: Country, tmp_path: Path, how: int
) -> None:
    told, tables = opened(land.file(AARHUS))
    file = packed(tmp_path / "return.zip", json.dumps(told), tables, how)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x55
    file.write_bytes(content)
    assert refusal(land, file).reason == "other_form"


def test_the_signature_is_over_what_the_sender_has_written(land: Country, tmp_path: Path) -> None:
    """Another program writes a share as 0 and a moment with Z: that is what it signs, and what is read."""

    def by_another_program(told: Told, _: Tables) -> None:
        told["completeness"][0]["share_set_aside"] = 0
        told["made_at"] = told["made_at"].replace("+00:00", "Z")

    file = changed(land.file(AARHUS), tmp_path / "return.zip", land.key, by_another_program)
    assert verify(file, REFERENCE, land.key.public_key()).is_signature_known


# Many together


def test_two_files_of_one_municipality_are_both_refused(land: Country, tmp_path: Path) -> None:
    again = sealed_again(tmp_path / "again.zip", *opened(land.file(ODENSE)), land.key)
    with pytest.raises(SomeRefused) as refused:
        combine(land.national(tmp_path / "n"), [land.file(ODENSE), again, land.file(AARHUS)], REFERENCE, "somebody")
    assert [each.reason for each in refused.value.refused] == ["twice", "twice"]


def test_a_municipality_that_has_reported_is_refused_the_second_time(land: Country, three: Store) -> None:
    before = combined(three).run["run_id"]
    with pytest.raises(SomeRefused) as refused:
        combine(three, [land.file(ODENSE)], REFERENCE, "somebody")
    assert [each.reason for each in refused.value.refused] == ["twice"]
    assert combined(three).run["run_id"] == before
    noted = RefusedFiles(three.folder).latest().row(0, named=True)
    assert (noted["municipality_code"], noted["reason"]) == (ODENSE, "twice")


def test_one_file_of_a_wrong_day_does_not_turn_all_the_others_away(land: Country, tmp_path: Path) -> None:
    """Whichever comes first."""
    wrong = changed(land.file("0101"), tmp_path / "0.zip", land.key, lambda told, _: told.update(as_of="2026-09-29"))
    files = [wrong, *(land.file(code) for code in (ODENSE, AARHUS))]
    made = combine(land.national(tmp_path / "n"), files, REFERENCE, "somebody", without_refused=True)
    assert made.accepted == (ODENSE, AARHUS)
    assert [(each.file, each.reason) for each in made.refused] == [("0.zip", "other_period")]


def test_many_files_that_are_refused_alike_are_told_in_one_line(land: Country, tmp_path: Path) -> None:
    with pytest.raises(SomeRefused) as refused:
        combine(Store(tmp_path / "no-keys"), land.files(), REFERENCE, "somebody")
    assert len(refused.value.refused) == 99
    assert refused.value.where.count("\n") == 0
    assert "and 96 more: No key is registered" in refused.value.where


def later(land: Country, code: str, out: Path) -> Path:
    """The same counts as of the next day, which are another return that overlaps the first."""
    return changed(land.file(code), out, land.key, lambda told, _: told.update(as_of="2026-10-01"))


def test_a_period_that_overlaps_an_accepted_one_is_refused(land: Country, three: Store, tmp_path: Path) -> None:
    with pytest.raises(SomeRefused) as refused:
        combine(three, [later(land, ODENSE, tmp_path / "later.zip")], REFERENCE, "somebody")
    assert [each.reason for each in refused.value.refused] == ["overlapping"]
    assert "--new-round" in refused.value.refused[0].to_do


def test_a_return_of_another_day_is_not_mixed_with_the_others(land: Country, three: Store, tmp_path: Path) -> None:
    with pytest.raises(SomeRefused) as refused:
        combine(three, [later(land, "0101", tmp_path / "later.zip")], REFERENCE, "somebody")
    assert [each.reason for each in refused.value.refused] == ["other_period"]


def test_a_new_round_begins_with_returns_of_a_later_day_and_the_last_one_stays_readable(
    land: Country, tmp_path: Path
) -> None:
    national = land.national(tmp_path / "national")
    first = combine(national, [land.file(ODENSE), land.file(AARHUS)], REFERENCE, "somebody").snapshot
    combine(national, [later(land, ODENSE, tmp_path / "later.zip")], REFERENCE, "somebody", new_round=True)
    assert standing(combined(national))["municipality_code"].to_list() == [ODENSE]
    assert str(combined(national).run["as_of"]) == "2026-10-01"
    assert standing(first)["municipality_code"].to_list() == [ODENSE, AARHUS]
    with pytest.raises(SomeRefused, match="later day"):
        combine(national, [land.file(AARHUS)], REFERENCE, "somebody", new_round=True)


def test_sample_data_and_real_children_are_never_put_together(land: Country, three: Store, tmp_path: Path) -> None:
    real = changed(land.file("0101"), tmp_path / "real.zip", land.key, lambda told, _: told.update(is_sample=False))
    with pytest.raises(SomeRefused) as refused:
        combine(three, [real], REFERENCE, "somebody")
    assert [each.reason for each in refused.value.refused] == ["sample_and_real"]
    assert combined(three).run["is_sample"] is True


def test_one_refused_file_stops_all_unless_it_shall_be_left_out(land: Country, tmp_path: Path) -> None:
    national = land.national(tmp_path / "national")
    (tmp_path / "cut.zip").write_bytes(land.file(AARHUS).read_bytes()[:1000])
    files = [land.file(ODENSE), tmp_path / "cut.zip"]
    with pytest.raises(SomeRefused, match="1 of 2"):
        combine(national, files, REFERENCE, "somebody")
    assert national.last("run") is None
    made = combine(national, files, REFERENCE, "somebody", without_refused=True)
    assert made.accepted == (ODENSE,)
    assert [each.file for each in made.refused] == ["cut.zip"]
    assert AARHUS in missing(standing(made.snapshot), REFERENCE, AS_OF)


def test_who_has_not_reported_is_told_and_the_rest_is_not_missed(three: Store) -> None:
    absent = missing(standing(combined(three)), REFERENCE, AS_OF)
    assert len(absent) == 95
    assert not {AALBORG, AARHUS, ODENSE, "rest"} & set(absent)


def test_the_definitions_of_what_is_accepted_hold_for_what_comes(
    land: Country, three: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.returns.combining.definitions_hash", lambda _: "0" * 64)
    with pytest.raises(ReturnRefused, match="accepted already were counted by other definitions"):
        combine(three, [land.file("0101")], REFERENCE, "somebody")


def test_who_withdraws_is_missing_in_the_next_combination_and_stays_in_the_earlier_one(
    land: Country, tmp_path: Path
) -> None:
    national = land.national(tmp_path / "national")
    first = combine(national, [land.file(ODENSE), land.file(AARHUS)], REFERENCE, "somebody").snapshot
    second = withdraw(national, ODENSE, "counted twice", REFERENCE)
    assert ODENSE in missing(standing(second), REFERENCE, AS_OF)
    for name in ("counts_by_group", "continuity", "returned_results", "returned_contacts"):
        assert set(first.table(name).collect()["municipality_code"]) == {ODENSE, AARHUS}
        assert set(second.table(name).collect()["municipality_code"]) == {AARHUS}
    with pytest.raises(UserError, match="no accepted return"):
        withdraw(national, ODENSE, "again", REFERENCE)
    new = made_again(land, ODENSE, tmp_path / "new.zip")
    third = combine(national, [new], REFERENCE, "somebody").snapshot
    assert third.table("counts_by_group").collect().height == first.table("counts_by_group").collect().height


def made_again(land: Country, code: str, out: Path) -> Path:
    """Exported anew, years later."""
    return changed(land.file(code), out, land.key, lambda told, _: told.update(made_at="2099-01-01T00:00:00Z"))


def test_a_return_that_was_taken_back_never_comes_in_again_nor_does_an_older_one(land: Country, tmp_path: Path) -> None:
    """The old file still lies in the folder that is combined."""
    national = land.national(tmp_path / "national")
    combine(national, [land.file(ODENSE), land.file(AARHUS)], REFERENCE, "somebody")
    withdraw(national, ODENSE, "counted twice", REFERENCE)
    files = [land.file(ODENSE), land.file(AALBORG)]
    made = combine(national, files, REFERENCE, "somebody", without_refused=True)
    assert made.accepted == (AALBORG,)
    assert [each.reason for each in made.refused] == ["taken_back"]
    assert combine(national, [made_again(land, ODENSE, tmp_path / "new.zip")], REFERENCE, "somebody").accepted == (
        ODENSE,
    )
    withdraw(national, ODENSE, "again", REFERENCE)
    with pytest.raises(SomeRefused, match="taken this return back"):
        combine(national, [land.file(ODENSE)], REFERENCE, "somebody")


def test_where_all_were_taken_back_the_next_return_says_the_day(land: Country, tmp_path: Path) -> None:
    national = land.national(tmp_path / "national")
    combine(national, [later(land, ODENSE, tmp_path / "later.zip")], REFERENCE, "somebody")
    withdraw(national, ODENSE, "another day was meant", REFERENCE)
    run_of_returns = combine(national, [land.file(AARHUS)], REFERENCE, "somebody").snapshot
    assert run_of_returns.run["as_of"] == AS_OF
    assert standing(run_of_returns)["municipality_code"].to_list() == [AARHUS]


def test_what_was_accepted_keeps_its_version_when_another_withdraws_under_a_newer_one(
    land: Country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    national = land.national(tmp_path / "national")
    first = combine(national, [land.file(ODENSE), land.file(AARHUS)], REFERENCE, "somebody").snapshot
    monkeypatch.setattr("pipelines.returns.combining.code_version", lambda: "9.9.9+newer")
    second = withdraw(national, ODENSE, "counted twice", REFERENCE)
    assert second.run["code_version"] == first.run["code_version"]


@pytest.mark.parametrize("tables", [0, 3, 6])
def test_a_combination_that_is_killed_in_the_middle_has_accepted_nobody_and_can_be_made_again(
    land: Country, tmp_path: Path, tables: int
) -> None:
    national = land.national(tmp_path / "national")
    first = combine(national, [land.file(ODENSE)], REFERENCE, "somebody").snapshot
    command = [sys.executable, str(Path(__file__).with_name("interrupted_combination.py"))]
    killed = subprocess.run([*command, national.folder, str(tables), land.file(AARHUS)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert combined(national).run["run_id"] == first.run["run_id"]
    assert combined(national).table("continuity").collect().equals(first.table("continuity").collect())
    second = combine(national, [land.file(AARHUS)], REFERENCE, "somebody").snapshot
    assert set(second.table("continuity").collect()["municipality_code"]) == {ODENSE, AARHUS}


# Keys


def test_a_second_key_is_refused_unless_it_replaces_the_first(land: Country, tmp_path: Path) -> None:
    national = land.national(tmp_path / "national").folder
    public = new_key(tmp_path / "new.pem")
    with pytest.raises(UserError, match="Another key is registered"):
        Keys(national).register([ODENSE], public, "somebody")
    Keys(national).register([ODENSE], public, "somebody", replace=True)
    assert Keys(national).of(ODENSE) == public_key(read_public_key(public), "new")
    assert Keys(national).of(AARHUS) == land.key.public_key()
    assert stat.S_IMODE((national / "returns" / "keys.jsonl").stat().st_mode) == 0o600


def test_a_private_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    new_key(tmp_path / "keys" / "0479.pem")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    new_key(tmp_path / "key.pem")
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    with pytest.raises(UserError, match="never overwritten"):
        new_key(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.raises(UserError, match="Others may read"):
        private_key(tmp_path / "key.pem")


@pytest.mark.parametrize(
    "content", [b"", b"secret words", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_told_without_its_content(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    file.chmod(0o600)
    for read in (private_key, read_public_key):
        with pytest.raises(UserError, match=r"key\.pem is no Ed25519 key") as told:
            read(file)
        assert "secret words" not in str(told.value)


# A store of returns is no store of rows


def test_rows_and_returns_never_share_a_store(land: Country, three: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds rows of persons"):
        combine(land.rows, [land.file(ODENSE)], REFERENCE, "somebody")
    with pytest.raises(UserError, match="made from returns"):
        run(three, Source(canonical=tmp_path), AS_OF, REFERENCE, Progress())
    with pytest.raises(UserError, match="made from returns"):
        export(three, [ODENSE], tmp_path, land.key, REFERENCE)


def test_what_needs_rows_is_told_that_there_are_none(three: Store) -> None:
    with pytest.raises(StoreFailed, match="made from returns of municipalities: it has no rows of persons"):
        three.snapshot().table("obligations")


def test_a_store_without_returns_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(StoreIsEmpty, match="return combine"):
        combined(Store(tmp_path / "nothing"))


def test_everybody_returns_and_the_rest_too() -> None:
    assert len(those_who_return(REFERENCE)) == 99


def test_a_zip_is_read_as_it_is_and_nothing_of_it_is_unpacked_to_the_disk(land: Country, tmp_path: Path) -> None:
    file = tmp_path / "return.zip"
    file.write_bytes(land.file(ODENSE).read_bytes())
    verify(file, REFERENCE, None)
    assert [each.name for each in tmp_path.iterdir()] == ["return.zip"]
    assert zipfile.is_zipfile(io.BytesIO(file.read_bytes()))
