"""The operator's pages: runs, failures, sizes, deliveries, releases and the audit log; never a figure of a child."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest
from filelock import FileLock
from published_frames import LAESOE, SVENDBORG, run_facts, written
from quality_store import OWN_KEYS, quality_run
from streamlit_pages import ROOT, opened, said
from typer.testing import CliRunner

from dashboards import opening, operations
from dashboards.access.claims import Problem
from dashboards.geography import Geography
from dashboards.language import NO_BREAK, Words
from dashboards.operation import amounts, holdings, log, runs
from dashboards.scope import NotAllowed, Role, Scope
from pipelines import failures, health
from pipelines.audit_log import FOLDER_VARIABLE, AuditLog, Verdict
from pipelines.cli import app
from pipelines.errors import RefusedDelivery, StoreInUse
from pipelines.gap_decisions import KINDS
from pipelines.health import Disk
from pipelines.nightly.night import Night, NightFolder, StepTaken
from pipelines.store import LOCK, STAGING, Store

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")
OPERATOR = Scope("operator")
OTHERS: dict[Role, Scope] = {
    "national": Scope("national"),
    "leader": Scope("leader", SVENDBORG, "1083"),
    "steward": Scope("steward", SVENDBORG, "1083"),
}
AT = datetime(2026, 11, 22, 15, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country") / "store"
    quality_run(folder)
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with a ledger of deliveries, and an audit log of its own."""
    folder = tmp_path / "store"
    shutil.copytree(made, folder)
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(folder))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "audit"))
    return folder


def logged(store: Path, action: str, what: str, **facts: Any) -> None:
    AuditLog.of(store).add(action, what, **{"who": "ane@svendborg.dk", "role": "steward"} | facts)


# Failures


def test_a_command_that_fails_leaves_when_which_and_what_was_said(store: Path) -> None:
    failures.noted_failure(store, "run", StoreInUse("Another run is writing"))
    row = failures.failures(store).row(0, named=True)
    assert (row["command"], row["exit_code"], row["what"]) == ("run", 4, "Another run is writing")
    assert row["at"] > datetime.now(UTC) - timedelta(minutes=1)


def test_of_a_fault_that_nobody_foresaw_only_its_kind_is_kept(store: Path) -> None:
    failures.noted_failure(store, "check", ValueError("2401011234 is no date"))
    assert failures.failures(store)["what"].to_list() == ["ValueError"]
    assert b"2401011234" not in (store / failures.FILE).read_bytes()


@pytest.mark.parametrize("number", ["2401011234", "240101-1234", "240101 1234"])
def test_long_numbers_in_the_name_of_a_file_are_left_out(store: Path, number: str) -> None:
    failures.noted_failure(store, "ingest", RefusedDelivery(f"mor_{number}.csv has no column birth_date"))
    assert failures.failures(store)["what"].to_list() == ["mor_….csv has no column birth_date"]


def test_a_folder_that_is_no_store_stays_as_it_is(tmp_path: Path) -> None:
    failures.noted_failure(tmp_path, "run", StoreInUse("x"))
    failures.noted_failure(tmp_path / "none", "run", StoreInUse("x"))
    assert list(tmp_path.iterdir()) == []
    assert failures.failures(tmp_path).is_empty()


def test_looking_at_a_store_is_no_failure_of_it(store: Path) -> None:
    failures.noted_failure(store, "status", StoreInUse("x"))
    assert not (store / failures.FILE).exists()


def test_only_the_latest_are_kept_and_foreign_lines_are_passed_over(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "KEPT", 3)
    (store / failures.FILE).write_text('not json\n{"at": 1}\n')
    for number in range(5):
        failures.noted_failure(store, "run", StoreInUse(f"no. {number}"))
    assert failures.failures(store)["what"].to_list() == ["no. 4", "no. 3", "no. 2"]


def test_commands_that_fail_at_once_lose_no_line(store: Path) -> None:
    names, number = ("a", "b", "c"), 40
    program = ROOT / "tests" / "fail_in_a_process.py"
    failing = [subprocess.Popen([sys.executable, program, store, name, str(number)], cwd=ROOT) for name in names]
    assert [one.wait() for one in failing] == [0] * len(names)
    told = failures.failures(store)["what"]
    assert sorted(told) == sorted(f"{name}{at}" for name in names for at in range(number))


def test_the_command_itself_notes_that_it_failed(store: Path) -> None:
    with FileLock(store / LOCK):
        outcome = CliRunner().invoke(app, ["run", "--store", str(store), "--as-of", "2026-09-30", "--quiet"])
    assert outcome.exit_code != 0
    row = failures.failures(store).row(0, named=True)
    assert (row["command"], row["exit_code"]) == ("run", outcome.exit_code)


def test_the_store_stays_a_store_with_its_record_of_failures(store: Path) -> None:
    failures.noted_failure(store, "run", StoreInUse("x"))
    with Store(store).writing():
        assert (store / failures.FILE).exists()


# Health


def test_sizes_are_those_of_the_version_that_is_read_and_of_the_one_before(tmp_path: Path) -> None:
    rows = pl.DataFrame({"number": range(10_000)})
    written(tmp_path, "run", {"children": rows.head(10)}, run_facts())
    written(tmp_path, "run", {"children": rows, "gaps": rows.head(1)}, run_facts())
    told = {row["table"]: row for row in operations.sizes(tmp_path, OPERATOR).iter_rows(named=True)}
    files = sorted(file.stat().st_size for file in (tmp_path / "tables" / "children").glob("*.parquet"))
    assert (told["children"]["before"], told["children"]["bytes"]) == tuple(files)
    assert told["gaps"]["before"] is None
    assert told["children"]["on_disk"] > sum(files)
    assert list(told) == ["children", "gaps"]


def test_a_size_that_the_log_of_a_table_does_not_tell_is_unknown(tmp_path: Path) -> None:
    written(tmp_path, "run", {"children": pl.DataFrame({"number": [1]})}, run_facts())
    assert health.sizes(tmp_path, {"children": 99, "gone": 0}, {})["bytes"].to_list() == [None, None]


def test_the_lock_is_looked_at_and_never_taken(store: Path) -> None:
    assert operations.lock(store, OPERATOR) == "free"
    with FileLock(store / LOCK):
        assert operations.lock(store, OPERATOR) in {"held", "free"}
        assert not health.LOCKS.exists() or operations.lock(store, OPERATOR) == "held"
    (store / STAGING / "r1").mkdir(parents=True)
    assert operations.lock(store, OPERATOR) in {"interrupted", "held_or_interrupted"}


def test_the_disk_is_told_in_bytes(store: Path) -> None:
    told = operations.disk(store, OPERATOR)
    assert told.store == sum(file.lstat().st_size for file in store.rglob("*") if not file.is_dir())
    assert 0 < told.free <= told.total


def test_a_store_without_a_release_has_none(store: Path) -> None:
    assert operations.releases(store, OPERATOR).is_empty()


# What the reader lets through


READINGS: dict[str, Callable[[Path, Scope], object]] = {
    "runs": operations.runs,
    "stages": lambda store, scope: operations.stages(store, scope, "r1"),
    "sizes": operations.sizes,
    "disk": operations.disk,
    "lock": operations.lock,
    "failures": operations.failures,
    "releases": operations.releases,
    "deliveries": lambda store, scope: operations.deliveries(Store(store).snapshot(), scope),
    "audit_entries": operations.audit_entries,
    "audit_verdict": operations.audit_verdict,
}


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("reading", READINGS)
def test_what_the_operator_reads_is_closed_to_all_others(store: Path, reading: str, role: Role) -> None:
    READINGS[reading](store, OPERATOR)
    with pytest.raises(NotAllowed):
        READINGS[reading](store, OTHERS[role])


@pytest.mark.parametrize(("rows", "told"), [(0, None), (3, None), (499, None), (1499, 1000), (2_909_158, 2_909_000)])
def test_rows_of_a_stage_are_told_in_thousands(tmp_path: Path, rows: int, told: int | None) -> None:
    stages = json.dumps({"read": {"rows": rows, "seconds": 1.5}})
    with Store(tmp_path / "store").writing() as writer:
        made = writer.commit(kind="run", stages=stages, as_of=AT.date())
    found = operations.stages(tmp_path / "store", OPERATOR, str(made.run["run_id"]))
    assert found.rows() == [("read", told, 1.5)]


def test_deliveries_are_told_by_sender_and_day_without_a_number_of_rows(store: Path) -> None:
    found = operations.deliveries(Store(store).snapshot(), OPERATOR)
    assert found.columns == ["delivery", "sender", "last_seen"]
    assert ("contacts", LAESOE) in found.select("delivery", "sender").rows()
    assert ("BEF", None) in found.select("delivery", "sender").rows()


def test_a_sender_that_is_no_place_is_a_shared_source() -> None:
    geography = Geography.on(AT.date())
    assert holdings._sender(SVENDBORG, geography, DA) == "Svendborg"
    assert holdings._sender("1083", geography, DA) == "Region Syddanmark"
    assert holdings._sender(None, geography, DA) == DA("operations.shared_sender")


def test_the_operator_hears_that_a_child_was_seen_and_never_which(store: Path) -> None:
    logged(store, "saw", "child", municipality_code=SVENDBORG, record=OWN_KEYS[0])
    logged(store, "decided", "worklist", why=f"child {OWN_KEYS[0]} is known to us")
    logged(store, "refused", "compare", why="other_role", role="leader")
    found = operations.audit_entries(store, OPERATOR)
    assert found["is_of_one_child"].to_list() == [False, False, True]
    assert found["why"].to_list() == ["other_role", None, None]
    assert OWN_KEYS[0] not in str(found.to_dicts())


ROWS = {
    None: None, 0: "under_10", 9: "under_10", 10: "10_to_99", 99: "10_to_99", 100: "100_to_999", 999: "100_to_999",
    1_000: "1000_to_9999", 9_999: "1000_to_9999", 10_000: "from_10000",
}  # fmt: skip


def test_how_many_rows_were_taken_out_or_decided_about_is_told_in_bands(store: Path) -> None:
    for rows in ROWS:
        logged(store, "exported", "worklist", municipality_code=SVENDBORG, rows=rows)
    found = operations.audit_entries(store, OPERATOR).sort("number")
    assert found["rows"].to_list() == list(ROWS.values())
    told = log.in_words(found.head(2), Geography.on(AT.date()), DA)[DA("audit.what")].to_list()
    assert told == ["Huller at lukke", "Huller at lukke, under 10 rækker"]


@pytest.mark.parametrize(
    ("action", "what", "role", "told"),
    [
        ("signed_in", "pages", "leader", ["Kommunal leder", "Loggede ind", "Siderne", ""]),
        ("exported", "worklist:document", "steward", ["Dataansvarlig", "Hentede", "Huller at lukke, som dokument", ""]),
        ("decided", "accepted", "steward", ["Dataansvarlig", "Besluttede", "Accepteret", ""]),
        ("saw", "quality_findings", "steward", ["Dataansvarlig", "Så", "Fund at rette", ""]),
        ("published", "release", "command", ["Kommando", "Offentliggjorde", "En udgivelse", ""]),
        ("exported", "published_shares", "command", ["Kommando", "Hentede", "published_shares", ""]),
    ],
)
def test_what_was_done_is_told_in_words(store: Path, action: str, what: str, role: str, told: list[str]) -> None:
    """A table is called by its name, which operators know."""
    logged(store, action, what, role=role)
    shown = log.in_words(operations.audit_entries(store, OPERATOR), Geography.on(AT.date()), DA)
    names = [DA(f"audit.{name}") for name in ("role", "action", "what", "why")]
    assert list(shown.select(names).row(0)) == told


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_every_reason_for_turning_somebody_away_has_words(words: Words) -> None:
    others = ("other_role", "other_child", "nothing_yet", "other_version", "no_guidance", "cannot_read")
    assert [why for why in (*get_args(Problem), *others) if not words.known(f"turned_away.{why}")] == []
    assert [kind for kind in KINDS if not words.known(f"audit_what.{kind}")] == []


def test_neither_the_page_nor_its_files_hold_the_number_of_rows(store: Path) -> None:
    logged(store, "exported", "worklist", municipality_code=SVENDBORG, rows=4_711)
    entries = operations.audit_entries(store, OPERATOR)
    for words, band in ((DA, "1.000–9.999 rækker"), (EN, "1,000–9,999 rows")):
        taken_home = log.in_words(entries, Geography.on(AT.date()), words).write_csv()
        assert band in taken_home
        assert "4711" not in taken_home.replace(".", "").replace(",", "")
    told = said(opened("audit", role="operator"))
    assert "1.000–9.999 rækker" in told
    assert "4.711" not in told


# Words


@pytest.mark.parametrize(
    ("size", "da", "en"),
    [
        (0, "0 B", "0 B"),
        (999, "999 B", "999 B"),
        (1200, "1,2 kB", "1.2 kB"),
        (999_600, "1,0 MB", "1.0 MB"),
        (44_276_761, "44 MB", "44 MB"),
        (69_009_473_536, "69 GB", "69 GB"),
    ],
)
def test_sizes_have_three_digits_at_most(size: int, da: str, en: str) -> None:
    assert [amounts.size_words(size, words).replace(NO_BREAK, " ") for words in (DA, EN)] == [da, en]
    assert amounts.size_words(None, DA) == ""


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "under 1 sec."), (12.5, "12 sec."), (59.7, "1 min."), (185, "3 min."), (7500, "2 h 5 min."), (None, "")],
)
def test_durations_are_told_in_their_largest_unit(seconds: float | None, told: str) -> None:
    assert amounts.duration_words(seconds, EN) == told


def test_moments_are_told_by_the_clock_in_denmark() -> None:
    assert amounts.moment_words(AT, DA) == "22. november 2026 kl. 16.06"
    assert amounts.moment_words(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), EN) == "2 July 2026 at 01:30"
    assert [amounts.age_words(days, EN) for days in (0, 1, 12)] == ["today", "yesterday", "12 days ago"]


def test_growth_is_told_with_its_sign() -> None:
    told = [holdings.growth_words(*pair, EN).replace(NO_BREAK, " ") for pair in ((3000, 1000), (1000, 3000))]
    assert told == ["+2.0 kB", "−2.0 kB"]
    assert holdings.growth_words(5, 5, EN) == "unchanged"
    assert holdings.growth_words(5, None, EN) == "first time"


def test_room_is_only_enough_when_the_tables_fit_beside_those_that_are_read() -> None:
    roomy, narrow = Disk(store=10, free=1000, total=2000), Disk(store=10, free=200, total=2000)
    assert runs.of_room(roomy, 100, EN).startswith("The store takes")
    assert runs.of_room(narrow, 100, EN).startswith("Only 200")


@pytest.mark.parametrize("why", ["unreadable", "changed", "cut_short", "entries_missing"])
def test_a_broken_chain_says_where(why: str) -> None:
    for words in (DA, EN):
        assert "1.235" in log.of_chain(Verdict(1234, "1234:x", 1235, why), words).replace(",", ".")
    assert log.of_chain(Verdict(1234, "1234:x"), DA) == "Kæden er ubrudt: 1.234 poster."
    assert "de seneste 234 af 1.234 poster" in log.of_chain(Verdict(1234, "1234:x", first=1001), DA)


def entries(*rows: tuple[int, str, str, str | None]) -> pl.DataFrame:
    """Hours before now, who, action, municipality."""
    made = [(AT - timedelta(hours=hours), who, action, place) for hours, who, action, place in rows]
    schema = {
        "at": pl.Datetime("us", "UTC"), "who": pl.String, "action": pl.String, "municipality_code": pl.String
    }  # fmt: skip
    return pl.DataFrame(made, schema=schema, orient="row")


def test_the_log_is_narrowed_by_day_action_person_and_municipality() -> None:
    rows = entries(
        (1, "a", "saw", "0479"), (17, "b", "saw", "0101"), (30, "a", "exported", "0479"), (800, "a", "saw", None)
    )
    asked = {
        log.Filter("day", "all", "all", "all"): 1,
        log.Filter("week", "all", "all", "all"): 3,
        log.Filter("all", "all", "all", "all"): 4,
        log.Filter("all", "saw", "a", "all"): 2,
        log.Filter("all", "all", "all", "0479"): 2,
    }
    assert [log.chosen_of(rows, chosen, AT).height for chosen in asked] == list(asked.values())


def test_the_week_counts_people_once_and_each_refusal() -> None:
    rows = entries(
        (1, "a", "saw", None), (2, "a", "exported", None), (3, "b", "refused", None), (900, "c", "saw", None)
    )
    assert log.of_week(rows, AT, EN) == EN("audit.week", people=1, refused=1)


# Pages


def test_the_page_on_operations_says_what_ran_what_failed_and_what_the_store_takes(store: Path) -> None:
    failures.noted_failure(store, "publish", StoreInUse("Another run is writing"))
    told = said(opened("operations", role="operator"))
    assert DA("operations.title") in told
    assert "Another run is writing" in told
    assert "Svendborg" in told
    assert "children" not in told.split(DA("operations.sizes"))[0]


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("page", ["operations", "audit"])
def test_the_pages_open_in_both_languages_with_nothing_to_tell(store: Path, page: str, language: str) -> None:
    told = said(opened(page, role="operator", lang=language))
    assert "<p class='rt-lead'>" in told


def test_a_broken_ledger_is_said_on_the_page(store: Path) -> None:
    (store / "ledger").mkdir()
    (store / "ledger" / "HEAD").write_text("3 abc\n")
    assert "roedtraad ledger verify" in said(opened("operations", role="operator"))


def test_the_page_on_the_audit_log_says_that_the_chain_is_whole_or_where_it_is_broken(store: Path) -> None:
    for _ in range(3):
        logged(store, "saw", "child", record=OWN_KEYS[0], municipality_code=SVENDBORG)
    told = said(opened("audit", role="operator"))
    assert "Kæden er ubrudt: 3 poster." in told
    assert "Barnets tråd, ét barn" in told
    assert OWN_KEYS[0] not in told
    file = AuditLog.of(store).folder / "log.jsonl"
    file.write_text(file.read_text().replace("svendborg.dk", "aarhus.dk", 1))
    told = said(opened("audit", role="operator"))
    assert "Kæden er brudt ved post 1" in told
    assert DA("audit.what_to_do") in told


@pytest.mark.parametrize("page", ["operations", "audit"])
@pytest.mark.parametrize("role", OTHERS)
def test_the_pages_are_closed_to_all_others(store: Path, page: str, role: Role) -> None:
    logged(store, "saw", "worklist", who="ane@svendborg.dk")
    told = said(opened(page, role=role, municipality=SVENDBORG))
    assert "rt-way-on" in told
    assert "ane@svendborg.dk" not in told
    assert "rt-told-in" not in told


def test_names_of_people_are_not_in_the_address(store: Path) -> None:
    logged(store, "saw", "worklist")
    app = opened("audit", role="operator")
    app.selectbox(key="who").select("ane@svendborg.dk").run()
    app.selectbox(key="action").select("saw").run()
    assert "ane" not in str(dict(app.query_params))
    assert "saw" in app.query_params["action"]


def test_the_page_says_how_the_last_night_went(store: Path) -> None:
    folder = NightFolder.of(store)
    folder.folder.mkdir()
    steps = (StepTaken("run", "done", 0, AT, 3.0), StepTaken("check", "failed", 11, AT, 2.0, "said"))
    folder.keep(Night(AT.date(), "f", AT.date(), AT, 1, steps))
    told = said(opened("operations", role="operator"))
    assert "Natten til 22. november 2026 gik ikke helt igennem: kontrol fejlede, og 1 af 2 trin er gjort." in told
