"""Moving a share of children from one pathway to another: by hand, and questions that have no answer."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pathway_costs import BIRTH, blocks_of, children_of, costs_of, figures_of, numbers

from pipelines.cost_differences import differences
from pipelines.errors import UserError
from pipelines.pathway_costs import Blocks
from pipelines.scenario import scenario


def world(children: int = 30) -> Blocks:
    """Half of them early, half lost: lost children cost 1,000 more of the municipality and 300 less of the region."""
    random = np.random.default_rng(5)
    ids = range(children)
    noise = random.normal(0, 200, (children, 2))
    costs = [
        (child, service, payer, BIRTH, BIRTH, float(mean[child % 2] + noise[child, at]))
        for child in ids
        for at, (service, payer, mean) in enumerate(
            [("foster_care", "municipality", (4000, 5000)), ("hospital", "region", (900, 600))]
        )
    ]
    lives = children_of(*((child, BIRTH, None) for child in ids))
    return blocks_of(lives, costs_of(*costs), {child: ("early", "lost")[child % 2] for child in ids})


BLOCKS = world()
DIFFERENCES = differences(BLOCKS, 0, resamples=200)


def moved(share: float, leaving: str = "lost", reaching: str = "early") -> dict[str, dict[str, float]]:
    found = scenario(DIFFERENCES, leaving, reaching, share)
    return {row.pop("part"): row for row in found.drop("breakdown", "state").to_dicts()}


def test_the_difference_per_child_is_that_of_the_means() -> None:
    figures = figures_of(BLOCKS, resamples=2)
    early, lost = (numbers(figures, pathway, "municipality", "to_age")[0] for pathway in ("early", "lost"))
    assert early is not None
    assert lost is not None
    assert moved(0.5)["municipality"]["per_child_dkk"] == pytest.approx(early - lost)
    assert moved(0.5)["municipality"]["per_child_dkk"] == pytest.approx(-1000, abs=200)


def test_the_whole_is_the_difference_per_child_times_the_children_moved() -> None:
    """15 lost children, a third of them moved: 5."""
    row = moved(1 / 3)["all"]
    assert row["moved"] == pytest.approx(5)
    assert row["total_dkk"] == pytest.approx(5 * row["per_child_dkk"])
    assert row["total_low_dkk"] == pytest.approx(5 * row["per_child_low_dkk"])


def test_payers_add_up_to_the_whole() -> None:
    rows = moved(0.4)
    assert sum(rows[payer]["total_dkk"] for payer in ("municipality", "region", "state")) == pytest.approx(
        rows["all"]["total_dkk"]
    )


def test_the_interval_holds_the_difference_and_the_truth() -> None:
    row = moved(1.0)["municipality"]
    assert row["per_child_low_dkk"] < row["per_child_dkk"] < row["per_child_high_dkk"]
    assert row["per_child_low_dkk"] < -1000 < row["per_child_high_dkk"]


def test_the_interval_is_that_of_two_independent_means() -> None:
    """As wide as the normal interval of a difference, within the noise of 200 draws of 15 children."""
    row = differences(BLOCKS, 0, resamples=4000).row(
        by_predicate=(pl.col("from_pathway") == "lost") & (pl.col("part") == "municipality"), named=True
    )
    width = 2 * 1.96 * (2 * 200**2 / 15) ** 0.5
    assert row["high_dkk"] - row["low_dkk"] == pytest.approx(width, rel=0.25)


def test_moving_nobody_changes_nothing() -> None:
    assert {row["total_dkk"] for row in moved(0.0).values()} == {0}


@given(st.floats(0, 1))
def test_moving_there_and_back_changes_nothing(share: float) -> None:
    """Both pathways have 15 children, so that the same number moves back."""
    there, back = moved(share), moved(share, "early", "lost")
    for part, row in there.items():
        assert row["total_dkk"] + back[part]["total_dkk"] == pytest.approx(0, abs=1e-6)
        if row["total_low_dkk"] is not None:
            assert row["total_low_dkk"] + back[part]["total_high_dkk"] == pytest.approx(0, abs=1e-6)


def test_a_payer_who_pays_nothing_has_a_difference_of_nothing() -> None:
    row = moved(1.0)["state"]
    assert (row["per_child_dkk"], row["per_child_low_dkk"]) == (0, None)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (("lost", "early", 1.1), "The share of children to move must lie between 0 and 1"),
        (("lost", "early", -0.1), "The share of children to move must lie between 0 and 1"),
        (("lost", "early", float("nan")), "The share of children to move must lie between 0 and 1"),
        (("lost", "lost", 0.5), "Children can only be moved to another pathway"),
        (("lost", "never", 0.5), "What the pathway never has cost is not told: it has too few children or none"),
        (("late", "early", 0.5), "What the pathway late has cost is not told: it has too few children or none"),
        (("others", "early", 0.5), "others is not a pathway"),
    ],
)
def test_a_question_without_an_answer_is_told_as_such(question: tuple[str, str, float], answer: str) -> None:
    with pytest.raises(UserError) as told:
        scenario(DIFFERENCES, *question)
    assert told.value.what == answer
    assert told.value.to_do


def test_a_pathway_of_which_every_amount_is_hidden_is_not_told() -> None:
    hidden = DIFFERENCES.with_columns(state=pl.lit("suppressed"))
    with pytest.raises(UserError, match="What the pathway lost has cost is not told"):
        scenario(hidden, "lost", "early", 0.5)


def test_without_children_there_is_nothing_to_move() -> None:
    empty = differences(blocks_of(children_of(), costs_of(), {}), 0)
    assert empty.is_empty()
    with pytest.raises(UserError, match="What the pathway lost has cost is not told"):
        scenario(empty, "lost", "early", 0.5)


def test_an_age_that_nobody_of_one_pathway_lived_through_is_not_applicable() -> None:
    lives = children_of((1, BIRTH, None), (2, date(2026, 1, 1), None))
    cost = costs_of((1, "hospital", "region", BIRTH, BIRTH, 10.0))
    found = differences(blocks_of(lives, cost, {1: "early", 2: "lost"}), 0, resamples=5)
    assert found["state"].unique().to_list() == ["not_applicable"]
    assert found["difference_dkk"].null_count() == found.height
