"""The command as people and schedulers use it: real files, exit codes that mean something; some in real processes."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from commanded import in_a_process, roedtraad
from deliveries import deliver

from pipelines import export

pytestmark = pytest.mark.slow

SMALL = Path(__file__).parent.parent / "sample_data" / "small"
AS_OF = "2026-09-30"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "store"
    done = in_a_process("run", "--source", SMALL / "raw" / "source.toml", "--store", folder, "--as-of", AS_OF)
    assert done.returncode == 0, done.stderr
    assert "Synthetic sample data" in done.stdout
    return folder


def test_every_planted_loss_of_the_small_sample_is_found_from_its_raw_deliveries(store: Path) -> None:
    judged = roedtraad("check-answers", "--store", store, "--key", SMALL / "answer_key_raw.parquet")
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "100.00%" in judged.stdout


def test_an_answer_key_that_does_not_fit_is_below_the_floor(store: Path, tmp_path: Path) -> None:
    wrong = pl.read_parquet(SMALL / "answer_key_raw.parquet").with_columns(pl.lit("no_show").alias("reason"))
    wrong.write_parquet(tmp_path / "key.parquet")
    judged = in_a_process("check-answers", "--store", store, "--key", tmp_path / "key.parquet")
    assert judged.returncode == 8


def test_raw_and_canonical_deliveries_of_the_same_world_give_the_same_counts(store: Path, tmp_path: Path) -> None:
    other = tmp_path / "store"
    done = roedtraad("run", "-q", "--canonical", SMALL / "canonical", "--store", other, "--as-of", AS_OF)
    assert done.returncode == 0
    counts = []
    for place, name in ((store, "raw.csv"), (other, "canonical.csv")):
        assert roedtraad("export", "counts", "--store", place, "--out", tmp_path / name).returncode == 0
        counts.append((tmp_path / name).read_text())
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("table", "columns"),
    [("evidence", export.EVIDENCE), ("exposed", export.EXPOSED), ("obligations", export.OBLIGATIONS)],
)
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_export_has_the_columns_of_the_specification_and_pseudonyms_as_ids(
    store: Path, tmp_path: Path, table: str, columns: tuple[str, ...], ending: str
) -> None:
    out = tmp_path / f"{table}.{ending}"
    assert roedtraad("export", table, "--store", store, "--out", out).returncode == 0
    rows = pl.read_csv(out, infer_schema=False) if ending == "csv" else pl.read_parquet(out)
    assert tuple(rows.columns) == columns
    assert rows["child_id"].drop_nulls().str.contains("^[0-9a-f]{24}$").all()
    if table == "obligations":
        keys = rows.select("child_id", "pregnancy_id", "kind", "subject_id")
        assert keys.is_unique().all()
        assert keys["subject_id"].null_count() == 0


def test_the_counts_are_exported_as_specified(store: Path, tmp_path: Path) -> None:
    roedtraad("export", "counts", "--store", store, "--out", tmp_path / "counts.csv")
    assert (tmp_path / "counts.csv").read_text().splitlines()[0] == (
        "measure,year,municipality_code,denominator,numerator_ever,numerator_timely,early,excused,not_due,"
        "lost_to_follow_up,lost_to_documentation"
    )


def test_no_test_number_is_left_in_the_store_or_in_what_is_printed(store: Path) -> None:
    births = pl.read_parquet(SMALL / "raw" / "registre" / "MFR_NYFOEDTE_*.parquet", columns=["PNR_BARN"]).to_series()
    numbers = [number.replace("-", "").encode() for number in births.drop_nulls().to_list()]
    content = b"".join(file.read_bytes() for file in store.rglob("*") if file.is_file())
    whole_row = pl.concat_str(pl.all().cast(pl.String), ignore_nulls=True).alias("row")
    parts = [pl.read_parquet(file).select(whole_row) for file in (store / "tables").rglob("*.parquet")]
    rows = pl.concat(parts)["row"]
    text = "\n".join(rows.to_list()).encode()
    assert len(numbers) > 200
    assert not [number for number in numbers if number in text or number in content]


def test_the_accounting_is_what_the_senders_of_the_sample_did(store: Path, tmp_path: Path) -> None:
    roedtraad("export", "row_accounting", "--store", store, "--out", tmp_path / "rows.csv")
    expected = pl.read_csv(SMALL / "raw" / "expected_accounting.csv").sort("table")
    rows = pl.read_csv(tmp_path / "rows.csv").sort("table")
    found = rows.filter(pl.col("table") != "number_changes")
    assert found.select("table", "quarantined", "exact_duplicates").equals(expected)


def test_the_same_run_again_says_that_nothing_is_new(store: Path) -> None:
    again = roedtraad("run", "--source", SMALL / "raw" / "source.toml", "--store", store, "--as-of", AS_OF)
    assert again.returncode == 0
    assert "no new version was made" in again.stdout


def test_quiet_says_nothing(tmp_path: Path) -> None:
    delivery, store = deliver(tmp_path / "d"), tmp_path / "s"
    done = in_a_process("run", "-q", "--canonical", delivery, "--store", store, "--as-of", AS_OF)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_status_shows_runs_stages_and_rows(store: Path) -> None:
    told = roedtraad("status", "--store", store)
    assert told.returncode == 0
    assert "obligations" in told.stdout
    assert "Where every row went" in told.stdout


def test_the_worklist_of_a_municipality_is_shown_by_pseudonym(store: Path) -> None:
    told = roedtraad("gaps", "--store", store, "--municipality", "0101")
    assert told.returncode == 0, told.stderr
    assert "Kritisk" in told.stdout


WRONG = [
    (["run", "--store", "s", "--as-of", AS_OF], 5),
    (["run", "--store", "s", "--as-of", "30-09-2026", "--canonical", "d"], 2),
    (["run", "--store", "s", "--as-of", AS_OF, "--canonical", "nowhere"], 3),
    (["run", "--store", "s", "--as-of", AS_OF, "--source", "nowhere.toml"], 1),
    (["run", "--store", "s", "--as-of", AS_OF, "--canonical", "a", "--source", "b"], 2),
    (["ingest", "--store", "s"], 2),
    (["status", "--store", "s"], 5),
    (["export", "counts", "--store", "s", "--out", "c.csv"], 5),
    (["sample", "s", "--children", "3"], 2),
]


@pytest.mark.parametrize(("arguments", "code"), WRONG)
def test_what_cannot_be_done_has_its_exit_code_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    failed = roedtraad(*arguments)
    assert failed.returncode == code, failed.stderr
    assert failed.stderr


def test_a_scheduler_is_told_without_a_stack_trace(tmp_path: Path) -> None:
    failed = in_a_process("run", "--store", tmp_path / "s", "--as-of", AS_OF, "--canonical", tmp_path / "nowhere")
    assert failed.returncode == 3
    assert failed.stderr
    assert "Traceback" not in failed.stderr


def test_an_export_that_cannot_be_made_is_told(store: Path, tmp_path: Path) -> None:
    assert roedtraad("export", "nothing", "--store", store, "--out", tmp_path / "x.csv").returncode == 1
    assert roedtraad("export", "counts", "--store", store, "--out", tmp_path / "x.docx").returncode == 1
    assert roedtraad("export", "counts", "--store", store, "--out", tmp_path / "no" / "x.csv").returncode == 6


def test_a_source_without_a_secret_is_refused_and_real_numbers_are_never_taken_for_test_numbers(tmp_path: Path) -> None:
    text = (SMALL / "raw" / "source.toml").read_text(encoding="utf-8")
    source = tmp_path / "source.toml"
    source.write_text(text.replace("demo = true", "demo = false"), encoding="utf-8")
    refused = roedtraad("run", "--source", source, "--store", tmp_path / "s", "--as-of", AS_OF)
    assert refused.returncode == 7
    assert "ROEDTRAAD_SECRET" in refused.stderr


def test_the_small_sample_is_what_the_generator_makes(tmp_path: Path) -> None:
    options = ("--children", 300, "--seed", 1, "--as-of", AS_OF, "--canonical-csv", "-q")
    assert roedtraad("sample", tmp_path / "small", *options).returncode == 0
    text = (".csv", ".toml", ".json", ".ndjson")
    compared = [file.relative_to(SMALL) for file in SMALL.rglob("*") if file.suffix in text]
    assert len(compared) > 150
    assert [file for file in compared if (SMALL / file).read_bytes() != (tmp_path / "small" / file).read_bytes()] == []
