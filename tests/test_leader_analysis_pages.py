"""Development, costs, participation and times to event on the leaders' pages, as Streamlit runs them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from published_frames import COPENHAGEN, run_facts, written
from published_stores import published_otherwise
from streamlit.testing.v1 import AppTest
from streamlit_pages import ROOT, opened, said
from test_leader_pages import lead

from dashboards import opening
from dashboards.language import Words
from pipelines.definitions.times_to_event import TIMES_TO_EVENT
from pipelines.store import Store

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")
LEADER = {"role": "leader", "municipality": COPENHAGEN}
PAGES = ("follow_up", "development", "costs")
BORN, BEFORE = "2020-2022", "2017-2019"


@pytest.fixture(scope="module")
def store(published_country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a development by hand: of communication at 3-5 years, of 100 exposed and 1,000 other children assessed."""
    folder = tmp_path_factory.mktemp("planted") / "store"
    changed = {"published_development": _development(), "published_ratios": _ratios()}
    return _after_a_run(
        published_otherwise(published_country, folder, {name: rows.lazy() for name, rows in changed.items()})
    )


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))


def _after_a_run(folder: Path) -> Path:
    written(folder, "run", {}, run_facts())
    return folder


def _development() -> pl.DataFrame:
    counts = {
        ("exposed", BORN): (30, 20, 50), ("others", BORN): (100, 100, 800),
        ("exposed", BEFORE): (32, 20, 48), ("others", BEFORE): (100, 100, 800),
    }  # fmt: skip
    rows = [
        _share(group, born, share_of, part, sum(parts))
        for (group, born), parts in counts.items()
        for share_of, part in zip(("concern", "monitor", "typical"), parts, strict=True)
    ]
    rows += [_share(group, born, "assessed", sum(parts), 2 * sum(parts)) for (group, born), parts in counts.items()]
    return pl.DataFrame(rows, schema_overrides={"members": pl.List(pl.String)})


def _share(group: str, born: str, share_of: str, part: int, whole: int) -> dict[str, Any]:
    share = part / whole
    return {
        "period": born, "age_band": "3-5", "domain": "communication", "group_kind": "exposure", "group_value": group,
        "members": None, "share_of": share_of, "numerator": part, "denominator": whole,
        "share": share, "low": share - 0.09, "high": share + 0.09, "state": "number",
    }  # fmt: skip


def _ratios() -> pl.DataFrame:
    figures = {"alike": (2.9, 1.9, 4.2), "crude": (3.0, 2.0, 4.3)}
    return pl.DataFrame(
        [
            {
                "period": born, "age_band": "3-5", "domain": "communication", "outcome": outcome, "standardised": kind,
                "ratio": ratio, "low": low, "high": high, "state": "number", "reason": None,
            }
            for born in (BORN, BEFORE)
            for outcome in ("concern", "monitor_or_concern")
            for kind, (ratio, low, high) in figures.items()
        ],
        schema_overrides={"reason": pl.String},
    )  # fmt: skip


def pictures(app: AppTest) -> list[str]:
    """The text of each picture."""
    return [str(chart.proto.alt) for chart in app.get("plotly_chart")]


@pytest.mark.parametrize(("role", "language"), [("leader", "da"), ("national", "en")])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_a_sentence_numbers_with_definitions_pictures_with_texts_and_questions(
    page: str, role: str, language: str
) -> None:
    app = opened(page, role=role, municipality=COPENHAGEN, lang=language)
    text = said(app)
    assert lead(app).endswith(".")
    assert 1 <= text.count("class='rt-card'") <= 8
    assert text.count("<summary>") >= text.count("class='rt-card'")
    assert text.index("rt-lead") < text.index("rt-card") < text.index("rt-ask")
    assert len(pictures(app)) > 1
    assert all(len(each) > 20 for each in pictures(app))


# Follow-up


@pytest.mark.parametrize("interval", [each.name for each in TIMES_TO_EVENT])
def test_each_interval_is_told_in_words_with_its_picture(interval: str) -> None:
    app = opened("follow_up", interval=interval, **LEADER)
    title = DA(f"course_time.{interval}.title")
    assert title in said(app)
    assert any(title in text for text in pictures(app))


def test_participation_is_told_as_how_many_times_as_often_with_its_interval() -> None:
    text = re.sub(r"<[^>]+>", "", said(opened("follow_up", **LEADER)))
    assert re.search(r"Egen læge: eksponerede børn kommer 0,\d\d gange så ofte som andre børn \(0,\d\d–0,\d\d\)", text)
    assert DA("leader.country_only") in text


# Development


def test_development_tells_concern_ratio_and_who_was_not_assessed_as_an_association() -> None:
    assert lead(opened("development", **LEADER)) == (
        "Vurderinger af kommunikation og sprog ved 3–5 år viser bekymring hos 30 % af de eksponerede børn (21–39 %) og"
        " hos 10 % af alle andre (1–19 %). Det er oftere: 2,9 gange så ofte (1,9–4,2), når fødselsår og kommune ved"
        " fødslen er ens. 50 % af de eksponerede børn er ikke vurderet (41–59 %). Ikke vurderet er ikke det samme som"
        " uden vanskeligheder. Tallene viser en sammenhæng, ikke en virkning."
    )


def test_the_numbers_of_development_stand_beside_others_and_the_years_before() -> None:
    text = said(opened("development", **LEADER))
    assert "30 af 100 vurderede" in text
    assert "Alle andre: 10 %" in text
    assert "Ingen sikker ændring siden 2017–2019 (32 %)" in text
    assert "Uden at holde ens: 3,0" in text


def test_domain_and_years_of_birth_stand_in_the_address() -> None:
    app = opened("development", **LEADER)
    app.segmented_control(key="born").set_value(BEFORE).run()
    assert "født 2017–2019" in said(app)
    assert app.query_params["born"] == BEFORE
    assert "født 2017–2019" in said(opened("development", born=BEFORE, **LEADER))


def test_a_domain_of_which_nothing_is_told_says_where_to_look() -> None:
    app = opened("development", domain="growth", **LEADER)
    assert "Vælg et andet udviklingsområde" in lead(app)
    assert pictures(app) == []


# Costs


def test_costs_say_that_they_are_no_account_and_their_assumptions() -> None:
    text = said(opened("costs", **LEADER))
    assert "Beslutningsstøtte, ikke et regnskab" in text
    assert "2026-priser" in text
    assert re.search(r"tilbageregnet til fødslen med \d", text)
    assert DA("money.not_effect") in text


@pytest.mark.parametrize(
    ("to", "said_once"), [("never", "»Aldrig ført videre«"), ("late", "»Kendt sent«")], ids=["another", "itself"]
)
def test_a_scenario_follows_its_choices_and_moves_nobody_to_where_they_are(to: str, said_once: str) -> None:
    app = opened("costs", share="1.00", **{"from": "late", "to": to}, **LEADER)
    question = next(text for text in pictures(app) if text.startswith("Hvis 100"))
    assert "forløbet »Kendt sent«" in question
    assert question.count(said_once) == 1


def test_without_costs_the_page_says_so_and_makes_no_sum(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = Store(store).last("publish")
    assert last is not None
    names = ("published_costs", "published_cost_differences")
    empty = {name: last.table(name).filter(pl.lit(value=False)) for name in names}
    folder = _after_a_run(published_otherwise(store, tmp_path / "store", empty))
    monkeypatch.setenv(opening.STORE_VARIABLE, str(folder))
    app = opened("costs", **LEADER)
    assert "Ingen udgifter pr. barn kan vises." in lead(app)
    assert DA("money.no_scenario") in said(app)
