"""Great Expectations' own form of a check: a file context with suites and results, and Data Docs that work offline.

What is written is chosen field by field: claims and counts. No key and no value of a row is among them, whatever Great
Expectations keeps in its results. Importing this takes seconds: it is imported when it is used.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.data_context.file_data_context import FileDataContext
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.expectations.metadata_types import FailureSeverity

from checks.polars_engine import ExpectRowsToKeepRule, supported_suite
from checks.report.docs_folder import CONTEXT, assert_ours
from checks.report.reported import Report, Reported
from pipelines.errors import StoreFailed

SITE = "data_docs"
PASSED = ("passed_with_failing_rows", "passed")
WHOLE = "all-rows"
"""Name of the only batch of a frame."""


def write_data_docs(validations: Mapping[str, ExpectationSuiteValidationResult], report: Report, folder: Path) -> Path:
    """The context in `folder`, in the place of an earlier one, and the index page of its Data Docs.

    What failed is what the report says: Great Expectations knows neither what stewards accepted nor that nothing to
    judge is no success. Not while another thread validates: it keeps its current context in module state.
    """
    reported = {each.check.id: each for each in report.checks}
    context = _new_context(folder)
    run = RunIdentifier(run_name=report.about.run_id, run_time=report.about.checked_at.astimezone(UTC))
    for frame, told in validations.items():
        checks = [(each, of_it) for of_it in told.results if (each := _reported(of_it, reported))]
        context.suites.add(supported_suite(frame, [_expectation(each) for each, _ in checks]))
        key = ValidationResultIdentifier(ExpectationSuiteIdentifier(frame), run, WHOLE)
        context.validation_results_store.set(key, _counts_only(frame, checks, run))
    with _quietly():
        context.build_data_docs(site_names=[SITE])
    return _finished(folder / SITE, validations, run)


def _new_context(folder: Path) -> FileDataContext:
    assert_ours(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / CONTEXT).write_text((resources.files("checks.report") / "views" / CONTEXT).read_text("utf-8"), "utf-8")
    return gx.get_context(mode="file", context_root_dir=folder)


def _reported(told: ExpectationValidationResult, reported: Mapping[str, Reported]) -> Reported | None:
    """What the report says of the check that a result is about."""
    return reported.get(str(told.expectation_config.kwargs.get("rule"))) if told.expectation_config else None


def _expectation(each: Reported) -> ExpectRowsToKeepRule:
    """In English, as everything around it in Data Docs, which takes a description for markup."""
    check = each.check
    return ExpectRowsToKeepRule(
        rule=check.id,
        mostly=round(1 - check.threshold, 12),
        severity=FailureSeverity(check.severity),
        description=escape(
            f"{check.claim_en} ({check.id}, {check.category}, {check.severity}){_note(each)}", quote=False
        ),
        meta={"check_id": check.id, "category": check.category, "context": check.context},
    )


def _note(each: Reported) -> str:
    """Where the counts alone would mislead."""
    if each.status == "not_applicable":
        return ". 0 rows, not applicable"
    return f". Accepted by a data steward: {each.accepted}" if each.accepted else ""


def _counts_only(
    frame: str, checks: Sequence[tuple[Reported, ExpectationValidationResult]], run: RunIdentifier
) -> ExpectationSuiteValidationResult:
    """Checks without rows to judge are left out, and named in `meta`."""
    results = [_result(each, told) for each, told in checks if each.status != "not_applicable"]
    nothing = [each.check.id for each, _ in checks if each.status == "not_applicable"]
    good = sum(bool(result.success) for result in results)
    return ExpectationSuiteValidationResult(
        success=good == len(results),
        results=results,
        suite_name=frame,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": good,
            "unsuccessful_expectations": len(results) - good,
            "success_percent": 100 * good / len(results) if results else None,
        },
        meta={"run_id": run, "great_expectations_version": gx.__version__, "not_applicable": nothing},
    )


def _result(each: Reported, told: ExpectationValidationResult) -> ExpectationValidationResult:
    """Counts, and that it could not be calculated; why stands in our own report."""
    is_error = each.status == "error"
    return ExpectationValidationResult(
        success=each.status in PASSED,
        expectation_config=_expectation(each).configuration,
        result={} if is_error else _counts(told.result or {}),
        exception_info={
            "raised_exception": is_error,
            "exception_message": "The check could not be calculated." if is_error else None,
            "exception_traceback": "" if is_error else None,
        },
    )


def _counts(result: Mapping[str, Any]) -> dict[str, object]:
    """Elements are the rows that the claim is about: Great Expectations would tell the share of those, and then call it
    a share of all rows."""
    if "element_count" not in result:
        return {}
    share = result.get("unexpected_percent")
    return {
        "element_count": result["element_count"] - (result.get("missing_count") or 0),
        "unexpected_count": result["unexpected_count"],
        "missing_count": 0,
        "missing_percent": 0.0,
        "unexpected_percent": share,
        "unexpected_percent_total": share,
        "unexpected_percent_nonmissing": share,
    }


@contextmanager
def _quietly() -> Iterator[None]:
    """When a page cannot be made, Great Expectations logs the fault, with whatever stood on it, and goes on."""
    logger = logging.getLogger("great_expectations")
    before, logger.disabled = logger.disabled, True
    children = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith(logger.name)]
    levels = [child.level for child in children]
    for child in children:
        child.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.disabled = before
        for child, level in zip(children, levels, strict=True):
            child.setLevel(level)


def _finished(site: Path, frames: Mapping[str, object], run: RunIdentifier) -> Path:
    """The index page, when every page is there: Great Expectations leaves out those that it cannot make."""
    shutil.rmtree(site / "static", ignore_errors=True)
    missing = [frame for frame in frames if not all(page.is_file() for page in _pages(site, frame, run))]
    index = site / "index.html"
    if missing or not index.is_file():
        raise StoreFailed(
            "Data Docs could not be made",
            where=f"pages missing: {', '.join(missing) or 'index'}",
            to_do="Report this fault to those who run Rød tråd; the other reports are whole.",
        )
    return index


def _pages(site: Path, frame: str, run: RunIdentifier) -> list[Path]:
    of_run = site.joinpath("validations", frame, *_parts(run), f"{WHOLE}.html")
    return [site / "expectations" / f"{frame}.html", of_run]


def _parts(run: RunIdentifier) -> tuple[str, ...]:
    """The folders of a run."""
    parts: tuple[str, ...] = run.to_tuple()  # type: ignore[no-untyped-call]
    return parts
