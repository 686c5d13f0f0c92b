"""What is new for a steward: since which run it is told, what counts as new, closed and graver, and how it is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from child_tables import source
from published_frames import COPENHAGEN, SVENDBORG, FakeSnapshot, country, run_facts, written
from streamlit.testing.v1 import AppTest
from streamlit_pages import ROOT, said

from dashboards import news_rows, opening
from dashboards.gap_words import with_closers
from dashboards.language import Words
from dashboards.scope import NotAllowed, Scope
from dashboards.stewards import news
from dashboards.worklist_rows import worklist
from pipelines.audit_log import FOLDER_VARIABLE, AuditLog
from pipelines.gap_decisions import ABOUT, FOUND, HISTORY, Decision, GapDecisions, with_decisions
from pipelines.store import Store

pytestmark = pytest.mark.slow

STEWARD = Scope("steward", SVENDBORG, "1083")
DA = Words("da")
D = date.fromisoformat


def run_on(day: str) -> FakeSnapshot:
    return FakeSnapshot({}, run_facts(run_id=day, finished_at=at(day)))


def at(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=6)


NOW, MAY, APRIL = run_on("2026-10-01"), run_on("2026-05-01"), run_on("2026-04-01")


@pytest.mark.parametrize(
    ("visited", "before", "why"),
    [
        ("2026-09-15", MAY, "last_visit"),
        ("2026-05-01", MAY, "last_visit"),
        ("2026-04-30", APRIL, "last_visit"),
        ("2026-03-01", APRIL, "not_kept"),
        ("2026-10-01", None, "no_new_run"),
        (None, MAY, "first_visit"),
    ],
)
def test_news_are_told_since_the_run_that_the_reader_saw(visited: str | None, before: Any, why: str) -> None:
    since = news.since_last_visit(NOW, [MAY, APRIL], at(visited) if visited else None)
    assert (since.before, since.why) == (before, why)


@pytest.mark.parametrize("visited", [None, at("2026-03-01")])
def test_with_one_run_there_is_nothing_to_compare(visited: datetime | None) -> None:
    assert news.since_last_visit(NOW, [], visited).why == "only_run"


def gaps(*rows: tuple[str, str, str]) -> pl.DataFrame:
    about = {"subject_kind": "person", "kind": "registered", "subject_id": None}
    told = [about | {"subject": one, "measure": measure, "severity": severity} for one, measure, severity in rows]
    return pl.DataFrame(told, schema_overrides={"subject_id": pl.String})


def test_a_gap_is_new_gone_or_graver_by_whom_and_what_it_is_about() -> None:
    before = gaps(("a", "stays", "warning"), ("b", "closes", "critical"), ("c", "grows", "warning"))
    now = gaps(("a", "stays", "info"), ("c", "grows", "critical"), ("d", "comes", "critical"))
    found = news.changes(now, before)
    assert found.new["subject"].to_list() == ["d"]
    assert found.closed["subject"].to_list() == ["b"]
    assert found.graver["subject"].to_list() == ["c"]


def test_two_equal_worklists_have_no_news() -> None:
    own = with_closers(worklist(country(), STEWARD))
    found = news.changes(own, own)
    assert (found.new.height, found.closed.height, found.graver.height) == (0, 0, 0)


def decision(who: str, when: str, **facts: object) -> dict[str, object]:
    return {"decided_by": who, "decided_at": at(when), "decision": "noted", "subject": "a"} | facts


def test_decisions_of_colleagues_are_told_once_each_with_the_number_of_their_gaps_and_my_own_are_not() -> None:
    made = [
        decision("colleague", "2026-05-02", text="old"),
        decision("colleague", "2026-06-02", text="two gaps"),
        decision("colleague", "2026-06-02", text="two gaps", subject="b"),
        decision("me", "2026-06-03"),
    ]
    found = news.by_colleagues(pl.DataFrame(made, schema=HISTORY), at("2026-06-01"), "me")
    assert found.select("text", "gaps").rows() == [("two gaps", 2)]


def test_what_falls_due_soon_is_of_the_own_municipality_the_first_first() -> None:
    due = news_rows.due_soon(source(), STEWARD, date(2026, 11, 18))
    assert due.select("measure", "due_date").rows() == [("gp:year_4", date(2026, 11, 18))]
    assert news_rows.due_soon(source(), STEWARD, date(2026, 11, 17)).is_empty()
    with pytest.raises(NotAllowed):
        news_rows.due_soon(source(), Scope("national"), date(2026, 11, 18))


def test_a_gap_that_is_gone_was_done_when_what_was_due_has_come_about() -> None:
    subject = {"subject_kind": "person", "subject": source().tables["identities"]["pseudonym"][0]}
    closed = pl.DataFrame(
        [
            subject | {"kind": "registered", "measure": "registered", "subject_id": None},
            subject | {"kind": "follow_up", "measure": "gp:year_1", "subject_id": None},
            subject | {"kind": "follow_up", "measure": "gp:year_4", "subject_id": None},
            subject | {"kind": "carried_in_record", "measure": "carried_in_record", "subject_id": "gone"},
        ],
        schema_overrides={"subject_id": pl.String},
    )
    there = Scope("steward", COPENHAGEN, "1084")
    assert news_rows.outcomes(source(), there, closed)["is_done"].to_list() == [True, True, False, False]
    assert not news_rows.outcomes(source(), STEWARD, closed)["is_done"].any(), "what another municipality did"


@pytest.mark.parametrize("what", [{"due_date": date(2026, 9, 9)}, {"reason": "another"}, {}])
def test_an_acceptance_that_lapsed_since_then_is_told_and_one_that_had_lapsed_before_is_not(
    what: dict[str, Any],
) -> None:
    before = with_closers(worklist(country(), STEWARD)).head(2)
    accepted = {"decided_by": "anna", "decided_at": at("2026-04-02"), "decision": "accepted", "text": "known"}
    rows = before.select(*ABOUT, *FOUND).to_dicts()
    made = [
        row | accepted | {"until": until} for row, until in zip(rows, (D("2026-08-31"), D("2026-04-30")), strict=True)
    ]
    history = pl.DataFrame(made, schema=HISTORY)
    now = before.with_columns(pl.lit(value).cast(before[name].dtype).alias(name) for name, value in what.items())
    day = D("2026-06-01") if what else D("2026-09-02")
    found = news.come_back(with_decisions(now, history, day), before, history, D("2026-05-01"))
    assert found.select(ABOUT).rows() == before.head(1).select(ABOUT).rows()
    same = news.come_back(with_decisions(before, history, D("2026-06-01")), before, history, D("2026-05-01"))
    assert same.is_empty(), "it still holds"


# The page


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs: in the second ten gaps are gone and three are new. Nobody has been here."""
    folder = tmp_path / "store"
    tables = country(gaps_in_svendborg=40).tables
    everything = tables["gaps"]
    shared = {name: rows for name, rows in source().tables.items() if name in SHARED}
    quality = {"deliveries": DELIVERIES, "quarantine": QUARANTINE, "identities": tables["identities"]}
    for first, last in ((0, 37), (10, 40)):
        run = {"gaps": everything.slice(first, last - first), **shared, **quality}
        written(folder, "run", run, run_facts())
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(folder))
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    return folder


SHARED = ("obligations", "children_in_view", "exposed", "residences")
DELIVERIES = pl.DataFrame(schema={"source": pl.String, "delivery": pl.String, "sender": pl.String})
QUARANTINE = pl.DataFrame(
    schema={
        **dict.fromkeys(("table", "source", "key", "rule", "column", "other_faults"), pl.String),
        "row_number": pl.Int64,
    }
)


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in {"role": "steward", "municipality": SVENDBORG, **address}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("dashboards/pages/whats_new.py").run()
    assert not app.exception
    return app


def test_a_first_visit_is_told_what_changed_since_the_run_before(store: Path) -> None:
    text = said(opened())
    assert "Det er dit første besøg." in text
    assert "<b>3</b> er kommet til" in text
    assert "Ikke længere jeres: 10" in text
    assert "Lukket:" not in text


def test_a_visit_before_the_last_run_is_told_what_changed_since_then(store: Path) -> None:
    log = AuditLog.of(store)
    log.add("saw", "worklist", who="demo", role="steward", municipality_code=SVENDBORG)
    text = said(opened())
    assert "Der er ingen ny kørsel siden dit sidste besøg" in text
    first = Store(store).runs()["finished_at"].min()
    assert "er kommet til" in said(opened(since=f"{first:%Y-%m-%d}"))


def test_a_child_that_is_no_longer_the_stewards_is_named_and_has_no_way_to_its_thread(store: Path) -> None:
    app = opened()
    ways = [button.key for button in app.button if str(button.key).startswith("open-")]
    assert [key for key in ways if "-new-" in str(key)], "of new gaps there is a way"
    assert not [key for key in ways if "-gone-" in str(key)]
    assert "Ikke længere jeres: 10" in said(app)


def test_another_day_can_be_chosen_and_stands_in_the_address(store: Path) -> None:
    app = opened()
    day = f"{Store(store).runs()['finished_at'].min():%Y-%m-%d}"
    app.selectbox(key="since").set_value(day).run()
    assert app.query_params["since"] == day
    assert "Siden kørslen" in said(app)


def test_what_colleagues_decided_is_told_and_what_runs_out_soon(store: Path) -> None:
    gap = with_closers(worklist(Store(store).snapshot(), STEWARD)).head(1)
    until = datetime.now(UTC).date() + timedelta(days=5)
    made = Decision("accepted", "colleague", "the family has <b>moved</b>", until)
    GapDecisions(store, SVENDBORG).add(gap, made, secret=None)
    text = said(opened())
    assert "Kolleger har besluttet: 1" in text
    assert "Accept udløber snart: 1" in text
    assert "the family has &lt;b&gt;moved&lt;/b&gt;" in text
    assert "Tilbage på listen" not in text


def test_a_gap_whose_acceptance_lapsed_because_it_was_found_as_another_is_back(store: Path) -> None:
    gap = with_closers(worklist(Store(store).snapshot(), STEWARD)).head(1)
    until = datetime.now(UTC).date() + timedelta(days=5)
    GapDecisions(store, SVENDBORG).add(gap, Decision("accepted", "colleague", "known", until), secret=None)
    tables = {name: Store(store).snapshot().table(name).collect() for name in (*SHARED, "gaps", "identities")}
    later = pl.col("due_date").dt.offset_by("-1d").alias("due_date")
    quality = {"deliveries": DELIVERIES, "quarantine": QUARANTINE}
    written(store, "run", {**tables, "gaps": tables["gaps"].with_columns(later), **quality}, run_facts())
    text = said(opened())
    assert "Tilbage på listen: 1" in text
    assert "dets dag eller årsag er en anden" in text


def test_the_audit_log_knows_who_looked_before_anything_is_shown(store: Path) -> None:
    opened()
    seen = AuditLog.of(store).entries().filter(pl.col("what") == "whats_new")
    assert seen.select("action", "who", "municipality_code").rows() == [("saw", "demo", SVENDBORG)]
