"""Pages of requests: who has answered, answering by theme, and that nobody meets what another municipality answers."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from asked_municipalities import (
    EVERYTHING,
    IN_TIME,
    LANGELAND,
    LATE,
    ME,
    NYBORG,
    ODENSE,
    SVENDBORG,
    again,
    asked,
    given,
    said,
)
from openpyxl import load_workbook
from published_frames import FakeSnapshot, country, write_store
from streamlit.testing.v1 import AppTest
from streamlit_pages import ROOT, opened
from streamlit_pages import said as told

from dashboards import opening
from dashboards.coordination import own_requests
from dashboards.coordination.overview_sections import key_of_deadline
from dashboards.language import Language, Words
from dashboards.scope import NotAllowed, Scope
from pipelines.requests.answers import answers, history, withdraw
from pipelines.requests.forms.layout import SHEET
from pipelines.requests.forms.written import form
from pipelines.requests.opened import Opened, close
from pipelines.requests.steps import drafted, steps

pytestmark = pytest.mark.slow

DA = Words("da")
SENTENCE_OF_ODENSE = "En sætning som kun Odense har skrevet."
PUBLISHED = {
    "measure": "registered",
    "attribution": "responsible",
    "group_kind": "municipality",
    "period_kind": "three_years",
    "period": "2023-2025",
    "outcome": "denominator",
}
LEADER = Scope("leader", SVENDBORG, "1083")
NATIONAL = Scope("national")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country with published counts: 8 children of Nyborg, 6 of Svendborg, hidden of Odense."""
    counts = {NYBORG: (8, "number"), SVENDBORG: (6, "number"), ODENSE: (None, "suppressed")}
    rows = [
        PUBLISHED | {"group_value": code, "count": count, "state": state} for code, (count, state) in counts.items()
    ]
    tables = country().tables | {"published_counts": pl.DataFrame(rows, schema_overrides={"count": pl.Int64})}
    return write_store(tmp_path_factory.mktemp("pages") / "store", FakeSnapshot(tables))


@pytest.fixture
def made(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Odense has answered all of it, Nyborg another number than is on record, Langeland has withdrawn."""
    import shutil

    shutil.copytree(store, tmp_path / "store")
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "store"))
    made = asked(tmp_path)
    everything = EVERYTHING | {"challenges": SENTENCE_OF_ODENSE}
    given(made, ODENSE, *(said(name, value) for name, value in everything.items()), on=LATE)
    given(made, NYBORG, said("children", 17, "Flere er kendt."), counted={"children": 8}, on=IN_TIME)
    withdraw(made.store, made.id, ("municipality", LANGELAND), "Ingen i målgruppen.", actor=ME)
    return again(made)


def page(name: str, role: str, municipality: str = SVENDBORG, language: Language = "da", **address: str) -> AppTest:
    own = {"municipality": municipality} if role in ("leader", "steward") else {}
    return opened(name, role=role, lang=language, **own, **address)


def labels(app: AppTest) -> str:
    widgets = [*app.text_input, *app.text_area, *app.radio, *app.selectbox, *app.multiselect]
    return " ".join(f"{widget.label} {widget.value}" for widget in widgets)


# National coordination


def test_national_coordination_reads_how_many_have_answered_first(made: Opened) -> None:
    text = told(page("requests", "national"))
    assert "<b>1</b> af 4 kommuner har svaret." in text
    assert "<b>0</b> af 1 tilbud har svaret." in text
    assert "Svar efter fristen: 1." in text
    assert "Svar, der afviger fra det registrerede: 1." in text


def test_the_missing_stand_first_and_everybody_has_a_word(made: Opened) -> None:
    text = told(page("requests", "national"))
    names = [text.index(f">{name}</a>") for name in ("Svendborg", "Nyborg", "Odense", "Langeland")]
    assert names == sorted(names)
    for word in ("Mangler", "Begyndt, 1 af 13", "Har svaret, efter fristen", "Trukket tilbage"):
        assert word in text


def test_a_deviating_answer_stands_beside_its_count_with_its_reason_and_hidden_counts_are_counted(made: Opened) -> None:
    text = told(page("requests", "national"))
    assert "Flere er kendt." in text
    assert "Kan ikke sammenlignes" in text


def test_no_forum_has_its_turn_before_the_draft_is_written(made: Opened) -> None:
    app = page("requests", "national")
    assert "forum" not in [box.key for box in app.selectbox]
    assert DA("requests.step_waiting") in told(app)


def test_a_deadline_is_moved_on_the_page(made: Opened) -> None:
    app = page("requests", "national")
    app.date_input(key="moved-due").set_value(date(2026, 12, 24))
    next(button for button in app.button if button.label == DA("requests.do_move")).click().run()
    assert again(made).deadline == date(2026, 12, 24)


def test_without_a_day_no_deadline_is_moved(made: Opened) -> None:
    app = page("requests", "national")
    next(button for button in app.button if button.label == DA("requests.do_move")).click().run()
    assert DA("requests.not_moved") in told(app)
    assert again(made).deadline == made.deadline


def test_a_forum_approves_with_a_note_and_the_next_one_has_its_turn(made: Opened) -> None:
    drafted(made.store, made.id, actor=ME)
    app = page("requests", "national")
    app.text_input(key="forum-note").input("Godkendt på mødet.")
    next(button for button in app.button if button.label == DA("requests.approve")).click().run()
    rows = steps(again(made), date(2026, 8, 1))
    first = rows.filter(step="directors_forum").row(0, named=True)
    assert (first["state"], first["note"]) == ("approved", "Godkendt på mødet.")
    assert list(app.selectbox(key="forum").options) == ["K22", "KKR (kommunekontaktrådet)"]


def test_a_provider_is_described_on_the_page(made: Opened) -> None:
    from pipelines.requests.providers import profiles

    app = page("requests", "national")
    app.text_input(key="provider-name").input("Ærøhus & Søn")
    next(button for button in app.button if button.label == DA("requests.do_describe")).click().run()
    assert profiles(made.store).filter(id="aeroehus-soen")["name"].to_list() == ["Ærøhus & Søn"]


def test_national_coordination_answers_for_a_provider_and_only_reads_what_a_municipality_answers(made: Opened) -> None:
    app = page("request_answer", "national", respondent="fyn")
    app.text_input(key="answer-inflow").input("9").run()
    assert answers(again(made)).filter(respondent="fyn")["value"].to_list() == [9.0]
    app = page("request_answer", "national", respondent=ODENSE)
    assert all(field.disabled for field in app.text_input)


# A municipality


@pytest.mark.parametrize("role", ["leader", "steward"])
@pytest.mark.parametrize("name", ["requests", "request_answer"])
def test_a_municipality_meets_nothing_of_what_another_has_answered(made: Opened, role: str, name: str) -> None:
    for address in ({}, {"respondent": ODENSE}, {"request": made.id, "respondent": NYBORG}, {"theme": "4"}):
        app = page(name, role, **address)
        text = f"{told(app)} {labels(app)}"
        assert SENTENCE_OF_ODENSE not in text
        assert "Flere er kendt." not in text
        assert "17" not in labels(app)
        assert ">Odense<" not in text
        record = app.session_state["page_record"]
        assert ODENSE not in " ".join(file.name for file in record.files.values())


def test_a_municipality_that_is_not_asked_has_no_request(made: Opened) -> None:
    text = told(page("requests", "leader", "0825", request=made.id))
    assert DA("requests.none") in text
    assert made.request.title["da"] not in text


def test_a_municipality_reads_what_it_lacks(made: Opened) -> None:
    assert "Kommunen har besvaret <b>0</b> af 13 spørgsmål." in told(page("requests", "leader"))
    assert "Kommunen har trukket sig: Ingen i målgruppen." in told(page("requests", "leader", LANGELAND))


@pytest.mark.parametrize("role", ["leader", "steward"])
def test_an_answer_is_kept_when_its_field_is_left(made: Opened, role: str) -> None:
    app = page("request_answer", role)
    app.text_input(key="answer-pregnant").input("12").run()
    assert DA("requests.kept_late") in told(app)
    app.radio(key="answer-expected_development").set_value("rising").run()
    mine = answers(again(made)).filter(respondent=SVENDBORG)
    assert mine.select("question_id", "value", "text", "how").rows() == [
        ("pregnant", 12.0, None, "page"),
        ("expected_development", None, "rising", "page"),
    ]


@pytest.mark.parametrize(
    ("written", "fault"), [("ca. 12", "Her skal stå et helt tal"), ("010180-1234", "ligner et cpr-nummer")]
)
def test_what_is_no_answer_is_said_in_words_and_stays_in_its_field(made: Opened, written: str, fault: str) -> None:
    app = page("request_answer", "steward", theme="4") if "-" in written else page("request_answer", "steward")
    widget = app.text_area(key="answer-challenges") if "-" in written else app.text_input(key="answer-pregnant")
    widget.input(written).run()
    assert fault in told(app)
    assert history(again(made)).filter(respondent=SVENDBORG).is_empty()
    again_drawn = app.text_area(key="answer-challenges") if "-" in written else app.text_input(key="answer-pregnant")
    assert again_drawn.value == written


def test_another_number_than_is_on_record_is_kept_with_its_reason_alone(made: Opened) -> None:
    app = page("request_answer", "steward")
    assert "Registreret: 6." in told(app)
    app.text_input(key="answer-children").input("9").run()
    assert "Skriv kort hvorfor" in told(app)
    app.text_input(key="reason-children").input("To er født i udlandet, en er flyttet til.").run()
    row = answers(again(made)).filter(respondent=SVENDBORG).row(0, named=True)
    assert (row["value"], row["counted"], row["reason"]) == (9.0, 6, "To er født i udlandet, en er flyttet til.")


def test_a_count_that_is_hidden_is_said_to_be_and_never_shown_as_zero(made: Opened) -> None:
    assert "Registreret: Skjult." in told(page("request_answer", "leader", ODENSE))


def test_two_colleagues_at_once_are_told_of_each_other_and_lose_nothing(made: Opened) -> None:
    anna, bo = (page("request_answer", role) for role in ("leader", "steward"))
    anna.text_input(key="answer-pregnant").input("12").run()
    bo.text_input(key="answer-pregnant").input("14").run()
    assert "har svaret imens: 12." in told(bo)
    assert [row["value"] for row in own(made)] == [12.0]
    bo.button(key="mine-pregnant").click().run()
    assert [row["value"] for row in own(made)] == [14.0]
    anna.run()
    assert anna.text_input(key="answer-pregnant").value == "14"


def test_who_keeps_the_other_answer_sees_it_in_the_field(made: Opened) -> None:
    anna, bo = (page("request_answer", role) for role in ("leader", "steward"))
    anna.text_input(key="answer-pregnant").input("12").run()
    bo.text_input(key="answer-pregnant").input("14").run()
    bo.button(key="theirs-pregnant").click().run()
    assert bo.text_input(key="answer-pregnant").value == "12"
    assert sorted(history(again(made)).filter(respondent=SVENDBORG)["value"].to_list()) == [12.0, 14.0]


def own(made: Opened) -> list[dict[str, Any]]:
    return answers(again(made)).filter(respondent=SVENDBORG).to_dicts()


def test_a_municipality_withdraws_with_a_reason_and_its_fields_are_shut(made: Opened) -> None:
    app = page("request_answer", "leader")
    app.text_input(key="leave-why").input("Vi kan ikke nå det.")
    next(button for button in app.button if button.label == DA("requests.do_withdraw")).click().run()
    assert "Trukket tilbage: Vi kan ikke nå det." in told(app)
    assert app.text_input(key="answer-pregnant").disabled


def test_a_closed_request_can_be_read_and_not_answered(made: Opened) -> None:
    close(made.store, made.id, actor=ME)
    app = page("request_answer", "leader")
    assert "Udmeldingen er lukket." in told(app)
    assert app.text_input(key="answer-pregnant").disabled


def test_the_form_of_the_own_municipality_is_made_when_it_is_asked_for(made: Opened) -> None:
    app = page("request_answer", "leader")
    offer = app.session_state["page_record"].files["form"]
    assert offer.name == f"asked-{SVENDBORG}.xlsx"
    sheet = load_workbook(io.BytesIO(offer.content()))[SHEET]
    assert "Svendborg" in str(sheet["B2"].value)


def test_the_calendar_is_for_everybody_and_the_list_of_whom_to_remind_is_national(made: Opened) -> None:
    files = {role: page("requests", role).session_state["page_record"].files for role in ("leader", "national")}
    assert set(files["leader"]) == {"calendar"}
    assert set(files["national"]) == {"calendar", "reminders"}
    assert b"Svendborg" in files["national"]["reminders"].content()
    assert b"BEGIN:VCALENDAR" in files["leader"]["calendar"].content()


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("role", ["national", "leader", "steward"])
def test_the_pages_speak_both_languages_and_stop_nowhere(made: Opened, role: str, language: Language) -> None:
    for name in ("requests", "request_answer"):
        text = told(page(name, role, language=language))
        assert made.request.title[language] in text
        assert Words(language)("problem.stopped") not in text


# Forms that are handed in


def handed_in(app: AppTest, content: bytes, name: str = "formular.xlsx") -> AppTest:
    app.file_uploader(key="returned-form").set_value((name, content, ""))
    next(button for button in app.button if button.label == DA("requests.do_hand_in")).click().run()
    assert not app.exception
    return app


def form_of(made: Opened, code: str, **cells: Any) -> bytes:
    book = load_workbook(io.BytesIO(form(again(made), "municipality", code, {}, DA)))
    sheet = book[SHEET]
    for row in range(1, sheet.max_row + 1):
        if sheet.cell(row, 1).value in cells:
            sheet.cell(row, 3).value = cells[sheet.cell(row, 1).value]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_form_is_handed_in_by_the_municipality_and_kept(made: Opened) -> None:
    app = handed_in(page("request_answer", "leader"), form_of(made, SVENDBORG, pregnant=7, access="Ja"))
    assert "Svendborg: 2 svar er gemt." in told(app)
    assert [(row["value"], row["text"], row["how"]) for row in own(made)] == [
        (7.0, None, "form"),
        (None, "yes", "form"),
    ]


def test_a_form_with_a_wrong_cell_is_handed_back_and_nothing_is_kept(made: Opened) -> None:
    app = handed_in(page("request_answer", "steward"), form_of(made, SVENDBORG, pregnant="syv", access="Ja"))
    assert "Svendborg: intet er gemt endnu. Disse felter skal rettes: C10." in told(app)
    assert own(made) == []
    marked = app.session_state["page_record"].files["form-to-mend"].content()
    assert load_workbook(io.BytesIO(marked))[SHEET]["C10"].comment is not None


@pytest.mark.parametrize("role", ["leader", "steward"])
def test_the_form_of_another_municipality_is_not_handed_in(made: Opened, role: str) -> None:
    before = history(again(made)).height
    app = handed_in(page("request_answer", role), form_of(made, ODENSE, pregnant=99))
    assert DA("request_fault.other_respondent") in told(app)
    assert history(again(made)).height == before
    assert SENTENCE_OF_ODENSE not in f"{told(app)} {labels(app)}"


def test_a_form_that_meets_other_answers_says_which_stand(made: Opened) -> None:
    before = form_of(made, SVENDBORG, pregnant=7, access="Ja")
    given(made, SVENDBORG, said("pregnant", 9), by="anna")
    text = told(handed_in(page("request_answer", "leader"), before))
    assert "1 svar er gemt ved siden af" in text
    assert "9 (anna)" in text
    assert [row["value"] for row in own(made)] == [9.0, None]


def test_a_small_number_of_citizens_is_marked_as_confidential(made: Opened) -> None:
    given(made, SVENDBORG, said("pregnant", 3))
    assert DA("requests.is_confidential") in told(page("request_answer", "national", respondent=SVENDBORG))


def test_national_coordination_hands_in_what_came_by_mail(made: Opened) -> None:
    app = handed_in(page("requests", "national"), form_of(made, SVENDBORG, pregnant=7))
    assert "Svendborg: 1 svar er gemt." in told(app)
    assert [row["value"] for row in own(made)] == [7.0]


@pytest.mark.parametrize(("content", "name"), [(b"hello", "svar.xlsx"), (b"PK" + bytes(90), "svar.xlsx")])
def test_what_is_no_form_is_refused_in_a_sentence(made: Opened, content: bytes, name: str) -> None:
    assert DA("request_fault.not_excel") in told(handed_in(page("request_answer", "leader"), content, name))
    assert own(made) == []


# Scope


def test_a_scope_gets_its_own_part_of_a_request(made: Opened) -> None:
    seen = own_requests.request(made.store, LEADER, made.id)
    assert seen.respondents["respondent"].to_list() == [SVENDBORG]
    assert history(seen).is_empty()
    assert [event["event"] for event in seen.events] == []
    assert history(own_requests.request(made.store, NATIONAL, made.id)).height == len(EVERYTHING) + 1


def test_a_request_that_does_not_ask_the_municipality_is_not_for_it(made: Opened) -> None:
    with pytest.raises(NotAllowed):
        own_requests.request(made.store, Scope("leader", "0825", "1081"), made.id)


def test_an_operator_reads_no_request(made: Opened) -> None:
    with pytest.raises(NotAllowed):
        own_requests.requests(made.store, Scope("operator"))


@pytest.mark.parametrize(
    ("scope", "respondent", "may"),
    [
        (LEADER, ("municipality", SVENDBORG), True),
        (LEADER, ("municipality", ODENSE), False),
        (LEADER, ("provider", "fyn"), False),
        (NATIONAL, ("provider", "fyn"), True),
        (NATIONAL, ("municipality", ODENSE), False),
        (Scope("operator"), ("municipality", ODENSE), False),
    ],
)
def test_who_may_answer_for_whom(scope: Scope, respondent: tuple[str, str], may: bool) -> None:
    if may:
        own_requests.require_may_answer(scope, respondent)
    else:
        with pytest.raises(NotAllowed):
            own_requests.require_may_answer(scope, respondent)


@pytest.mark.parametrize("scope", [LEADER, Scope("operator"), Scope("steward", SVENDBORG, "1083")])
def test_only_national_coordination_notes_what_forums_decide(scope: Scope) -> None:
    with pytest.raises(NotAllowed):
        own_requests.require_may_decide(scope)


@pytest.mark.parametrize(
    ("left", "told_as"),
    [
        (2, "Fyn · svarfrist 5. marts 2026 · 2 dage endnu"),
        (1, "Fyn · svarfristen er i morgen, 5. marts 2026"),
        (0, "Fyn · svarfristen er i dag, 5. marts 2026"),
        (-1, "Fyn · svarfristen var i går, 5. marts 2026"),
        (-2, "Fyn · svarfristen var 5. marts 2026 · 2 dage siden"),
    ],
)
def test_a_deadline_is_told_as_people_say_it(left: int, told_as: str) -> None:
    key = key_of_deadline(left, is_closed=False)
    assert DA(key, place="Fyn", day="5. marts 2026", days=DA.number(abs(left))) == told_as
    assert key_of_deadline(left, is_closed=True) == "requests.subtitle_closed"
