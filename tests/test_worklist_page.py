"""The worklist as a steward works with it: filters in the address, decisions about gaps, and the way to a child."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from child_tables import CHILD, OTHERS_CHILD, source
from published_frames import LAESOE, SVENDBORG, country, run_facts, write_store, written
from rich.console import Console
from streamlit.testing.v1 import AppTest
from streamlit_pages import ROOT, said

from dashboards import opening, worklist
from dashboards.gap_words import with_closers
from dashboards.language import Words
from dashboards.scope import Scope
from dashboards.stewards import filters
from dashboards.stewards.gap_list import CHILD as CHOSEN_CHILD
from dashboards.worklist_rows import worklist as gaps_of
from pipelines.audit_log import FOLDER_VARIABLE, AuditLog
from pipelines.gap_decisions import Decision, GapDecisions
from pipelines.store import Store

pytestmark = pytest.mark.slow

DA = Words("da")
STEWARD = Scope("steward", SVENDBORG, "1083")
PAGES = "dashboards/pages"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "store"))
    return write_store(tmp_path / "store", country(gaps_in_svendborg=60))


@pytest.fixture
def store_of_a_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "store"))
    written(tmp_path / "store", "run", source().tables, run_facts())
    return tmp_path / "store"


def opened(page: str = "worklist", municipality: str = SVENDBORG, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in {"role": "steward", "municipality": municipality, **address}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(f"{PAGES}/{page}.py").run()
    assert not app.exception
    return app


def group(app: AppTest, key: str) -> object:
    return next(each for each in app.get("button_group") if each.key == key)


def choose(app: AppTest, key: str, value: str) -> None:
    group(app, key).set_value(value).run()  # type: ignore[attr-defined]
    assert not app.exception


def accept(app: AppTest, reason: str = "familien er flyttet til udlandet", about: str = "page") -> None:
    choose(app, "decide-about", about)
    choose(app, "decide-what", "accepted")
    app.text_input(key="decide-text-accepted").set_value(reason)
    next(button for button in app.button if button.label.startswith("Acceptér ")).click().run()
    assert not app.exception


def rows_shown(app: AppTest) -> int:
    return sum(button.key.startswith("open-") for button in app.button if button.key)


# Filters


@pytest.mark.parametrize(
    ("choice", "fits"),
    [
        ({"severity": "warning"}, pl.col("severity") == "warning"),
        ({"age": "unborn"}, pl.col("subject_kind") == "pregnancy"),
        ({"over": "more"}, pl.col("age_days") > 365),
        ({"who": "gp_invites"}, pl.col("closer") == "gp_invites"),
        ({"severity": "critical", "over": "30"}, (pl.col("severity") == "critical") & (pl.col("age_days") <= 30)),
    ],
)
def test_a_filter_in_the_address_holds_after_a_reload(store: Path, choice: dict[str, str], fits: pl.Expr) -> None:
    expected = with_closers(gaps_of(country(gaps_in_svendborg=60), STEWARD)).filter(fits).height
    app = opened(**choice)
    assert rows_shown(app) == min(expected, worklist.ROWS_PER_PAGE)
    for name, value in choice.items():
        assert app.selectbox(key=name).value == value
        assert app.query_params[name] == value


def test_a_filter_that_does_not_exist_is_none(store: Path) -> None:
    assert rows_shown(opened(severity="deadly", who="' or 1=1", age="../")) == worklist.ROWS_PER_PAGE


@pytest.mark.parametrize(
    ("birth", "name"),
    [
        ("2024-10-01", "under_2"),
        ("2024-09-30", "2_to_5"),
        ("2020-10-01", "2_to_5"),
        ("2020-09-30", "6_to_12"),
        ("2013-09-30", "from_13"),
    ],
)
def test_ages_are_whole_years_and_a_birthday_counts(birth: str, name: str) -> None:
    child = pl.DataFrame({"birth_date": [date.fromisoformat(birth)], "subject_kind": ["person"]})
    fitting = [each for each in filters.AGES if child.select(filters.of_age(each, date(2026, 9, 30))).item()]
    assert fitting == [name]


# Decisions


def test_a_page_of_gaps_is_accepted_leaves_the_list_and_is_found_again(store: Path) -> None:
    app = opened()
    accept(app)
    text = said(app)
    assert "<b>25</b> er accepteret og vises ikke." in text
    assert "35 huller" in text
    history = GapDecisions(store, SVENDBORG).history()
    assert history.height == 25
    assert history["text"].unique().to_list() == ["familien er flyttet til udlandet"]
    assert rows_shown(opened(shown="accepted")) == 25
    assert rows_shown(opened(shown="all")) == worklist.ROWS_PER_PAGE


def test_ticked_rows_alone_are_decided_about(store: Path) -> None:
    app = opened()
    app.checkbox(key="pick-0").check().run()
    app.checkbox(key="pick-3").check().run()
    accept(app, about="chosen")
    assert GapDecisions(store, SVENDBORG).history().height == 2
    assert not any(box.value for box in app.checkbox)


def test_all_that_match_a_filter_are_assigned_and_can_be_filtered_by_it(store: Path) -> None:
    app = opened(severity="info")
    choose(app, "decide-about", "all")
    choose(app, "decide-what", "assigned")
    app.selectbox(key="decide-to").set_value("me")
    next(button for button in app.button if button.label.startswith("Tildel ")).click().run()
    number = GapDecisions(store, SVENDBORG).history().height
    assert number == with_closers(gaps_of(country(gaps_in_svendborg=60), STEWARD)).filter(severity="info").height
    mine = opened(assigned="me")
    assert rows_shown(mine) == number
    assert f"<b>{number}</b> er tildelt dig." in said(mine)


@pytest.mark.parametrize(
    ("reason", "fault"), [("", "no_reason"), ("ring 680125-4001", "a_number")], ids=["no reason", "a number in it"]
)
def test_a_decision_that_cannot_be_is_one_sentence_and_decides_nothing(store: Path, reason: str, fault: str) -> None:
    app = opened()
    accept(app, reason)
    assert DA(f"decide.fault_{fault}") in said(app)
    assert GapDecisions(store, SVENDBORG).history().is_empty()


def test_rows_that_moved_up_because_a_colleague_decided_are_not_decided_about_unseen(store: Path) -> None:
    app = opened()
    choose(app, "decide-about", "page")
    choose(app, "decide-what", "accepted")
    first = with_closers(gaps_of(Store(store).snapshot(), STEWARD)).head(5)
    made = Decision("accepted", "colleague", "known", datetime.now(UTC).date() + timedelta(days=9))
    GapDecisions(store, SVENDBORG).add(first, made, secret=None)
    app.text_input(key="decide-text-accepted").set_value("familien er flyttet")
    next(button for button in app.button if button.label.startswith("Acceptér ")).click().run()
    assert DA("decide.fault_changed") in said(app)
    assert GapDecisions(store, SVENDBORG).history()["decided_by"].unique().to_list() == ["colleague"]
    next(button for button in app.button if button.label.startswith("Acceptér ")).click().run()
    assert GapDecisions(store, SVENDBORG).history().height == 5 + worklist.ROWS_PER_PAGE, "now it was seen"


def test_a_gap_comes_back_when_the_day_has_passed_and_says_so(store: Path) -> None:
    gap = with_closers(gaps_of(Store(store).snapshot(), STEWARD)).head(1)
    now = datetime.now(UTC)
    past, then = now.date() - timedelta(days=1), now - timedelta(days=5)
    GapDecisions(store, SVENDBORG).add(gap, Decision("accepted", "A", "known", past), secret=None, now=then)
    assert DA("decision.back") in " ".join(block.proto.body for block in opened().get("html"))


def test_what_one_municipality_decides_changes_nothing_for_another(store: Path) -> None:
    accept(opened())
    assert DA("worklist.lead_empty") in said(opened(municipality=LAESOE))
    assert GapDecisions(store, LAESOE).history().is_empty()


def test_files_have_the_decisions_of_all_rows_that_match(store: Path) -> None:
    from dashboards.gap_words import in_words
    from dashboards.stewards.decision_words import assigned_text
    from pipelines.definitions.reference import Reference
    from pipelines.gap_decisions import with_decisions

    accept(opened())
    own = with_closers(gaps_of(Store(store).snapshot(), STEWARD))
    decided = with_decisions(own, GapDecisions(store, SVENDBORG).history(), datetime.now(UTC).date())
    reference = Reference.load()
    told = in_words(decided, DA, reference, date(2026, 9, 30)).with_columns(assigned_text(DA))
    rows = worklist.for_file(told, DA, reference)
    assert rows.filter(pl.col("Begrundelse") == "familien er flyttet til udlandet").height == 25
    assert rows["Besluttet af"].drop_nulls().unique().to_list() == ["demo"]


def test_the_audit_log_has_who_saw_and_who_decided_about_how_many(store: Path) -> None:
    accept(opened())
    told = AuditLog.of(store).entries().filter(pl.col("action").is_in(["saw", "decided"]))
    assert told.select("action", "what", "who", "municipality_code", "rows").rows() == [
        ("saw", "worklist", "demo", SVENDBORG, None),
        ("decided", "accepted", "demo", SVENDBORG, 25),
    ]


def test_the_terminal_counts_accepted_gaps_and_says_who_a_gap_is_assigned_to(store: Path) -> None:
    snapshot = Store(store).snapshot()
    own, until = with_closers(gaps_of(snapshot, STEWARD)), datetime.now(UTC).date() + timedelta(days=9)
    decisions = GapDecisions(store, SVENDBORG)
    decisions.add(own.head(2), Decision("accepted", "A", "known", until), secret=None)
    decisions.add(own.slice(2, 1), Decision("assigned", "A", assigned_to="educational_psychology"), secret=None)
    console = Console(record=True, width=200, file=io.StringIO())
    console.print(worklist.worklist_table(snapshot, SVENDBORG, 3, "da", decisions.history()))
    told = console.export_text()
    assert "2 er accepteret og vises ikke." in told
    assert "Tildelt PPR" in told


# The way to a child


def test_a_row_opens_the_thread_of_its_child_and_the_address_holds_no_person(store_of_a_child: Path) -> None:
    app = opened(filter="move")
    app.button(key="open-0").click().run()
    assert not app.exception
    assert "7f3a·c21e" in said(app)
    assert "Flyttet til Svendborg" in said(app)
    assert CHILD[:4] not in str(dict(app.query_params))
    seen = AuditLog.of(store_of_a_child).entries().filter(pl.col("what") == "child")
    assert seen.select("action", "record").rows() == [("saw", CHILD)]


def test_the_way_back_leads_to_the_worklist_as_it_was_filtered(store_of_a_child: Path) -> None:
    app = opened(filter="move")
    app.button(key="open-0").click().run()
    app.button(key="child-back").click().run()
    assert DA("worklist.title") in said(app)
    assert app.query_params["filter"] == "move"


@pytest.mark.parametrize("subject", [("person", OTHERS_CHILD), ("person", "nobody"), ("pregnancy", CHILD)])
def test_a_child_of_another_municipality_is_refused_and_logged_whatever_the_session_says(
    store_of_a_child: Path, subject: tuple[str, str]
) -> None:
    app = opened("child")
    app.session_state[CHOSEN_CHILD] = subject
    app.run()
    assert not app.exception
    text = said(app)
    assert DA("child.refused") in text
    assert "rt-child-wide" not in text
    assert "refused" in AuditLog.of(store_of_a_child).entries()["action"].to_list()


def test_another_child_is_found_by_the_first_letters_among_the_own_children_alone(store_of_a_child: Path) -> None:
    app = opened("child")
    app.text_input(key="child-letters").set_value("7F3a·c").run()
    app.button(key="found-0").click().run()
    assert "rt-child-wide" in said(app)
    other = opened("child")
    other.text_input(key="child-letters").set_value(OTHERS_CHILD[:6]).run()
    assert DA("child.not_found") in said(other)


def test_one_letter_finds_nobody(store_of_a_child: Path) -> None:
    app = opened("child")
    app.text_input(key="child-letters").set_value("7").run()
    assert not any((button.key or "").startswith("found-") for button in app.button)


def test_the_childs_gaps_are_decided_about_on_its_page_and_the_history_says_when_who_and_what(
    store_of_a_child: Path,
) -> None:
    app = opened("child")
    app.session_state[CHOSEN_CHILD] = ("person", CHILD)
    app.run()
    choose(app, "decide-what", "noted")
    app.text_input(key="decide-text-noted").set_value("skolen er spurgt")
    next(button for button in app.button if button.label.startswith("Gem note")).click().run()
    text = said(app)
    assert "<q>skolen er spurgt</q>" in text
    assert DA("history.noted") in text
    decided = AuditLog.of(store_of_a_child).entries().filter(pl.col("action") == "decided")
    assert decided["record"].to_list() == [CHILD]
