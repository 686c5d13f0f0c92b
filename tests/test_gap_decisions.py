"""What stewards decide about gaps: what holds when, what is refused, and that no answer is ever lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from decide_in_a_process import gap
from hypothesis import example, given
from hypothesis import strategies as st
from test_rekey import declared, run_on

from dashboards.gap_words import with_closers
from dashboards.scope import Scope
from dashboards.worklist_rows import worklist
from pipelines.errors import UserError, WrongUse
from pipelines.free_text import holds_a_persons_number
from pipelines.gap_decisions import (
    ABOUT,
    HISTORY,
    LONGEST,
    LONGEST_TEXT,
    MOST_GAPS,
    Decision,
    GapDecisions,
    Kind,
    NotDecided,
    decisions_of,
    fingerprint_in,
    with_decisions,
)
from pipelines.rekey import rotate
from pipelines.store import LOCK, Store

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
TODAY = date(2026, 10, 1)
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
LATER = date(2026, 12, 1)
GAP = gap("7f3ac21e").with_columns(
    pl.lit(date(2026, 4, 4)).alias("due_date"),
    pl.lit("not_confirmed").alias("reason"),
    pl.lit(date(2026, 3, 22)).alias("found_date"),
)


@pytest.fixture
def decisions(tmp_path: Path) -> GapDecisions:
    return GapDecisions(tmp_path, "0461")


def decide(decisions: GapDecisions, kind: Kind, *, gaps: pl.DataFrame = GAP, **facts: object) -> None:
    decisions.add(gaps, Decision(kind, "steward A", **facts), secret=None, now=NOON)  # type: ignore[arg-type]


def stands(decisions: GapDecisions, day: date = TODAY, gaps: pl.DataFrame = GAP) -> dict[str, object]:
    return with_decisions(gaps, decisions.history(), day).row(0, named=True)


def accept(decisions: GapDecisions) -> None:
    decide(decisions, "accepted", text="the family has moved abroad", until=LATER)


# What holds


def test_nothing_is_decided_about_a_gap_at_first(decisions: GapDecisions) -> None:
    told = stands(decisions)
    assert {told[name] for name in ("accepted_until", "assigned_to", "note", "decided_by")} == {None}
    assert not told["is_back"]


def test_an_acceptance_holds_through_its_last_day_and_then_the_gap_is_back(decisions: GapDecisions) -> None:
    accept(decisions)
    assert stands(decisions, LATER)["accepted_until"] == LATER
    assert stands(decisions, LATER)["accepted_text"] == "the family has moved abroad"
    back = stands(decisions, LATER + timedelta(days=1))
    assert (back["accepted_until"], back["is_back"]) == (None, True)


@pytest.mark.parametrize(
    ("what", "value"), [("reason", "exposure_left_out"), ("due_date", date(2026, 4, 5)), ("found_date", None)]
)
def test_a_gap_that_is_found_as_another_is_back(decisions: GapDecisions, what: str, value: object) -> None:
    accept(decisions)
    changed = GAP.with_columns(pl.lit(value, GAP.schema[what]).alias(what))
    told = stands(decisions, gaps=changed)
    assert (told["accepted_until"], told["is_back"]) == (None, True)


def test_another_gap_of_the_same_child_is_not_accepted_with_it(decisions: GapDecisions) -> None:
    accept(decisions)
    other = GAP.with_columns(pl.lit("carried_at_move").alias("kind"), pl.lit("2026-03-01").alias("subject_id"))
    assert stands(decisions, gaps=other)["decided_by"] is None


def test_what_is_taken_back_holds_no_more_and_stays_in_the_history(decisions: GapDecisions) -> None:
    accept(decisions)
    decide(decisions, "assigned", assigned_to="health_visitor")
    decide(decisions, "taken_back")
    told = stands(decisions)
    assert (told["accepted_until"], told["assigned_to"], told["is_back"]) == (None, None, False)
    assert decisions.history()["decision"].to_list() == ["accepted", "assigned", "taken_back"]


def test_the_last_assignment_and_the_last_note_hold_and_leave_an_acceptance_alone(decisions: GapDecisions) -> None:
    accept(decisions)
    for name in ("school", "health_visitor"):
        decide(decisions, "assigned", assigned_to=name)
        decide(decisions, "noted", text=f"asked {name}")
    told = stands(decisions)
    assert (told["assigned_to"], told["note"], told["accepted_until"]) == (
        "health_visitor",
        "asked health_visitor",
        LATER,
    )


def test_one_decision_is_about_all_its_gaps(decisions: GapDecisions) -> None:
    both = pl.concat([GAP, GAP.with_columns(pl.lit("b04d91aa").alias("subject"))])
    decide(decisions, "accepted", gaps=both, text="the same case", until=LATER)
    assert with_decisions(both, decisions.history(), TODAY)["accepted_until"].to_list() == [LATER, LATER]
    assert len(decisions.file.read_text().splitlines()) == 1


KINDS = ("accepted", "assigned", "noted", "taken_back")
MADE = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(["a", "b"]), st.integers(-2, 2)), max_size=12)


@given(MADE)
def test_any_history_stands_as_a_plain_reading_of_it_says(made: list[tuple[str, str, int]]) -> None:
    rows, naive = [], {"a": (None, None), "b": (None, None)}
    for at, (kind, subject, days) in enumerate(made):
        until = TODAY + timedelta(days=days) if kind == "accepted" else None
        facts = {"decision": kind, "until": until, "assigned_to": f"to {at}" if kind == "assigned" else None}
        rows.append(gap(subject).row(0, named=True) | facts | {"decided_by": "x", "decided_at": NOON})
        accepted, to = naive[subject]
        accepted = until if kind == "accepted" else None if kind == "taken_back" else accepted
        naive[subject] = (accepted, f"to {at}" if kind == "assigned" else None if kind == "taken_back" else to)
    gaps = pl.concat([gap("a"), gap("b")])
    told = with_decisions(gaps, pl.DataFrame(rows, schema=HISTORY), TODAY)
    expected = [
        (accepted if accepted and accepted >= TODAY else None, to, accepted is not None and accepted < TODAY)
        for accepted, to in naive.values()
    ]
    assert told.select("accepted_until", "assigned_to", "is_back").rows() == expected


# What is refused


@pytest.mark.parametrize(
    ("kind", "facts", "fault"),
    [
        ("accepted", {"until": LATER}, "no_reason"),
        ("accepted", {"text": "moved"}, "no_day"),
        ("accepted", {"text": "moved", "until": TODAY - timedelta(days=1)}, "no_day"),
        ("accepted", {"text": "moved", "until": TODAY + LONGEST + timedelta(days=1)}, "no_day"),
        ("assigned", {"assigned_to": "  "}, "nobody"),
        ("noted", {}, "empty"),
        ("noted", {"text": "x" * (LONGEST_TEXT + 1)}, "too_long"),
        ("noted", {"text": "see 680125-4001 for more"}, "a_number"),
        ("assigned", {"assigned_to": "6801254001"}, "a_number"),
    ],
)
def test_what_cannot_be_decided_is_said_and_nothing_is_written(
    decisions: GapDecisions, kind: Kind, facts: dict[str, object], fault: str
) -> None:
    with pytest.raises(NotDecided) as refused:
        decide(decisions, kind, **facts)
    assert refused.value.fault == fault
    assert "680125" not in str(refused.value)
    assert not decisions.file.exists()


@pytest.mark.parametrize(
    "written",
    [
        "680125-4001", "680125 4001", "68 01 25 4001", "68.01.25.4001", "680125–4001", "680125 - 4001",
        "68 01 25 40 01", "68 01 1925 4001", "19250128-4001", "６８０１２５４００１", "680125\u00a04001",
        "680125\u200b4001", "68/01/25-4001", "6 8 0 1 2 5 4 0 0 1", "٦٨٠١٢٥٤٠٠١", "barn680125-4001",
    ],
)  # fmt: skip
def test_a_persons_number_is_known_however_it_is_written(written: str) -> None:
    assert holds_a_persons_number(f"see {written} for more")


@given(
    day=st.integers(1, 28),
    rest=st.integers(0, 10**6 - 1),
    spaces=st.sets(st.integers(1, 9)),
    dash=st.sampled_from(["", "-"]),
)
@example(day=1, rest=881234, spaces={8}, dash="-")
def test_spaces_between_its_digits_hide_no_persons_number(day: int, rest: int, spaces: set[int], dash: str) -> None:
    digits = f"{day:02}01{rest:06}"
    written = "".join(
        (" " if at in spaces else "") + (dash if at == 6 else "") + digit for at, digit in enumerate(digits)
    )
    assert holds_a_persons_number(f"see {written}, please")


@pytest.mark.parametrize(
    "written",
    [
        "12-10-2026",
        "12-10-2026 14:30",
        "12-10-2026 20 12 34 56",
        "12.10.2026 14.30",
        "01-10-2026 - 31-12-2026",
        "20 12 34 56",
        "26/12345",
        "§ 20",
    ],
)
def test_days_and_telephone_numbers_may_be_written(written: str) -> None:
    assert not holds_a_persons_number(f"agreed {written}, see you")


def test_the_last_day_is_counted_from_the_day_in_denmark(decisions: GapDecisions) -> None:
    half_past_midnight = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)
    made = Decision("accepted", "anna", "moved", date(2026, 10, 1) + LONGEST)
    decisions.add(GAP, made, secret=None, now=half_past_midnight)
    late = Decision("accepted", "anna", "moved", date(2026, 9, 30))
    with pytest.raises(NotDecided):
        decisions.add(GAP, late, secret=None, now=half_past_midnight)


@pytest.mark.parametrize("number", [0, MOST_GAPS + 1])
def test_a_decision_about_no_gap_or_about_too_many_is_refused(decisions: GapDecisions, number: int) -> None:
    with pytest.raises(NotDecided, match="at least one gap"):
        decide(decisions, "noted", gaps=pl.concat([GAP] * number) if number else GAP.clear(), text="all")


@pytest.mark.parametrize("code", ["../../etc", "047", "0479/..", "", "٠٤٧٩"])
def test_a_code_that_is_no_municipality_names_no_file(tmp_path: Path, code: str) -> None:
    with pytest.raises(WrongUse):
        GapDecisions(tmp_path, code)
    assert decisions_of(tmp_path, code).is_empty()


def test_one_municipality_does_not_read_what_another_has_decided(tmp_path: Path, decisions: GapDecisions) -> None:
    accept(decisions)
    assert GapDecisions(tmp_path, "0479").history().is_empty()


# No answer is lost


def deciding(store: Path, who: str, number: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, TESTS / "decide_in_a_process.py", store, who, str(number)]
    return subprocess.Popen(command, cwd=TESTS.parent)


def test_two_stewards_at_once_lose_no_answer(tmp_path: Path) -> None:
    both = [deciding(tmp_path, who, 40) for who in ("a", "b")]
    assert [one.wait() for one in both] == [0, 0]
    made = GapDecisions(tmp_path, "0461").history()
    for who in ("a", "b"):
        assert made.filter(pl.col("decided_by") == who)["text"].to_list() == [f"note {at}" for at in range(40)]


def test_a_steward_killed_while_writing_leaves_what_was_decided_and_the_next_can_decide(
    decisions: GapDecisions,
) -> None:
    accept(decisions)
    assert deciding(decisions.store, "killed", 1).wait() == -signal.SIGKILL
    assert not decisions.file.read_bytes().endswith(b"\n")
    assert decisions.history().height == 1
    decide(decisions, "noted", text="still here")
    assert decisions.history()["decision"].to_list() == ["accepted", "noted"]
    assert decisions.file.read_bytes().endswith(b"\n")


def test_a_run_that_is_writing_does_not_stop_a_steward_and_tidying_leaves_decisions_alone(
    decisions: GapDecisions,
) -> None:
    store = Store(decisions.store)
    with store.writing():
        accept(decisions)
    store.tidy()
    assert (store.folder / LOCK).exists()
    assert stands(decisions)["accepted_until"] == LATER


def test_a_disk_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "gap-decisions").write_text("a file where a folder should be")
    with pytest.raises(UserError, match="nothing was decided"):
        accept(GapDecisions(tmp_path, "0461"))


# A new secret


@pytest.fixture
def keyed(tmp_path: Path) -> tuple[Path, Path]:
    """A store with pseudonyms of its own, and its secret; both gaps of one child are decided about."""
    source = declared(tmp_path / "d")
    run_on(tmp_path / "s", source)
    store = tmp_path / "s"
    gaps = gaps_of(store).filter(pl.col("kind").is_in(["handed_over", "carried_in_record", "carried_at_transition"]))
    assert gaps.height >= 2
    secret = fingerprint_in(Store(store).snapshot().run)
    GapDecisions(store, "0461").add(gaps, Decision("accepted", "A", "known", LATER), secret=secret, now=NOON)
    return store, tmp_path / "d" / "secret"


def gaps_of(store: Path) -> pl.DataFrame:
    return with_closers(worklist(Store(store).snapshot(), Scope("steward", "0461", "1083")))


def accepted_in(store: Path) -> pl.DataFrame:
    told = with_decisions(gaps_of(store), GapDecisions(store, "0461").history(), TODAY)
    return told.filter(pl.col("accepted_until") == LATER).select("kind", "measure", "due_date").sort(pl.all())


@pytest.mark.parametrize(
    "moment", [None, "the runs are committed", "old files are removed", "the new secret is in place"]
)
def test_decisions_follow_the_pseudonyms_of_a_new_secret(keyed: tuple[Path, Path], moment: str | None) -> None:
    store, secret = keyed
    before, subjects = accepted_in(store), gaps_of(store)["subject"].unique().to_list()
    if moment is not None:
        command = [sys.executable, TESTS / "interrupted_rotation.py", store, secret, moment]
        assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
    if moment != "the new secret is in place":
        rotate(Store(store), secret)
    written = GapDecisions(store, "0461").file.read_text()
    assert not any(subject in written for subject in subjects)
    assert accepted_in(store).equals(before)
    assert before.height >= 2


def test_a_file_that_is_no_municipalitys_stays_as_it_is_and_stops_no_new_secret(keyed: tuple[Path, Path]) -> None:
    store, secret = keyed
    before, stray = accepted_in(store), store / "gap-decisions" / "0461 copy.jsonl"
    stray.write_text("somebody's notes\n")
    rotate(Store(store), secret)
    assert stray.read_text() == "somebody's notes\n"
    assert accepted_in(store).equals(before)


def test_a_page_of_before_the_new_secret_decides_nothing(keyed: tuple[Path, Path]) -> None:
    store, secret = keyed
    old, gaps = fingerprint_in(Store(store).snapshot().run), gaps_of(store)
    rotate(Store(store), secret)
    with pytest.raises(UserError, match="new secret"):
        GapDecisions(store, "0461").add(gaps, Decision("noted", "A", "late"), secret=old)
    assert GapDecisions(store, "0461").history()["decision"].unique().to_list() == ["accepted"]


def test_gaps_have_the_same_key_in_every_run(keyed: tuple[Path, Path]) -> None:
    store, _ = keyed
    before = gaps_of(store).select(ABOUT)
    run_on(store, None, date(2026, 10, 15))
    assert (
        before.join(gaps_of(store).select(ABOUT), on=list(ABOUT), how="semi", nulls_equal=True).height == before.height
    )
    assert before.is_unique().all()
