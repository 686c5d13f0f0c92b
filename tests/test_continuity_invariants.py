"""The continuity funnel on random children and gaps: a judge in plain Python, and what must hold of any country."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import polars as pl
import pytest

from pipelines.continuity import AFTER_BIRTH, CONTRADICTED, STEP_OF_KIND, STEPS, continuity, first_losses, people
from pipelines.definitions.reference import Reference
from pipelines.residence import spells

AS_OF = date(2026, 9, 30)
SEEDS = range(10)
CODES = ("0101", "0147", "0461", "0479", "0851", "0411")
REGION = {"0101": "1084", "0147": "1084", "0461": "1083", "0479": "1083", "0851": "1081", "0411": "outside"}
REASONS = ("no_handover", "not_confirmed", "silent", "not_registered", None)
GROUP = ["group_kind", "group_value", "birth_period_kind", "birth_period"]
KEYS = [*GROUP, "step"]
Rows = list[dict[str, Any]]


def random_country(seed: int, children: int = 80) -> dict[str, Rows]:
    random = Random(seed)
    tables: dict[str, Rows] = {"children": [], "exposed": [], "gaps": [], "residences": []}
    special = Reference.load().schedule.filter(applies_to="exposed").row(0, named=True)
    milestone = f"{special['programme']}:{special['contact_code']}"
    for child in range(children):
        birth = AS_OF - timedelta(days=random.randint(0, 3000))
        tables["children"].append({"child_id": child, "birth_date": birth})
        if child % 5:
            known = birth + timedelta(days=random.randint(-60, 40))
            row = {"child_id": child, "first_known_date": known, "known_before_birth": known < birth}
            tables["exposed"].append(row)
        for _ in range(random.choice([0, 0, 1, 2, 4])):
            kind = random.choice([*STEP_OF_KIND, "screened"])
            other = "gp:week_5" if random.random() < 0.5 else milestone
            tables["gaps"].append(
                {
                    "child_id": child,
                    "kind": kind,
                    "measure": other if kind == "follow_up" else kind,
                    "due_date": birth + timedelta(days=random.randint(0, 5)),
                    "reason": random.choice(REASONS),
                }
            )
        for at in range(random.choice([0, 1, 1, 2])):
            start = birth + timedelta(days=100 * at)
            home = {"child_id": child, "from_date": start, "to_date": None, "municipality_code": random.choice(CODES)}
            if start <= AS_OF:
                tables["residences"].append(home)
    return tables


SCHEMAS: dict[str, dict[str, Any]] = {
    "children": {"child_id": pl.Int64, "birth_date": pl.Date},
    "exposed": {"child_id": pl.Int64, "first_known_date": pl.Date, "known_before_birth": pl.Boolean},
    "gaps": {"child_id": pl.Int64, "kind": pl.String, "measure": pl.String, "due_date": pl.Date, "reason": pl.String},
    "residences": {"child_id": pl.Int64, "from_date": pl.Date, "to_date": pl.Date, "municipality_code": pl.String},
}


def funnel(tables: dict[str, Rows]) -> pl.DataFrame:
    frames = {name: pl.LazyFrame(tables[name], schema=schema) for name, schema in SCHEMAS.items()}
    reference = Reference.load()
    losses = first_losses(frames["exposed"], frames["gaps"], reference)
    home = spells(frames["residences"])
    children = people(frames["exposed"], losses, frames["children"], home, reference, AS_OF)
    rows = continuity(children, AS_OF).collect()
    return rows.sort(*KEYS, "lost_reason", nulls_last=False)


@cache
def funnel_of(seed: int) -> pl.DataFrame:
    return funnel(random_country(seed))


def steps(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("lost_reason").is_null()).sort(*GROUP, "position")


def judged(tables: dict[str, Rows]) -> dict[tuple[str, str, str], tuple[int, dict[str, int]]]:
    """(place, cohort, step) -> children inside and losses by reason; each step looks at those of the step before."""
    special = Reference.load().schedule.filter(applies_to="exposed")
    milestones = {f"{row['programme']}:{row['contact_code']}" for row in special.to_dicts()}
    births = {row["child_id"]: row["birth_date"] for row in tables["children"]}
    told: dict[tuple[str, str, str], tuple[int, dict[str, int]]] = {}
    members: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for child in tables["exposed"]:
        last = max(
            (row for row in tables["residences"] if row["child_id"] == child["child_id"]), key=_start, default=None
        )
        code = last["municipality_code"] if last else "unknown"
        for place in {"country", REGION.get(code, "unknown"), "outside" if code == "0411" else code}:
            for cohort in {"all", *cohorts(births[child["child_id"]].year)}:
                members.setdefault((place, cohort), []).append(child)
    for (place, cohort), everybody in members.items():
        inside = everybody
        for step in STEPS:
            reasons: dict[str, int] = {}
            stay = []
            for child in inside:
                reason = loss(child, step, tables["gaps"], milestones)
                if reason is None:
                    stay.append(child)
                else:
                    reasons[reason] = reasons.get(reason, 0) + 1
            inside = stay
            told[place, cohort, step] = (len(inside), reasons)
    return told


def _start(row: dict[str, Any]) -> date:
    return row["from_date"]


def cohorts(year: int) -> set[str]:
    return {f"{last - 2}-{last}" for last in range(year, year + 3) if last <= AS_OF.year}


def loss(child: dict[str, Any], step: str, gaps: Rows, milestones: set[str]) -> str | None:
    """Why the child falls out at the step: its oldest gap there; none when it stays."""
    if step == "known_before_birth":
        return None if child["known_before_birth"] else AFTER_BIRTH
    own = [
        (gap["due_date"], gap["reason"] or CONTRADICTED)
        for gap in gaps
        if gap["child_id"] == child["child_id"] and STEP_OF_KIND.get(gap["kind"]) == step
        if gap["kind"] != "follow_up" or gap["measure"] in milestones
    ]
    return min(own)[1] if own else None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_funnel_is_that_of_the_judge(seed: int) -> None:
    expected = judged(random_country(seed))
    rows = funnel_of(seed)
    reasons: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in rows.filter(pl.col("lost_reason").is_not_null()).to_dicts():
        key = (row["group_value"], row["birth_period"], row["step"])
        reasons.setdefault(key, {})[row["lost_reason"]] = row["lost"]
    told = {
        key: (row["children"], reasons.get(key, {}))
        for row in steps(rows).to_dicts()
        if (key := (row["group_value"], row["birth_period"], row["step"]))
    }
    assert told == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_shrink_and_whoever_is_gone_is_lost_there_for_one_reason(seed: int) -> None:
    rows = funnel_of(seed)
    before = pl.col("children").shift(1).over(GROUP, order_by="position")
    told = steps(rows).with_columns(before.alias("before"))
    assert told.filter(pl.col("children") > pl.col("before")).height == 0
    assert told.filter(pl.col("children") + pl.col("lost") != pl.col("before")).height == 0
    by_reason = rows.filter(pl.col("lost_reason").is_not_null()).group_by(KEYS).agg(pl.col("lost").sum()).sort(KEYS)
    assert by_reason.equals(told.filter(pl.col("lost") > 0).select(*KEYS, "lost").sort(KEYS))
    assert told.filter((pl.col("step") == "exposed") & (pl.col("lost") > 0)).height == 0


@pytest.mark.parametrize("kind", ["municipality", "region"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_places_of_a_country_add_up_to_it_in_every_cohort_and_for_every_reason(seed: int, kind: str) -> None:
    rows = funnel_of(seed)
    assert summed(rows.filter(group_kind=kind)).equals(summed(rows.filter(group_kind="country")))


def summed(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ["birth_period_kind", "birth_period", "step", "lost_reason"]
    return rows.group_by(keys).agg(pl.col("children", "lost").sum()).sort(keys)


@pytest.mark.parametrize("seed", SEEDS)
def test_cohorts_that_do_not_overlap_add_up_to_all_children(seed: int) -> None:
    rows = funnel_of(seed).filter(pl.col("group_kind") == "country")
    apart = rows.filter(pl.col("birth_period").is_in(["2018-2020", "2021-2023", "2024-2026"]))
    born = random_country(seed)["children"]
    assert min(child["birth_date"].year for child in born) >= 2018
    keys = ["step", "lost_reason"]
    parts, whole = (part.group_by(keys).agg(pl.col("children", "lost").sum()).sort(keys) for part in (
        apart, rows.filter(pl.col("birth_period") == "all")
    ))  # fmt: skip
    assert parts.equals(whole)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    tables = {name: Random(seed).sample(rows, len(rows)) for name, rows in random_country(seed).items()}
    assert funnel(tables).equals(funnel_of(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_when_the_municipalities_change_places_the_country_stays_and_each_funnel_goes_along(seed: int) -> None:
    tables = random_country(seed)
    moved_to = dict(zip(CODES, [*Random(seed).sample(CODES[:-1], len(CODES) - 1), "0411"], strict=True))
    homes = [{**row, "municipality_code": moved_to[row["municipality_code"]]} for row in tables["residences"]]
    permuted = funnel({**tables, "residences": homes})
    country, municipal = pl.col("group_kind") == "country", pl.col("group_kind") == "municipality"
    assert permuted.filter(country).equals(funnel_of(seed).filter(country))
    renamed = funnel_of(seed).filter(municipal).with_columns(pl.col("group_value").replace(moved_to))
    order = [*KEYS, "lost_reason"]
    assert renamed.sort(order).equals(permuted.filter(municipal).sort(order))


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_gap_takes_one_child_from_its_step_on_and_adds_nobody(seed: int) -> None:
    tables = random_country(seed)
    random = Random(seed)
    child = random.choice(tables["exposed"])["child_id"]
    kind = random.choice([kind for kind in STEP_OF_KIND if kind != "follow_up"])
    gap = {"child_id": child, "kind": kind, "measure": kind, "due_date": AS_OF, "reason": "silent"}
    before, after = (
        steps(rows.filter(pl.col("group_kind") == "country", pl.col("birth_period") == "all"))["children"]
        for rows in (funnel_of(seed), funnel({**tables, "gaps": [*tables["gaps"], gap]}))
    )
    first = STEPS.index(STEP_OF_KIND[kind])
    fewer = (before - after).to_list()
    assert set(fewer[:first]) == {0}
    assert set(fewer) <= {0, 1}
    assert fewer[first:] == sorted(fewer[first:], reverse=True)


def test_gaps_of_children_who_are_not_exposed_are_in_no_funnel() -> None:
    tables = random_country(0)
    exposed = {row["child_id"] for row in tables["exposed"]}
    only = [gap for gap in tables["gaps"] if gap["child_id"] in exposed]
    assert len(only) < len(tables["gaps"])
    assert funnel({**tables, "gaps": only}).equals(funnel_of(0))


def test_a_country_without_exposed_children_has_no_funnel() -> None:
    assert funnel({**random_country(0), "exposed": []}).height == 0
