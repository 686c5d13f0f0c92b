"""Pages over stores that are missing, damaged, of another version or of real children, and a provider that is away."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import polars as pl
import pytest
from attackers import AARHUS, cookie, heard, is_button
from planted_store import whose
from published_frames import run_facts, written
from signed_in import Served, elements, text_of, trigger

from dashboards import page_list
from dashboards.access.sign_in_demo import served_for
from dashboards.language import Words
from dashboards.opening import STORE_VARIABLE
from pipelines.audit_log import FOLDER_VARIABLE, AuditLog

pytestmark = pytest.mark.slow

DA = Words("da")


@pytest.fixture(scope="module")
def any_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    """Pages whose store can be another one from test to test; the provider is away from the beginning."""
    made = tmp_path_factory.mktemp("stores")
    environment = {STORE_VARIABLE: str(made / "store"), FOLDER_VARIABLE: str(made / "audit")}
    with served_for("http://localhost:1", made / "store", environment=environment) as demo:
        yield Served(demo), made


def _missing(store: Path) -> None:
    assert not store.exists()


def _without_a_run(store: Path) -> None:
    store.mkdir()


def _of_another_version(store: Path) -> None:
    written(store, "run", {}, run_facts(contract_version="0"))


def _without_its_guidance(store: Path) -> None:
    """Its figures are about a target group of its own; the folder that says which was not copied along."""
    written(store, "run", {}, run_facts(reference_version="rare_disabilities:0123+4567"))


def _of_a_newer_version(store: Path) -> None:
    """With a column that we do not know, and without one that we need."""
    runs = pl.DataFrame([run_facts(kind="run", epoch=2)]).drop("finished_at")
    runs.write_delta(str(store / "runs"))


def _half_written(store: Path) -> None:
    written(store, "run", {}, run_facts())
    for log in (store / "runs" / "_delta_log").glob("*.json"):
        log.write_text("{ cut short")


@pytest.mark.parametrize(
    ("make", "problem", "why"),
    [
        (_missing, "problem.nothing_yet", "nothing_yet"),
        (_without_a_run, "problem.nothing_yet", "nothing_yet"),
        (_of_another_version, "problem.other_version", "other_version"),
        (_without_its_guidance, "problem.no_guidance", "no_guidance"),
        (_of_a_newer_version, "problem.cannot_read", "cannot_read"),
        (_half_written, "problem.cannot_read", "cannot_read"),
    ],
    ids=["missing", "empty", "other-version", "without-its-guidance", "newer-version", "half-written"],
)
def test_a_store_that_cannot_be_shown_says_what_to_do_and_is_logged(
    any_store: tuple[Served, Path], make: Callable[[Path], None], problem: str, why: str
) -> None:
    served, made = any_store
    shutil.rmtree(made / "store", ignore_errors=True)
    make(made / "store")
    who = f"leader {make.__name__}"
    with served.session(cookies=cookie(served, sub=who)) as session:
        told = text_of(session.run("overview"))
        assert DA(problem) in told
        assert "Traceback" not in heard(session)
    assert [row["who"] for row in AuditLog(made / "audit").entries().iter_rows(named=True) if row["why"] == why][
        -1
    ] == who


def test_published_tables_that_are_half_there_are_told_without_a_trace(
    any_store: tuple[Served, Path], planted: Path
) -> None:
    served, made = any_store
    shutil.rmtree(made / "store", ignore_errors=True)
    shutil.copytree(planted / "store", made / "store")
    for part in (made / "store" / "published" / "published_shares").glob("*.parquet"):
        part.write_bytes(part.read_bytes()[:1000])
    with served.session(cookies=cookie(served)) as session:
        assert DA("problem.unreadable") in text_of(session.run("overview"))
        assert "Traceback" not in heard(session)


def test_figures_need_nothing_but_what_is_published_and_pages_of_rows_say_that_they_are_elsewhere(
    any_store: tuple[Served, Path], planted: Path
) -> None:
    """A machine for leaders and national coordination has no row of anybody on it."""
    served, made = any_store
    shutil.rmtree(made / "store", ignore_errors=True)
    shutil.copytree(planted / "store", made / "store", ignore=shutil.ignore_patterns("tables"))
    for groups, role in ((["roedtraad-leder-0751"], "leader"), (["roedtraad-national"], "national")):
        with served.session(cookies=cookie(served, groups=groups)) as session:
            for page in page_list.of_role(role):  # type: ignore[arg-type]
                drawn = session.run(page.name)
                told = text_of(drawn)
                assert not any(type(element).DESCRIPTOR.name == "Exception" for element in elements(drawn)), page.name
                assert (DA("problem.not_here") in told) == page.reads_rows
                assert DA("problem.stopped") not in told, page.name


def test_real_children_are_shown_to_whoever_has_signed_in_and_to_nobody_else(any_store: tuple[Served, Path]) -> None:
    served, made = any_store
    shutil.rmtree(made / "store", ignore_errors=True)
    written(made / "store", "run", {}, run_facts(is_sample=False))
    with served.session(cookies=cookie(served)) as session:
        told = text_of(session.run("definitions"))
        assert DA("definitions.title") in told
        assert DA("app.sample_note") not in told
    with served.session() as session:
        assert DA("definitions.title") not in text_of(session.run("definitions"))


def test_when_the_provider_is_away_a_click_says_so_and_whoever_is_in_stays_in(
    any_store: tuple[Served, Path], planted: Path
) -> None:
    served, made = any_store
    shutil.rmtree(made / "store", ignore_errors=True)
    shutil.copytree(planted / "store", made / "store")
    with served.session() as session:
        button = next(element for element in elements(session.run()) if is_button(element))
        assert DA("refused.provider_away") in text_of(session.run(widgets=[trigger(button.id)]))
    assert AuditLog(made / "audit").entries().filter(pl.col("why") == "provider_away").height == 1
    with served.session(cookies=cookie(served)) as session:
        session.run("overview")
        assert whose(heard(session)) == {AARHUS}
    for path in ("/auth/login", "/oauth2callback?code=x&state=y", "/auth/logout"):
        answer = httpx.get(f"{served.address}{path}", follow_redirects=True)
        assert answer.status_code == 200
