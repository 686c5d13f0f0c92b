"""Each rule of the specification as a text table: the pipeline and the judge both say what the table says."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from naive import Verdict, judge
from rules.reader import Case, cases_of, in_order, rule_files
from worlds import REFERENCE, prefixed, union
from worlds.frames import pipeline_verdict

CASES = {f"{file.stem}: {case.name}": case for file in rule_files() for case in cases_of(file)}
NEEDS_A_RUN_OF_ITS_OWN = ("counts",)
"""Counts are of all children of a run; what is told of one child can be looked up among many."""


@cache
def _pipeline_on(as_of: date) -> Verdict:
    """All cases of that day in one run, each with ids of its own."""
    together = {name: case for name, case in CASES.items() if case.as_of == as_of and not _is_alone(case)}
    return pipeline_verdict(union(prefixed(case.world, f"<{name}>") for name, case in together.items()), as_of)


def _is_alone(case: Case) -> bool:
    return case.looked_at.table in NEEDS_A_RUN_OF_ITS_OWN


@pytest.mark.parametrize("name", CASES)
def test_the_judge_keeps_the_rule(name: str) -> None:
    case = CASES[name]
    assert case.shown(judge(case.world, case.as_of, REFERENCE)) == in_order(case.expected)


@pytest.mark.parametrize("name", CASES)
def test_the_pipeline_keeps_the_rule(name: str) -> None:
    case = CASES[name]
    if _is_alone(case):
        shown = case.shown(pipeline_verdict(case.world, case.as_of))
    else:
        shown = case.shown(_pipeline_on(case.as_of), prefix=f"<{name}>")
    assert shown == in_order(case.expected)


def test_each_file_of_rules_has_cases_with_names_of_their_own() -> None:
    for file in rule_files():
        names = [case.name for case in cases_of(file)]
        assert names, file.name
        assert len(names) == len(set(names)), file.name
