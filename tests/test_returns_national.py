"""A national store from returns publishes what the store with the rows publishes: every table, row by row."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from returned import AS_OF, Country, country
from typer.testing import CliRunner

from pipelines.audit_log import AuditLog
from pipelines.cli import app
from pipelines.definitions.reference import Reference
from pipelines.disclosure.beside_counts import beside_counts
from pipelines.disclosure.national import national_release
from pipelines.disclosure.published_tables import published_tables
from pipelines.disclosure.publishing import silent_places, told_shares
from pipelines.returns.combining import combine, withdraw
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

REFERENCE = Reference.load()
OF_EACH_CHILD = {"published_costs", "published_cost_differences", "published_price_years"}
"""Rule 5 asks what each child has cost: without rows they are missing."""

CHILDREN = 1200
AALBORG, ODENSE = "0851", "0461"


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return country(tmp_path_factory.mktemp("land"), CHILDREN)


@pytest.fixture(scope="module")
def national(land: Country, tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = land.national(tmp_path_factory.mktemp("national") / "store")
    combine(store, land.files(), REFERENCE, "somebody")
    return store


def told(run: Snapshot) -> dict[str, pl.DataFrame]:
    """Every table for readers, as the gate would wish it: the gate itself, which takes minutes with so few children,
    sees nothing of a run but the counts that are compared here too."""
    national, beside = national_release(run, AS_OF, REFERENCE, 5), beside_counts(run, AS_OF, REFERENCE, 5)
    shares = told_shares(national, national.hidden)
    counted = published_tables(national, national.hidden, AS_OF, silent_places(run, REFERENCE))
    tables = counted | beside.published(beside.protected.hidden, shares)
    cells = {
        f"cells {name}": pl.DataFrame({"name": made.names, "count": made.counts, "hidden": hidden})
        for name, made, hidden in (
            ("of counts", national.tables, national.hidden),
            ("beside", beside.protected.tables, beside.protected.hidden),
        )
    }
    return {name: _sorted(rows.lazy().collect()) for name, rows in (tables | cells).items()}


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, dtype in rows.schema.items() if dtype == pl.List(pl.String())]
    return rows.with_columns(pl.col(lists).list.join(",")).sort(rows.columns)


@pytest.fixture(scope="module")
def published(land: Country, national: Store) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Of the rows, and of the returns."""
    return told(land.rows.snapshot()), told(national.snapshot())


def test_returns_publish_what_the_rows_publish(published: tuple[dict[str, pl.DataFrame], ...]) -> None:
    of_rows, of_returns = published
    assert set(of_rows) == set(of_returns)
    for name in sorted(set(of_rows) - OF_EACH_CHILD):
        assert_frame_equal(of_rows[name], of_returns[name], check_exact=True)
        assert of_rows[name].height, name
    counts = of_rows["published_counts"].filter(pl.col("state") == "number", pl.col("count") > 0)
    assert counts.height > 100


def test_what_only_rows_could_tell_is_missing_and_never_a_number(
    published: tuple[dict[str, pl.DataFrame], ...],
) -> None:
    costs = published[1]["published_costs"]
    assert costs.height == 6
    assert costs["state"].unique().to_list() == ["missing"]
    assert costs["mean_dkk"].null_count() == 6
    assert published[1]["published_cost_differences"].is_empty()


def test_a_municipality_that_has_withdrawn_is_missing_and_never_a_zero(
    national: Store, tmp_path: Path, published: tuple[dict[str, pl.DataFrame], ...]
) -> None:
    store = Store(shutil.copytree(national.folder, tmp_path / "national"))
    run = withdraw(store, ODENSE, "counted twice", REFERENCE)
    release = national_release(run, AS_OF, REFERENCE, 5)
    tables = published_tables(release, release.hidden, AS_OF, silent_places(run, REFERENCE))
    for name, rows in tables.items():
        place = rows.filter(group_kind="municipality", group_value=ODENSE).collect()
        assert place["state"].unique().to_list() == ["missing"], name
        numbers = [
            column for column in ("numerator", "denominator", "share", "count", "children") if column in place.columns
        ]
        assert place.select(pl.all_horizontal(pl.col(numbers).is_null()).all()).item(), name
        before = published[1][name].filter(group_kind="municipality", group_value=ODENSE)
        assert before["state"].unique().to_list() != ["missing"], name


def test_a_region_that_nobody_has_reported_of_is_missing(land: Country, tmp_path: Path) -> None:
    store = land.national(tmp_path / "national")
    combine(store, [land.file(ODENSE)], REFERENCE, "somebody")
    silent = silent_places(store.snapshot(), REFERENCE)
    assert {"0101", "1084"} <= set(silent)
    assert not {ODENSE, "1083"} & set(silent)
    assert silent_places(land.rows.snapshot(), REFERENCE) == []


# The commands


def said(*arguments: object, exit_code: int = 0) -> str:
    outcome = CliRunner().invoke(app, [str(each) for each in arguments])
    assert outcome.exit_code == exit_code, outcome.output
    return " ".join(outcome.output.split())


def test_a_municipality_reports_by_commands_and_all_of_it_is_in_the_audit_log(land: Country, tmp_path: Path) -> None:
    said("return", "key", "new", tmp_path / "0851.pem")
    national, file = tmp_path / "national", tmp_path / "0851.zip"
    said("return", "key", "register", tmp_path / "0851.pub.pem", "--store", national, "--municipality", AALBORG)
    export = ("return", "export", "--store", land.rows.folder, "--municipality", AALBORG)
    said(*export, "--out", file, "--key", tmp_path / "0851.pem")
    assert "Signed with the key" in said("return", "verify", file, "--store", national)
    assert "not compared" in said("return", "verify", file)
    assert "1 returns were accepted. Missing: 0101, 0147" in said("return", "combine", file, "--store", national)
    assert "reported already" in said("return", "combine", file, "--store", national, exit_code=19)
    assert "0851 accepted" in said("return", "list", "--store", national)
    assert "no row of a person" in said("status", "--store", national)
    assert "no rows of persons" in said("gaps", "--store", national, "--municipality", AALBORG, exit_code=6)
    assert "no rows to check" in said("check", "--store", national, exit_code=1)
    said("return", "withdraw", "--store", national, "--municipality", AALBORG, "--reason", "counted twice")
    entries = AuditLog.of(national).entries().filter(pl.col("municipality_code") == AALBORG)
    assert [each for each in entries["action"].to_list() if each != "saw"] == [
        "setting",
        "returned",
        "refused",
        "decided",
    ]
    exported = AuditLog.of(land.rows.folder).entries().filter(pl.col("action") == "exported")
    assert AALBORG in exported["municipality_code"].to_list()


def test_a_reason_with_a_persons_number_is_not_kept(tmp_path: Path) -> None:
    number = "-".join(["010125", "4321"])
    withdrawn = ("return", "withdraw", "--store", tmp_path / "n", "--municipality", AALBORG, "--reason", number)
    assert number not in said(*withdrawn, exit_code=1)
    assert not (tmp_path / "n").exists()


def test_all_returns_are_made_by_one_command(land: Country, tmp_path: Path) -> None:
    said("return", "export", "--store", land.rows.folder, "--all", "--out", tmp_path / "all", "--key", land.key_file)
    assert len(list((tmp_path / "all").glob("*.zip"))) == 99


def test_returns_that_cannot_be_put_where_they_should_say_so_plainly(land: Country, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Kære koordination")
    export = ("return", "export", "--store", land.rows.folder, "--municipality", AALBORG, "--key", land.key_file)
    assert "cannot be made a folder" in said(*export, "--out", tmp_path / "letter.txt", exit_code=6)
    assert "cannot be written" in said(*export, "--out", tmp_path / "nowhere" / "0851.zip", exit_code=6)


def test_the_form_of_a_return_is_told() -> None:
    assert '"x-tables"' in said("return", "schema")


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (("--all", "--municipality", AALBORG, "--out", "x"), 2),
        (("--out", "x"), 2),
        (("--all", "--out", "x.zip"), 2),
        (("--municipality", "9999", "--out", "x"), 1),
    ],
)
def test_whose_return_must_be_said(
    land: Country, tmp_path: Path, arguments: tuple[str, ...], exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said("return", "export", "--store", land.rows.folder, "--key", land.key_file, *arguments, exit_code=exit_code)
    assert not list(tmp_path.glob("*.zip"))
