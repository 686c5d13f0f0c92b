"""One frame validated with Great Expectations: counts of every check, keys of failing rows, nothing else of a row.

Only this module imports Great Expectations (through our engine), and importing it takes seconds: it is imported when
something is validated.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from checks.counting import VALIDATED
from checks.declared import Check
from checks.faults import Fault
from checks.findings import MOST_FINDINGS, naming_columns
from checks.polars_engine import ExpectRowsToKeepRule, register_rule, supported_suite, validate

if TYPE_CHECKING:
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )

    from checks.frames import Frame

logging.getLogger("checks.polars_engine").setLevel(logging.ERROR)
"""A list that is cut is told in the results, as `listed`."""

LISTS = ("unexpected_index_list", "partial_unexpected_index_list", "unexpected_index_query")


@dataclass(frozen=True)
class Validated:
    """`counts`: schema VALIDATED, one row per check. `found`: `check_id`, the frame's key and its municipality, one row
    per failing row that was fetched. `told`: Great Expectations' own result, without keys."""

    counts: pl.DataFrame
    found: pl.DataFrame
    told: ExpectationSuiteValidationResult


def validated(frame: Frame, rows: pl.LazyFrame, checks: Sequence[Check]) -> Validated:
    """All checks of a frame in one pass over `rows`, and one more for the failing keys if anything fails."""
    columns = naming_columns(frame)
    schema = rows.collect_schema()
    told = validate(
        rows,
        _suite(frame, checks),
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": columns,
            "exclude_unexpected_values": True,
            "return_unexpected_index_query": False,
        },
        max_failing_rows=MOST_FINDINGS,
    )
    of_check = {each.expectation_config.kwargs["rule"]: each for each in told.results if each.expectation_config}
    key_schema: dict[str, pl.DataType] = {name: schema[name] for name in columns}
    counts = [_counts(check, of_check[check.id], schema) for check in checks]
    found = [part for check in checks for part in _found(check, of_check[check.id], key_schema)]
    for check in checks:
        _without_keys(of_check[check.id], schema, check)
    nothing = pl.DataFrame(schema={"check_id": pl.String(), **key_schema})
    return Validated(pl.DataFrame(counts, schema=VALIDATED), pl.concat([nothing, *found]), told)


def _suite(frame: Frame, checks: Sequence[Check]) -> ExpectationSuite:
    return supported_suite(frame.name, [_expectation(check) for check in checks])


def _expectation(check: Check) -> ExpectRowsToKeepRule:
    """`mostly` is for Great Expectations' own pages; our status is decided from the counts."""
    register_rule(check.id, check.fails, among=check.is_applicable)
    return ExpectRowsToKeepRule(
        rule=check.id,
        mostly=round(1 - check.threshold, 12),
        severity=check.severity,  # type: ignore[arg-type]  # the word is as good as GX's own name for it
        description=f"{check.claim_da} ({check.id}, {check.category}, {check.severity})",
        meta={"check_id": check.id, "category": check.category, "context": check.context},
    )


def _counts(check: Check, told: ExpectationValidationResult, schema: pl.Schema) -> dict[str, object]:
    if _has_raised(told):
        return {"check_id": check.id, "error": why_not_calculated(check, schema)}
    result: Mapping[str, Any] = told.result or {}
    rows, failing = int(result["element_count"]), int(result["unexpected_count"])
    return {
        "check_id": check.id,
        "rows": rows,
        "applicable": rows - int(result.get("missing_count") or 0),
        "failing": failing,
        "listed": min(failing, MOST_FINDINGS),
    }


def _found(check: Check, told: ExpectationValidationResult, schema: dict[str, pl.DataType]) -> list[pl.DataFrame]:
    """The engine lists keys as columns: one mapping of name to values, or nothing."""
    lists: Sequence[Mapping[str, list[Any]]] = (told.result or {}).get("unexpected_index_list") or []
    whose = pl.lit(check.id).alias("check_id")
    return [pl.DataFrame(dict(each), schema=schema).select(whose, pl.all()) for each in lists]


def _has_raised(told: ExpectationValidationResult) -> bool:
    info: Mapping[str, Any] = told.exception_info or {}
    each = [info] if "raised_exception" in info else [one for one in info.values() if isinstance(one, Mapping)]
    return any(one.get("raised_exception") for one in each) or "element_count" not in (told.result or {})


def why_not_calculated(check: Check, schema: pl.Schema) -> str:
    """A Fault as it is kept."""
    missing = sorted(check.columns - set(schema))
    if missing:
        return str(Fault("no_column", check.frame, ", ".join(missing)))
    try:
        pl.DataFrame(schema=schema).select(check.is_failing)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as fault:
        return str(Fault("wrong_types", check.frame, type(fault).__name__))
    return str(Fault("rule_stopped", check.frame))


def _without_keys(told: ExpectationValidationResult, schema: pl.Schema, check: Check) -> None:
    """Great Expectations writes results into files and pages: keys and others' words of errors have no place there."""
    if told.result:
        told.result = {name: value for name, value in told.result.items() if name not in LISTS}
    if _has_raised(told):
        told.exception_info = {
            "raised_exception": True,
            "exception_message": why_not_calculated(check, schema),
            "exception_traceback": "",
        }
