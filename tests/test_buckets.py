"""However many buckets of children, and whoever works on them: the same tables. What is untouched is not made again."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import dask
import polars as pl
import pytest
from distributed import LocalCluster, Security

from pipelines.bucket_work import Followed, Work
from pipelines.buckets import Buckets
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.flow import How, Source, run
from pipelines.memory import bound_memory
from pipelines.progress import Progress
from pipelines.scheduler import OnDask, Scheduler
from pipelines.store import Snapshot, Store
from sample_data import make_sample

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
OF_THIS_RUN = ("cells", "bucket_contents", "deliveries")
"""What says how a run was made, not what it found."""


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("country")
    make_sample(made, children=600, seed=5, as_of=AS_OF, forms=("canonical",))
    return made / "canonical"


@pytest.fixture(scope="module")
def whole(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return followed(tmp_path_factory.mktemp("whole") / "store", country)


def followed(store: Path, delivery: Path | None, how: How | None = None) -> Snapshot:
    source, progress = Source(delivery), Progress()
    return run(Store(store), source, AS_OF, Reference.load(), progress, how=how).snapshot


def assert_same(one: Snapshot, other: Snapshot) -> None:
    names = set(one.versions) | set(other.versions)
    for name in names - set(OF_THIS_RUN):
        columns = sorted(one.table(name).collect_schema().names())
        rows, again = (found.table(name).select(columns).collect().sort(columns) for found in (one, other))
        assert rows.equals(again), name


def buckets_made(snapshot: Snapshot) -> set[int]:
    """The buckets whose files this run has written itself: a file taken over is older than the run."""
    made = {
        file.name
        for file in snapshot.files("obligations")
        if file.stat().st_mtime > snapshot.run["started_at"].timestamp()
    }
    return {int(name.rsplit("-b", 1)[1].split("of")[0]) for name in made}


@pytest.mark.parametrize("count", [2, 7])
def test_buckets_change_no_result(country: Path, whole: Snapshot, tmp_path: Path, count: int) -> None:
    assert_same(whole, followed(tmp_path / "store", country, How(count)))


def test_slices_of_a_bucket_change_no_result(
    country: Path, whole: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.buckets.CHILDREN_AT_ONCE", 50)
    monkeypatch.setattr("pipelines.table_ingest.KEYS_AT_ONCE", 200)
    monkeypatch.setattr("pipelines.ingest.IDENTITIES_AT_ONCE", 100)
    assert_same(whole, followed(tmp_path / "store", country, How(2)))


def test_a_store_in_other_buckets_is_worked_on_all_the_same(country: Path, whole: Snapshot, tmp_path: Path) -> None:
    followed(tmp_path / "store", country, How(3))
    day = run(Store(tmp_path / "store"), Source(), date(2025, 9, 30), Reference.load(), Progress(), how=How(5)).snapshot
    one = run(Store(whole.folder), Source(), date(2025, 9, 30), Reference.load(), Progress()).snapshot
    assert_same(one, day)


def test_every_child_is_in_one_bucket_and_in_one_slice_of_it() -> None:
    children = pl.DataFrame({"child_id": [-(2**63), -7, -1, 0, 1, 12345678901234567, 2**63 - 1, *range(100, 400)]})
    buckets = Buckets(6)
    numbered = children.with_columns(buckets.number().alias("at"))
    assert set(numbered["at"]) == set(range(6))
    slices = [numbered.filter(buckets.is_in_slice(at, 4)) for at in range(4)]
    assert sorted(pl.concat(slices)["child_id"]) == sorted(children["child_id"])
    assert all(some.height for some in slices)


@pytest.fixture(scope="module")
def in_twelve(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in twelve buckets, to be copied."""
    store = tmp_path_factory.mktemp("twelve") / "store"
    followed(store, country, How(12))
    return store


def about_one_child(country: Path, to: Path) -> Path:
    """The delivery once more, with other contacts of one child."""
    shutil.copytree(country, to)
    rows = pl.read_parquet(to / "contacts.parquet")
    touched = rows.with_columns(
        pl.when(pl.col("child_id") == rows["child_id"].min())
        .then(pl.lit("declined"))
        .otherwise("status")
        .alias("status")
    )
    touched.write_parquet(to / "contacts.parquet")
    return to


def without_some(country: Path, to: Path) -> Path:
    """The delivery once more, without a few rows of each table that nothing refers to."""
    shutil.copytree(country, to)
    for name in ("exposures", "handovers", "support_records", "residences"):
        rows = pl.read_parquet(to / f"{name}.parquet")
        rows.with_row_index().filter(pl.col("index") > 1).drop("index").write_parquet(to / f"{name}.parquet")
    return to


@pytest.mark.parametrize(("change", "least", "most"), [(about_one_child, 1, 1), (without_some, 2, 10)])
def test_what_a_delivery_touches_is_made_again_and_the_results_are_those_of_a_full_run(
    country: Path,
    in_twelve: Path,
    tmp_path: Path,
    change: Callable[[Path, Path], Path],
    least: int,
    most: int,
) -> None:
    shutil.copytree(in_twelve, tmp_path / "store")
    later = change(country, tmp_path / "later")
    again = followed(tmp_path / "store", later, How(12))
    assert least <= len(buckets_made(again)) <= most
    assert_same(followed(tmp_path / "fresh", later), again)


def test_another_mothers_diagnosis_makes_every_bucket_again(country: Path, in_twelve: Path, tmp_path: Path) -> None:
    """Whose pregnancy it is about is not looked up."""
    shutil.copytree(in_twelve, tmp_path / "store")
    shutil.copytree(country, tmp_path / "later")
    treatments = pl.read_parquet(country / "treatments.parquet")
    treatments.head(treatments.height - 1).write_parquet(tmp_path / "later" / "treatments.parquet")
    again = followed(tmp_path / "store", tmp_path / "later", How(12))
    assert buckets_made(again) == set(range(12))


def test_another_day_makes_every_bucket_again(in_twelve: Path, tmp_path: Path) -> None:
    shutil.copytree(in_twelve, tmp_path / "store")
    later = run(Store(tmp_path / "store"), Source(), date(2026, 9, 29), Reference.load(), Progress(), how=How(12))
    assert buckets_made(later.snapshot) == set(range(12))


@contextmanager
def certified(security: Security) -> Iterator[None]:
    """Dask's configuration on a machine to which these certificates were given."""
    tls = "distributed.comm.tls"
    theirs = {f"{tls}.ca-file": security.tls_ca_file, f"{tls}.client.cert": security.tls_client_cert}
    with dask.config.set({**theirs, f"{tls}.client.key": security.tls_client_key}):
        yield


@dataclass(frozen=True)
class LosesAWorker:
    """Ends a worker of the cluster with the first bucket that is done."""

    cluster: Scheduler
    pids: list[int]

    def followed(self, work: Work, numbers: list[int]) -> Iterator[Followed]:
        for at, done in enumerate(self.cluster.followed(work, numbers)):
            if at == 0:
                os.kill(self.pids[0], signal.SIGKILL)
            yield done


def test_the_workers_of_a_cluster_find_the_same_though_one_of_them_is_killed(
    country: Path, whole: Snapshot, tmp_path: Path
) -> None:
    told: list[str] = []
    with OnDask(told=told.append).of_this_machine() as client, certified(client.security):
        pids = list(client.run(os.getpid).values())
        cluster = OnDask(client.scheduler.address, told=told.append)
        found = followed(tmp_path / "store", country, How(12, LosesAWorker(cluster, pids)))
        assert pids[0] not in client.run(os.getpid).values()
    assert_same(whole, found)
    assert told
    assert told[0].startswith("What the workers do: http://127.0.0.1:")


def test_nobody_without_the_certificate_gets_to_the_workers_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects may run programs as the account of the run; any account of the machine reaches loopback."""
    monkeypatch.setattr("pipelines.scheduler.SECONDS_TO_ANSWER", 1)
    with OnDask().of_this_machine() as client:
        address, workers = client.scheduler.address, list(client.run(os.getpid))
        for open_door in (address.replace("tls://", "tcp://"), *(at.replace("tls://", "tcp://") for at in workers)):
            with pytest.raises(UserError, match="No Dask scheduler answers"):
                let_in(open_door)
        with pytest.raises(UserError, match="asks for a certificate, and Dask's configuration names none"):
            let_in(address)
        with certified(Security.temporary()), pytest.raises(UserError, match="No Dask scheduler answers"):
            let_in(address)
        with certified(client.security):
            assert let_in(address)


def let_in(address: str) -> bool:
    """Whether there is a way to the workers, or the fault that says why not."""
    with OnDask(address).of_the_cluster() as client:
        return bool(client.run(os.getpid))


def test_the_workers_of_a_run_listen_on_loopback_and_set_aside_where_nobody_else_looks() -> None:
    with OnDask().of_this_machine() as client:
        aside = client.run(lambda dask_worker: dask_worker.local_directory)
        addresses = [client.scheduler.address, client.dashboard_link, *aside]
    assert {urlsplit(at).hostname for at in addresses} == {"127.0.0.1"}
    folders = {Path(folder).parent.parent for folder in aside.values()}
    assert len(folders) == 1
    assert not folders.pop().exists()


def test_a_scheduler_that_does_not_answer_is_told(
    country: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.scheduler.SECONDS_TO_ANSWER", 1)
    with pytest.raises(UserError, match="No Dask scheduler answers"):
        followed(tmp_path / "store", country, How(2, OnDask("tcp://127.0.0.1:9")))
    assert Store(tmp_path / "store").runs().is_empty()


def test_a_scheduler_without_a_worker_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.scheduler.SECONDS_TO_ANSWER", 1)
    nobody = LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0")
    with nobody, pytest.raises(UserError, match="has no worker"), OnDask(nobody.scheduler_address).of_the_cluster():
        pytest.fail("it went on without a worker")


def test_who_asks_for_buckets_asks_for_little_memory_and_the_environment_is_obeyed() -> None:
    asked, plain, own = {}, {}, {"POLARS_IDEAL_MORSEL_SIZE": "7"}
    bound_memory(["roedtraad", "run", "--buckets", "8"], asked)
    bound_memory(["roedtraad", "run"], plain)
    bound_memory(["roedtraad", "run", "--buckets=8"], own)
    assert "POLARS_IDEAL_MORSEL_SIZE" in asked
    assert "POLARS_IDEAL_MORSEL_SIZE" not in plain
    assert own["POLARS_IDEAL_MORSEL_SIZE"] == "7"
