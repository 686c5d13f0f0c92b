"""Published figures as files, from a page and from the command: a state in words beside every figure."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from commanded import Done, roedtraad
from drawn_figures import absent, figure
from published_frames import AS_OF, FakeSnapshot, country, run_facts, write_store

from dashboards.continuity import Loss, Step, Thread
from dashboards.figure_files import figures, threads_of
from dashboards.language import LANGUAGES, Words
from dashboards.opening import Publication
from dashboards.page_record import Facts
from dashboards.scope import Scope
from dashboards.spreadsheets import as_csv, as_excel
from dashboards.states import STATES
from dashboards.visit import Visit

FACTS = Facts("Overleveret til tiden", (("Titel", "Overleveret til tiden"),))


def visit(words: Words) -> Visit:
    source = FakeSnapshot({}, run_facts())
    return Visit(words, Scope("national"), source, "light", Publication(source, "r1", is_of_last_run=True))


@pytest.mark.parametrize("words", [Words(language) for language in LANGUAGES], ids=LANGUAGES)
def test_a_file_keeps_the_five_states_apart(words: Words) -> None:
    shares = [figure(34, 41), *(absent(state) for state in STATES if state != "number")]
    rows = figures(visit(words), [("Overleveret", share) for share in shares])
    assert rows[words("table.state")].to_list() == [words(f"state.{state}") for state in STATES]
    numbers = rows.select(words(f"table.{name}") for name in ("numerator", "denominator", "share", "low", "high"))
    assert numbers.row(0)[:3] == (34, 41, 0.8293)
    assert numbers[1:].null_count().row(0) == (4,) * 5
    again = pl.read_excel(io.BytesIO(as_excel(rows, FACTS, ("Tal", "Om tallene"), AS_OF)), sheet_name="Tal")
    assert again[words("table.state")].to_list() == rows[words("table.state")].to_list()


def test_a_danish_excel_reads_the_shares_as_numbers() -> None:
    text = as_csv(figures(visit(Words("da")), [("Overleveret", figure(34, 41))]), FACTS).decode("utf-8-sig")
    assert text.splitlines()[0] == "# Titel: Overleveret til tiden"
    assert text.splitlines()[2] == "Overleveret;Svendborg;2023–2025;Tal;34;41;0,8293;0,6874;0,9147"


def test_a_file_of_the_thread_says_what_is_hidden_of_it() -> None:
    steps = (
        Step("exposed", 41, 0),
        Step("registered", None, None),
        Step("handed_over", 20, 21, (Loss("no_handover", None),)),
    )
    named = {"Svendborg": Thread("number", steps), "Læsø": Thread("missing")}
    rows = threads_of(named, "2023–2025", Words("da")).select(
        "Sted", "Trin", "Hvad blev der af dem", "Tilstand", "Børn"
    )
    assert rows.rows() == [
        ("Svendborg", "eksponeret", "med i tråden", "Tal", 41),
        ("Svendborg", "eksponeret", "tabt her", "Tal", 0),
        ("Svendborg", "registreret", "med i tråden", "Skjult", None),
        ("Svendborg", "registreret", "tabt her", "Skjult", None),
        ("Svendborg", "overleveret", "med i tråden", "Tal", 20),
        ("Svendborg", "overleveret", "tabt her", "Tal", 21),
        ("Svendborg", "overleveret", "ingen overlevering", "Skjult", None),
        ("Læsø", "eksponeret", "med i tråden", "Ikke opgjort", None),
    ]


def exported(store: Path, out: Path) -> Done:
    return roedtraad("export", "published_shares", "--store", store, "--out", out)


def test_published_shares_are_exported_as_they_are_published(tmp_path: Path) -> None:
    snapshot = country()
    store = write_store(tmp_path / "store", snapshot)
    done = exported(store, tmp_path / "shares.parquet")
    assert done.returncode == 0, done.stderr
    again = pl.read_parquet(tmp_path / "shares.parquet")
    assert (
        again["state"]
        .value_counts(sort=True)
        .equals(snapshot.tables["published_shares"]["state"].value_counts(sort=True))
    )


def test_without_a_publication_there_is_nothing_to_export(tmp_path: Path) -> None:
    tables = {name: rows for name, rows in country().tables.items() if not name.startswith("published_")}
    done = exported(write_store(tmp_path / "store", FakeSnapshot(tables)), tmp_path / "shares.csv")
    assert done.returncode == 5
    assert "roedtraad publish" in done.stderr + done.stdout
