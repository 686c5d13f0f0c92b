"""The commands of the gate as people use them: exit codes, and files that appear only when all is well."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from commanded import Done, in_a_process, roedtraad
from counted_stores import HANDED_OVER, counted_store, counts_by_group
from disclosed_files import COUNTS, with_margins, write_cells, write_relations

from pipelines.definitions.reference import Reference
from pipelines.disclosure.earlier import Contradicts
from pipelines.disclosure.holding_back import released_beside
from pipelines.disclosure.publishing import ledger_of, publish
from pipelines.errors import NotPublished, StoreInUse
from pipelines.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_cells(tmp_path / "cells.csv", with_margins(COUNTS))
    write_relations(tmp_path / "relations.json")
    return tmp_path


def protect(files: Path, *options: object) -> Done:
    return roedtraad(
        "protect", files / "cells.csv", files / "relations.json", "--out", files / "published.csv", *options
    )


def test_protected_tables_are_written_and_pass_the_audit_by_themselves(files: Path) -> None:
    done = protect(files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What stays of the release" in done.stdout
    assert "Primary only (leaks)" in done.stdout
    assert "no hidden count can be worked out or narrowed" in done.stdout
    rows = pl.read_csv(files / "published.csv")
    assert rows.columns == ["cell", "count", "suppressed", "rate_suppressed"]
    assert rows["cell"].to_list() == list(with_margins(COUNTS))
    hidden = rows.filter("suppressed")
    assert "a1" in hidden["cell"]
    assert hidden.height >= 4
    assert hidden["count"].null_count() == hidden.height
    assert rows.filter(~pl.col("suppressed")).height
    assert roedtraad("audit", files / "published.csv", files / "relations.json").returncode == 0


def test_primary_suppression_alone_does_not_pass_the_audit(files: Path) -> None:
    rows = [
        f"{cell},{'' if cell == 'a1' else n},{str(cell == 'a1').lower()},false"
        for cell, n in with_margins(COUNTS).items()
    ]
    (files / "leaky.csv").write_text("\n".join(["cell,count,suppressed,rate_suppressed", *rows]) + "\n")
    done = in_a_process("audit", files / "leaky.csv", files / "relations.json")
    assert done.returncode == 13
    assert "1 suppressed cells tell too much" in done.stderr
    assert "a1" not in done.stdout + done.stderr


def test_tables_that_are_not_in_order_leave_no_file(files: Path) -> None:
    write_relations(files / "relations.json", threshold=2)
    done = protect(files)
    assert done.returncode == 3
    assert "has a threshold below 3" in done.stderr
    assert not (files / "published.csv").exists()


def test_tables_that_earlier_releases_give_away_leave_no_file(files: Path) -> None:
    ledger = files / "ledger"
    write_cells(files / "cells.csv", {"x": 7, "y": 9, "both": 16})
    write_relations(files / "relations.json", {"both": ["x", "y"]})
    assert protect(files, "--ledger", ledger).returncode == 0
    (files / "published.csv").unlink()
    write_cells(files / "cells.csv", {"x": 7, "few": 2, "y": 9})
    write_relations(files / "relations.json", {"y": ["x", "few"]})
    done = protect(files, "--ledger", ledger)
    assert done.returncode == 13, done.stdout
    assert not (files / "published.csv").exists()
    assert roedtraad("ledger", "verify", "--ledger", ledger).stdout.startswith("1 releases")


def test_the_ledger_is_listed_shown_and_verified(files: Path) -> None:
    ledger = files / "ledger"
    assert protect(files, "--ledger", ledger).returncode == 0
    assert protect(files, "--ledger", ledger).returncode == 0
    listed = roedtraad("ledger", "list", "--ledger", ledger)
    assert listed.returncode == 0
    assert roedtraad("ledger", "show", 2, "--ledger", ledger).returncode == 1
    shown = roedtraad("ledger", "show", 1, "--ledger", ledger, "--out", files / "again.csv")
    assert shown.returncode == 0
    assert (files / "again.csv").read_text() == (files / "published.csv").read_text()
    verified = roedtraad("ledger", "verify", "--ledger", ledger)
    assert verified.returncode == 0
    assert verified.stdout.startswith("1 releases, all as they were written.")
    release = next(ledger.glob("*.release"))
    release.write_bytes(release.read_bytes()[:-1] + b"x")
    assert roedtraad("ledger", "verify", "--ledger", ledger).returncode == 14
    (files / "published.csv").unlink()
    assert protect(files, "--ledger", ledger).returncode == 14
    assert not (files / "published.csv").exists()


def test_which_ledger_must_be_said_once(files: Path) -> None:
    assert roedtraad("ledger", "list").returncode == 2
    assert roedtraad("ledger", "list", "--ledger", files, "--store", files).returncode == 2
    assert roedtraad("ledger", "list", "--ledger", files / "nowhere").returncode == 1


def test_a_released_figure_changes_only_with_a_reason(files: Path) -> None:
    ledger = files / "ledger"
    assert protect(files, "--ledger", ledger).returncode == 0
    before = (files / "published.csv").read_text()
    write_cells(files / "cells.csv", with_margins({**COUNTS, "a3": 26}))
    refused = protect(files, "--ledger", ledger)
    assert refused.returncode == 3
    assert "26" not in refused.stderr
    assert protect(files, "--ledger", ledger, "--reason", " ").returncode == 2
    assert (files / "published.csv").read_text() == before
    assert protect(files, "--ledger", ledger, "--reason", "six visits came late").returncode == 0
    assert "six visits" in roedtraad("ledger", "list", "--ledger", ledger).stdout


def test_a_published_store_has_tables_for_readers_and_a_ledger(tmp_path: Path) -> None:
    counted_store(tmp_path / "store")
    done = in_a_process("publish", "--store", tmp_path / "store")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What stays of the release" in done.stdout
    assert "municipality" in done.stdout
    store = Store(tmp_path / "store")
    published = store.last("publish")
    assert published is not None
    assert sorted(published.versions) == [
        "published_continuity",
        "published_cost_differences",
        "published_costs",
        "published_counts",
        "published_curves",
        "published_development",
        "published_medians",
        "published_participation",
        "published_price_years",
        "published_ratios",
        "published_shares",
        "published_z_scores",
    ]
    counts = published.table("published_counts").collect()
    assert counts.filter(pl.col("state") == "suppressed")["count"].null_count() == counts["count"].null_count()
    assert not counts["count"].is_between(1, 4).any()
    assert published.run["fingerprint"] == ledger_of(store).releases()[0].hash
    assert roedtraad("ledger", "verify", "--store", tmp_path / "store").returncode == 0


def test_the_same_run_published_again_is_the_same_release(tmp_path: Path) -> None:
    counted_store(tmp_path / "store")
    store = Store(tmp_path / "store")
    first, second = (publish(store, Reference.load()) for _ in range(2))
    assert first.release.hash == second.release.hash
    assert len(ledger_of(store).releases()) == 1


def test_changed_figures_of_a_run_are_published_with_a_reason_only(tmp_path: Path) -> None:
    counted_store(tmp_path / "store")
    store = Store(tmp_path / "store")
    before = publish(store, Reference.load())
    late = {**HANDED_OVER, ("0461", "2025-Q1"): (31, 20, 6)}
    counted_store(tmp_path / "store", counts_by_group(late))
    with pytest.raises(Contradicts):
        publish(store, Reference.load())
    kept = store.last("publish")
    assert kept is not None
    assert kept.run["run_id"] == before.snapshot.run["run_id"]
    assert len(ledger_of(store).releases()) == 1
    after = publish(store, Reference.load(), reason="a visit came late")
    assert after.release.number == 2
    assert after.release.is_correction
    shown = after.snapshot.table("published_counts").filter(pl.col("state") == "number").collect()
    assert not shown["count"].is_between(1, 4).any()


def test_a_year_later_finished_periods_are_the_same_cells_and_nothing_is_given_away(tmp_path: Path) -> None:
    counted_store(tmp_path / "store")
    store = Store(tmp_path / "store")
    first = publish(store, Reference.load()).release.published
    more = {("0461", "2026-Q1"): (28, 17, 4), ("0479", "2026-Q2"): (7, 3, 2), ("0101", "2026-Q3"): (41, 25, 9)}
    counted_store(tmp_path / "store", counts_by_group(HANDED_OVER | more), as_of=date(2027, 9, 30))
    second = publish(store, Reference.load())
    assert second.passed.verdict.clean
    assert [release.number for release in ledger_of(store).releases()] == [1, 2]
    now = dict(zip(second.release.published.names, second.release.published.counts.tolist(), strict=True))
    for name, count in zip(first.names, first.counts.tolist(), strict=True):
        assert now[name] == count
    assert any("year:2026" in name for name in now)
    assert not any("year:2026" in name for name in first.names)


def test_nothing_changes_for_readers_when_the_auditor_says_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it has no time, and a proof that has not come is no proof."""
    counted_store(tmp_path / "store")
    store = Store(tmp_path / "store")
    monkeypatch.setattr("pipelines.disclosure.publishing.released_beside", partial(released_beside, time_limit=0.0))
    with pytest.raises(NotPublished):
        publish(store, Reference.load())
    assert store.last("publish") is None
    assert ledger_of(store).releases() == []


def test_publishing_waits_for_nobody(tmp_path: Path) -> None:
    counted_store(tmp_path / "store")
    store = Store(tmp_path / "store")
    with ledger_of(store).writing(), pytest.raises(StoreInUse):
        publish(store, Reference.load())
    with store.writing(), pytest.raises(StoreInUse):
        publish(store, Reference.load())


def test_a_store_without_a_run_has_nothing_to_publish(tmp_path: Path) -> None:
    assert roedtraad("publish", "--store", tmp_path / "nothing").returncode == 5
