"""Files as they come: refused whole with one clear message, or read as what they say."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from deliveries import WHOLE, changed, deliver

from pipelines.definitions.reference import Reference
from pipelines.errors import RefusedDelivery, StoreIsEmpty, UserError
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow


def ingested(store: Path, delivery: Path) -> Snapshot:
    return ingest_into(Store(store), Source(canonical=delivery), Reference.load(), Progress()).snapshot


def refusal(tmp_path: Path, delivery: Path) -> str:
    """The message, after a good delivery: that one must stay readable, and no value of a row may be told."""
    store = tmp_path / "store"
    good = ingested(store, deliver(tmp_path / "good"))
    with pytest.raises(RefusedDelivery) as refused:
        ingested(store, delivery)
    last = Store(store).last("ingest")
    assert last is not None
    assert last.run["run_id"] == good.run["run_id"]
    assert last.table("children").collect().height == 1
    assert refused.value.to_do
    return refused.value.what


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    (delivery / "costs.csv").unlink()
    assert refusal(tmp_path, delivery) == "The canonical folder lacks 1 of 11 tables: costs"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "There is no folder" in refusal(tmp_path, tmp_path / "nowhere")


def test_a_table_in_two_forms_is_refused(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    pl.read_csv(delivery / "costs.csv").write_parquet(delivery / "costs.parquet")
    assert "delivered in 2 forms" in refusal(tmp_path, delivery)


def test_a_renamed_column_is_named(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    file = delivery / "children.csv"
    file.write_text(file.read_text().replace("birth_date", "foedselsdato"))
    assert refusal(tmp_path, delivery) == "children.csv is refused: columns are missing or renamed: birth_date"


def test_a_column_of_a_wrong_type_is_named(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    rows = pl.read_csv(delivery / "children.csv").with_columns(pl.lit(20250108).alias("birth_date"))
    (delivery / "children.csv").unlink()
    rows.write_parquet(delivery / "children.parquet")
    assert "birth_date is Int32, the contract says date" in refusal(tmp_path, delivery)


def test_an_empty_file_is_refused_and_a_heading_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d", {"costs": []})
    assert ingested(tmp_path / "other", delivery).table("costs").collect().height == 0
    (delivery / "costs.csv").write_bytes(b"")
    assert refusal(tmp_path, delivery) == "costs.csv is refused: it is empty"


@pytest.mark.parametrize("bytes_lost", [3, 12, 25])
def test_a_text_file_cut_short_is_refused(tmp_path: Path, bytes_lost: int) -> None:
    delivery = deliver(tmp_path / "d")
    file = delivery / "contacts.csv"
    file.write_bytes(file.read_bytes()[: -bytes_lost - len(",\n")])
    assert "cut short" in refusal(tmp_path, delivery)


def test_a_file_cut_inside_quotes_is_refused(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    file = delivery / "assessments.csv"
    file.write_text(file.read_text().replace("ASQ-3", '"ASQ-3'))
    assert "cut short" in refusal(tmp_path, delivery)


def test_a_parquet_file_cut_short_is_refused(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    rows = pl.read_csv(delivery / "children.csv")
    (delivery / "children.csv").unlink()
    file = delivery / "children.parquet"
    rows.write_parquet(file)
    file.write_bytes(file.read_bytes()[:-200])
    assert "not a whole Parquet file" in refusal(tmp_path, delivery)


def test_a_wrong_encoding_is_refused(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d", {"assessments": [changed("assessments", instrument="Små børn")]})
    file = delivery / "assessments.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp1252"))
    assert "not in the declared encoding utf-8" in refusal(tmp_path, delivery)


def test_another_separator_is_refused(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    file = delivery / "children.csv"
    file.write_text(file.read_text().replace(",", ";"))
    assert "columns are missing or renamed" in refusal(tmp_path, delivery)


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    file = delivery / "children.csv"
    file.unlink()
    file.symlink_to(tmp_path / "gone.csv")
    assert "children" in refusal(tmp_path, delivery)


def test_no_message_tells_a_value_of_a_row(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d", {"children": [changed("children", child_id="hemmelig-17")]})
    file = delivery / "children.csv"
    file.write_text(file.read_text() + "hemmelig-18,\n")
    message = refusal(tmp_path, delivery)
    assert "hemmelig" not in message


def test_a_quoted_line_break_and_a_mark_at_the_start_are_read(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d", {"assessments": [changed("assessments", instrument="ASQ\n3")]})
    file = delivery / "assessments.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    rows = ingested(tmp_path / "store", delivery).table("assessments").collect()
    assert rows["instrument"].to_list() == ["ASQ\n3"]


def test_blank_lines_are_not_rows(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    file = delivery / "costs.csv"
    file.write_text(file.read_text() + "\n\n")
    snapshot = ingested(tmp_path / "store", delivery)
    row = snapshot.table("row_accounting").filter(pl.col("table") == "costs").collect().row(0, named=True)
    assert (row["rows_read"], row["accepted"]) == (1, 1)


def test_an_excel_table_is_read_like_the_others(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    rows = pl.read_csv(delivery / "costs.csv", try_parse_dates=True)
    (delivery / "costs.csv").unlink()
    rows.write_excel(delivery / "costs.xlsx")
    cost = ingested(tmp_path / "store", delivery).table("costs").collect().row(0, named=True)
    assert (str(cost["start_date"]), cost["amount_dkk"]) == ("2025-01-08", 12500.5)


def changes_file(delivery: Path, *pairs: tuple[str, str]) -> Path:
    rows = [{"old_person_id": old, "new_person_id": new, "changed_date": "2025-02-01"} for old, new in pairs]
    pl.DataFrame(rows).write_csv(delivery / "number_changes.csv")
    return delivery


def test_a_child_with_a_new_number_is_one_child(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d", {"contacts": [changed("contacts", child_id="c-first")]})
    changes_file(delivery, ("c-first", "c-second"), ("c-second", "c1"))
    snapshot = ingested(tmp_path / "store", delivery)
    assert snapshot.table("quarantine").collect().height == 0
    child = snapshot.table("children").select("child_id").collect().item()
    assert snapshot.table("contacts").select("child_id").collect().item() == child


@pytest.mark.parametrize("pairs", [[("a", "b"), ("b", "a")], [("a", "b"), ("a", "c")]])
def test_number_changes_without_an_end_are_refused(tmp_path: Path, pairs: list[tuple[str, str]]) -> None:
    assert "number_changes.csv is refused" in refusal(tmp_path, changes_file(deliver(tmp_path / "d"), *pairs))


def test_a_row_with_a_cpr_number_where_a_pseudonym_belongs_is_set_aside_without_it(tmp_path: Path) -> None:
    day, rest = "01", "0125-4321"
    people = [
        changed("children"),
        changed("children", child_id=day + rest),
        changed("children", child_id=f" {day}{rest}"),
    ]
    homes = [changed("residences"), changed("residences", child_id=day + rest)]
    snapshot = ingested(tmp_path / "store", deliver(tmp_path / "d", {"children": people, "residences": homes}))
    rows = snapshot.table("quarantine").select("table", "rule", "key").collect()
    assert sorted(rows.iter_rows()) == [
        ("children", "identity", ""),
        ("children", "identity", ""),
        ("residences", "reference", "2025-01-08"),
    ]
    assert snapshot.table("children").collect().height == 1
    assert rest not in "".join(snapshot.table("identities").collect()["pseudonym"])


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreIsEmpty, match="roedtraad run"):
        Store(tmp_path / "nothing").snapshot()


def test_every_error_has_an_exit_code_of_its_own() -> None:
    codes = [error.exit_code for error in UserError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert len(WHOLE) == 11
