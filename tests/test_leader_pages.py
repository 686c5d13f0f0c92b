"""The leaders' pages of shares as Streamlit runs them: numbers beside country and past, what is hidden, choices."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from published_frames import COPENHAGEN, LAESOE, SVENDBORG, country, write_store
from streamlit.testing.v1 import AppTest
from streamlit_pages import ROOT, opened, said

from dashboards import opening
from dashboards.language import Words
from dashboards.leader import follow_up, moves

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")
LEADER = {"role": "leader", "municipality": COPENHAGEN}
PAGES = ("follow_up", "moves")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published before participation and times to event were."""
    return write_store(tmp_path_factory.mktemp("leader") / "store", country())


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))


def lead(app: AppTest) -> str:
    """The first sentences, as a reader sees them."""
    found = re.search(r"<p class='rt-lead'>(.*?)</p>", said(app))
    assert found
    return unescape(re.sub(r"<[^>]+>", "", found[1]))


@pytest.mark.parametrize(("role", "language"), [("leader", "da"), ("leader", "en"), ("national", "da")])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_with_a_sentence_and_at_most_eight_numbers_and_then_asks(
    page: str, role: str, language: str
) -> None:
    app = opened(page, role=role, municipality=COPENHAGEN, lang=language)
    text = said(app)
    assert lead(app).endswith(".")
    assert 1 <= text.count("class='rt-card'") <= 8
    assert text.index("rt-lead") < text.index("rt-card") < text.index("rt-ask")
    assert text.count("<summary>") >= text.count("class='rt-card'")


@pytest.mark.parametrize("page", ["overview", *PAGES])
def test_every_number_stands_beside_country_and_past(page: str) -> None:
    text = said(opened(page, **LEADER))
    shown = text.count("class='rt-number'>")
    assert shown > 2
    assert text.count("class='rt-compare'") == shown
    assert len(re.findall(r"class='rt-since'>(?:(?!</p>).)*2020–2022", text)) >= shown
    assert "rt-spark" in text


def test_follow_up_can_be_held_at_all_or_in_time_and_the_choice_stands_in_the_address() -> None:
    app = opened("follow_up", **LEADER)
    assert "Andel gennemført, sent talt med" in said(app)
    app.segmented_control(key="shown").set_value("timely").run()
    assert "Andel gennemført til tiden" in said(app)
    assert app.query_params["shown"] == "timely"
    assert "Andel gennemført til tiden" in said(opened("follow_up", shown="timely", **LEADER))


def test_a_choice_that_does_not_exist_falls_back_to_the_first() -> None:
    assert "Andel gennemført, sent talt med" in said(opened("follow_up", shown="<b>", **LEADER))


def test_a_leader_reads_of_no_other_place() -> None:
    text = said(opened("follow_up", role="leader", municipality=SVENDBORG))
    assert "Region Syddanmark" in text
    for other in ("Region Hovedstaden", "Region Midtjylland", "København", "Odense"):
        assert other not in text


def test_moves_say_what_came_with_the_child_and_where_most_is_lost() -> None:
    app = opened("moves", **LEADER)
    assert "følger viden om eksponeringen med ved" in lead(app)
    text = said(app)
    assert text.count("class='rt-card'") == len(moves.NUMBERS)
    assert DA("moves.thread_title") in text


def test_national_coordination_sees_moves_on_the_map_and_a_leader_does_not() -> None:
    assert "grid-area" in said(opened("moves", role="national"))
    assert "grid-area" not in said(opened("moves", **LEADER))


def test_the_trend_of_moves_is_chosen_in_the_address() -> None:
    title = DA("overview.trend", headline=DA.measure("school_start", "title"))
    assert title in said(opened("moves", move="school_start", **LEADER))


@pytest.mark.parametrize("page", ["overview", *PAGES])
def test_a_small_municipality_is_led_by_its_region_or_the_country(page: str) -> None:
    app = opened(page, role="leader", municipality=LAESOE)
    text = said(app)
    assert "Skjult" in text
    assert re.search(r"<b>\d+ %</b> i (regionen|landet)", text)
    assert re.search(r"Region Nordjylland|landet", lead(app))
    assert re.search(r"rt-since'>(?:(?!</p>).)*(Regionen|Landet): ", text)


def test_the_thread_page_is_about_the_thread_and_what_is_lost_at_each_step() -> None:
    text = said(opened("municipality", **LEADER))
    assert DA("lost_step.title") in text
    assert DA("follow_up.milestones") not in text
    widths = re.findall(r"<div class='rt-lost-bar' aria-hidden='true'><i style='width:([\d.]+)%'>", text)
    assert len(widths) > 3
    assert all(0 <= float(width) <= 100 for width in widths)


def test_the_choices_of_follow_up_have_words_in_both_languages() -> None:
    for words in (DA, EN):
        assert all(words.known(f"follow_up.by_{name}") for name in (*follow_up.COUNTED, *follow_up.DIVISIONS))


@pytest.mark.parametrize("page", ["follow_up", "development", "costs"])
def test_a_store_that_was_published_before_these_figures_existed_says_what_to_do(page: str) -> None:
    assert "roedtraad publish" in said(opened(page, **LEADER))
