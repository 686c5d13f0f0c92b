"""Which checks a target group of its own is asked, and which are not relevant to it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from checks.catalogue import CATALOGUE
from checks.of_the_group import OF_PREGNANCIES, OWED_TO_EACH, of_the_group
from pipelines.definitions.descriptions import shipped_folder
from pipelines.definitions.in_force import looked_at
from pipelines.definitions.reference import Reference
from pipelines.definitions.target_group import EXPOSED_BEFORE_BIRTH, TargetGroup

RARE = Reference.under(looked_at(shipped_folder() / "rare_disabilities")).target
BY_ID = {check.id: check for check in CATALOGUE}


def is_relevant(check_id: str, target: TargetGroup) -> bool:
    applies = of_the_group(BY_ID[check_id], target).applies
    return applies is None or not applies.meta.eq(pl.lit(value=False))


@pytest.mark.parametrize("check_id", sorted(OWED_TO_EACH))
def test_an_obligation_that_the_group_has_not_is_owed_to_nobody(check_id: str) -> None:
    """Else a group whose deadlines leave a kind out could never be published: the check is critical."""
    without = replace(RARE, obligations=(RARE.obligations or frozenset()) - {OWED_TO_EACH[check_id]})
    assert [is_relevant(check_id, target) for target in (EXPOSED_BEFORE_BIRTH, RARE, without)] == [True, True, False]


@pytest.mark.parametrize("check_id", sorted(OF_PREGNANCIES))
def test_a_group_that_is_not_known_by_pregnancies_is_not_asked_about_them(check_id: str) -> None:
    assert [is_relevant(check_id, target) for target in (EXPOSED_BEFORE_BIRTH, RARE)] == [True, False]
