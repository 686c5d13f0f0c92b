"""Which costs of pathways may be told: rule 5 for each figure, and for every sum that the figures give away."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.cost_differences import differences
from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.disclosure.cost_figures import told_costs, told_differences
from pipelines.disclosure.cost_parts import allowed
from pipelines.disclosure.statistics import sum_may_be_shown
from pipelines.pathway_costs import Blocks, pathway_costs
from pipelines.pathways import PATHWAY
from pipelines.yearly_costs import Prices

REFERENCE = Reference.load()
PRICES = Prices(2026, 0.0, {})
NATURES = dict(REFERENCE.services.select("service", "nature").iter_rows())
Row = tuple[int, int, str, str, float]
"""Child, age, payer, service, kroner."""


def frames(rows: list[Row], children: int, years: int, pathway: str = "late") -> tuple[pl.LazyFrame, pl.LazyFrame]:
    yearly = pl.LazyFrame(rows, ["child_id", "age", "payer", "service", "cost_dkk"], orient="row").cast(
        {"child_id": pl.Int64, "age": pl.Int32, "payer": pl.String, "service": pl.String, "cost_dkk": pl.Float64}
    )
    people = pl.LazyFrame({"child_id": range(children)}, {"child_id": pl.Int64}).with_columns(
        pl.lit(pathway, PATHWAY).alias("pathway"), pl.lit(years, pl.Int32).alias("years_lived"),
        pl.col("child_id").cast(pl.Int32).alias("block"),
    )  # fmt: skip
    return yearly, people


def told(
    rows: list[Row], children: int = 20, years: int = 2, threshold: int = 5, pathways: tuple[str, ...] = ("late",)
) -> pl.DataFrame:
    yearly, people = frames(rows, children, years)
    figures = pathway_costs(Blocks.of(yearly, people, REFERENCE), PRICES, resamples=10)
    return told_costs(figures, yearly, people, REFERENCE.services, years - 1, threshold, pathways)


def even(children: int, payer: str, service: str, age: int = 0, amount: float = 100.0, first: int = 0) -> list[Row]:
    """So many children with a cost, hardly differing."""
    return [(first + child, age, payer, service, amount + child) for child in range(children)]


def states(found: pl.DataFrame, breakdown: str) -> dict[str, str]:
    rows = found.filter((pl.col("breakdown") == breakdown) & (pl.col("span") == "to_age"))
    return dict(rows.filter(pl.col("age") == rows["age"].max()).select("part", "state").iter_rows())


def hidden(found: pl.DataFrame, breakdown: str) -> set[str]:
    return {part for part, state in states(found, breakdown).items() if state == "suppressed"}


MUNICIPAL = even(12, "municipality", "foster_care", amount=500) + even(10, "municipality", "family_support")
REGIONAL = even(9, "region", "hospital") + even(8, "region", "family_clinic")
STATE = even(7, "state", "social_benefit")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-50, 200), max_size=12), st.integers(3, 6))
def test_the_rule_is_that_of_sums(amounts: list[int], threshold: int) -> None:
    rows = pl.DataFrame(
        {"child_id": range(len(amounts)), "share": amounts}, {"child_id": pl.Int64, "share": pl.Float64}
    )
    assert allowed(rows, [], threshold)["allowed"].fill_null(value=False).item() == sum_may_be_shown(amounts, threshold)


def test_everything_is_told_where_enough_children_stand_behind_it() -> None:
    found = told(MUNICIPAL + REGIONAL + STATE + even(6, "municipality", "foster_care", age=1))
    assert set(found["state"]) == {"number"}
    assert set(found.filter(pl.col("breakdown") != "total").select("span", "age").rows()) == {("to_age", 1)}


def test_a_payer_for_four_children_is_hidden_and_another_with_it() -> None:
    found = told(MUNICIPAL + REGIONAL + even(4, "state", "social_benefit"))
    assert hidden(found, "payer") == {"state", "region"}
    assert states(found, "total") == {"all": "number"}
    assert "social_benefit" in hidden(found, "service")


def test_a_service_of_which_one_child_has_above_half_is_hidden_and_another_with_it() -> None:
    rows = (
        MUNICIPAL
        + REGIONAL
        + STATE
        + [*even(6, "municipality", "institution"), (15, 0, "municipality", "institution", 9e5)]
    )
    found = told(rows + even(20, "municipality", "special_education", amount=1e5))
    assert hidden(found, "service") == {"institution", "special_education"}
    assert hidden(found, "payer") == set()


def test_amounts_of_one_child_in_several_services_count_together() -> None:
    """Five children have two hidden services between them, but one child has most of both."""
    rows = [
        *((child, 0, "municipality", "institution", 10.0) for child in range(4)),
        *((child, 0, "municipality", "special_daycare", 10.0) for child in range(4)),
        (9, 0, "municipality", "institution", 900.0),
        (9, 0, "municipality", "special_daycare", 900.0),
    ]
    found = told(MUNICIPAL + REGIONAL + STATE + rows + even(20, "municipality", "special_education", amount=1e4))
    assert {"institution", "special_daycare", "foster_care"} == hidden(found, "service")


def test_a_whole_that_is_one_childs_is_hidden_with_all_its_parts() -> None:
    found = told([*MUNICIPAL, (19, 0, "municipality", "institution", 1e6)])
    assert set(found["state"]) == {"suppressed"}
    assert found.select("children", "mean_dkk", "low_dkk", "high_dkk").null_count().row(0) == (found.height,) * 4


def test_a_cost_that_nobody_has_is_told_as_none_where_enough_children_are_behind_it() -> None:
    enough = told(MUNICIPAL, children=20)
    assert states(enough, "payer")["state"] == "number"
    row = enough.filter((pl.col("part") == "state") & (pl.col("span") == "to_age"))
    assert row["mean_dkk"].item() == 0
    assert set(told([], children=5)["state"]) == {"number"}
    assert set(told([], children=4)["state"]) == {"suppressed"}


def test_a_pathway_whose_children_are_hidden_has_no_costs_told() -> None:
    assert set(told(MUNICIPAL, pathways=("early", "others"))["state"]) == {"suppressed"}


def test_the_curve_of_ages_steps_where_enough_has_come() -> None:
    """Three children at age 1 and three others at age 2: told together at age 2, neither by itself."""
    rows = MUNICIPAL + even(3, "municipality", "foster_care", 1) + even(3, "municipality", "foster_care", 2, first=3)
    found = told(rows + even(8, "municipality", "foster_care", 3), years=4).filter(pl.col("breakdown") == "total")
    shown = set(found.filter(pl.col("state") == "number").select("span", "age").rows())
    steps = {("to_age", age) for age in (-1, 0, 2, 3)}
    assert shown == steps | {("at_age", age) for age in (-1, 0, 3)}


def test_too_little_at_the_last_age_takes_the_step_before_with_it() -> None:
    found = told(
        MUNICIPAL + even(8, "municipality", "foster_care", 1) + even(2, "municipality", "foster_care", 2), years=3
    )
    shown = found.filter((pl.col("breakdown") == "total") & (pl.col("state") == "number")).select("span", "age").rows()
    assert set(shown) == {("to_age", -1), ("at_age", -1), ("to_age", 0), ("at_age", 0), ("to_age", 2)}


def test_told_means_have_three_digits_and_children_are_in_tens() -> None:
    found = told(even(17, "municipality", "foster_care", amount=123_456), children=17)
    row = found.filter(pl.col("part") == "municipality").row(0, named=True)
    assert (row["mean_dkk"], row["children"]) == (123_000, 20)
    assert told(even(6, "municipality", "foster_care"), children=6)["children"].unique().to_list() == [10]


def test_a_missing_figure_stays_missing_and_tells_nothing() -> None:
    rows = [*MUNICIPAL, *REGIONAL, (1, 0, "state", "social_benefit", float("nan"))]
    found = told(rows)
    assert states(found, "payer") == {"municipality": "number", "region": "number", "state": "missing"}
    assert states(found, "total") == {"all": "missing"}


# The reader who subtracts


def derived(vectors: np.ndarray, atoms: int) -> list[np.ndarray]:
    """Every set of atoms whose sum follows from the told sums: those at right angles to all that is left open."""
    sets = np.array(list(product((0, 1), repeat=atoms)))[1:]
    _, sizes, right = np.linalg.svd(np.vstack([vectors, np.zeros((1, atoms))]), full_matrices=True)
    unknown = right[(sizes > 1e-9).sum() :]
    return list(sets[(np.abs(sets @ unknown.T) < 1e-7).all(axis=1)])


def gives_away(rows: list[Row], found: pl.DataFrame, threshold: int) -> list[str]:
    """Sums over payer and service that can be worked out and break the rule."""
    atoms = sorted({(payer, service) for _, _, payer, service, _ in rows})
    member = {
        "total": lambda _, __: True,
        "payer": lambda part, atom: atom[0] == part,
        "service": lambda part, atom: atom[1] == part,
        "nature": lambda part, atom: NATURES[atom[1]] == part,
    }
    shown = found.filter((pl.col("span") == "to_age") & (pl.col("state") == "number"))
    shown = shown.filter(pl.col("age") == found["age"].max())
    vectors = np.array(
        [[float(member[b](part, atom)) for atom in atoms] for b, part in shown.select("breakdown", "part").iter_rows()]
    ).reshape(-1, len(atoms))
    broken = []
    for chosen in derived(vectors, len(atoms)):
        inside = {atom for atom, is_in in zip(atoms, chosen, strict=True) if is_in}
        amounts: dict[int, float] = {}
        for child, _, payer, service, cost in rows:
            if (payer, service) in inside:
                amounts[child] = amounts.get(child, 0) + cost
        if not sum_may_be_shown(list(amounts.values()), threshold):
            broken.append(" + ".join("/".join(atom) for atom in sorted(inside)))
    return broken


SERVICES = ("family_clinic", "hospital", "foster_care", "family_support", "institution", "social_benefit")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_nothing_can_be_worked_out_that_breaks_the_rule(seed: int) -> None:
    """An independent judge by linear algebra: every union of payer-and-service costs in the span of what is told."""
    random = np.random.default_rng(seed)
    usual = dict(REFERENCE.services.select("service", "usual_payer").iter_rows())
    rows: list[Row] = []
    for service in SERVICES:
        for child in range(int(random.integers(0, 14))):
            payer = usual[service] if random.random() < 0.97 else e.PAYERS[int(random.integers(3))]
            rows.append((int(random.integers(20)), 0, payer, service, float(random.lognormal(8, 1.2)) + child))
    if len({(payer, service) for _, _, payer, service, _ in rows}) <= 11:
        assert gives_away(rows, told(rows, years=1), 5) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_no_years_of_age_can_be_worked_out_that_break_the_rule(seed: int) -> None:
    """The same judge for ages: those told, and those to which the curve steps."""
    random = np.random.default_rng(seed)
    rows = [
        (int(child), age, "municipality", "foster_care", float(random.lognormal(8, 1)))
        for age in range(8)
        for child in random.choice(20, int(random.integers(0, 12)), replace=False)
    ]
    found = told(rows, years=8).filter((pl.col("breakdown") == "total") & (pl.col("state") == "number"))
    paid = sorted({age for _, age, *_ in rows})
    vectors = np.array(
        [
            [float(at == age if span == "at_age" else at <= age) for at in paid]
            for span, age in found.select("span", "age").iter_rows()
        ]
    ).reshape(-1, len(paid))
    for chosen in derived(vectors, len(paid)):
        inside = {age for age, is_in in zip(paid, chosen, strict=True) if is_in}
        amounts = np.bincount(
            [row[0] for row in rows if row[1] in inside], [row[4] for row in rows if row[1] in inside]
        )
        assert sum_may_be_shown(amounts.tolist(), 5)


def test_the_judge_would_see_a_leak() -> None:
    rows = MUNICIPAL + REGIONAL + even(4, "state", "social_benefit")
    naive = told(rows, years=1).with_columns(
        pl.when(~pl.col("part").is_in(["state", "social_benefit"]))
        .then(pl.lit("number"))
        .otherwise("state")
        .alias("state")
    )
    assert "state/social_benefit" in gives_away(rows, naive, 5)


def test_a_service_paid_by_two_does_not_give_away_what_one_child_had_from_the_other() -> None:
    """The state pays social benefit, and family support for one child: state minus benefit would be that child."""
    rows = MUNICIPAL + REGIONAL + STATE + [(19, 0, "state", "family_support", 50.0)]
    assert gives_away(rows, told(rows, years=1), 5) == []


# Differences


def two_pathways(state_children: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    one, people_of_one = frames(MUNICIPAL + REGIONAL + STATE, 20, 2, "early")
    rows = MUNICIPAL + REGIONAL + even(state_children, "state", "social_benefit")
    other, people_of_other = frames([(100 + row[0], *row[1:]) for row in rows], 20, 2, "lost")
    people_of_other = people_of_other.with_columns(pl.col("child_id") + 100)
    yearly, people = pl.concat([one, other]), pl.concat([people_of_one, people_of_other])
    blocks = Blocks.of(yearly, people, REFERENCE)
    figures = pathway_costs(blocks, PRICES, resamples=10)
    found = told_costs(figures, yearly, people, REFERENCE.services, 1, 5, ["early", "lost"])
    return told_differences(differences(blocks, 1, resamples=10), found), found


@pytest.mark.parametrize(("state_children", "seen"), [(6, {"all", *e.PAYERS}), (4, {"all", "municipality"})])
def test_a_difference_is_told_where_both_means_are(state_children: int, seen: set[str]) -> None:
    found, _ = two_pathways(state_children)
    shown = found.filter((pl.col("from_pathway") == "lost") & (pl.col("state") == "number"))
    assert set(shown["part"]) == seen
    blank = found.filter(pl.col("state") == "suppressed")
    assert blank.select("children", "difference_dkk", "low_dkk", "high_dkk").null_count().row(0) == (blank.height,) * 4
