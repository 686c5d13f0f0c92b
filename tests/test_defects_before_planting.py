"""Before anything is planted: what a check names then has a reason that is written down, or is a false alarm.

And what is not planted at all: every check that can stop a run has a defect that it must find.
"""

from __future__ import annotations

import polars as pl
import pytest
from named_findings import named_before

import checks.polars_engine  # noqa: F401 - first: it keeps the warnings of another package's import away
from checks.catalogue import CATALOGUE
from checks.defects import DEFECTS
from checks.defects.bench import SCORES, Bench
from checks.defects.in_the_sample import REASONS

NOWHERE = pl.DataFrame(schema={"check_id": pl.String, "row_key": pl.String})


def test_every_defect_names_checks_that_there_are() -> None:
    known = {check.id for check in CATALOGUE}
    assert {check_id for defect in DEFECTS for check_id in defect.finders} <= known


def test_every_reason_is_about_checks_that_there_are_and_no_check_has_two() -> None:
    named = [check_id for reason in REASONS for check_id in reason.check_ids]
    assert len(named) == len(set(named))
    assert set(named) <= {check.id for check in CATALOGUE}


def test_every_critical_check_has_a_defect_that_it_must_find() -> None:
    critical = {check.id for check in CATALOGUE if check.severity == "critical"}
    assert critical - {check_id for defect in DEFECTS for check_id in defect.finders} == set()


@pytest.mark.parametrize(
    ("check_id", "status", "severity", "is_alarm"),
    [
        ("children.without_weight", "passed_with_failing_rows", "info", False),
        ("support_records.denied_though_recorded", "failed", "info", False),
        ("children.without_weight", "error", "info", True),
        ("pregnancies.without_due_date", "passed_with_failing_rows", "warning", False),
        ("pregnancies.without_due_date", "failed", "warning", True),
        ("children.without_home", "failed", "critical", True),
        ("costs.too_large", "failed", "info", True),
        ("costs.too_large", "passed_with_failing_rows", "info", True),
    ],
)
def test_before_planting_whatever_is_named_without_a_reason_is_an_alarm(
    check_id: str, status: str, severity: str, is_alarm: bool
) -> None:
    said = named_before([(check_id, status, severity)], [(check_id, "1"), (check_id, "2")]).said
    assert said.rows() == [(check_id, status, severity, 2)]
    result = Bench(
        pl.DataFrame(schema=SCORES), said, pl.DataFrame(schema={"check_id": pl.String, "row_key": pl.String})
    )
    assert result.is_good is not is_alarm
    assert (result.unexpected.height, result.expected.height) == (int(is_alarm), int(not is_alarm))


def test_a_check_without_a_failing_row_says_nothing_before_planting() -> None:
    statuses = [("a.passes", "passed", "critical"), ("a.breaks", "error", "info"), ("a.none", "not_applicable", "info")]
    assert named_before(statuses, []).said.rows() == [("a.breaks", "error", "info", 0)]
