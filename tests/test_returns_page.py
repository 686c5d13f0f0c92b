"""The page on returns: who is missing comes first, refused files say why, and nobody else may look."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit_pages
from published_stores import made_up_shares
from returned import Country, country
from streamlit_pages import said

from dashboards import published_returns
from dashboards.language import Words
from dashboards.opening import STORE_VARIABLE, Source, open_store
from dashboards.scope import NotAllowed, Scope
from pipelines.definitions.reference import Reference
from pipelines.disclosure.publishing import TAKEN_OVER
from pipelines.returns.combining import SomeRefused, combine, withdraw
from pipelines.store import Store

pytestmark = pytest.mark.slow

REFERENCE = Reference.load()
DA, EN = Words("da"), Words("en")
ODENSE = "0461"


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return country(tmp_path_factory.mktemp("land"), children=600)


@pytest.fixture(scope="module")
def national(land: Country, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Everybody but Copenhagen, whose file was cut; Odense has taken its own back."""
    place = tmp_path_factory.mktemp("place")
    store = land.national(place / "national")
    (place / "cut.zip").write_bytes(land.file("0101").read_bytes()[:500])
    others = [file for file in land.files() if file != land.file("0101")]
    combine(store, [*others, place / "cut.zip"], REFERENCE, "somebody", without_refused=True)
    withdraw(store, ODENSE, "talt to gange", REFERENCE)
    with pytest.raises(SomeRefused):
        combine(store, [land.file("0851")], REFERENCE, "somebody")
    return store


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a page says of a store, to a role."""

    def told(store: Path, name: str, **address: str) -> str:
        monkeypatch.setenv(STORE_VARIABLE, str(store))
        return said(streamlit_pages.opened(name, **{"role": "national", **address}))

    return told


def opened(store: Store) -> Source:
    return open_store(store.folder)


def test_who_is_missing_stands_first_and_who_has_taken_back_says_why(national: Store, page: Callable[..., str]) -> None:
    told = page(national.folder, "returns")
    assert DA("returns.missing", reported="96", every="98", missing="2") in told
    assert told.index(DA("returns.missing_title")) < told.index(DA("returns.refused_title"))
    assert told.index(DA("returns.refused_title")) < told.index(DA("returns.accepted_title"))
    assert "talt to gange" in told
    assert "København" in told


def test_refused_files_say_why_and_what_to_do_in_both_languages(national: Store, page: Callable[..., str]) -> None:
    for words in (DA, EN):
        told = page(national.folder, "returns", lang=words.language)
        for reason in ("checksum", "twice"):
            assert words(f"returns.reason.{reason}") in told
            assert words(f"returns.mend.{reason}") in told
        assert "cut.zip" in told


def published_as(store: Store, folder: Path) -> Store:
    """The same store with made-up figures as what was published of its last combination."""
    made = Store(shutil.copytree(store.folder, folder))
    last = made.snapshot()
    with made.writing() as writer:
        for name, rows in made_up_shares().items():
            writer.write(name, rows)
        writer.commit(kind="publish", fingerprint="wished", **{name: last.run[name] for name in TAKEN_OVER})
    return made


def test_the_overview_says_of_how_many_municipalities_the_figures_are_while_somebody_is_missing(
    land: Country, national: Store, page: Callable[..., str], tmp_path: Path
) -> None:
    covers = DA("returns.covers", reported="96", every="98")
    published = published_as(national, tmp_path / "published")
    told = page(published.folder, "overview")
    assert covers in told
    assert DA("returns.who") in told
    assert covers not in page(published.folder, "overview", role="leader", municipality="0851")
    withdraw(published, "0851", "talt to gange", REFERENCE)
    assert DA("returns.changed_since") in page(published.folder, "overview")


def test_figures_made_from_rows_miss_nobody(land: Country, page: Callable[..., str]) -> None:
    assert DA("returns.of_rows") in page(land.rows.folder, "returns")


@pytest.mark.parametrize(("name", "role"), [("quality", "national"), ("worklist", "steward")])
def test_pages_that_need_rows_say_that_there_are_none(
    national: Store, name: str, role: str, page: Callable[..., str]
) -> None:
    assert DA("returns.only_counts") in page(
        national.folder, name, **({"role": role} | ({"municipality": ODENSE} if role == "steward" else {}))
    )


@pytest.mark.parametrize(
    "scope", [Scope("leader", ODENSE, "1083"), Scope("steward", ODENSE, "1083"), Scope("operator")]
)
def test_who_has_reported_is_for_national_coordination_alone(national: Store, scope: Scope) -> None:
    with pytest.raises(NotAllowed):
        published_returns.accepted(opened(national), scope)
    with pytest.raises(NotAllowed):
        published_returns.refused(national.folder, scope)


def test_no_count_of_children_is_on_the_page(national: Store) -> None:
    rows = published_returns.accepted(opened(national), Scope("national"))
    assert rows.height == 97
    assert not {"children", "denominator", "rows"} & set(rows.columns)
