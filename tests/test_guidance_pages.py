"""The pages of a store about a target group of its own, and the register of guidance descriptions in every store."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from figure_frames import AS_OF
from streamlit_pages import opened, said
from streamlit_pages import run as run_page

from dashboards import page_list
from dashboards.guidance import asked, register
from dashboards.language import Words, catalogue
from dashboards.opening import STORE_VARIABLE, open_store
from dashboards.scope import Scope
from dashboards.stewards.gap_list import CHILD
from pipelines.cli import app
from pipelines.definitions import in_force
from pipelines.definitions.descriptions import SomeDay, read_description, shipped_folder
from pipelines.definitions.reference import Reference
from pipelines.guidance.survey import KNOWS, USES, survey_of
from pipelines.requests.actors import Actor
from pipelines.requests.answer_rules import read_answer
from pipelines.requests.answers import give
from pipelines.requests.opened import open_request
from pipelines.requests.respondents import municipalities
from pipelines.store import Store

pytestmark = pytest.mark.slow

RARE = shipped_folder() / "rare_disabilities"
COPENHAGEN, SVENDBORG = "0101", "0479"
NATIONAL = Scope("national")
LEADER = Scope("leader", SVENDBORG, "1083")
DA, EN = Words("da"), Words("en")


@pytest.fixture(autouse=True)
def _no_other_group() -> Iterator[None]:
    yield
    in_force.put(None)


@pytest.fixture(scope="module")
def published(published_country: Path) -> Path:
    """A published store of the shipped target group, with a survey that one municipality has answered."""
    store = published_country
    described = read_description(shipped_folder() / "prenatal_exposure_child")
    survey = survey_of(described)
    on, actor = date(2026, 9, 1), Actor("test")
    name = open_request(store, survey, municipalities(Reference.load(), on, None), actor=actor, on=on).id
    given = {f"{KNOWS}fbb_2": "ja", f"{USES}fbb_2": "partly", f"{KNOWS}fbb_5": "nej"}
    answers = [read_answer(survey, survey.question(key), value) for key, value in given.items()]
    give(store, name, ("municipality", SVENDBORG), answers, actor=actor, how="command")
    return store


def test_a_municipality_reads_its_own_answers_and_national_coordination_all(published: Path) -> None:
    described = read_description(shipped_folder() / "prenatal_exposure_child")
    survey = asked.last_survey(published, described)
    assert survey is not None
    everybody, own = asked.said(survey, NATIONAL, described), asked.said(survey, LEADER, described)
    assert everybody["municipality_code"].n_unique() == 98
    assert own["municipality_code"].unique().to_list() == [SVENDBORG]
    answered = own.filter(pl.col("recommendation").is_in(["FBB-2", "FBB-5", "FBB-6"]))
    assert answered.select("recommendation", "knows", "uses").rows() == [
        ("FBB-2", "yes", "partly"),
        ("FBB-5", "no", None),
        ("FBB-6", None, None),
    ]
    assert asked.said(survey, Scope("operator"), described).is_empty()


def test_a_survey_asks_two_questions_of_each_recommendation(published: Path) -> None:
    described = read_description(RARE)
    questions = [each.id for each in survey_of(described).questions]
    assert len(questions) == 2 + 2 * described.recommendations.height
    assert {f"{KNOWS}sh_7", f"{USES}sh_7"} <= set(questions)


@pytest.mark.parametrize("role", ["national", "leader", "steward"])
def test_the_page_says_what_is_said_beside_what_is_done(
    published: Path, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STORE_VARIABLE, str(published))
    page = opened("guidance", role=role, municipality=SVENDBORG, description="prenatal_exposure_child")
    text = said(page)
    assert "Eksponeringen registreres" in text
    assert DA("milestone.asked") in text
    assert (DA("says.partly_count", number=1) in text) == (role == "national")
    assert role == "national" or "København" not in text


def test_what_is_over_is_told_by_how_long_ago_it_was() -> None:
    today = date(2026, 11, 22)
    assert register.years_over(SomeDay("2025-09"), today, EN) == "14 months ago"
    assert register.years_over(SomeDay("2021"), today, EN) == "4 years ago"
    described = read_description(RARE)
    assert [each.standing for each in register.milestones(described, today, None)] == ["done", "over", "over"]
    told = register.milestones(described, today, today)
    assert [each.standing for each in told] == ["done", "asked", "over"]


@pytest.mark.parametrize(
    ("day", "told"), [("2022-09-09", "9 September 2022"), ("2023-09", "September 2023"), ("2018", "2018")]
)
def test_a_day_is_told_as_exactly_as_it_is_known(day: str, told: str) -> None:
    assert register.day_words(SomeDay(day), EN) == told


def test_in_a_store_of_its_own_a_group_comes_first_and_has_figures(published: Path, tmp_path: Path) -> None:
    assert register.descriptions(published)[-1].name == "rare_disabilities"
    shutil.copytree(RARE, tmp_path / "guidance" / "rare_disabilities")
    known = register.descriptions(tmp_path)
    assert known[0].name == "rare_disabilities"
    assert [register.is_of_store(each, tmp_path) for each in known] == [True, False, False]


@pytest.fixture(scope="module")
def rare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("rare")
    sample = ["sample", str(place), "--guidance", "rare_disabilities", "--children", "3000", "--quiet"]
    app(sample, standalone_mode=False)
    run = ["run", "-q", "--guidance", "rare_disabilities", "--canonical", f"{place}/canonical"]
    app([*run, "--store", f"{place}/store", "--as-of", AS_OF.isoformat()], standalone_mode=False)
    return place / "store"


OF_THE_SHIPPED_GROUP = {
    "da": r"ekspon|alkohol|rusm|familieamb|abstinens",
    "en": r"expos|alcohol|substance|drug|family clinic|withdrawal",
}
NOT_SAID_OF_IT = re.compile(
    r"(screened|referred|plan_before_birth|development_group\.(alcohol|z_drugs|other)|rows_of\..*"
    r"|actor\.substance_treatment|unmeasured\..*|request.*|brief.*|document.*|national_report.*|reply.*)$"
)
"""Measures and groups that it has not, names of registers, and texts of other pages' own subjects."""


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_text_of_a_store_about_rare_disabilities_speaks_of_exposure(rare: Path, language: str) -> None:
    open_store(rare)
    shipped_words = re.compile(OF_THE_SHIPPED_GROUP[language])
    told = {key: re.sub(r"{\w+}", "", text).lower() for key, text in catalogue(language).items()}  # type: ignore[arg-type]
    wrong = {key: text for key, text in told.items() if shipped_words.search(text) and not NOT_SAID_OF_IT.search(key)}
    assert wrong == {}


def test_the_worklist_of_a_store_about_rare_disabilities_has_its_gaps_in_its_words(
    rare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STORE_VARIABLE, str(rare))
    text = said(opened("worklist", role="steward", municipality=COPENHAGEN)).lower()
    assert "diagnosen" in text
    assert "ekspon" not in text


@pytest.fixture(scope="module")
def rare_published(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published figures with the folder of the group: what pages on another machine have."""
    store = Path(shutil.copytree(published, tmp_path_factory.mktemp("rare_published") / "store"))
    shutil.copytree(RARE, store / "guidance" / "rare_disabilities")
    return store


PAGES_OF_FIGURES = [
    page.name for page in page_list.PAGES if page.group in ("figures", "coordination") and not page.under
]


@pytest.mark.parametrize("page", PAGES_OF_FIGURES)
def test_every_page_of_figures_opens_on_a_store_about_rare_disabilities(
    rare_published: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STORE_VARIABLE, str(rare_published))
    text = said(opened(page, role="national")).lower()
    assert not re.search(OF_THE_SHIPPED_GROUP["da"].replace("|alkohol", ""), text) or page in ("requests", "guidance")


def test_the_thread_of_a_child_is_told_in_the_words_of_its_group(rare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE_VARIABLE, str(rare))
    run = Store(rare).snapshot()
    of_copenhagen = pl.col("municipality_code").cast(pl.String) == COPENHAGEN
    gap = run.table("gaps").filter((pl.col("kind").cast(pl.String) == "handed_over") & of_copenhagen).head(1)
    names = run.table("identities").filter(pl.col("kind") == "person")
    child = gap.join(names, left_on="child_id", right_on="id").select("pseudonym").collect().item()
    page = opened("worklist", role="steward", municipality=COPENHAGEN)
    page.session_state[CHILD] = ("person", child)
    text = said(run_page(page, "child")).lower()
    assert "diagnose" in text
    assert not re.search(OF_THE_SHIPPED_GROUP["da"], text)


def test_a_store_of_the_shipped_group_is_read_in_the_shipped_words_again(
    rare: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(rare)
    before = DA("step.exposed")
    monkeypatch.setenv(STORE_VARIABLE, str(published))
    opened("overview")
    assert (before, DA("step.exposed")) == ("med diagnosen", "eksponeret")
