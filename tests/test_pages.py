"""The pages as Streamlit runs them: each role, language and state of the store, and what must never be on them."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from published_frames import (
    AS_OF,
    COPENHAGEN,
    LAESOE,
    SVENDBORG,
    FakeSnapshot,
    country,
    write_store,
)
from rich.console import Console
from streamlit_pages import PAGES, ROOT, opened, said
from test_beside_country import verdicts_of_all

from dashboards import gap_words, opening, worklist, worklist_rows
from dashboards.headlines import CARDS
from dashboards.language import Words
from dashboards.page_record import Facts
from dashboards.scope import Scope
from dashboards.spreadsheets import as_csv, as_excel
from dashboards.stewards.decision_words import assigned_text
from dashboards.stewards.decisions import undecided
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")
STEWARD = Scope("steward", SVENDBORG, "1083")


@pytest.fixture(scope="module")
def snapshot() -> FakeSnapshot:
    return country()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, snapshot: FakeSnapshot) -> Path:
    return write_store(tmp_path_factory.mktemp("demo") / "store", snapshot)


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))


ROLES = {"national": {}, "leader": {"municipality": SVENDBORG}, "steward": {"municipality": SVENDBORG}}


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_every_role_in_both_languages_and_says_that_the_data_are_synthetic(
    page: str, role: str, language: str
) -> None:
    text = said(opened(page, role=role, lang=language, **ROLES[role]))
    assert Words("en" if language == "en" else "da")("app.sample_note") in text
    assert "<h1>" in text


def test_the_overview_opens_in_danish_for_the_country_with_a_sentence_eight_numbers_and_a_map() -> None:
    text = said(opened())
    assert "Hvor taber vi tråden?" in text
    assert "Viden om eksponeringen når frem til kommunen til tiden for <b>" in text
    assert text.count("class='rt-card'") == 8
    assert text.count("style='grid-area:") == 98


@pytest.mark.parametrize("role", ["leader", "steward"])
def test_a_card_says_what_the_limits_of_all_municipalities_say_of_the_own_one(role: str) -> None:
    """Copenhagen's numbers are shown; each word is that of the comparison of all municipalities at once."""
    text = said(opened(role=role, municipality=COPENHAGEN))
    words = re.findall(r"<p class='rt-compare'>.*?</i>(.*?) \(", text)
    expected = [verdicts_of_all(headline)[COPENHAGEN] for headline in CARDS]
    assert "better" in expected
    assert words == [DA(f"compare.{word}", reference="landet", share="").removesuffix(" ()") for word in expected]
    assert text.count(DA("compare.rule")) == len(CARDS)


def test_the_country_stands_beside_itself_three_years_before() -> None:
    text = said(opened())
    assert len(re.findall(r"(?:Bedre|På niveau|Ringere).*? 2020–2022 \(\d+ %\)</p>", text)) == len(CARDS)
    assert DA("compare.rule") not in text


def test_a_leader_sees_no_other_municipality_and_no_map() -> None:
    leader = said(opened(role="leader", municipality=SVENDBORG))
    assert "grid-area" not in leader
    assert "Svendborg" in leader
    assert "Odense" not in leader


def test_the_municipality_of_a_leader_is_not_changed_by_the_page_of_another() -> None:
    text = said(opened("municipality", role="leader", municipality=SVENDBORG))
    assert "<h1>Svendborg</h1>" in text


def test_national_coordination_chooses_a_municipality_by_its_address() -> None:
    assert "<h1>København</h1>" in said(opened("municipality", municipality=COPENHAGEN))


def test_a_small_municipality_is_told_in_words_where_to_look_instead() -> None:
    text = said(opened(role="leader", municipality=LAESOE))
    assert "rt-absent" in text
    assert re.search(r"<b>\d+ %</b> i (regionen|landet)", text)
    assert re.search(r"\d af 8 tal for Læsø er skjult, så ingen kan regne sig frem til enkelte børn", text)


def test_the_thread_can_be_of_children_born_earlier() -> None:
    app = opened("municipality", municipality=COPENHAGEN, born="2020-2022")
    assert "Børn født 2020–2022 med kendt eksponering" in said(app)


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
@pytest.mark.parametrize("page", ["overview", "municipality"])
def test_the_page_says_as_of_which_day_its_figures_are_published(page: str, words: Words) -> None:
    text = said(opened(page, role="leader", municipality=SVENDBORG, lang=words.language))
    assert words("app.published_as_of", day=words.day(AS_OF)) in text
    assert words("app.release", release="publish-") in text


def test_the_year_that_is_not_over_is_not_yet_due_in_the_trend() -> None:
    charts = opened().get("plotly_chart")
    told = " ".join(chart.proto.alt for chart in charts)
    assert "2026: Ikke forfaldent endnu (perioden er ikke slut)" in told


@pytest.mark.parametrize("role", ["national", "leader"])
def test_the_worklist_is_a_closed_door_for_all_but_the_steward(role: str, snapshot: FakeSnapshot) -> None:
    app = opened("worklist", role=role, municipality=SVENDBORG)
    text = said(app)
    assert DA("door.closed", roles=DA("role.steward").lower()) in text
    assert "<table" not in text
    assert not any(pseudonym[:4] in text for pseudonym in snapshot.tables["identities"]["pseudonym"])
    app.button(key="look-as").click().run()
    labels = " ".join(button.label for button in app.button)
    assert any(pseudonym[:4] in labels for pseudonym in snapshot.tables["identities"]["pseudonym"])


def test_the_worklist_shows_what_was_expected_found_and_who_can_close_it() -> None:
    text = said(opened("worklist", role="steward", municipality=SVENDBORG))
    assert "120 huller" in text
    assert text.count("class='rt-gap'") == worklist.ROWS_PER_PAGE
    assert "Overlevering til kommunen, kvitteret senest" in text
    assert re.search(r"Sendt \d+\. \w+ \d{4}, ikke kvitteret", text)
    assert "Familieafdelingen: kvittér for overleveringen" in text


def test_the_worklist_of_another_municipality_is_not_shown() -> None:
    assert DA("worklist.lead_empty") in said(opened("worklist", role="steward", municipality=LAESOE))


def test_pills_filter_and_their_choice_stands_in_the_address() -> None:
    app = opened("worklist", role="steward", municipality=SVENDBORG)
    pills = next(group for group in app.get("button_group") if group.key == "filter")
    pills.set_value("pregnancy").run()
    assert set(re.findall(r"rt-gap-age'>([^<]+)<", said(app))) == {"graviditet"}
    assert app.query_params["filter"] == "pregnancy"


def test_a_choice_in_the_address_that_does_not_exist_is_the_default() -> None:
    app = opened(role="mayor", lang="xx", measure="../../secret", municipality="9999")
    assert "Hvor taber vi tråden?" in said(app)


def test_the_address_holds_no_person(snapshot: FakeSnapshot) -> None:
    app = opened("worklist", role="steward", municipality=SVENDBORG, filter="critical", sort="child")
    kept = {"role", "municipality", "filter", "sort", "lang"}
    assert set(app.query_params) <= kept
    values = str(dict(app.query_params))
    assert not any(pseudonym[:8] in values for pseudonym in snapshot.tables["identities"]["pseudonym"])


def test_counts_from_1_to_4_are_on_no_page_for_leaders() -> None:
    for page in ("overview", "municipality"):
        for role, place in (("leader", SVENDBORG), ("leader", LAESOE), ("national", LAESOE)):
            text = re.sub(r"<p class='rt-notice'>.*?</p>", "", said(opened(page, role=role, municipality=place)))
            assert not re.search(r"\b[1-4] (af|of) \d", text)
            assert not re.search(r"<b>[1-4]</b>(?! ud)", text)


# Files


FACTS = Facts("Huller at lukke", ())


def rows_for_file(words: Words) -> pl.DataFrame:
    gaps = undecided(gap_words.with_closers(worklist_rows.worklist(country(), STEWARD)))
    reference = Reference.load()
    told = gap_words.in_words(gaps, words, reference, AS_OF).with_columns(assigned_text(words))
    return worklist.for_file(told, words, reference)


def test_the_csv_opens_in_a_danish_excel() -> None:
    rows = rows_for_file(DA)
    text = as_csv(rows, FACTS)
    assert text.startswith("\ufeffPseudonym;Alder;Alvor;Hul;".encode())
    again = pl.read_csv(text, separator=";")
    assert again.height == 120
    assert again["Pseudonym"].str.len_chars().unique().to_list() == [24]


def test_the_excel_file_has_the_same_rows_and_real_dates() -> None:
    rows = rows_for_file(EN)
    again = pl.read_excel(io.BytesIO(as_excel(rows, FACTS, ("Rows", "About"), AS_OF)), sheet_name="Rows")
    assert again.columns == rows.columns
    assert again["Due"].dtype == pl.Date
    assert again["Due"].to_list() == rows["Due"].to_list()


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_files_have_pseudonyms_and_no_surrogates(words: Words) -> None:
    rows = rows_for_file(words)
    text = as_csv(rows, FACTS).decode()
    assert "child_id" not in text
    assert not any(str(surrogate) in rows[words("column.pseudonym")] for surrogate in range(1000, 1120))
    may_be_empty = ("found_date", "accepted_until", "accepted_text", "assigned", "note", "decided_by", "decided")
    filled = rows.select(pl.exclude([words(f"column.{name}") for name in may_be_empty]))
    assert filled.null_count().sum_horizontal().item() == 0


def test_a_worklist_of_20000_gaps_shows_its_page_without_wording_the_rest() -> None:
    gaps = gap_words.with_closers(worklist_rows.worklist(country(gaps_in_svendborg=20_000), STEWARD))
    assert worklist.pages_of(gaps) == 800
    assert worklist.rows_of_page(gaps, 800).height == 25
    assert worklist.rows_of_page(gaps, 900).equals(worklist.rows_of_page(gaps, 800))


def test_the_worklist_is_by_severity_then_age_unless_the_reader_wishes_otherwise() -> None:
    gaps = gap_words.with_closers(worklist_rows.worklist(country(), STEWARD))
    assert worklist.ordered(gaps, "severity")["severity"][0] == "critical"
    assert worklist.ordered(gaps, "newest")["age_days"].is_sorted()
    assert worklist.ordered(gaps, "oldest")["age_days"].is_sorted(descending=True)
    assert worklist.ordered(gaps, "child")["subject"].is_sorted()


def test_what_is_drawn_goes_home_as_a_picture_and_what_is_a_table_does_not() -> None:
    rows = re.findall(r"data-take='([\w-]+)'>(.*?)</div>", said(opened(role="leader", municipality=SVENDBORG)))
    kinds = {key: set(re.findall(r"data-as='(\w+)'", row)) for key, row in rows}
    assert {key for key, offered in kinds.items() if {"png", "svg"} <= offered} == {
        "thread",
        "trend-handed_over",
        "near",
    }
    assert all({"csv", "excel"} <= offered for key, offered in kinds.items() if key != "page")


def test_pages_do_not_import_pandas_so_two_first_visits_cannot_race_for_it() -> None:
    program = (
        "import sys\nfrom streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=120).run()\n"
        "assert not app.exception\nassert 'pandas' not in sys.modules, 'pandas'\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize(("words", "heading"), [(DA, "Hvem kan lukke det"), (EN, "Who can close it")])
def test_the_terminal_shows_the_same_worklist(words: Words, heading: str) -> None:
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(worklist.worklist_table(country(), SVENDBORG, 5, words.language))
    text = console.export_text()
    assert heading in text
    assert words("closer.confirm_handover").split(":")[0] in text
    assert len(re.findall(r"[0-9a-f]{4}·[0-9a-f]{4}", text)) == 5


@pytest.mark.parametrize(("municipality", "lang"), [("9999", "da"), (SVENDBORG, "sv")])
def test_the_terminal_refuses_a_municipality_or_language_that_is_none(municipality: str, lang: str) -> None:
    with pytest.raises(UserError):
        worklist.worklist_table(country(), municipality, 5, lang)
