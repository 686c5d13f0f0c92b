"""The synthetic country: same arguments, same bytes; the contract is kept; and the variety is really there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES, Table
from pipelines.errors import UserError
from sample_data import make_sample
from sample_data.country import Country, make_country

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)


@cache
def country(children: int = 1000) -> Country:
    return make_country(children, 1, AS_OF)


def rows_of(table: str, children: int = 1000) -> pl.DataFrame:
    return country(children).tables[table]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    make_sample(out, children=600, seed=3, as_of=AS_OF)
    return out


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    for name, seed in (("first", 5), ("again", 5), ("other", 6)):
        make_sample(tmp_path / name, children=120, seed=seed, as_of=AS_OF)
    first, again, other = (hashes(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again
    assert first["canonical/children.parquet"] != other["canonical/children.parquet"]


def test_the_same_arguments_give_the_same_csv(tmp_path: Path) -> None:
    for name in ("first", "again"):
        make_sample(tmp_path / name, children=120, seed=5, as_of=AS_OF, forms=("canonical",), canonical_csv=True)
    assert hashes(tmp_path / "first") == hashes(tmp_path / "again")
    assert sorted(file.suffix for file in (tmp_path / "first/canonical").iterdir()) == [".csv"] * 11 + [".json"]


def test_there_are_exactly_as_many_children_as_asked_for() -> None:
    assert [make_country(number, 2, AS_OF).tables["children"].height for number in (1, 2, 333)] == [1, 2, 333]


def test_batches_have_names_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sample_data.life.BATCH", 150)
    monkeypatch.setattr("sample_data.country.BATCH", 150)
    several = make_country(400, 1, AS_OF)
    for table in TABLES:
        assert not several.tables[table.name].select(pl.struct(table.key).is_duplicated().any()).item(), table.name
    assert several.tables["children"].height == 400


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_keeps_the_contract(table: Table) -> None:
    rows = rows_of(table.name)
    assert dict(rows.schema) == table.schema
    assert rows.height > 0
    for column in table.columns:
        values = rows[column.name]
        assert column.optional or values.null_count() == 0, column.name
        assert not column.allowed or set(values.drop_nulls()) <= set(column.allowed), column.name
    assert not rows.select(pl.struct(table.key).is_duplicated().any()).item()
    if table.ends_after:
        assert rows.filter(pl.col(table.ends_after[1]) <= pl.col(table.ends_after[0])).is_empty()
    if table.at_least_one_of:
        assert rows.filter(pl.all_horizontal(pl.col(table.at_least_one_of).is_null())).is_empty()


def test_every_reference_leads_somewhere() -> None:
    reference = Reference.load()
    targets = {
        "pregnancies": rows_of("pregnancies")["pregnancy_id"],
        "children": rows_of("children")["child_id"],
        "municipalities": pl.concat([reference.municipalities["municipality_code"], pl.Series(["0411"])]),
        "services": reference.services["service"],
    }
    for table in TABLES:
        for column in table.columns:
            if column.references:
                loose = set(rows_of(table.name)[column.name].drop_nulls()) - set(targets[column.references])
                assert not loose, (table.name, column.name)
    scheduled = reference.schedule.select("programme", "contact_code")
    assert rows_of("contacts").join(scheduled, on=["programme", "contact_code"], how="anti").is_empty()


def test_births_follow_the_population_of_the_municipalities() -> None:
    listed = Reference.load().municipalities.unique("municipality_code")
    born = rows_of("pregnancies", 5000).group_by("municipality_code").len()
    both = listed.join(born, on="municipality_code", how="left").fill_null(0)
    assert listed.height == 98
    assert both.select(pl.corr("population_2016", "len")).item() > 0.97


def test_there_are_twins_of_one_pregnancy() -> None:
    of_one = rows_of("children").drop_nulls("pregnancy_id").group_by("pregnancy_id").len()
    assert set(of_one["len"]) == {1, 2}


def test_mothers_have_several_children_and_some_links_are_missing() -> None:
    children = rows_of("children")
    assert children.drop_nulls("mother_id").group_by("mother_id").len()["len"].max() >= 3
    assert children["pregnancy_id"].null_count() > 0
    assert children["mother_id"].null_count() > 0


def test_pregnancies_end_in_birth_stillbirth_or_loss_or_still_run() -> None:
    pregnancies = rows_of("pregnancies", 5000)
    assert set(pregnancies["outcome"]) == {"live_birth", "stillbirth", "loss", "unknown"}
    running = pregnancies.filter(pl.col("end_date").is_null() & (pl.col("due_date") > AS_OF))
    assert running.height > 0
    for column in ("first_contact_date", "due_date", "alcohol_asked", "asked_date"):
        assert pregnancies[column].null_count() > 0, column


def test_children_move_within_the_country_and_abroad_and_back_and_to_no_municipality() -> None:
    spells = rows_of("residences", 5000).sort("child_id", "from_date")
    pairs = spells.with_columns(
        pl.col("from_date", "municipality_code").shift(-1).over("child_id").name.prefix("next_"),
    )
    left = pairs.filter(pl.col("to_date").is_not_null() & pl.col("next_from_date").is_null())
    absent = (pl.col("next_from_date") - pl.col("to_date")).dt.total_days()
    assert pairs.filter(pl.col("next_municipality_code") != pl.col("municipality_code")).height > 100
    assert left.height > 0
    assert pairs.filter(absent > 31).height > 0
    assert pairs.filter(absent.is_between(1, 31)).height > 0
    assert pairs.filter(pl.col("next_from_date").is_not_null() & pl.col("to_date").is_null()).height > 0
    assert spells.filter(municipality_code="0411").height > 0
    assert rows_of("children", 5000).join(spells, on="child_id", how="anti").height > 0


def test_some_children_die_before_and_some_after_things_fall_due() -> None:
    ages = rows_of("children", 5000).select((pl.col("death_date") - pl.col("birth_date")).dt.total_days()).to_series()
    assert ages.drop_nulls().len() > 10
    assert (ages < 14).any()
    assert (ages > 60).any()


def test_exposures_are_suspected_ruled_out_prescribed_and_named_in_all_ways() -> None:
    exposures = rows_of("exposures", 5000)
    assert set(exposures["certainty"]) == {"confirmed", "suspected", "ruled_out"}
    assert exposures["is_prescribed"].any()
    assert exposures.filter(pl.col("child_id").is_null()).height > 0
    assert exposures.filter(pl.col("pregnancy_id").is_null()).height > 0
    assert exposures.drop_nulls(["child_id", "pregnancy_id"]).height > 0


def test_diagnoses_are_refuted_out_of_scope_irrelevant_and_oddly_written() -> None:
    diagnoses = rows_of("diagnoses", 5000)
    codes = set(diagnoses["sks_code"])
    assert diagnoses["is_refuted"].any()
    assert {"DP042", "DJ45", "DQ860", "DP043"} <= codes
    assert any("." in code for code in codes)


def test_every_step_of_the_schedule_and_every_status_of_a_contact_occurs() -> None:
    contacts = rows_of("contacts", 5000)
    schedule = Reference.load().schedule.select("programme", "contact_code")
    assert schedule.join(contacts, on=["programme", "contact_code"], how="anti").is_empty()
    assert contacts["status"].n_unique() == 4
    assert contacts.filter(pl.col("contact_date") > AS_OF).height > 0


def test_support_records_carry_omit_and_deny_the_exposure_and_hand_overs_leave_it_out() -> None:
    records, handovers = rows_of("support_records", 5000), rows_of("handovers", 5000)
    assert set(records["exposure_status"].unique()) == {"recorded", "denied", "not_recorded", None}
    assert set(handovers["has_exposure"].unique()) == {True, False, None}
    assert handovers["received_date"].null_count() > 0
    assert {"prebirth_notification", "municipal_move", "placement", "school_start"} <= set(handovers["kind"])


def test_language_is_assessed_at_school_start_of_about_half_of_the_children() -> None:
    assessed = rows_of("assessments", 5000).filter(pl.col("instrument") == "Sprogvurdering")
    ages = assessed.join(rows_of("children", 5000), on="child_id").select(
        ((pl.col("assessed_date") - pl.col("birth_date")).dt.total_days() / 365.25).alias("age")
    )
    born_early = rows_of("children", 5000).filter(pl.col("birth_date") < date(2019, 1, 1))
    assert ages["age"].is_between(5.5, 7.2).all()
    assert assessed["z_score"].null_count() == 0
    assert 0.4 < assessed["child_id"].is_in(born_early["child_id"].implode()).sum() / born_early.height < 0.55


def test_exposed_children_are_seen_less() -> None:
    contacts = rows_of("contacts", 5000).filter(pl.col("programme") == "gp")
    exposed = rows_of("contacts", 5000).filter(pl.col("programme") == "family_clinic")["child_id"]
    ages = rows_of("children", 5000).filter(pl.col("birth_date") < date(2025, 6, 1))
    seen = (
        ages.join(
            contacts.filter((pl.col("status") == "attended") & (pl.col("contact_code") == "month_12")),
            on="child_id",
            how="left",
        )
        .group_by(pl.col("child_id").is_in(exposed.implode()).alias("exposed"))
        .agg(pl.col("contact_id").count() / pl.len())
    )
    share = dict(seen.iter_rows())
    assert share[True] < 0.85 * share[False]


def test_a_sample_says_that_it_is_one(sample: Path) -> None:
    for form in ("canonical", "raw"):
        told = json.loads((sample / form / "SAMPLE.json").read_text(encoding="utf-8"))
        assert told["synthetic"] is True
        assert (told["children"], told["seed"], told["as_of"]) == (600, 3, "2026-09-30")


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such sample"):
        make_sample(tmp_path, children=10, seed=1, as_of=AS_OF, forms=("cooked",))


def test_an_interrupted_write_leaves_no_half_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Country]:
        yield country()
        raise RuntimeError("power cut")

    monkeypatch.setattr("sample_data.sample.make_batches", broken)
    with pytest.raises(RuntimeError):
        make_sample(tmp_path, children=2000, seed=1, as_of=AS_OF, forms=("canonical",))
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
