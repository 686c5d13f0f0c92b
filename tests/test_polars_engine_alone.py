"""Runs beside each other never mix, nothing is sent, nothing is written at home, and the package stands alone."""

from __future__ import annotations

from checks.polars_engine import new_context, quietly, supported_suite, validate  # isort: skip  # imports GX quietly

import ast
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import great_expectations.expectations as gxe
import polars as pl
import pytest

import checks.polars_engine

pytestmark = pytest.mark.slow

ENGINE = Path(checks.polars_engine.__file__).parent
PROCESS = Path(__file__).parent / "engine_in_a_process.py"
MAY_IMPORT = {"great_expectations", "polars", "numpy", "pandas", "dateutil", "jsonschema"} | sys.stdlib_module_names


def started(home: Path, first: int, runs: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ENGINE.parents[1])}
    command = [sys.executable, "-W", "ignore", str(PROCESS), str(first), str(runs)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=home)


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    output = process.communicate(timeout=240)[0]
    assert process.returncode == 0
    return json.loads(output.splitlines()[-1])


def frame_with(bad: int) -> pl.DataFrame:
    return pl.DataFrame({"n": [1] * (1000 - bad) + [-1] * bad, "bad": [bad] * 1000})


def test_threads_do_not_mix_their_counts() -> None:
    """One suite, many frames, all batches of one name."""
    suite = supported_suite(
        "limits",
        [
            gxe.ExpectColumnValuesToBeBetween(column="n", min_value=0, severity="warning"),
            gxe.ExpectColumnMaxToBeBetween(column="bad", min_value=-1, severity="info"),
        ],
    )

    def run(bad: int) -> tuple[int, int, int]:
        found = {each.expectation_config.type: each.result for each in validate(frame_with(bad), suite).results}
        row = found["expect_column_values_to_be_between"]
        listed = len(row["partial_unexpected_index_list"])
        return row["unexpected_count"], listed, found["expect_column_max_to_be_between"]["observed_value"]

    wanted = list(range(1, 33))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, wanted)) == [(bad, min(bad, 20), bad) for bad in wanted]


def test_processes_do_not_mix_their_counts_and_need_no_network_and_no_home(tmp_path: Path) -> None:
    """With every connection forbidden, and an empty home that stays empty."""
    homes = [tmp_path / "one", tmp_path / "two"]
    for home in homes:
        home.mkdir()
    processes = [started(home, first, 5) for home, first in zip(homes, (1, 100), strict=True)]
    answers = [told(each) for each in processes]
    assert [each["counts"] for each in answers] == [[[n, n] for n in range(first, first + 5)] for first in (1, 100)]
    assert [each["home"] for each in answers] == [[], []]


def test_each_batch_has_an_engine_of_its_own() -> None:
    asset = new_context().data_sources.add_polars("frames").add_frame_asset("frame")
    data = asset.add_batch_definition_whole_table("whole")
    one, other = (data.get_batch({"dataframe": frame_with(bad)}) for bad in (1, 2))
    assert one.id == other.id, "GX names them alike"
    assert one.data.execution_engine is not other.data.execution_engine
    asked = gxe.ExpectColumnMaxToBeBetween(column="bad", min_value=0, severity="info")
    assert [each.validate(asked).result["observed_value"] for each in (one, other, one)] == [1, 2, 1]


def test_analytics_are_off() -> None:
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert new_context().config.analytics_enabled is False


def test_the_package_imports_only_what_it_names() -> None:
    imported = {
        name.split(".")[0]
        for file in ENGINE.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in _modules(node)
    }
    assert imported <= MAY_IMPORT


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    return [str(node.module)] if isinstance(node, ast.ImportFrom) and not node.level else []


def test_the_version_that_the_tests_have_judged_is_installed() -> None:
    """Another minor version of GX may ask for other metrics: pin it, then let the parity tests judge the next."""
    assert quietly.VERSION.startswith("1.24.")


@pytest.mark.parametrize("expectation", ["supported", "refused"])
def test_the_readme_lists_every_stock_expectation(expectation: str) -> None:
    from checks.polars_engine.supported import INSTEAD, SUPPORTED

    readme = (ENGINE / "README.md").read_text(encoding="utf-8")
    stock = {
        getattr(gxe, name).expectation_type: name
        for name in dir(gxe)
        if hasattr(getattr(gxe, name), "expectation_type")
    }
    stock = {kind: name for kind, name in stock.items() if kind.startswith(("expect_", "unexpected_"))}
    named = SUPPORTED if expectation == "supported" else INSTEAD
    missing = [name for kind, name in stock.items() if kind in named and f"`{name}`" not in readme]
    assert not missing
    assert not set(stock) - SUPPORTED - set(INSTEAD), "neither supported nor refused with a reason"
