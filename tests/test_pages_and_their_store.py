"""What pages say of their store: nothing there, nothing published, something newer, damage, real children."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from published_frames import AS_OF, SVENDBORG, FakeSnapshot, country, run_facts, write_store, written
from streamlit_pages import PAGES, ROOT, opened, said

from dashboards import opening
from dashboards.language import Words

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")


@pytest.fixture(scope="module")
def snapshot() -> FakeSnapshot:
    return country()


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_without_a_store_the_page_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "nothing"))
    text = said(opened())
    assert DA("problem.no_store") in text
    assert "make run" in text


def without_published(snapshot: FakeSnapshot) -> FakeSnapshot:
    tables = {name: rows for name, rows in snapshot.tables.items() if not name.startswith("published_")}
    return FakeSnapshot(tables)


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
@pytest.mark.parametrize("page", ["overview", "municipality"])
def test_before_anything_is_published_the_page_says_so_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snapshot: FakeSnapshot, page: str, words: Words
) -> None:
    store = write_store(tmp_path / "unpublished", without_published(snapshot))
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))
    text = said(opened(page, role="leader", municipality=SVENDBORG, lang=words.language))
    assert words("problem.not_published") in text
    assert f"roedtraad publish --store {store}" in text
    assert "rt-card" not in text


def test_the_worklist_is_there_before_anything_is_published(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snapshot: FakeSnapshot
) -> None:
    store = write_store(tmp_path / "unpublished", without_published(snapshot))
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))
    assert "120 huller" in said(opened("worklist", role="steward", municipality=SVENDBORG))


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_figures_that_are_older_than_the_run_say_as_of_when_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snapshot: FakeSnapshot, words: Words
) -> None:
    store = write_store(tmp_path / "older", snapshot)
    written(store, "run", without_published(snapshot).tables, run_facts(as_of=date(2027, 1, 31)))
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))
    text = said(opened(role="leader", municipality=SVENDBORG, lang=words.language))
    assert words("problem.older", day=words.day(AS_OF), run_day=words.day(date(2027, 1, 31))) in text
    assert f"roedtraad publish --store {store}" in text
    assert words("app.published_as_of", day=words.day(AS_OF)) in text
    assert "2023–2025" in text, "the last window of the publication, not of the newer run"


def test_another_run_of_the_same_day_is_told_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snapshot: FakeSnapshot
) -> None:
    store = write_store(tmp_path / "older", snapshot)
    written(store, "run", without_published(snapshot).tables, run_facts(code_version="0.2.0"))
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))
    assert DA("problem.older_same_day", day=DA.day(AS_OF)) in said(opened())


def test_published_tables_that_cannot_be_read_are_told_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snapshot: FakeSnapshot
) -> None:
    store = write_store(tmp_path / "damaged", snapshot)
    for part in (store / "published" / "published_shares").glob("*.parquet"):
        part.unlink()
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))
    text = said(opened())
    assert DA("problem.unreadable") in text
    assert f"roedtraad publish --store {store}" in text


@pytest.mark.parametrize("is_sample", [False, None])
def test_real_data_are_refused_on_every_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snapshot: FakeSnapshot, is_sample: bool | None
) -> None:
    real = FakeSnapshot(snapshot.tables, run_facts(is_sample=is_sample))
    monkeypatch.setenv(opening.STORE_VARIABLE, str(write_store(tmp_path / "real", real)))
    for page in PAGES:
        text = said(opened(page, role="steward", municipality=SVENDBORG))
        assert DA("problem.not_sample") in text
        assert "rt-card" not in text
        assert "<table" not in text


def test_a_store_that_cannot_be_read_is_told_without_a_trace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "broken" / "runs" / "_delta_log"
    log.mkdir(parents=True)
    (log / "00000000000000000000.json").write_text("{ cut short")
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "broken"))
    assert EN("problem.cannot_read") in said(opened(lang="en"))
