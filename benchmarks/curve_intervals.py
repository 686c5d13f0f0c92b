"""Do the 95 % intervals of the curves cover? Simulated children with known hazards, a competing event and censoring."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
import polars as pl

from pipelines.statistics.aalen_johansen import curve_on_grid, curves

DAYS = (30, 91, 182, 365)
SIZES = (5, 10, 20, 50, 100, 200, 500)
REPETITIONS = 2500
FEW = 2.0
"""Fewer children than this are expected with the event, without it, or still followed: no interval can be exact."""


@dataclass(frozen=True)
class Hazards:
    """Per day of the event and of the competing event; following ends evenly between two days."""

    name: str
    event: float
    competing: float
    shortest: int
    longest: int

    def share(self, day: int) -> float:
        """The true cumulative incidence; days are whole, so a child is counted on the day its time is rounded up to."""
        both = self.event + self.competing
        return self.event / both * (1 - exp(-both * day))


SLOW = Hazards("slow", 1 / 1500, 1 / 3000, 60, 900)
MIDDLE = Hazards("middle", 1 / 400, 1 / 1500, 60, 900)
FAST = Hazards("fast", 1 / 100, 1 / 1500, 60, 900)
CENSORED_EARLY = Hazards("many censored", 1 / 400, 1 / 800, 0, 365)


def simulated(hazards: Hazards, children: int, random: np.random.Generator) -> pl.LazyFrame:
    """Counts as `curves` reads them, one row per child, in as many groups as there are repetitions."""
    shape = children * REPETITIONS
    both = hazards.event + hazards.competing
    happens = np.ceil(random.exponential(1 / both, shape)).astype(np.int32)
    ends = random.integers(hazards.shortest, hazards.longest, shape, endpoint=True).astype(np.int32)
    is_event = random.random(shape) < hazards.event / both
    is_seen = happens <= ends
    return pl.LazyFrame(
        {
            "repetition": np.repeat(np.arange(REPETITIONS, dtype=np.int32), children),
            "days": np.minimum(happens, ends),
            "event": is_seen & is_event,
            "other": is_seen & ~is_event,
            "censored": ~is_seen,
        }
    )


def coverage(hazards: Hazards, children: int, random: np.random.Generator) -> pl.DataFrame:
    """`days, covered, is_enough`: among the repetitions in which the curve is known on the day."""
    curve = curves(simulated(hazards, children, random), ["repetition"], competing=["other"])
    shown = curve_on_grid(curve, pl.LazyFrame({"days": DAYS}), ["repetition"]).filter(pl.col("state") == "number")
    truth = pl.DataFrame(
        {"days": DAYS, "share": [hazards.share(day) for day in DAYS]}, schema_overrides={"days": pl.Int32}
    )
    is_covered = pl.col("share").is_between(pl.col("low"), pl.col("high"))
    expected = pl.col("share") * children
    is_enough = (expected >= FEW) & (children - expected >= FEW) & (pl.col("followed") >= FEW)
    return (
        shown.join(truth.lazy(), on="days")
        .group_by("days", "share")
        .agg(is_covered.mean().alias("covered"), pl.col("at_risk").mean().alias("followed"))
        .select("days", "covered", is_enough.alias("is_enough"), pl.lit(children).alias("children"))
        .collect()
    )


def measure() -> list[str]:
    """Lines of a table: coverage over days and hazards, per number of children."""
    random = np.random.default_rng(20260930)
    told = pl.concat(
        [coverage(hazards, size, random) for hazards in (SLOW, MIDDLE, FAST, CENSORED_EARLY) for size in SIZES]
    )
    enough, tail = pl.col("covered").filter("is_enough"), pl.col("covered").filter(~pl.col("is_enough"))
    rows = told.group_by("children").agg(
        enough.mean().alias("mean"),
        enough.min().alias("low"),
        enough.max().alias("high"),
        tail.min().alias("tail_low"),
        tail.max().alias("tail_high"),
    )
    return [
        f"Coverage of the 95 % interval of a curve at {', '.join(map(str, DAYS))} days, for four sets of hazards",
        f"with a competing event and censoring, {REPETITIONS} repetitions each. *In the tail* fewer than {FEW:.0f}",
        "children are expected with the event, without it, or still followed.",
        "",
        "| children | mean | lowest | highest | lowest in the tail | highest in the tail |",
        "|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {size} | " + " | ".join(_percent(value) for value in shares) + " |"
            for size, *shares in rows.sort("children").iter_rows()
        ),
    ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


if __name__ == "__main__":
    print("\n".join(measure()))
