"""Which tables the pages read: figures as the gate has published them, and else what a data steward works on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from published_frames import SVENDBORG, country, run_facts, written
from streamlit.testing.v1 import AppTest

from dashboards import opening
from dashboards.language import Words

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
DASHBOARDS = ROOT / "dashboards"

FIGURES = {
    "published.py": {"published_shares", "published_continuity"},
    "published_revisions.py": {"published_shares"},
    "published_requests.py": {"published_counts"},
    "published_analysis.py": {
        "published_shares",
        "published_development",
        "published_z_scores",
        "published_ratios",
        "published_curves",
        "published_medians",
        "published_participation",
        "published_costs",
        "published_cost_differences",
        "published_price_years",
    },
}
"""What leaders and national coordination read of children. Nothing but `published_*`."""

OF_STEWARDS = {
    "worklist_rows.py": {"gaps", "identities"},
    "child_rows.py": {
        "identities",
        "gaps",
        "exposed",
        "children_in_view",
        "pregnancies",
        "residences",
        "evidence",
        "exposures",
        "handovers",
        "support_records",
        "obligations",
    },
    "news_rows.py": {"identities", "obligations", "children_in_view"},
    "published_quality.py": {
        "deliveries",
        "row_accounting",
        "reporting",
        "linkage_quality",
        "record_links",
        "unmapped_codes",
        "quarantine",
    },
    "published_checks.py": {"check_results"},
    "checks_today.py": {"check_results", "check_failures", "check_decisions"},
}
"""Worklist, account of deliveries, quarantine, results of checks and findings: of the steward's own municipality, and
to others in words and in numbers of rows that are neither small nor give a small one away."""

OF_OPERATORS = {"operations.py": {"deliveries"}}
"""Who has delivered what and when, without a number."""

OF_ONE_CHILD = {"child_rows.py", "news_rows.py"}
"""Of these, some read rows that counts are made of: of a child or the due days of the steward's own municipality."""

OF_RETURNS = {"published_returns.py": {"returns"}}
"""Which municipality has returned its counts, when and by which definitions: no count."""

READERS = FIGURES | OF_STEWARDS | OF_OPERATORS | OF_RETURNS
OPENS = "opening.py"
OF_TARGETS = "quality/declared.py"
"""Reads what a steward has declared, with the checks; no row of anything."""

READS_FILES = re.compile(r"\b(?:pl\.(?:scan|read)_\w+|DeltaTable|rows_of|read_parquet|scan_parquet|duckdb)\b")


def modules() -> dict[str, ast.Module]:
    files = sorted(DASHBOARDS.rglob("*.py"))
    return {str(file.relative_to(DASHBOARDS)): ast.parse(file.read_text("utf-8")) for file in files}


def tables_named(tree: ast.Module) -> set[str]:
    """Names given to `source.table(...)` or to a reader's own `_table(source, ...)`; `?` for one that is no text."""
    imported = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in node.names
    }
    named = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        of = call.func
        if isinstance(of, ast.Attribute) and of.attr == "table":
            of_a_module = isinstance(of.value, ast.Name) and of.value.id in imported
            named |= set() if of_a_module else {_text(call.args[0])}
        elif isinstance(of, ast.Name) and of.id == "_table" and passes_a_name_on(tree):
            named.add(_text(call.args[1]))
    return named


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "?"


def passes_a_name_on(tree: ast.Module) -> bool:
    """A reader's own `_table` may call `.table(name)`: the names that it is given are counted instead."""
    own = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "_table"]
    return any(isinstance(part, ast.Attribute) and part.attr == "table" for each in own for part in ast.walk(each))


def test_readers_read_the_tables_of_their_list_and_no_other_module_reads_any() -> None:
    """The module that opens the store passes every name on."""
    found = {}
    for name, tree in modules().items():
        named = {table for table in tables_named(tree) if re.fullmatch(r"[a-z_?]+", table)}
        if (passes_a_name_on(tree) and name in READERS) or name == OPENS:
            named -= {"?"}
        if named:
            found[name] = named
    assert found == READERS


def test_figures_come_from_published_tables_alone() -> None:
    assert all(table.startswith("published_") for tables in FIGURES.values() for table in tables)
    assert not any(table.startswith("published_") for tables in OF_STEWARDS.values() for table in tables)


def test_one_module_alone_opens_the_store() -> None:
    opens = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "pipelines.store"
    }
    assert opens == {OPENS}


def test_no_module_of_the_pages_reads_a_file_of_rows_by_itself() -> None:
    texts = {str(file.relative_to(DASHBOARDS)): file.read_text("utf-8") for file in DASHBOARDS.rglob("*.py")}
    assert [name for name, text in texts.items() if READS_FILES.search(text) and name != OF_TARGETS] == []


@pytest.mark.parametrize("name", ["counts_by_group", "continuity", "counts", "obligations", "exposed"])
def test_no_module_of_the_pages_names_a_table_of_exact_counts(name: str) -> None:
    quoted = re.compile(rf"\.table\(['\"]{name}['\"]")
    others = [file for file in DASHBOARDS.rglob("*.py") if file.name not in OF_ONE_CHILD]
    assert [file.name for file in others if quoted.search(file.read_text("utf-8"))] == []


@pytest.mark.parametrize("page", ["overview", "municipality"])
@pytest.mark.parametrize("role", ["leader", "national"])
def test_pages_of_figures_need_no_table_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, role: str
) -> None:
    """The folders with rows need not be on the machine that serves leaders and national coordination."""
    folder = tmp_path / "store"
    written(folder, "run", {}, run_facts())
    published = {name: rows for name, rows in country().tables.items() if name.startswith("published_")}
    written(folder, "publish", published, run_facts())
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(folder))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["role"], app.query_params["municipality"] = role, SVENDBORG
    app.run()
    app.switch_page(f"dashboards/pages/{page}.py").run()
    assert not app.exception
    text = " ".join(block.proto.body for block in app.get("html"))
    assert Words("da")("thread.title") in text
    assert "rt-number" in text
