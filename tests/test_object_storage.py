"""Tables in object storage, tried against a server on loopback: the same tables, one version or the other, and one
plain error for whatever the storage does."""

from __future__ import annotations

import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import obstore
import polars as pl
import pytest
from commanded import Done, roedtraad
from counted_stores import counted_store
from object_storage import BUCKET, SECRET, Storage, storage
from obstore.store import from_url

from dashboards.opening import has_rows, open_publication, open_store
from pipelines import health, objects, table_files
from pipelines.definitions.reference import Reference
from pipelines.errors import StoreFailed, UserError, WrongUse
from pipelines.flow import How, Outcome, Source, run
from pipelines.progress import Progress
from pipelines.scan import scan
from pipelines.store import TAKEN_OVER, Snapshot, Store
from pipelines.table_files import committed, files_of
from pipelines.tables_at import FILE, address_of, place_of
from sample_data import make_sample

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
OF_THIS_RUN = ("bucket_contents", "deliveries")
"""What says how a run was made, not what it found."""


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[Storage]:
    with storage() as made:
        yield made


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("country")
    make_sample(made, children=60, seed=5, as_of=AS_OF, forms=("canonical",))
    return made / "canonical"


@pytest.fixture(scope="module")
def corrected(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The delivery once more, with other contacts of one child."""
    made = shutil.copytree(country, tmp_path_factory.mktemp("corrected") / "canonical")
    rows = pl.read_parquet(made / "contacts.parquet")
    is_touched = pl.col("child_id") == rows["child_id"].min()
    rows.with_columns(pl.when(is_touched).then(pl.lit("declined")).otherwise("status").alias("status")).write_parquet(
        made / "contacts.parquet"
    )
    return made


def followed(store: Path, delivery: Path | None, tables: str | None = None, as_of: date = AS_OF) -> Outcome:
    return run(Store(store, tables), Source(delivery), as_of, Reference.load(), Progress(), how=How(2))


@pytest.fixture(scope="module")
def here(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("here") / "store"
    followed(store, country)
    return store


@pytest.fixture(scope="module")
def fresh(corrected: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return followed(tmp_path_factory.mktemp("fresh") / "store", corrected).snapshot


@pytest.fixture(scope="module")
def begun(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with its tables away, which nobody changes."""
    store = tmp_path_factory.mktemp("away") / "store"
    followed(store, country, f"s3://{BUCKET}/begun")
    return store


@pytest.fixture
def away(begun: Path, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of it with an address of its own."""
    store, address = tmp_path / "away" / "store", f"s3://{BUCKET}/{abs(hash(request.node.name))}/a.b"
    shutil.copytree(begun, store)
    (store / FILE).write_text(f"{address}\n")
    source, target = from_url(f"s3://{BUCKET}/begun"), from_url(address)
    for name in objects.sizes(f"s3://{BUCKET}/begun"):
        obstore.put(target, name, obstore.get(source, name).bytes())
    return store


def tables_of(snapshot: Snapshot) -> dict[str, pl.DataFrame]:
    read = {name: snapshot.table(name).collect() for name in sorted(snapshot.versions)}
    return {name: rows.select(sorted(rows.columns)).sort(sorted(rows.columns)) for name, rows in read.items()}


def assert_same(one: Snapshot, other: Snapshot) -> None:
    before, after = tables_of(one), tables_of(other)
    assert before.keys() == after.keys()
    assert [name for name in before if name not in OF_THIS_RUN and not before[name].equals(after[name])] == []


def assert_nothing_left_over(store: Path) -> None:
    """Every object of a table is one that a version which some run names consists of."""
    for name, last in Store(store).snapshot().versions.items():
        table = str(place_of(store, name))
        named = {str(file) for version in range(last + 1) for file in _files_if_kept(store, name, version)}
        there = {f"{table}/{one}" for one in objects.sizes(table) if one.endswith(".parquet") and "/" not in one}
        assert there == named, name


def _files_if_kept(store: Path, name: str, version: int) -> list[object]:
    kept = {Snapshot(store, run).versions.get(name) for run in Store(store).runs().iter_rows(named=True)}
    return [*files_of(place_of(store, name), version)] if version in kept else []


def test_tables_in_object_storage_are_those_of_a_folder(here: Path, begun: Path) -> None:
    assert_same(Store(here).snapshot(), Store(begun).snapshot())
    assert not (begun / "tables").exists()
    assert (begun / FILE).read_text() == f"s3://{BUCKET}/begun\n"
    assert stat.S_IMODE((begun / FILE).stat().st_mode) == 0o600
    assert_nothing_left_over(begun)


def test_buckets_that_a_correction_does_not_touch_are_taken_over(away: Path, corrected: Path, fresh: Snapshot) -> None:
    before = {str(file).rsplit("/", 1)[-1].split("-", 1)[1] for file in Store(away).snapshot().files("gaps")}
    progress = Progress()
    again = run(Store(away), Source(corrected), AS_OF, Reference.load(), progress, how=How(2)).snapshot
    told = next(stage.told for stage in progress.stages if stage.name == "obligations")
    assert told == "1 of 2 buckets"
    assert before & {str(file).rsplit("/", 1)[-1].split("-", 1)[1] for file in again.files("gaps")}
    assert_same(fresh, again)
    assert_nothing_left_over(away)


def test_a_later_command_needs_no_address(away: Path, here: Path, tmp_path: Path) -> None:
    day = date(2026, 3, 31)
    done = roedtraad("run", "--store", away, "--as-of", day, "--buckets", 2, "--quiet")
    assert done.returncode == 0, done.stderr
    shutil.copytree(here, tmp_path / "here")
    assert_same(followed(tmp_path / "here", None, as_of=day).snapshot, Store(away).snapshot())
    assert not (away / "tables").exists()
    assert roedtraad("status", "--store", away).returncode == 0


def test_another_address_is_refused(begun: Path, here: Path, country: Path, tmp_path: Path) -> None:
    def refused(store: Path, address: str) -> str:
        with pytest.raises((WrongUse, UserError)) as told:
            followed(store, country, address)
        return told.value.what

    assert "lie elsewhere" in refused(begun, f"s3://{BUCKET}/other")
    assert "lie in its folder" in refused(here, f"s3://{BUCKET}/other")
    assert "lies at this address already" in refused(tmp_path / "new", f"s3://{BUCKET}/begun")
    for wrong in ("/folder", f"s3://name:{SECRET}@{BUCKET}/x", f"s3://{BUCKET}/a b", f"s3://{BUCKET}/x?y=z"):
        assert refused(tmp_path / "new", wrong) == "--tables is no address of object storage"
    assert address_of(tmp_path / "new") is None
    assert not (here / FILE).exists()


def assert_one_error(done: Done, *told: str) -> None:
    assert done.returncode == 6, done.stdout + done.stderr
    said = " ".join(done.stderr.split())
    assert said.count("The object storage of the tables cannot be used") == 1
    assert all(each in said for each in told), said
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_storage_that_does_not_answer_is_one_error_and_nothing_is_lost(
    begun: Path, corrected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Store(begun).snapshot().run["run_id"]
    with monkeypatch.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        patched.setattr("pipelines.addresses.RETRIES", 0)
        delivered = ("--canonical", corrected, "--as-of", AS_OF, "--quiet")
        assert_one_error(roedtraad("run", "--store", begun, *delivered), "it does not answer")
        assert_one_error(roedtraad("status", "--store", begun), "it does not answer")
    assert Store(begun).snapshot().run["run_id"] == before
    assert Store(begun).snapshot().table("children").collect().height


def test_wrong_credentials_and_a_bucket_that_is_not_there_are_one_error(
    server: Storage, begun: Path, corrected: Path, tmp_path: Path
) -> None:
    delivered = ("--canonical", corrected, "--as-of", AS_OF, "--quiet")
    with server.refusing_everybody():
        assert_one_error(roedtraad("run", "--store", begun, *delivered), "it refuses these credentials")
        with pytest.raises(StoreFailed, match="refuses these credentials"):
            Store(begun).snapshot().table("children")
    missing = roedtraad("run", "--store", tmp_path / "new", "--tables", "s3://nowhere/x", *delivered)
    assert_one_error(missing, "there is no such bucket", "s3://nowhere/x")
    assert not (tmp_path / "new" / FILE).exists()
    assert Store(begun).snapshot().table("children").collect().height


def test_a_row_that_can_no_longer_be_read_is_told_plainly(away: Path) -> None:
    file = str(Store(away).snapshot().files("obligations")[0])
    obstore.delete(from_url(file.rpartition("/")[0]), file.rpartition("/")[2])
    assert_one_error(roedtraad("export", "obligations", "--store", away, "--out", away / "x.csv"), "is gone")


def test_a_run_killed_between_upload_and_commit_leaves_the_old_version_and_the_next_run_succeeds(
    away: Path, corrected: Path, fresh: Snapshot
) -> None:
    before = tables_of(Store(away).snapshot())
    names = set(objects.sizes(str(address_of(away))))
    command = [sys.executable, Path(__file__).with_name("interrupted_upload.py"), corrected, away, AS_OF, 30]
    killed = subprocess.run([str(each) for each in command], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert [name for name in set(objects.sizes(str(address_of(away)))) - names if name.endswith(".parquet")]
    after = tables_of(Store(away).snapshot())
    assert all(before[name].equals(after[name]) for name in before)
    again = followed(away, corrected)
    assert again.is_new
    assert_same(fresh, again.snapshot)
    assert_nothing_left_over(away)


def test_a_commit_that_would_come_after_somebody_elses_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, rows = f"s3://{BUCKET}/shared/tables/children", pl.DataFrame({"child_id": [1]})
    parts = [tmp_path / f"{at}.parquet" for at in range(3)]
    for part in parts:
        rows.write_parquet(part)
    assert committed(table, parts[:1], rows.schema).version == 1
    stale = table_files.opened(table)
    assert committed(table, parts[1:2], rows.schema).version == 2
    with monkeypatch.context() as patched:
        patched.setattr(table_files, "opened", lambda _: stale)
        with pytest.raises(StoreFailed, match="somebody else has written"):
            committed(table, parts[2:], rows.schema)
    assert files_of(table, 2) == [f"{table}/1.parquet"]
    assert table_files.opened(table).version() == 2


def test_a_storage_that_overwrites_is_refused_before_anything_is_written(
    country: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = obstore.put
    monkeypatch.setattr(obstore, "put", lambda store, name, file, **_: put(store, name, file))
    with pytest.raises(UserError, match="overwrites"):
        followed(tmp_path / "store", country, f"s3://{BUCKET}/careless")
    assert not (tmp_path / "store" / FILE).exists()


def test_without_the_extra_the_command_says_how_to_get_it(
    country: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(UserError, match="extra `objects`"):
        followed(tmp_path / "store", country, f"s3://{BUCKET}/without")


def test_what_goes_by_files_refuses_and_works_once_the_tables_are_copied_here(away: Path, tmp_path: Path) -> None:
    commands = (
        ("doctor", "--store", away),
        ("backup", "--store", away, "--to", tmp_path / "copy.zip"),
        ("retention", "--store", away, "--keep-rows-days", 0),
        ("secret", "rotate", "--store", away),
    )
    for command in commands:
        done = roedtraad(*command)
        assert done.returncode == 1, command
        assert " ".join(done.stderr.split()).count("lie in object storage") == 1
    assert not (tmp_path / "copy.zip").exists()
    assert scan([away]).unread == (address_of(away),)
    address = str(address_of(away))
    for name in objects.sizes(address):
        if name != objects.MARK:
            (away / name).parent.mkdir(parents=True, exist_ok=True)
            objects.download(f"{address}/{name}", away / name)
    before = tables_of(Store(away).snapshot())
    (away / FILE).unlink()
    after = tables_of(Store(away).snapshot())
    assert all(before[name].equals(after[name]) for name in before)
    assert roedtraad("doctor", "--store", away).returncode == 0
    assert roedtraad("backup", "--store", away, "--to", tmp_path / "copy.zip").returncode == 0


def test_a_publication_is_made_and_measured_where_the_tables_lie(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with Store(store, f"s3://{BUCKET}/shown").writing():
        pass
    counted_store(store)
    done = roedtraad("publish", "--store", store)
    assert done.returncode == 0, done.stderr
    assert not (store / "published").exists()
    assert roedtraad("health", "--store", store).returncode == 0
    published = Store(store).last("publish")
    assert published is not None
    assert published.table("published_counts").collect().height
    sizes = health.sizes(store, published.versions, {})
    assert sizes.filter(pl.col("bytes") <= 0, pl.col("on_disk") < pl.col("bytes")).is_empty()
    assert sizes.height == len(published.versions)


def test_pages_open_a_run_and_a_publication_of_it(away: Path) -> None:
    last = Store(away).snapshot()
    with Store(away).writing() as writer:
        writer.write("published_counts", last.table("counts"))
        writer.commit(kind="publish", fingerprint="wished", **{name: last.run[name] for name in TAKEN_OVER})
    opened = open_publication(away)
    assert opened is not None
    assert opened.is_of_last_run
    assert opened.tables.table("published_counts").collect().equals(last.table("counts").collect())
    assert open_store(away).table("gaps").collect().height == last.table("gaps").collect().height
    assert has_rows(away)


def test_rows_are_checked_where_they_lie(begun: Path, here: Path, tmp_path: Path) -> None:
    told = [roedtraad("check", "--store", store, "--report", tmp_path / store.parent.name) for store in (begun, here)]
    assert told[0].returncode == told[1].returncode
    names = ["check_id", "frame", "municipality_code", "rows", "applicable", "failing", "status"]
    one, other = (Store(store).last("check") for store in (begun, here))
    assert one is not None
    assert other is not None
    found = [each.table("check_results").select(names).collect().sort(names) for each in (one, other)]
    assert found[0].height
    assert found[0].equals(found[1])
