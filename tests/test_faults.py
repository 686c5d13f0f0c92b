"""Each kind of fault once, at a chosen moment: real processes, and what a store holds afterwards.

`python -m benchmarks.faults` does the same hundreds of times, at random moments.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from damaged_stores import leave_staging
from deliveries import changed, deliver
from postgres import running_server

from benchmarks.faults import database
from benchmarks.faults.damage import WAYS
from benchmarks.faults.decide import decide
from benchmarks.faults.disk import WRITE_FAILED
from benchmarks.faults.killing import appears, as_somebody, killed_when
from benchmarks.faults.outcomes import State, between, unlike
from benchmarks.faults.processes import done, module, roedtraad
from benchmarks.faults.rights import give_to
from benchmarks.faults.state import UNREADABLE, asked_of_the_command, rows_hash, state
from benchmarks.faults.together import IN_USE, while_it_writes
from pipelines.definitions.reference import Reference
from pipelines.errors import StoreFailed
from pipelines.flow import Source, ingest_into, run
from pipelines.progress import Progress
from pipelines.store import Store

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder that everybody may enter: `old` and `new` are deliveries, `before` is a world whose store has a run of
    the old one and a steward's note, `after` has the run of the new one too."""
    with TemporaryDirectory(prefix="roedtraad-faults-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        deliver(folder / "old")
        deliver(folder / "new", {"contacts": [changed("contacts"), changed("contacts", contact_id="k2")]})
        (folder / "before").mkdir()
        _run(folder / "before" / "store", folder / "old")
        decide(folder / "before" / "store", "steward", 1)
        shutil.copytree(folder / "before", folder / "after")
        _run(folder / "after" / "store", folder / "new")
        yield folder


@pytest.fixture
def store(made: Path) -> Iterator[Path]:
    """The store of a copy of the world before."""
    with TemporaryDirectory(prefix="roedtraad-fault-") as place:
        shutil.copytree(made / "before", Path(place) / "world")
        yield Path(place) / "world" / "store"


def _run(store: Path, delivery: Path) -> None:
    run(Store(store), Source(canonical=delivery), AS_OF, Reference.load(), Progress())


def _states(made: Path) -> tuple[State, State]:
    return state(made / "before" / "store"), state(made / "after" / "store")


def _the_run(made: Path, store: Path) -> list[str]:
    return roedtraad("run", "-q", "--canonical", made / "new", "--store", store, "--as-of", AS_OF.isoformat())


@pytest.mark.parametrize("moment", ["tables/contacts/_delta_log/*.json", "runs/*.parquet"])
def test_a_killed_run_leaves_the_old_version_or_the_new_one_and_the_next_makes_the_new_one(
    made: Path, store: Path, moment: str
) -> None:
    before, after = _states(made)
    killed = killed_when(_the_run(made, store), appears(store, moment))
    assert killed.code == -signal.SIGKILL
    assert between(state(store), before, after) == []
    _run(store, made / "new")
    assert unlike(state(store), after) == []


def test_a_steward_whose_disk_is_full_has_decided_nothing_and_is_told(made: Path, store: Path) -> None:
    before, _ = _states(made)
    failed = done(["prlimit", "--fsize=0", *module("decide", store, "another", 1)])
    assert failed.code in WRITE_FAILED
    assert failed.told_plainly
    assert state(store)["pieces"] == before["pieces"]
    decide(store, "another", 1)
    assert state(store)["pieces"]["decisions"] != before["pieces"]["decisions"]


def test_a_dropped_database_leaves_what_was_ingested_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    with running_server() as server:
        own = {database.VARIABLE: database.made_in(server)}
        monkeypatch.setenv(*next(iter(own.items())))
        ingest_into(
            Store(store), Source(declared=database.declared(tmp_path, "whole", "")), Reference.load(), Progress()
        )
        before = state(store)
        half = database.declared(tmp_path, "half", database.HELD)
        refused = database.interrupted(
            roedtraad("ingest", "-q", "--source", half, "--store", store),
            server,
            own,
            database.ENDINGS["the database is dropped"],
        )
    assert refused.code == database.REFUSED
    assert refused.told_plainly
    assert between(state(store), before, before) == []


@pytest.mark.parametrize("way", list(WAYS))
def test_damage_of_a_file_is_no_other_figure_and_the_doctor_finds_it(store: Path, way: str) -> None:
    before = state(store, ("--json",))
    file = max(store.glob("tables/obligations/*.parquet"))
    WAYS[way](file, Random(way))
    damaged = state(store, ("--json",))
    kinds = [{kind for kind, _ in each["doctor"]["findings"]} for each in (before, damaged)]
    assert kinds[1] - kinds[0]
    assert damaged["pieces"]["decisions"] == before["pieces"]["decisions"]
    assert damaged["pieces"]["run"].startswith(UNREADABLE) or way == "one bit is another"
    code, _ = asked_of_the_command("export", "obligations", "--store", str(store), "--out", str(store.parent / "o.csv"))
    assert code == StoreFailed.exit_code or (code == 0 and way == "one bit is another")


def test_a_run_without_the_right_to_say_that_it_is_done_is_told_and_changes_nothing(made: Path, store: Path) -> None:
    before, after = _states(made)
    give_to(store.parents[1])
    log = store / "runs" / "_delta_log"
    log.chmod(0o500)
    command, environment = as_somebody(_the_run(made, store))
    refused = done(command, environment)
    log.chmod(0o700)
    assert refused.code in WRITE_FAILED
    assert refused.told_plainly
    assert between(state(store), before, before) == []
    _run(store, made / "new")
    assert unlike(state(store), after) == []


def test_a_second_run_is_told_that_the_store_is_in_use_and_the_first_goes_on(made: Path, store: Path) -> None:
    first, second = while_it_writes(store, _the_run(made, store), _the_run(made, store))
    assert (first.code, second.code) == (0, IN_USE)
    assert unlike(state(store), _states(made)[1]) == []


def test_the_harness_sees_a_version_that_is_neither_and_what_was_left_behind(made: Path, store: Path) -> None:
    before, after = _states(made)
    half = {**before, "pieces": {**before["pieces"], "run": "other rows"}, "audit": before["audit"] - 1}
    told = " ".join(between(half, before, after))
    assert "run is neither old nor new" in told
    assert "lost entries" in told
    (store / "tables" / "contacts" / "nobody-names-it.parquet").write_bytes(b"")
    leave_staging(store)
    left = " ".join(unlike(state(store), before))
    assert "nobody-names-it" in left
    assert "staging" in left


def test_rows_have_one_hash_in_any_order_and_another_when_a_value_is_another() -> None:
    rows = pl.DataFrame({"a": [1, 2, None], "b": ["x", "y", "z"]})
    assert rows_hash(rows) == rows_hash(rows.reverse())
    assert rows_hash(rows) != rows_hash(rows.with_columns(a=pl.Series([1, 2, 0])))
    assert rows_hash(rows) != rows_hash(pl.concat([rows, rows.head(1)]))
