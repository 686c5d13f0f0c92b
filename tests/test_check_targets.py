"""The steward's targets: what is wrong in the file is told by kind and cell, and stops no check but those of shares."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl
import pytest
from checked_stores import AS_OF, MONDAY, TUESDAY, checked, contact, result, store_with

from checks.catalogue import check_named
from checks.frames import OF_RECORDS, Days, Frames, subject_of
from checks.frames import results as frames_of_results
from checks.results import LastCheck
from checks.run import Outcome
from checks.targets import TargetsFailed, targets
from pipelines.definitions.enumerations import KINDS
from pipelines.definitions.reference import Reference
from pipelines.store import Snapshot, Store

SHARES, CONTACTS = check_named("shares.registered"), check_named("contacts.before_birth")
HEADING = "kind,share,fewest\n"


def targets_file(folder: Path, *first: str, heading: str = HEADING) -> Path:
    """A target for every kind, 0.9 from 20 on, but for the rows that are given first."""
    told = {row.split(",")[0] for row in first}
    rows = [*first, *(f"{kind},0.9,20" for kind in KINDS if kind not in told)]
    file = folder / "targets.csv"
    file.write_text(heading + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def checked_with(file: Path, store: Store, now: object = MONDAY) -> Outcome:
    """One check of contacts, and one of shares against the targets of the file."""

    def frames(snapshot: Snapshot, reference: Reference) -> Frames:
        subject = subject_of(snapshot.table, reference, Days(AS_OF, AS_OF))
        return Frames(subject, OF_RECORDS | {"shares": partial(frames_of_results.shares, file=file)})

    return checked(store, SHARES, CONTACTS, frames=frames, now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("registered,1.5,20", "share of registered is '1.5'"),
        ("registered,-0.1,20", "share of registered is '-0.1'"),
        ("registered,ninety,20", "share of registered is 'ninety'"),
        ("registered,nan,20", "share of registered is 'nan'"),
        ('registered,"0,90",20', "share of registered is '0,90'"),
        ("registered,,20", "share of registered is empty"),
        ("registered,0.9,0", "fewest of registered is '0'"),
        ("registered,0.9,-5", "fewest of registered is '-5'"),
        ("registered,0.9,2.5", "fewest of registered is '2.5'"),
        ("registered,0.9,", "fewest of registered is empty"),
        ("regisered,0.9,20", "'regisered' is no kind"),
        ("registered,0.9,20\nregistered,0.8,20", "'registered' is no kind of obligation, or stands there twice"),
    ],
)
def test_a_wrong_cell_is_told_by_its_kind_and_by_what_stands_there(row: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(TargetsFailed) as fault:
        targets(targets_file(tmp_path, row))
    assert told in fault.value.where
    assert "targets.csv" in fault.value.what
    assert fault.value.to_do


@pytest.mark.parametrize("heading", ["kind,share\n", "kind;share;fewest\n"])
def test_a_file_of_other_columns_is_told_which_it_needs(heading: str, tmp_path: Path) -> None:
    with pytest.raises(TargetsFailed, match="kind, share, fewest, with commas"):
        targets(targets_file(tmp_path, heading=heading))


def test_a_kind_without_a_target_is_named(tmp_path: Path) -> None:
    file = tmp_path / "targets.csv"
    file.write_text(HEADING + "".join(f"{kind},0.9,20\n" for kind in KINDS if kind != "screened"), encoding="utf-8")
    with pytest.raises(TargetsFailed, match="no row for screened"):
        targets(file)


def test_a_share_of_none_or_all_is_a_target(tmp_path: Path) -> None:
    found = targets(targets_file(tmp_path, "registered,0,1", "screened,1,1"))
    assert {(target.kind, target.share) for target in found} >= {("registered", 0.0), ("screened", 1.0)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_with(tmp_path_factory.mktemp("targets"), contacts=[contact(1)])


def test_a_file_that_cannot_be_used_is_an_error_for_the_shares_alone(store: Store, tmp_path: Path) -> None:
    outcome = checked_with(targets_file(tmp_path, "registered,0.9,0"), store)
    assert result(outcome, SHARES.id)["status"] == "error"
    assert "fewest of registered is '0'" in result(outcome, SHARES.id)["error"]
    assert result(outcome, CONTACTS.id)["status"] == "passed"


def test_the_target_is_kept_with_the_result_so_that_a_new_one_can_be_told(store: Store, tmp_path: Path) -> None:
    for share, now in ((0.9, MONDAY), (0.5, TUESDAY)):
        folder = tmp_path / str(share)
        folder.mkdir()
        outcome = checked_with(targets_file(folder, f"registered,{share},20"), store, now)
        assert result(outcome, SHARES.id)["target"] == share
        assert result(outcome, CONTACTS.id)["target"] is None
    assert outcome.results["threshold"].drop_nulls().max() < 0.5


def test_results_from_before_targets_were_kept_can_still_be_read(store: Store, tmp_path: Path) -> None:
    checked_with(targets_file(tmp_path), store)
    with store.writing() as writer:
        last = LastCheck.of(store)
        assert last.snapshot is not None
        writer.write("check_results", last.table("check_results").drop("target").collect().lazy())
        writer.commit(kind="check", as_of=AS_OF, is_sample=True)
    assert LastCheck.of(store).table("check_results").select(pl.col("target").is_null().all()).collect().item()
