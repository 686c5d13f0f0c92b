"""Answers to a request: what may be said, what stands, who is missing, what deviates, and that nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from asked_municipalities import (
    CODES,
    EVERYTHING,
    IN_TIME,
    LANGELAND,
    LATE,
    ME,
    NYBORG,
    ODENSE,
    OPENED,
    REQUEST,
    SVENDBORG,
    again,
    asked,
    counts,
    given,
    said,
)
from icalendar import Calendar

from pipelines.audit_log import AuditLog
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError, WrongUse
from pipelines.requests.answer_rules import LONGEST_TEXT, NotAnAnswer
from pipelines.requests.answers import answers, history, resume, withdraw
from pipelines.requests.asked_later import ask_also
from pipelines.requests.declared import load
from pipelines.requests.deviations import deviations, published_counts
from pipelines.requests.opened import Opened, close, ids, last_window, open_request, opened
from pipelines.requests.progress import progress
from pipelines.requests.providers import Provider, describe, profiles
from pipelines.requests.reminders import calendar, remind, to_remind
from pipelines.requests.steps import decide, drafted, move, steps

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
REFERENCE = Reference.load()
MIDDELFART = "0410"


@pytest.fixture
def made(tmp_path: Path) -> Opened:
    return asked(tmp_path)


def states(made: Opened) -> dict[str, str]:
    return dict(progress(again(made)).select("respondent", "state").iter_rows())


def stands(made: Opened, question: str) -> list[tuple[object, ...]]:
    return answers(again(made)).filter(question_id=question).select("respondent", "value", "text").rows()


# What may be said


@pytest.mark.parametrize(
    ("question", "given", "value", "text"),
    [
        ("pregnant", 12, 12.0, None),
        ("pregnant", "1.200", 1200.0, None),
        ("pregnant", " 0 ", 0.0, None),
        ("outside_region", "45 %", 45.0, None),
        ("access", "ved ikke", None, "unknown"),
        ("access", "Yes", None, "yes"),
        ("expected_development", "  faldende ", None, "falling"),
        ("offers_used", "Havblik;Havblik ; Fyn", None, "Havblik; Fyn"),
        ("challenges", "  langt \n", None, "langt"),
        ("challenges", "", None, None),
        ("challenges", "=1+1", None, "=1+1"),
    ],
)
def test_an_answer_is_read_as_it_was_meant(question: str, given: object, value: float | None, text: str | None) -> None:
    answer = said(question, given)  # type: ignore[arg-type]
    assert (answer.value, answer.text) == (value, text)


@pytest.mark.parametrize(
    ("question", "given", "fault"),
    [
        ("pregnant", "ca. 12", "not_a_number"),
        ("pregnant", True, "not_a_number"),
        ("pregnant", "١٢", "not_a_number"),
        ("pregnant", 1.5, "not_whole"),
        ("pregnant", float("nan"), "not_whole"),
        ("pregnant", -1, "out_of_range"),
        ("outside_region", 101, "out_of_range"),
        ("access", "måske", "not_yes_no"),
        ("expected_development", "op", "not_a_choice"),
        ("competences", "Afskærmning døgnet rundt; Trylleri", "not_in_list"),
        ("offers_used", ";".join(map(str, range(40))), "too_many"),
        ("challenges", "x" * (LONGEST_TEXT + 1), "too_long"),
        ("challenges", "om 010180-1234", "a_number"),
        ("challenges", "om 01\u200b0180-1234", "a_number"),
        ("challenges", "om 01\x010180-1234", "a_number"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_word_and_never_quoted(question: str, given: object, fault: str) -> None:
    with pytest.raises(NotAnAnswer) as refused:
        said(question, given)  # type: ignore[arg-type]
    assert refused.value.fault == fault
    assert "0180" not in str(refused.value)


def test_another_number_than_the_count_needs_a_reason(made: Opened) -> None:
    with pytest.raises(NotAnAnswer, match="no reason"):
        given(made, NYBORG, said("children", 17), counted={"children": 8})
    assert history(again(made)).is_empty()
    given(made, NYBORG, said("children", 17, "Flere er kendt."), counted={"children": 8})
    assert stands(made, "children") == [(NYBORG, 17.0, None)]


@pytest.mark.parametrize("counted", [{"children": 8}, {}])
def test_the_count_itself_and_an_answer_without_a_count_need_none(made: Opened, counted: dict[str, int]) -> None:
    given(made, NYBORG, said("children", 8), counted=counted)
    assert stands(made, "children") == [(NYBORG, 8.0, None)]


@pytest.mark.parametrize(
    ("who", "question"), [(NYBORG, "inflow"), ("fyn", "pregnant"), ("0101", "pregnant"), ("nobody", "inflow")]
)
def test_nobody_answers_what_another_is_asked(made: Opened, who: str, question: str) -> None:
    with pytest.raises(UserError):
        given(made, who, said(question, 1))
    assert history(again(made)).is_empty()


# What stands


def test_all_answers_of_a_form_are_kept_or_none(made: Opened) -> None:
    with pytest.raises(NotAnAnswer):
        given(made, NYBORG, said("access", "Ja"), said("children", 9), counted={"children": 8})
    assert history(again(made)).is_empty()


def test_the_last_answer_stands_and_the_earlier_stay_in_the_history(made: Opened) -> None:
    for number in (3, 4):
        given(made, ODENSE, said("pregnant", number))
    assert stands(made, "pregnant") == [(ODENSE, 4.0, None)]
    assert history(again(made)).select("value", "revision").rows() == [(3.0, 1), (4.0, 2)]


def test_the_same_answer_again_changes_nothing(made: Opened) -> None:
    given(made, ODENSE, said("pregnant", 3))
    outcome = given(made, ODENSE, said("pregnant", 3))
    assert (outcome.stored, outcome.unchanged) == ((), ("pregnant",))
    assert history(again(made)).height == 1


def test_an_empty_answer_takes_an_earlier_one_away(made: Opened) -> None:
    given(made, ODENSE, said("pregnant", 3))
    given(made, ODENSE, said("pregnant", ""))
    assert stands(made, "pregnant") == []
    assert states(made)[ODENSE] == "missing"


def test_of_two_editors_the_later_is_told_what_stands_and_neither_answer_is_lost(made: Opened) -> None:
    given(made, ODENSE, said("pregnant", 3, seen=0), by="anna")
    outcome = given(made, ODENSE, said("pregnant", 5, seen=0), by="bo")
    (clash,) = outcome.clashes
    assert (clash.value, clash.by, clash.revision) == (3.0, "anna", 1)
    assert stands(made, "pregnant") == [(ODENSE, 3.0, None)]
    assert history(again(made)).select("value", "answered_by", "stands").rows() == [
        (3.0, "anna", True),
        (5.0, "bo", False),
    ]


def test_who_has_seen_both_may_let_the_later_answer_stand(made: Opened) -> None:
    for number in (3, 5):
        given(made, ODENSE, said("pregnant", number, seen=0))
    outcome = given(made, ODENSE, said("pregnant", 5, seen=1))
    assert outcome.stored == ("pregnant",)
    assert stands(made, "pregnant") == [(ODENSE, 5.0, None)]


def test_two_editors_who_say_the_same_do_not_clash(made: Opened) -> None:
    given(made, ODENSE, said("pregnant", 3, seen=0))
    assert given(made, ODENSE, said("pregnant", 3, seen=0)).clashes == ()


@pytest.mark.parametrize(("on", "is_late"), [(IN_TIME, False), (LATE, True)])
def test_an_answer_after_the_deadline_is_kept_and_marked(made: Opened, on: date, is_late: bool) -> None:
    outcome = given(made, ODENSE, said("pregnant", 3), on=on)
    assert outcome.is_late is is_late
    assert answers(again(made))["is_late"].to_list() == [is_late]


@pytest.mark.parametrize("on", [date(2026, 5, 31), date(2999, 1, 1)])
def test_no_answer_has_come_before_the_opening_or_in_the_future(made: Opened, on: date) -> None:
    with pytest.raises(WrongUse, match="cannot have come"):
        given(made, ODENSE, said("pregnant", 3), on=on)


def test_who_withdraws_keeps_its_answers_which_count_no_more_until_it_answers_again(made: Opened) -> None:
    given(made, ODENSE, said("pregnant", 3))
    withdraw(made.store, made.id, ("municipality", ODENSE), "Vi kan ikke nå det.", actor=ME)
    assert states(made)[ODENSE] == "withdrawn"
    assert stands(made, "pregnant") == []
    with pytest.raises(WrongUse, match="has withdrawn"):
        given(made, ODENSE, said("pregnant", 4))
    resume(made.store, made.id, ("municipality", ODENSE), "Alligevel.", actor=ME)
    assert (states(made)[ODENSE], stands(made, "pregnant")) == ("begun", [(ODENSE, 3.0, None)])


@pytest.mark.parametrize("reason", ["", "  ", "010180-1234"])
def test_nobody_withdraws_without_a_reason_or_with_a_number(made: Opened, reason: str) -> None:
    with pytest.raises(NotAnAnswer):
        withdraw(made.store, made.id, ("municipality", ODENSE), reason, actor=ME)
    assert states(made)[ODENSE] == "missing"


def test_nothing_is_changed_in_a_closed_request(made: Opened) -> None:
    close(made.store, made.id, actor=ME)
    for change in (
        lambda: given(made, ODENSE, said("pregnant", 3)),
        lambda: decide(made.store, made.id, "directors_forum", "approved", actor=ME),
        lambda: close(made.store, made.id, actor=ME),
    ):
        with pytest.raises(WrongUse, match="closed"):
            change()


def test_the_texts_of_an_open_request_stay_as_they_were_asked(made: Opened) -> None:
    assert again(made).request == REQUEST
    assert again(made).asks("pregnant", "da").endswith("i 2023-2025?")


def test_an_id_is_taken_once_and_names_no_other_folder(made: Opened) -> None:
    with pytest.raises(WrongUse, match="there already"):
        open_request(made.store, REQUEST, made.respondents, actor=ME, on=made.opened_on, request_id=made.id)
    for name in ("../x", "A", "", "x/y"):
        with pytest.raises(UserError):
            opened(made.store, name)
    assert ids(made.store) == [made.id]


@pytest.mark.parametrize(
    ("day", "window"),
    [(date(2025, 12, 31), "2020-2022"), (date(2026, 1, 1), "2023-2025"), (date(2029, 1, 1), "2026-2028")],
)
def test_the_years_asked_about_are_the_last_that_municipalities_are_counted_in(day: date, window: str) -> None:
    assert last_window(day) == window


# Who is missing


def test_a_respondent_is_missing_then_begun_then_has_answered_all_that_is_required(made: Opened) -> None:
    seen = [states(made)[NYBORG]]
    given(made, NYBORG, said("access", "Ja"))
    seen.append(states(made)[NYBORG])
    given(made, NYBORG, *(said(name, value) for name, value in EVERYTHING.items() if name != "access"))
    assert [*seen, states(made)[NYBORG]] == ["missing", "begun", "answered"]


def test_the_missing_come_first_and_what_is_lacking_is_named_in_order(made: Opened) -> None:
    given(
        made,
        LANGELAND,
        *(said(name, value) for name, value in EVERYTHING.items() if name not in ("access", "pregnant")),
    )
    rows = progress(again(made))
    assert rows["respondent"].to_list() == [NYBORG, ODENSE, SVENDBORG, LANGELAND, "fyn"]
    assert rows.filter(respondent=LANGELAND)["lacking"].to_list() == [["pregnant", "access"]]


def test_reminders_name_who_lacks_what_and_remember_that_they_were_told(made: Opened) -> None:
    given(made, NYBORG, *(said(name, value) for name, value in EVERYTHING.items()))
    withdraw(made.store, made.id, ("municipality", LANGELAND), "Nej tak.", actor=ME)
    told = remind(made.store, made.id, actor=ME, on=LATE)
    assert told["respondent"].to_list() == [ODENSE, SVENDBORG, "fyn"]
    assert told["days_left"].unique().to_list() == [-1]
    assert to_remind(again(made), LATE)["reminded_on"].to_list() == [LATE] * 3


def test_the_calendar_has_every_step_as_a_whole_day_and_a_moved_day_is_a_later_edition(made: Opened) -> None:
    move(made.store, made.id, "k22", date(2026, 12, 24), actor=ME)
    file = calendar(again(made), "da")
    assert all(len(line.encode()) <= 75 for line in file.decode().split("\r\n"))
    events = list(Calendar.from_ical(file).walk("VEVENT"))
    assert [event.decoded("dtstart") for event in events] == steps(again(made), LATE)["due"].to_list()
    assert events[3].decoded("dtstart") == date(2026, 12, 24)
    assert {event.decoded("sequence") for event in events} == {1}
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert calendar(again(made), "da") == file


# What deviates


@pytest.mark.parametrize(
    ("answer", "count", "comparison"),
    [(8, 8, "same"), (11, 10, "within"), (12, 10, "deviates"), (3, None, "not_compared"), (None, 8, "not_answered")],
)
def test_an_answer_beside_its_count(made: Opened, answer: int | None, count: int | None, comparison: str) -> None:
    if answer is not None:
        given(made, NYBORG, said("children", answer, "fordi"))
    told = deviations(again(made), counts(m0450=count)).row(0, named=True)
    assert told["comparison"] == comparison
    assert told["difference"] == (answer - count if answer is not None and count is not None else None)


def test_without_a_publication_every_count_is_missing_and_nothing_is_compared(made: Opened) -> None:
    told = published_counts(None, made)
    assert told["state"].unique().to_list() == ["missing"]
    assert told.height == 2 * len(CODES)


# Approval


def state_of(made: Opened, day: date = LATE) -> dict[str, str]:
    rows = steps(again(made), day).filter("approves")
    return dict(rows.select("step", "state").iter_rows())


def test_nobody_approves_what_is_not_drafted(made: Opened) -> None:
    assert state_of(made)["directors_forum"] == "waiting"
    with pytest.raises(WrongUse, match="reply draft asked"):
        decide(made.store, made.id, "directors_forum", "approved", actor=ME)
    drafted(made.store, made.id, actor=ME, on=LATE)
    draft = steps(again(made), LATE).filter(step="draft").row(0, named=True)
    assert (draft["state"], draft["decided_on"], state_of(made)["directors_forum"]) == ("drafted", LATE, "open")


def test_no_forum_has_approved_before_the_one_whose_turn_came_first(made: Opened) -> None:
    drafted(made.store, made.id, actor=ME)
    decide(made.store, made.id, "directors_forum", "approved", actor=ME, on=LATE)
    with pytest.raises(WrongUse, match="From 2026-08-01"):
        decide(made.store, made.id, "k22", "approved", actor=ME, on=IN_TIME)


def test_forums_approve_one_after_the_other(made: Opened) -> None:
    drafted(made.store, made.id, actor=ME)
    assert state_of(made) == {
        "directors_forum": "open", "k22": "waiting", "kkr": "waiting", "councils": "waiting", "region": "waiting",
    }  # fmt: skip
    with pytest.raises(WrongUse, match="not the turn"):
        decide(made.store, made.id, "k22", "approved", actor=ME)
    for step in ("directors_forum", "k22"):
        decide(made.store, made.id, step, "approved", actor=ME)
    assert state_of(made)["councils"] == "waiting"
    decide(made.store, made.id, "kkr", "approved", actor=ME)
    assert state_of(made)["councils"] == "open"


def test_what_is_sent_back_holds_up_what_comes_after_until_it_is_approved(made: Opened) -> None:
    drafted(made.store, made.id, actor=ME)
    decide(made.store, made.id, "directors_forum", "sent_back", actor=ME, note="Tallene for 2024 mangler.")
    assert (state_of(made)["directors_forum"], state_of(made)["k22"]) == ("sent_back", "waiting")
    decide(made.store, made.id, "directors_forum", "approved", actor=ME)
    assert state_of(made)["k22"] == "open"


def test_what_others_have_built_upon_is_not_decided_anew(made: Opened) -> None:
    drafted(made.store, made.id, actor=ME)
    for step in ("directors_forum", "k22"):
        decide(made.store, made.id, step, "approved", actor=ME)
    with pytest.raises(WrongUse, match="approved since: k22"):
        decide(made.store, made.id, "directors_forum", "sent_back", actor=ME)


def test_a_day_that_is_past_is_told_and_may_be_moved(made: Opened) -> None:
    drafted(made.store, made.id, actor=ME)
    day = date(2026, 8, 31)
    assert state_of(made, day)["directors_forum"] == "overdue"
    move(made.store, made.id, "directors_forum", date(2026, 9, 30), actor=ME)
    assert state_of(made, day)["directors_forum"] == "open"


def test_a_moved_deadline_decides_what_is_late(made: Opened) -> None:
    move(made.store, made.id, "answers", LATE, actor=ME)
    assert given(made, ODENSE, said("pregnant", 3), on=LATE).is_late is False


# Asked later


def test_who_is_asked_later_answers_like_the_others(made: Opened) -> None:
    describe(made.store, Provider("ny", "Anden Dør", "private", "0101"), actor=ME, reference=REFERENCE)
    for respondent, name in ((MIDDELFART, "Middelfart"), ("ny", "Anden Dør")):
        told = ask_also(made.store, made.id, respondent, actor=ME, reference=REFERENCE, on=OPENED)
        assert told == name
    names = again(made).respondents["name"].to_list()
    assert names == ["Langeland", "Middelfart", "Nyborg", "Odense", "Svendborg", "Anden Dør", "Døgnhuset Fyn"]
    given(made, MIDDELFART, said("pregnant", 3))
    assert (states(made)[MIDDELFART], states(made)["ny"]) == ("begun", "missing")
    assert AuditLog.of(made.store).entries().filter(what="request:asked:asked").height == 2


@pytest.mark.parametrize(
    ("respondent", "told"), [(ODENSE, "asked already"), ("9999", "no municipality"), ("nobody", "no provider")]
)
def test_who_is_nobody_or_asked_already_is_not_asked_later(made: Opened, respondent: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        ask_also(made.store, made.id, respondent, actor=ME, reference=REFERENCE, on=OPENED)
    assert again(made).respondents.equals(made.respondents)


# No answer is lost


def answering(store: Path, who: str, number: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, TESTS / "answer_in_a_process.py", store, who, str(number)]
    return subprocess.Popen(command, cwd=TESTS.parent)


def test_two_editors_at_once_lose_no_answer(made: Opened) -> None:
    both = [answering(made.store, who, 12) for who in ("a", "b")]
    assert [one.wait() for one in both] == [0, 0]
    told = history(again(made))
    for who in ("a", "b"):
        assert told.filter(answered_by=who)["text"].to_list() == [f"{who} {at}" for at in range(12)]
    assert told["revision"].to_list() == list(range(1, 25))


def test_a_process_killed_while_writing_leaves_what_was_answered_and_the_next_can_answer(made: Opened) -> None:
    given(made, ODENSE, said("pregnant", 3))
    assert answering(made.store, "killed", 1).wait() == -signal.SIGKILL
    assert history(again(made)).height == 1
    given(made, ODENSE, said("pregnant", 4))
    assert stands(made, "pregnant") == [(ODENSE, 4.0, None)]


def test_every_change_is_in_the_audit_log(made: Opened) -> None:
    drafted(made.store, made.id, actor=ME)
    given(made, ODENSE, said("pregnant", 3), said("access", "Ja"))
    withdraw(made.store, made.id, ("municipality", NYBORG), "Nej.", actor=ME)
    move(made.store, made.id, "k22", date(2026, 12, 24), actor=ME)
    decide(made.store, made.id, "directors_forum", "approved", actor=ME)
    close(made.store, made.id, actor=ME)
    log = AuditLog.of(made.store)
    assert log.entries().select("action", "what", "rows").rows() == [
        ("setting", "request:provider:fyn", None),
        ("setting", "request:asked:opened", 5),
        ("setting", "request:asked:drafted", None),
        ("decided", "request:asked:answered", 2),
        ("decided", "request:asked:withdrew", None),
        ("setting", "request:asked:moved", None),
        ("approved", "request:asked:decided", None),
        ("setting", "request:asked:closed", None),
    ]
    assert log.verify().is_whole


# Providers


def test_a_provider_that_is_described_anew_is_the_same_provider(made: Opened) -> None:
    describe(made.store, Provider("fyn", "Fyn Døgn", "private", NYBORG), actor=ME, reference=Reference.load())
    rows = profiles(made.store)
    assert rows.select("id", "name", "owner", "municipality_code").rows() == [("fyn", "Fyn Døgn", "private", NYBORG)]


@pytest.mark.parametrize(
    "wrong",
    [
        Provider("Fyn", "Fyn", "private", NYBORG),
        Provider("fyn", " ", "private", NYBORG),
        Provider("fyn", "Fyn", "church", NYBORG),  # type: ignore[arg-type]
        Provider("fyn", "Fyn", "private", "9999"),
        Provider("fyn", "Fyn 010180-1234", "private", NYBORG),
    ],
)
def test_a_provider_that_does_not_say_what_it_needs_is_refused(made: Opened, wrong: Provider) -> None:
    with pytest.raises(WrongUse, match="cannot be kept"):
        describe(made.store, wrong, actor=ME, reference=Reference.load())


def test_a_question_that_nobody_declares_is_none() -> None:
    with pytest.raises(KeyError):
        load("rare_disabilities").question("pregnant")


def test_names_of_columns_are_those_that_are_told() -> None:
    assert pl.DataFrame(schema=counts().schema).columns == ["respondent", "question_id", "count", "state"]
