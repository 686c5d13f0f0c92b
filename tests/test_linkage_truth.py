"""Linkage on a truth set: right often enough, and the linker is not told the answers."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from checks.linkage import judged, precision_and_recall, reaches, read_truth_set
from pipelines.cli import BELOW_FLOOR, app
from pipelines.errors import UserError
from pipelines.sources.configuration import read_configuration
from sample_data.linkage_truth import TRUTH, make_linkage_truth

CHILDREN = 2500


@pytest.fixture(scope="module")
def truth_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("truth") / "set"
    make_linkage_truth(out, children=CHILDREN, seed=3)
    return out


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_same_seed_gives_the_same_truth_set(truth_set: Path, tmp_path: Path) -> None:
    make_linkage_truth(tmp_path / "again", children=CHILDREN, seed=3)
    assert files_of(tmp_path / "again") == files_of(truth_set)


def test_two_numbers_in_a_hundred_are_wrong_and_no_other_differs(truth_set: Path) -> None:
    truth = pl.read_parquet(truth_set / TRUTH).filter(pl.col("delivery") == "with_numbers")
    written = pl.read_csv(truth_set / "with_numbers.csv", separator=";", infer_schema=False)
    changes = pl.read_csv(truth_set / "nummerskift.csv", separator=";", infer_schema=False)
    newest = dict(changes.select("old_person_id", "new_person_id").iter_rows())
    number = pl.col("BarnCPR").replace(newest).replace(newest)
    compared = truth.join(written.with_columns(number), left_on="record_id", right_on="Id")
    is_other = pl.col("BarnCPR").ne_missing(pl.col("child_id"))
    assert compared.select((is_other == pl.col("number_error").is_not_null()).all()).item()
    assert compared.select(is_other.mean()).item() == pytest.approx(0.02, abs=0.007)


def test_no_file_that_is_read_names_the_child_of_a_record_without_a_number(truth_set: Path) -> None:
    source = read_configuration(truth_set / "source.toml")
    read = {found.file.name for one in source.mapped if one.place for found in one.place.found_in(truth_set)}
    assert TRUTH not in read
    assert read == {file.name for file in truth_set.glob("*.csv")} - {"nummerskift.csv"}
    headings = (truth_set / "without_numbers.csv").read_text().splitlines()[0].split(";")
    assert headings == ["Id", "Program", "Kontakt", "Dato", "Status", "Kommune", "Barn født", "Køn", "Mor født"]
    truth = pl.read_parquet(truth_set / TRUTH)
    text = (truth_set / "without_numbers.csv").read_text()
    assert not any(number in text for number in truth["child_id"].unique())


def test_linkage_reaches_its_floors_in_every_step(truth_set: Path) -> None:
    found = precision_and_recall(read_truth_set(truth_set))
    assert reaches(found)
    assert found["precision"].drop_nulls().min() >= 0.998
    recall = {(row["delivery"], row["step"]): row["recall"] for row in found.iter_rows(named=True)}
    assert recall["with_numbers", "number"] < 0.99
    assert recall["with_numbers", "total"] > 0.995
    assert recall["without_numbers", "total"] > 0.93


def test_the_command_prints_each_step_and_fails_when_the_truth_is_another(truth_set: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["check-linkage", str(truth_set)])
    assert told.exit_code == 0
    assert all(step in told.output for step in ("number", "exact", "probable", "without a usable number", "total"))
    for name, content in files_of(truth_set).items():
        (tmp_path / name).write_bytes(content)
    truth = pl.read_parquet(truth_set / TRUTH)
    truth.with_columns(pl.col("child_id").reverse()).write_parquet(tmp_path / TRUTH)
    assert CliRunner().invoke(app, ["check-linkage", str(tmp_path)]).exit_code == BELOW_FLOOR


def test_a_folder_with_something_else_is_no_truth_set(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no truth set"):
        read_truth_set(tmp_path)


def test_precision_is_of_the_linked_and_recall_of_all_that_came_to_the_step() -> None:
    records = pl.DataFrame(
        {
            "delivery": ["with_numbers"] * 5,
            "linked_by": ["number", "number", "exact", "ambiguous", "none"],
            "is_right": [True, False, True, False, False],
            "is_delivered": [True] * 5,
        }
    )
    found = precision_and_recall(records)
    assert found.select("step", "records", "linked", "right", "precision", "recall").rows() == [
        ("number", 5, 2, 1, 0.5, 0.2),
        ("exact", 3, 1, 1, 1.0, 1 / 3),
        ("probable", 2, 0, 0, None, 0.0),
        ("without a usable number", 3, 1, 1, 1.0, 1 / 3),
        ("total", 5, 3, 2, 2 / 3, 0.4),
    ]
    assert not reaches(found)


def test_a_link_of_a_child_who_was_never_delivered_is_wrong_and_no_link_is_no_loss() -> None:
    records = pl.DataFrame(
        {
            "delivery": ["with_numbers"] * 3,
            "linked_by": ["exact", "probable", "none"],
            "is_right": [True, False, False],
            "is_delivered": [True, False, False],
        }
    )
    total = precision_and_recall(records).row(-1, named=True)
    assert (total["records"], total["linked"], total["precision"], total["recall"]) == (1, 2, 0.5, 1.0)


def test_a_record_that_never_arrived_is_not_linked() -> None:
    truth = pl.DataFrame({"delivery": ["a"], "record_id": ["r1"], "is_delivered": [True], "pseudonym": ["x"]})
    nothing = pl.DataFrame(
        schema=dict.fromkeys(("contact_id", "child_id", "_identity_fault_child_id", "_source"), pl.String)
        | {"_row": pl.Int64}
    )
    assert judged(truth, nothing, []).select("linked_by", "is_right").rows() == [("none", False)]
