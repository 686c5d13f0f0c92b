"""Caveats on the pages as Streamlit runs them: at the top, beside figures, collected at the end, and never silent."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from checked_figures import GENERAL, GRAVE, OF_FOLLOW_UP, checked
from published_frames import LAESOE, SVENDBORG, country, write_store
from streamlit.testing.v1 import AppTest

from dashboards import opening
from dashboards.language import NO_BREAK, Words
from pipelines.store import Store

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
DA, EN = Words("da"), Words("en")


@pytest.fixture(scope="module")
def run_id(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(Store(write_store(_folder(tmp_path_factory), country())).snapshot().run["run_id"])


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, run_id: str) -> Path:
    assert run_id
    folder = _folder(tmp_path_factory)
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(folder))
    return folder


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.getbasetemp() / "caveats"


def said(page: str, **address: str) -> str:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    if page != "overview":
        app.switch_page(f"dashboards/pages/{page}.py").run()
    assert not app.exception
    blocks = [block.proto.body for block in app.get("html")] + [block.value for block in app.markdown]
    return " ".join(block for block in blocks if not block.startswith(("<style", "<script"))).replace(NO_BREAK, " ")


LEADER = {"role": "leader", "municipality": SVENDBORG}
STEWARD = {"role": "steward", "municipality": SVENDBORG}
PAGES = {"overview": LEADER, "municipality": LEADER, "worklist": STEWARD}


@pytest.mark.parametrize("page", PAGES)
def test_figures_that_nobody_checked_say_so(folder: Path, tmp_path: Path, monkeypatch: Any, page: str) -> None:
    monkeypatch.setenv(opening.STORE_VARIABLE, str(write_store(tmp_path / "unchecked", country())))
    text = said(page, **PAGES[page])
    assert DA("caveat.unchecked") in text
    assert (DA("caveat.to_do") in text) == (page == "worklist")
    assert DA("caveat.title") + "</h2>" not in text


@pytest.mark.parametrize("page", PAGES)
def test_a_check_of_an_earlier_run_does_not_vouch_for_these_figures(folder: Path, page: str) -> None:
    checked(folder, "another run", (GRAVE, None, "failed"))
    text = said(page, **PAGES[page])
    assert DA("caveat.earlier_run") in text
    assert GRAVE.reader_da not in text


@pytest.mark.parametrize("page", PAGES)
def test_figures_without_a_caveat_say_when_they_were_checked(folder: Path, run_id: str, page: str) -> None:
    checked(folder, run_id)
    text = said(page, **PAGES[page])
    assert DA("caveat.checked", day=DA.day(date(2026, 10, 1))) in text
    assert "rt-caveats" not in text


@pytest.mark.parametrize("page", PAGES)
def test_a_warning_is_in_words_at_the_top_beside_the_figures_and_at_the_end(
    folder: Path, run_id: str, page: str
) -> None:
    checked(folder, run_id, (GENERAL, None, "failed"))
    text = said(page, **PAGES[page])
    assert DA("caveat.warning_all") in text
    assert text.count(f"<p>{GENERAL.reader_da}</p>") == 1
    assert text.index(DA("caveat.warning_all")) < text.index(GENERAL.reader_da)


def test_each_card_that_is_touched_has_one_line_and_the_others_none(folder: Path, run_id: str) -> None:
    checked(folder, run_id, (OF_FOLLOW_UP, SVENDBORG, "failed"), (GRAVE, LAESOE, "failed"))
    text = said("overview", **LEADER)
    cards = re.findall(r"<section class='rt-card'><h2>(.*?)</h2>(.*?)</section>", text)
    assert len(cards) == 8
    assert [title for title, body in cards if "rt-caveat" in body] == ["Fulgt op", "Ude af opfølgning"]
    assert all(body.count("rt-caveat") <= 1 for _, body in cards)
    assert DA("caveat.warning_some") in text
    assert "Forbehold: fulgt op<" in text
    assert "Forbehold: Fulgt op, Ude af opfølgning<" in text


def test_only_the_stewards_lines_lead_to_the_check(folder: Path, run_id: str) -> None:
    checked(folder, run_id, (OF_FOLLOW_UP, SVENDBORG, "failed"))
    address = f"quality_check?lang=da&amp;role=steward&amp;municipality={SVENDBORG}&amp;check={OF_FOLLOW_UP.id}"
    assert said("municipality", **STEWARD).count(address) >= 2
    assert "quality_check?" not in said("municipality", **LEADER)


@pytest.mark.parametrize("page", ["overview", "municipality"])
def test_leaders_get_words_and_no_count_of_rows(folder: Path, run_id: str, page: str) -> None:
    checked(folder, run_id, (GENERAL, SVENDBORG, "failed"), (GENERAL, None, "failed"))
    text = said(page, **LEADER)
    assert DA("caveat.here", place="Svendborg") in text
    assert not re.search(r"\b17\b|\b900\b", re.sub(r"<svg.*?</svg>|style='[^']*'", "", _caveats_of(text)))


def _caveats_of(text: str) -> str:
    return " ".join(re.findall(r"<p class='rt-caveat.*?</p>|<ul class='rt-caveats'>.*?</ul>", text))


def test_national_coordination_reads_of_the_municipality_that_it_chose(folder: Path, run_id: str) -> None:
    checked(folder, run_id, (OF_FOLLOW_UP, SVENDBORG, "failed"))
    assert OF_FOLLOW_UP.reader_da in said("municipality", municipality=SVENDBORG)
    assert OF_FOLLOW_UP.reader_da not in said("municipality", municipality=LAESOE)
    assert OF_FOLLOW_UP.reader_da not in said("overview")


def test_checks_that_could_not_be_run_are_not_silence(folder: Path, run_id: str) -> None:
    checked(folder, run_id, (GRAVE, None, "error"))
    text = said("overview", **LEADER, lang="en")
    assert EN("caveat.errors") in text
    assert EN("caveat.title") in text


def test_a_grave_caveat_asks_the_reader_to_wait_in_english_too(folder: Path, run_id: str) -> None:
    checked(folder, run_id, (GRAVE, None, "failed"), (GENERAL, None, "failed"))
    text = said("overview", lang="en")
    assert EN("caveat.critical_all") in text
    assert text.count(EN("caveat.critical_figure") + "<") == 8
    assert text.index(f"<p>{GRAVE.reader_en}</p>") < text.index(f"<p>{GENERAL.reader_en}</p>")
