"""How often the interval of a ratio holds the true one: groups from 5 to 500, alike or spread over sparse strata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.statistics.standardisation import Strata, proportions, ratios, sums_over_people, with_weights

DRAWS = 2000
SHAPE = Strata(by=("draw",), within=("stratum",))


@dataclass(frozen=True)
class Setting:
    """A group against another that is so many times as large, over strata of unlike size and risk."""

    people: int
    times: int
    strata: int
    risk: float
    ratio: float


RISKS = ((0.07, 1.8), (0.25, 1.3), (0.86, 0.69))
"""The share among the others, and how many times as often the first group has the event."""

ALIKE = [(people, 20, 1) for people in (5, 10, 20, 50, 100, 200, 500)]
SPARSE = [(50, 20, 10), (50, 10, 25), (100, 4, 100), (200, 10, 200), (500, 10, 1000), (500, 20, 50)]
"""People, times as many others, strata."""

SETTINGS = [Setting(*sizes, risk, ratio) for risk, ratio in RISKS for sizes in (*ALIKE, *SPARSE)]


def measure() -> list[str]:
    """A Markdown table; one row a setting."""
    lines = [
        f"95 % intervals of a ratio, {DRAWS:,} draws each, standardised to the first group within the strata. Holds: of"
        " the draws that have a ratio (an event among the others), those whose interval holds the true one.",
        "",
        "| people | times as many others | strata | risk | true ratio | has a ratio | left out | holds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for at, setting in enumerate(SETTINGS):
        told = told_by(setting, DRAWS, seed=at)
        lines.append(
            f"| {setting.people} | {setting.times} | {setting.strata} | {setting.risk} | {setting.ratio} "
            f"| {told['has_ratio']:.1%} | {told['left_out']:.1%} | {told['holds']:.1%} |"
        )
    return lines


def told_by(setting: Setting, draws: int, seed: int) -> dict[str, float]:
    """Shares of the draws: with a ratio, and of these with an interval that holds the true one; people left out."""
    weighted = with_weights(drawn(setting, draws, seed), SHAPE, "own")
    found = ratios(proportions(sums_over_people(weighted, SHAPE)), SHAPE, "own", "other").collect()
    numbers = found.filter(pl.col("state") == "number")
    return {
        "has_ratio": numbers.height / draws,
        "left_out": found["left_out"].sum() / (setting.people * draws),
        "holds": numbers.select(pl.lit(setting.ratio).is_between("low", "high").mean()).item(),
    }


def drawn(setting: Setting, draws: int, seed: int) -> pl.LazyFrame:
    """Strata of many draws: mixes of the groups differ, and risks vary between strata by a fifth or less."""
    random = np.random.default_rng(seed)
    spread = 0.2 if setting.risk < 0.5 else 0.03
    risk = np.clip(setting.risk * np.exp(random.normal(0, spread, setting.strata)), 0, 0.98)
    frames = []
    for group, people, ratio in (
        ("own", setting.people, setting.ratio),
        ("other", setting.people * setting.times, 1.0),
    ):
        mix = random.dirichlet(np.full(setting.strata, 2.0))
        counted = random.multinomial(people, mix, size=draws)
        events = random.binomial(counted, np.clip(risk * ratio, 0, 1))
        frames.append(
            pl.DataFrame({"people": counted.ravel(), "events": events.ravel()}).with_columns(
                pl.Series("draw", np.repeat(np.arange(draws), setting.strata)),
                pl.Series("stratum", np.tile(np.arange(setting.strata), draws)),
                pl.lit(group).alias("group"),
            )
        )
    return pl.concat(frames).filter(pl.col("people") > 0).lazy()
