"""The drafted reply: what was answered as it may be shown, who is missing, what deviates, and where it stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from asked_municipalities import DA, EVERYTHING, ID, LANGELAND, LATE, ME, NYBORG, ODENSE, SVENDBORG, asked, given, said
from documents_read import faults, formulas, pdf_words, sheets, word_words
from published_frames import country, run_facts, written
from typer.testing import CliRunner

from pipelines.audit_log import AuditLog
from pipelines.cli import app
from pipelines.errors import UserError
from pipelines.requests.answers import withdraw
from pipelines.requests.opened import Opened
from pipelines.requests.steps import decide
from pipelines.requests.steps import drafted as has_draft
from reports.documents.content import Document, Group, Picture, Table
from reports.documents.forms import all_forms
from reports.documents.paper import paper
from reports.reply.draft import read, reply_document

pytestmark = pytest.mark.slow

TODAY = date(2026, 8, 20)
PERIOD = "2023-2025"
FEW = {"pregnant": 3, "children": 3}


def publish(store: Path, counts: dict[str, int | None]) -> None:
    """Published tables of a made-up country, and the counts that answers about children are compared with."""
    rows = [
        {
            "measure": "registered",
            "attribution": "responsible",
            "group_kind": "municipality",
            "group_value": code,
            "period": PERIOD,
            "outcome": "denominator",
            "count": count,
            "state": "suppressed" if count is None else "number",
        }
        for code, count in counts.items()
    ]
    told = country().tables
    tables = {
        "published_shares": told["published_shares"],
        "published_continuity": told["published_continuity"],
        "published_counts": pl.DataFrame(rows, schema_overrides={"count": pl.Int64}),
    }
    written(store, "publish", tables, run_facts())


@pytest.fixture
def made(tmp_path: Path) -> Opened:
    """Odense answers 40 children of 20 counted, Svendborg 3, Nyborg 8 of a hidden count; Langeland has withdrawn."""
    publish(tmp_path / "store", {ODENSE: 20, SVENDBORG: 10, NYBORG: None, LANGELAND: 5})
    request = asked(tmp_path)
    given(request, ODENSE, *(said(name, answer) for name, answer in (EVERYTHING | {"children": 40}).items()))
    given(request, SVENDBORG, *(said(name, answer) for name, answer in (EVERYTHING | FEW).items()), on=LATE)
    given(request, NYBORG, said("children", 8), said("challenges", "=SUM(A1) <& mere>"))
    withdraw(request.store, request.id, ("municipality", LANGELAND), "Ingen borgere i målgruppen.", actor=ME)
    return request


def drafted(made: Opened) -> Document:
    return reply_document(read(made.store, made.id, "da", "somebody", TODAY))


def tables_of(document: Document, chapter: str) -> list[Table]:
    blocks = next(each for each in document.chapters if each.name == chapter).blocks
    return [block for block in blocks if isinstance(block, Table)]


def column(document: Document, chapter: str, question: str) -> dict[str, str]:
    """By respondent: what stands in the column whose head begins like this."""
    table = tables_of(document, chapter)[0]
    at = next(at for at, head in enumerate(table.columns) if head.text.startswith(question))
    return {row[0].text: row[at].text for row in table.rows if not isinstance(row, Group)}


def test_small_answers_and_answers_beside_a_hidden_count_are_never_numbers(made: Opened) -> None:
    told = column(drafted(made), "theme_1", "Hvor mange børn med kendt eksponering")
    assert told["Odense"] == "40"
    assert told["Svendborg"] == "Under 5"
    assert told["Nyborg"] == "Skjult"
    assert told["Langeland"] == "Trukket tilbage"
    assert told["I alt"] == "mindst 41"


def test_a_share_that_tells_how_few_they_are_is_hidden(tmp_path: Path) -> None:
    """20 % of 5 is one; a third of fewer than five is one of three; 20 % of 25 is five; all of them tell nothing."""
    request = asked(tmp_path)
    few = {ODENSE: (5, 20), SVENDBORG: (3, 33), NYBORG: (25, 20), LANGELAND: (3, 100)}
    for code, (people, share) in few.items():
        given(request, code, said("day_and_night", people), said("outside_region", share))
    told = column(drafted(request), "theme_2", "Hvor stor en andel af forløbene")
    assert [told[name] for name in ("Odense", "Svendborg", "Nyborg", "Langeland")] == [
        "Skjult",
        "Skjult",
        "20\N{NO-BREAK SPACE}%",
        "100\N{NO-BREAK SPACE}%",
    ]


def test_no_form_holds_a_number_that_may_not_be_shown(made: Opened) -> None:
    """Svendborg's 3 and Nyborg's 8 children: neither stands in the row of the municipality, in any form."""
    forms = all_forms(drafted(made), "r")
    for rows in sheets(forms["r.xlsx"]).values():
        for row in rows:
            if row[0] == "Svendborg":
                assert 3 not in row
            if row[0] == "Nyborg":
                assert 8 not in row
    assert "Svendborg Under 5" in pdf_words(forms["r.pdf"]).replace("efter fristen ", "")


def test_who_is_missing_is_named_with_what_is_lacking(made: Opened) -> None:
    rows = tables_of(drafted(made), "missing")[0].rows
    told = {row[0].text: (row[1].text, row[2].text) for row in rows if not isinstance(row, Group)}
    assert told.keys() == {"Nyborg", "Langeland", "Døgnhuset Fyn"}
    assert told["Døgnhuset Fyn"] == ("Mangler", "Alle svar")
    assert told["Langeland"] == ("Trukket tilbage", "Svarer ikke: Ingen borgere i målgruppen.")
    assert told["Nyborg"][0] == "Begyndt"
    assert "Hvilke løsninger foreslår kommunen?" in told["Nyborg"][1]


def test_late_answers_are_said_to_be_late(made: Opened) -> None:
    assert "Svar efter fristen: Svendborg." in pdf_words(paper(drafted(made)))


def test_answers_that_deviate_stand_beside_what_is_registered(made: Opened) -> None:
    rows = tables_of(drafted(made), "deviations")[0].rows
    told = {row[0].text: [cell.text for cell in row[2:5]] for row in rows if not isinstance(row, Group)}
    assert told == {"Odense": ["40", "20", "+20"], "Svendborg": ["Under 5", "10", "Under 5"]}


def test_the_states_of_approval_are_shown(made: Opened) -> None:
    has_draft(made.store, made.id, actor=ME)
    decide(made.store, made.id, "directors_forum", "approved", actor=ME, note="Med bemærkninger", on=TODAY)
    document = drafted(made)
    rows = tables_of(document, "approvals")[0].rows
    told = {row[0].text: (row[2].text, row[4].text) for row in rows if not isinstance(row, Group)}
    assert told["Socialdirektørforum"] == ("Godkendt", "Med bemærkninger")
    assert told["K22"][0] == DA("requests.step_open")
    assert "1 af 5 fora har godkendt besvarelsen." in pdf_words(paper(document))


def test_it_is_a_draft_on_every_page_with_its_release(made: Opened) -> None:
    document = drafted(made)
    assert document.draft == "Udkast, svar til og med 1. august 2026"
    facts = dict(document.facts)
    assert "tal pr. 30. september 2026" in facts["Udgivelse"]
    assert facts["Svarfrist"] == "31. juli 2026"


def test_what_was_written_is_told_word_for_word_and_is_no_formula(made: Opened) -> None:
    forms = all_forms(drafted(made), "r")
    assert "=SUM(A1) <& mere>" in word_words(forms["r.docx"])
    assert "=SUM(A1) <& mere>" in pdf_words(forms["r.pdf"])
    assert formulas(forms["r.xlsx"]) == []


def test_each_theme_has_answers_and_published_figures(made: Opened) -> None:
    document = drafted(made)
    assert [chapter.name for chapter in document.chapters][1:5] == [f"theme_{number}" for number in (1, 2, 3, 4)]
    titles = {table.title for number in (1, 2, 3) for table in tables_of(document, f"theme_{number}")}
    assert "Udgivne tal om samme emne, 2023–2025" in titles
    assert {"Kommunernes svar", "Tilbuddenes svar"} <= titles
    pictures = {block.name for block in document.blocks() if isinstance(block, Picture)}
    assert {"bars-pregnant", "parts-expected_development", "parts-access", "thread"} <= pictures


def test_a_bar_is_drawn_of_shown_answers_alone(made: Opened) -> None:
    drawn = next(
        block for block in drafted(made).blocks() if isinstance(block, Picture) and block.name == "bars-pregnant"
    )
    assert "Odense" in drawn.svg
    assert "Svendborg" not in drawn.svg
    assert drawn.caption == "Ikke vist her: ikke besvaret 1, under 5 1, trukket tilbage 1."


def test_without_a_publication_the_reply_rests_on_the_answers(tmp_path: Path) -> None:
    request = asked(tmp_path)
    given(request, ODENSE, said("children", 40))
    document = drafted(request)
    assert column(document, "theme_1", "Hvor mange børn")["Odense"] == "40"
    assert "Der er ingen udgivne tal om målgruppen" in pdf_words(paper(document))


def test_nobody_has_answered_yet(tmp_path: Path) -> None:
    document = drafted(asked(tmp_path))
    words = pdf_words(paper(document))
    assert "0 af 4 kommuner" in words
    assert "Ingen har svaret endnu." in words


def test_the_draft_is_accessible_and_the_same_each_time(made: Opened) -> None:
    drawn = paper(drafted(made))
    assert faults(drawn) == []
    assert paper(drafted(made)) == drawn


def test_a_request_that_is_not_there_is_one_clear_error(made: Opened) -> None:
    with pytest.raises(UserError, match="no such request"):
        read(made.store, "nope", "da", "somebody", TODAY)


def test_the_command_writes_the_draft_and_the_audit_log_says_so(made: Opened, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ["--store", str(made.store), "--out", str(out), "--on", TODAY.isoformat(), "--language", "en"]
    done = CliRunner().invoke(app, ["reply", "draft", ID, *options])
    assert done.exit_code == 0, done.output
    assert sorted(file.suffix for file in out.iterdir()) == [".docx", ".pdf", ".xlsx"]
    assert f"reply:{ID}" in AuditLog.of(made.store).entries()["what"].to_list()[-2:]
