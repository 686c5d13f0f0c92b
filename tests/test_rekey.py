"""A store with a new key: the same lives, nothing left of the old names, and safe to be killed at any moment."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from commanded import in_a_process, roedtraad
from deliveries import deliver
from interrupted_rotation import STEPS

from pipelines.definitions.reference import Reference
from pipelines.errors import SecretMissing, StoreFailed, StoreIsEmpty
from pipelines.export import as_specified
from pipelines.flow import Outcome, Source, ingest_into, run
from pipelines.identity import make_secret, next_of, read_secret
from pipelines.progress import Progress
from pipelines.rekey import rotate
from pipelines.renaming import NAMES
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
TESTS = Path(__file__).parent
CHILD, MOTHER, PATIENT, TWIN = "680125-4001", "6101902222", "6202851111", "680125-4002"

SOURCE = """[source]
name = "test"
demo = true
secret_file = "secret"
"""
TABLES = {
    "pregnancies": (
        ["pregnancy_id", "mother_id", "due_date", "end_date", "outcome", "first_contact_date"],
        [[f"{MOTHER}/1", MOTHER, "2025-01-10", "2025-01-08", "live_birth", "2024-06-01"]],
    ),
    "children": (
        ["child_id", "pregnancy_id", "mother_id", "birth_date", "sex"],
        [
            [CHILD, f"{MOTHER}/1", MOTHER, "2025-01-08", "female"],
            [TWIN, f"{MOTHER}/1", MOTHER, "2025-01-08", "male"],
            ["ukendt", f"{MOTHER}/1", MOTHER, "2025-01-08", "male"],
        ],
    ),
    "diagnoses": (
        ["person_id", "sks_code", "diagnosed_date", "is_refuted"],
        [[MOTHER, "DF102", "2024-07-01", "false"], [PATIENT, "DF112", "2024-07-02", "false"]],
    ),
    "handovers": (
        ["handover_id", "child_id", "kind", "from_actor", "to_actor", "sent_date", "has_exposure"],
        [[f"h {CHILD}", CHILD, "discharge", "maternity_ward", "health_visitor", "2025-01-10", "true"]],
    ),
    "support_records": (
        ["record_id", "child_id", "municipality_code", "record_type", "opened_date", "exposure_status"],
        [
            [f"s {TWIN}", TWIN, "0461", "placement", "2025-02-01", "not_recorded"],
            ["s2", CHILD, "0461", "notification", "", "recorded"],
        ],
    ),
    "residences": (
        ["child_id", "from_date", "municipality_code"],
        [[CHILD, "2025-01-08", "0461"], [TWIN, "2025-01-08", "0461"], [TWIN, "2025-05-01", "9999"]],
    ),
}
"""Numbers in every place: ids made of numbers, a person whom no result names, rows that end in quarantine."""


def declared(folder: Path) -> Path:
    folder.mkdir()
    toml = SOURCE
    for table, (columns, rows) in TABLES.items():
        pl.DataFrame(rows, schema=columns, orient="row").write_csv(folder / f"{table}.csv", separator=";")
        mapping = "".join(f'{name} = "{name}"\n' for name in columns)
        toml += f'[[delivery]]\ntable = "{table}"\npath = "{table}.csv"\nform = "delimited"\ndate_format = "%Y-%m-%d"\n'
        toml += f"[delivery.columns]\n{mapping}"
    (folder / "source.toml").write_text(toml, encoding="utf-8")
    make_secret(folder / "secret")
    return folder / "source.toml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery `d`, and two stores filled from it: `s` by a run, `i` by an ingest."""
    folder = tmp_path_factory.mktemp("made")
    source = declared(folder / "d")
    run_on(folder / "s", source)
    ingest_on(folder / "i", source)
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy of them to work on."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def ingest_on(store: Path, source: Path) -> Outcome:
    return ingest_into(Store(store), Source(declared=source), Reference.load(), Progress())


def run_on(store: Path, source: Path | None, as_of: date = AS_OF) -> Outcome:
    return run(Store(store), Source(declared=source), as_of, Reference.load(), Progress())


OF_THE_RUN = ("deliveries", "bucket_contents")
"""When files came, and a hash of rows with the names that they had then."""


def tables(snapshot: Snapshot) -> dict[str, pl.DataFrame]:
    """All rows of a version, in an order that does not depend on names."""
    found = {name: snapshot.table(name).collect() for name in snapshot.versions if name not in OF_THE_RUN}
    return {name: rows.sort(pl.all()) for name, rows in found.items()}


def assert_the_same(one: Snapshot, other: Snapshot) -> None:
    left, right = tables(one), tables(other)
    assert left.keys() == right.keys()
    assert [name for name in left if not left[name].equals(right[name])] == ["diagnoses"]
    named = pl.col("person_id").is_in(one.table("identities").collect()["id"].implode())
    assert left["diagnoses"].filter(named).equals(right["diagnoses"].filter(named))


def names_in(snapshot: Snapshot) -> set[object]:
    """Every pseudonym, keyed name and surrogate of a version."""
    rows = [snapshot.table(name).select(column).collect().to_series() for name, column in _columns_of_names(snapshot)]
    texts = [column.str.extract_all("[0-9a-f]{24}").explode() for column in rows if column.dtype == pl.String]
    numbers = [column for column in rows if column.dtype == pl.Int64]
    return {name for column in [*texts, *numbers] for name in column.drop_nulls()}


def _columns_of_names(snapshot: Snapshot) -> list[tuple[str, str]]:
    found = []
    for name in snapshot.versions:
        for column, dtype in snapshot.table(name).collect_schema().items():
            is_hash = column in ("content_hash", "superseded_by")
            is_surrogate = dtype == pl.Int64 and (column in NAMES or column == "id")
            if is_surrogate or (dtype == pl.String and not is_hash):
                found.append((name, column))
    return found


def last(store: Path) -> Snapshot:
    found = Store(store).last("run", "ingest")
    assert found is not None
    return found


def without_names(obligations: pl.LazyFrame) -> pl.DataFrame:
    return obligations.drop("child_id", "pregnancy_id", "subject_id").collect().sort(pl.all())


def test_after_a_rotation_the_same_files_give_the_same_lives(place: Path) -> None:
    before = last(place / "s")
    old, obligations = names_in(before), without_names(as_specified("obligations", before))
    rotated = rotate(Store(place / "s"), place / "d" / "secret")
    after = last(place / "s")
    assert rotated.carried == ("run",)
    assert rotated.identities == after.table("identities").collect().height
    assert len(names_in(after)) == len(old)
    assert not names_in(after) & old
    assert without_names(as_specified("obligations", after)).equals(obligations)
    again = run_on(place / "s", place / "d" / "source.toml")
    assert again.is_new
    assert_the_same(again.snapshot, after)


def test_what_a_store_can_do_it_can_do_after_a_rotation(place: Path) -> None:
    rotate(Store(place / "s"), place / "d" / "secret")
    assert not run_on(place / "s", None).is_new
    other_day = run_on(place / "s", None, date(2025, 6, 30))
    assert other_day.is_new
    assert other_day.snapshot.table("children").collect().height == 2
    children = as_specified("obligations", other_day.snapshot).select("child_id").drop_nulls().collect()
    assert children["child_id"].str.contains("^[0-9a-f]{24}$").all()
    for command in (["status"], ["gaps", "--municipality", "0461"], ["export", "gaps", "--out", place / "g.csv"]):
        assert roedtraad(*command, "--store", place / "s").returncode == 0


def test_nothing_old_is_left_on_the_disk(place: Path) -> None:
    store = place / "s"
    run_on(store, None, date(2025, 6, 30))
    parts = [file for file in store.rglob("tables/*/*.parquet") if file.parent.name in ("children", "obligations")]
    rotate(Store(store), place / "d" / "secret")
    assert len(parts) >= 3
    assert not any(file.exists() for file in parts)
    assert Store(store).runs().height == 2


def test_an_ingest_after_the_run_is_carried_over_with_it(place: Path) -> None:
    store, residences = place / "s", place / "d" / "residences.csv"
    residences.write_text("".join(residences.read_text().splitlines(keepends=True)[:-1]))
    ingest_on(store, place / "d" / "source.toml")
    assert rotate(Store(store), place / "d" / "secret").carried == ("run", "ingest")
    assert last(store).run["kind"] == "ingest"
    both = (last(store), Store(store).snapshot())
    assert [snapshot.table("quarantine").collect().height for snapshot in both] == [2, 3]
    assert not names_in(both[0]) - names_in(both[1])
    assert run_on(store, None).is_new


@pytest.mark.parametrize("moment", STEPS)
def test_a_rotation_killed_after_any_step_leaves_old_or_new_and_can_be_finished(place: Path, moment: str) -> None:
    source, store, secret = place / "d" / "source.toml", place / "i", place / "d" / "secret"
    old, key = names_in(last(store)), read_secret(secret)

    command = [sys.executable, TESTS / "interrupted_rotation.py", store, secret, moment]
    killed = subprocess.run(command, check=False, capture_output=True, cwd=TESTS.parent)

    assert killed.returncode == -signal.SIGKILL
    left = names_in(last(store))
    assert left == old or not left & old
    if next_of(secret).exists():
        with pytest.raises(SecretMissing, match="was interrupted"):
            ingest_on(store, source)
    rotate(Store(store), secret)
    assert read_secret(secret)[0] == key[0]
    assert not next_of(secret).exists()
    after = last(store)
    assert not names_in(after) & old
    assert_the_same(ingest_on(store, source).snapshot, after)


def test_a_store_is_brought_up_to_a_secret_that_was_rotated_with_another_store(place: Path) -> None:
    secret = place / "d" / "secret"
    rotate(Store(place / "s"), secret)
    keys = read_secret(secret)
    assert len(keys) == 2
    rotate(Store(place / "i"), secret)
    assert read_secret(secret) == keys
    one, two = (last(place / name).table("identities").collect().sort("id") for name in ("s", "i"))
    assert one.equals(two)


def test_rotations_follow_each_other(place: Path) -> None:
    store, secret = place / "i", place / "d" / "secret"
    for _ in range(2):
        rotate(Store(store), secret)
    assert len(read_secret(secret)) == 3
    after = last(store)
    assert_the_same(ingest_on(store, place / "d" / "source.toml").snapshot, after)


def test_another_secret_is_refused_and_nothing_is_changed(place: Path) -> None:
    before = last(place / "s").run
    make_secret(place / "other")
    with pytest.raises(StoreFailed, match="filled with another secret"):
        rotate(Store(place / "s"), place / "other")
    assert last(place / "s").run == before
    assert len(read_secret(place / "other")) == 1


def test_a_column_that_the_rotation_does_not_know_stops_it(place: Path) -> None:
    with Store(place / "i").writing() as writer:
        writer.keep(last(place / "i"), *last(place / "i").versions)
        named = last(place / "i").table("identities").select(pl.format("about {}", "pseudonym").alias("remark"))
        writer.write("remarks", named)
        facts = ("kind", "inputs", "inputs_hash", "canonical_fingerprint", "stages")
        writer.commit(**{name: last(place / "i").run[name] for name in facts})
    with pytest.raises(StoreFailed, match="does not know it"):
        rotate(Store(place / "i"), place / "d" / "secret")
    assert "remarks" in last(place / "i").versions


def test_a_store_from_a_canonical_folder_has_no_key_to_change(tmp_path: Path) -> None:
    folder = Source(canonical=deliver(tmp_path / "d"))
    ingest_into(Store(tmp_path / "s"), folder, Reference.load(), Progress())
    make_secret(tmp_path / "secret")
    with pytest.raises(StoreFailed, match="made elsewhere"):
        rotate(Store(tmp_path / "s"), tmp_path / "secret")


def test_an_empty_store_is_told(tmp_path: Path) -> None:
    make_secret(tmp_path / "secret")
    with pytest.raises(StoreIsEmpty):
        rotate(Store(tmp_path / "s"), tmp_path / "secret")


def test_the_command_rotates_the_demos_own_secret(place: Path) -> None:
    source = place / "d" / "source.toml"
    source.write_text(source.read_text().replace('secret_file = "secret"\n', ""))
    ingest_on(place / "demo", source)
    done = in_a_process("secret", "rotate", "--store", place / "demo")
    assert done.returncode == 0
    assert "have a new key" in done.stdout
    assert len(read_secret(place / "demo" / "throw-away-secret")) == 2
