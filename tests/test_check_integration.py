"""Checks and the pipeline together: the gate of a run, kept versions, and a new secret."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from checked_stores import MONDAY, checked, claim, findings, store_with
from deliveries import changed, deliver
from test_check_gate import BEFORE_BIRTH, TOO_EARLY, early
from test_rekey import AS_OF as REKEY_AS_OF
from test_rekey import declared

from checks.acceptance import Finding, accept
from checks.frames import frames
from checks.gate import ChecksFailed, gate_of
from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into, run
from pipelines.progress import Progress
from pipelines.rekey import rotate
from pipelines.store import Store

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)


def run_through_the_gate(store: Store, delivery: Path | None) -> None:
    gate = gate_of(store, Reference.load(), [BEFORE_BIRTH], MONDAY.date())
    run(store, Source(canonical=delivery), AS_OF, Reference.load(), Progress(), gate)


def test_a_run_that_the_gate_stops_keeps_nothing_and_an_accepted_finding_lets_it_through(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    run_through_the_gate(store, deliver(tmp_path / "good"))
    before = store.snapshot().run["run_id"]
    bad = deliver(tmp_path / "bad", {"contacts": early(TOO_EARLY)})
    with pytest.raises(ChecksFailed):
        run_through_the_gate(store, bad)
    assert store.runs()["run_id"].to_list() == [before]
    ingest_into(store, Source(canonical=bad), Reference.load(), Progress())
    checked(store, BEFORE_BIRTH, frames=frames)
    accept(store, Finding(BEFORE_BIRTH.id), reason="looked at", until=MONDAY.date(), by="steward", now=MONDAY)
    run_through_the_gate(store, None)
    assert store.snapshot().run["run_id"] != before


def test_runs_leave_the_last_check_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.store.KEPT_RUNS", 3)
    store = store_with(tmp_path, contacts=early(TOO_EARLY))
    checked(store, BEFORE_BIRTH, frames=frames)
    for at in range(5):
        ingest_into(
            store,
            Source(
                canonical=deliver(
                    tmp_path / f"d{at}", {"children": [changed("children", birth_weight_g=str(3000 + at))]}
                )
            ),
            Reference.load(),
            Progress(),
        )
    last = store.last("check")
    assert last is not None
    assert {name: last.table(name).collect().height > 0 for name in last.versions} == {
        "check_results": True,
        "check_failures": True,
        "check_decisions": False,
        "identities": True,
    }


def test_findings_and_decisions_follow_a_new_secret(tmp_path: Path) -> None:
    declared(tmp_path / "source")
    store = Store(tmp_path / "store")
    run(store, Source(declared=tmp_path / "source" / "source.toml"), REKEY_AS_OF, Reference.load(), Progress())
    every = claim("children.everybody", pl.col("birth_date").is_not_null())
    key = findings(checked(store, every, now=MONDAY))["row_key"].to_list()
    accept(store, Finding(every.id, key[0]), reason="known", until=MONDAY.date(), by="steward", now=MONDAY)
    rotate(store, tmp_path / "source" / "secret")
    last = store.last("check")
    assert last is not None
    renamed = last.table("check_failures").collect()
    assert not set(renamed["row_key"]) & set(key)
    assert renamed["accepted_reason"].drop_nulls().to_list() == ["known"]
    again = checked(store, every, now=MONDAY)
    after = again.snapshot.table("check_failures").collect()
    assert sorted(after["row_key"]) == sorted(renamed["row_key"])
    assert after["accepted_reason"].drop_nulls().to_list() == ["known"]
