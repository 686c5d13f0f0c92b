"""The national report: its figures are the published ones, in words where there is none, and it says which periods."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from documents_read import faults, flat, formulas, pdf_words, sheets, word_words
from published_frames import FakeSnapshot, country, run_facts, write_store
from typer.testing import CliRunner

from dashboards import published
from dashboards.charts.verdict_words import state_words
from dashboards.headlines import CARDS, SELECTABLE
from dashboards.language import Words
from dashboards.scope import COUNTRY, Scope
from dashboards.shares import Shares
from pipelines.audit_log import AuditLog
from pipelines.cli import app
from pipelines.definitions.measures import HANDED_OVER
from pipelines.errors import StoreIsEmpty, UserError
from reports.documents.content import Document, Group, Table
from reports.documents.forms import all_forms
from reports.documents.paper import paper
from reports.documents.runs import text_of
from reports.documents.workbook import workbook
from reports.national_report.periods import ReportPeriod, report_period
from reports.national_report.reading import Reading
from reports.national_report.report import national_report, read
from reports.national_report.summary import summary

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
QUARTERS = ["2024-Q4", "2025-Q3", "2025-Q4"]
DA = Words("da")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published shares and continuity of a made-up country, without its run."""
    made = country()
    told = {name: rows for name, rows in made.tables.items() if name.startswith("published_")}
    return write_store(tmp_path_factory.mktemp("report") / "store", FakeSnapshot(told))


@pytest.fixture(scope="module")
def reading(store: Path) -> Reading:
    return read(store, "2025", "da", "somebody")


@pytest.fixture(scope="module")
def document(reading: Reading) -> Document:
    return national_report(reading)


@pytest.fixture(scope="module")
def forms(document: Document) -> dict[str, bytes]:
    return all_forms(document, "r")


def tables(document: Document) -> dict[str, Table]:
    return {block.title: block for block in document.blocks() if isinstance(block, Table)}


# Periods


def test_a_year_is_told_beside_the_year_before_and_the_last_three_years_that_are_over() -> None:
    assert report_period("2025", AS_OF, QUARTERS) == ReportPeriod("2025", "year", "2025", "2024", "2023-2025")
    assert report_period("2023", AS_OF, QUARTERS).window == "2020-2022"


def test_a_quarter_that_is_not_published_tells_the_last_one_that_is() -> None:
    period = report_period("2026Q3", AS_OF, QUARTERS)
    assert (period.told, period.before, period.window) == ("2025-Q4", "2024-Q4", "2023-2025")
    assert period.is_behind


def test_a_published_quarter_is_told_as_it_is() -> None:
    period = report_period("2025K4", AS_OF, QUARTERS)
    assert (period.asked, period.told, period.is_behind) == ("2025-Q4", "2025-Q4", False)


@pytest.mark.parametrize("text", ["2026", "2031", "2025Q5", "2026Q4", "2016Q1", "next", "", "20255", "2025-13"])
def test_a_period_that_is_not_over_or_is_none_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(UserError) as refused:
        report_period(text, AS_OF, QUARTERS)
    assert "2019 to 2025" in refused.value.to_do
    assert "2024Q4 to 2026Q3" in refused.value.to_do


# Figures


def test_a_quarter_before_the_first_year_that_is_told_is_refused() -> None:
    quarters = [f"{year}-Q{quarter}" for year in range(2017, 2026) for quarter in range(1, 5)]
    assert report_period("2019Q4", AS_OF, quarters).told == "2019-Q4"
    with pytest.raises(UserError) as refused:
        report_period("2019Q3", AS_OF, quarters)
    assert "Quarters: 2019Q4 to" in str(refused.value.to_do)


def test_the_key_figures_are_the_published_ones(reading: Reading, document: Document) -> None:
    rows = tables(document)["Nøgletal for landet"].rows
    shares = Shares(
        published.shares(reading.tables, Scope("national"), tuple(CARDS), (COUNTRY,), kind="year", names=["2025"])
    )
    for measure, row in zip(CARDS, rows, strict=True):
        assert not isinstance(row, Group)
        share = shares.get(measure, COUNTRY, "2025")
        assert row[1].value == share.share
        assert row[1].is_state == (share.share is None)


def test_every_municipality_stands_below_its_region(reading: Reading, document: Document) -> None:
    table = next(table for title, table in tables(document).items() if title.startswith("Alle kommuner"))
    groups = [row.name for row in table.rows if isinstance(row, Group)]
    named = [row[0].text for row in table.rows if not isinstance(row, Group)]
    assert sorted(named) == sorted(reading.names[code] for code in reading.geography.codes)
    assert len(named) == 98
    assert groups == [reading.names[region.code] for region in reading.regions]


def test_a_suppressed_figure_is_a_word_in_every_form(reading: Reading, forms: dict[str, bytes]) -> None:
    """What the gate hides in the store is nowhere a number: the cell is the word, in the workbook too."""
    hidden = reading.compared.filter(pl.col("state") == "suppressed")
    assert hidden.height > 100
    assert hidden["share"].is_null().all()
    book = sheets(forms["r.xlsx"])
    municipal = {name: rows for name, rows in book.items() if name.startswith("Kommuner")}
    titles = {reading.words.measure(measure.name, "title"): measure.name for measure in SELECTABLE}
    names = {reading.names[code]: code for code in reading.geography.codes}
    known = {(row["measure"], row["place"]): row for row in reading.compared.iter_rows(named=True)}
    looked_at = 0
    for rows in municipal.values():
        for at, head in enumerate(rows[0]):
            if head in titles:
                for row in rows[1:]:
                    if row[0] in names:
                        figure = known[titles[head], names[row[0]]]
                        told = figure["share"]
                        assert row[at] == (pytest.approx(told) if told is not None else state_words(figure, DA))
                        looked_at += 1
    assert looked_at >= 98


def test_the_words_of_the_pdf_are_those_of_the_word_document(document: Document, forms: dict[str, bytes]) -> None:
    in_pdf, in_word = pdf_words(forms["r.pdf"]), word_words(forms["r.docx"])
    for table in list(tables(document).values())[:2]:
        for row in table.rows:
            if not isinstance(row, Group):
                assert all(flat(cell.text) in in_pdf and flat(cell.text) in in_word for cell in row)


def test_no_share_is_told_in_a_sentence_without_its_interval(document: Document) -> None:
    """Every strong percent of a lead is followed by its interval; shares of months are counts and no estimates."""
    runs = [run for block in document.blocks() for run in getattr(block, "runs", ())]
    for at, (style, text) in enumerate(runs):
        if style == "strong" and re.fullmatch(r"\d+\s%", text) and at + 1 < len(runs):
            assert "interval" in {style for style, _ in runs[at + 1 : at + 3]}


def test_the_report_says_how_far_its_periods_reach(document: Document) -> None:
    told = " ".join(text_of(list(getattr(block, "runs", ()))) for block in document.chapters[0].blocks)
    assert "2025 og året før" in told
    assert "2023–2025" in told


def test_a_quarterly_report_says_that_its_quarter_is_not_published_yet(tmp_path: Path) -> None:
    made = country()
    shares = made.tables["published_shares"]
    is_year = (pl.col("period_kind") == "year") & (pl.col("period") == "2025") & (pl.col("group_kind") == "country")
    quarter = shares.filter(is_year).with_columns(period_kind=pl.lit("quarter"), period=pl.lit("2025-Q4"))
    told = {
        "published_shares": pl.concat([shares, quarter]),
        "published_continuity": made.tables["published_continuity"],
    }
    place = write_store(tmp_path / "store", FakeSnapshot(told))
    told = summary(read(place, "2026Q3", "da", "somebody"))
    words = flat(" ".join(text_of(list(getattr(block, "runs", ()))) for block in told.blocks))
    assert (
        "For 3. kvartal 2026 er kvartalstal endnu ikke udgivet. Det seneste udgivne kvartal er 4. kvartal 2025."
        in words
    )
    table = next(block for block in told.blocks if isinstance(block, Table))
    assert [column.text for column in table.columns][1:3] == ["4. kvartal 2025", "4. kvartal 2024"]
    assert "Kendt før fødslen" not in [row[0].text for row in table.rows if not isinstance(row, Group)]


def test_the_report_is_accessible_and_has_no_formula(forms: dict[str, bytes]) -> None:
    assert faults(forms["r.pdf"]) == []
    assert formulas(forms["r.xlsx"]) == []


def test_the_same_publication_makes_the_same_bytes(store: Path, forms: dict[str, bytes]) -> None:
    again = national_report(read(store, "2025", "da", "somebody"))
    assert paper(again) == forms["r.pdf"]
    assert workbook(again) == forms["r.xlsx"]


def test_the_report_speaks_english_too(store: Path) -> None:
    told = summary(read(store, "2025", "en", "somebody"))
    assert told.title == "In short"
    assert "Key figures of the country" in [block.title for block in told.blocks if isinstance(block, Table)]


def test_a_target_group_without_handovers_has_a_report_too(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(store, "2025", "da", "somebody")
    monkeypatch.setitem(reading.__dict__, "measures", tuple(m for m in SELECTABLE if m != HANDED_OVER))
    assert summary(reading).blocks


# The command


def test_the_command_writes_all_three_and_the_audit_log_says_so(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["report", "--store", str(store), "--out", str(out), "--period", "2025"])
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in out.iterdir()) == [f"national-report-2025-da.{form}" for form in
                                                           ("docx", "pdf", "xlsx")]  # fmt: skip
    assert AuditLog.of(store).entries()["what"].to_list()[-1] == "report:2025"


def test_nothing_published_is_one_clear_error(tmp_path: Path) -> None:
    bare = write_store(tmp_path / "store", FakeSnapshot({"gaps": pl.DataFrame({"a": [1]})}, run_facts()))
    with pytest.raises(StoreIsEmpty, match="Nothing is published"):
        read(bare, "2025", "da", "somebody")
    done = CliRunner().invoke(app, ["report", "--store", str(bare), "--period", "2025", "--out", str(tmp_path / "out")])
    assert done.exit_code == 5
    assert not (tmp_path / "out").exists()


def test_an_unknown_period_writes_nothing(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["report", "--store", str(store), "--out", str(out), "--period", "2031"])
    assert done.exit_code == 1
    assert not out.exists()


def test_our_template_can_be_fetched_to_change_it(tmp_path: Path) -> None:
    file, runner = tmp_path / "skabelon.docx", CliRunner()
    assert runner.invoke(app, ["reply", "template", str(file)]).exit_code == 0
    assert file.read_bytes()[:2] == b"PK"
    assert "{{ title }}" in word_words(file.read_bytes())
