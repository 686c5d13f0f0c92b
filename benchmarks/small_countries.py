"""Random small countries in the shape of the real one: obligations one by one, counted as a run counts them.

A few real regions and municipalities, few children, many empty places; at times everybody in one category. The same
country can be seen a year later, with what has come since, and with what was delivered late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from pipelines.continuity import STEPS
from pipelines.counts import ALL_NUMBERS, PLACED
from pipelines.definitions.reference import Reference

FIRST_YEAR, FIRST_RELEASE = 2017, 2026
MEASURES = (
    ("handed_over",),
    ("registered",),
    ("gp:week_5", "gp:month_5"),
    ("family_clinic:month_4", "family_clinic:month_9"),
)
OF_EXPOSED = ("handed_over", "registered", "family_clinic:month_4", "family_clinic:month_9")
ATTRIBUTIONS = ("responsible", "at_birth", "now")
TRAITS = {
    "substance_group": ("alcohol", "opioids", "multiple"),
    "certainty": ("confirmed", "suspected"),
    "known_before_birth": ("true", "false"),
}
NOT_EXPOSED, NOWHERE = "not_exposed", "unknown"
OUTCOMES = ("timely", "late", "lost_to_follow_up", "lost_to_documentation", "lost_otherwise", "excused")


@dataclass(frozen=True, eq=False)
class Country:
    """`obligations`: one row each; `children`: exposed ones with birth year and what became of them. `reference` knows
    only the country's own municipalities."""

    reference: Reference
    obligations: pl.DataFrame
    children: pl.DataFrame

    @classmethod
    def drawn(cls, random: np.random.Generator) -> Country:
        """Everything that will ever have happened by the third release."""
        codes, reference = _places(random)
        weights = random.dirichlet(np.full(len(codes), random.choice([0.3, 1.0, 3.0])))
        return cls(reference, _obligations(random, codes, weights), _children(random, codes, weights))

    def run(self, later: int) -> Run:
        """As it is counted so many years after the first release."""
        last = FIRST_RELEASE + later - 1
        due = self.obligations.filter(pl.col("year") <= last)
        born = self.children.filter(pl.col("birth_year") <= last)
        tables = {"counts_by_group": counts_by_group(due), "continuity": continuity(born, last)}
        return Run(tables, date(FIRST_RELEASE + later, 9, 30))

    def with_late_deliveries(self, random: np.random.Generator) -> Country:
        """Some outcomes have become others, some obligations belong elsewhere, some were never there."""
        several = self.obligations.height
        moved, other, gone = (random.random(several) < share for share in (0.02, 0.03, 0.01))
        codes = self.reference.municipalities["municipality_code"].unique().sort().to_numpy()
        elsewhere = pl.Series(codes[random.integers(0, len(codes), several)])
        mended = self.obligations.with_columns(
            pl.when(pl.Series(moved)).then(elsewhere).otherwise("responsible").alias("responsible"),
            pl.when(pl.Series(other) & (pl.col("outcome") != "excused"))
            .then(pl.lit("timely"))
            .otherwise("outcome")
            .alias("outcome"),
        )
        return replace(self, obligations=mended.filter(~pl.Series(gone)))


@dataclass(frozen=True, eq=False)
class Run:
    """What the gate sees of a run."""

    tables: Mapping[str, pl.DataFrame]
    as_of: date

    def table(self, name: str) -> pl.LazyFrame:
        return self.tables[name].lazy()


def _places(random: np.random.Generator) -> tuple[list[str], Reference]:
    """Two to four regions, with one to six municipalities each."""
    reference = Reference.load()
    every = reference.municipalities
    regions = sorted(every["region_code"].drop_nulls().unique())
    chosen: list[str] = []
    for region in random.permutation(regions)[: random.integers(2, 5)].tolist():
        inside = every.filter(pl.col("region_code") == region)["municipality_code"].unique().sort().to_list()
        chosen += random.permutation(inside)[: random.integers(1, 7)].tolist()
    reduced = every.filter(pl.col("municipality_code").is_in(chosen))
    return reduced["municipality_code"].unique(maintain_order=True).to_list(), replace(
        reference, municipalities=reduced
    )


def _obligations(random: np.random.Generator, codes: list[str], weights: np.ndarray) -> pl.DataFrame:
    kinds = [name for at in random.permutation(len(MEASURES))[:2].tolist() for name in MEASURES[at]]
    several = int(random.choice([60, 200, 600, 1_500]))
    measure = random.choice(kinds, several)
    responsible = _somewhere(random, codes, weights, several, 0.01)
    moves = random.random((2, several)) < 0.1
    is_exposed = (random.random(several) < 0.3) | np.isin(measure, OF_EXPOSED)
    traits = {
        name: np.where(
            is_exposed, random.choice(values, several, p=random.dirichlet(np.ones(len(values)))), NOT_EXPOSED
        )
        for name, values in TRAITS.items()
    }
    elsewhere = [_somewhere(random, codes, weights, several, 0.05) for _ in range(2)]
    return pl.DataFrame(
        {
            "measure": measure,
            "year": random.integers(FIRST_YEAR, FIRST_RELEASE + 2, several),
            "quarter": random.integers(1, 5, several),
            "responsible": responsible,
            "at_birth": np.where(moves[0], elsewhere[0], responsible),
            "now": np.where(moves[1], elsewhere[1], responsible),
            "outcome": _outcomes(random, measure),
            **traits,
        }
    )


def _somewhere(
    random: np.random.Generator, codes: list[str], weights: np.ndarray, several: int, nowhere: float
) -> np.ndarray:
    return random.choice([*codes, NOWHERE], several, p=[*(weights * (1 - nowhere)), nowhere])


def _outcomes(random: np.random.Generator, measure: np.ndarray) -> np.ndarray:
    """Only losses that the measure can have. In some countries nearly all are reached, in some nearly nobody is."""
    reached, late, excused = random.choice([0.05, 0.5, 0.8, 0.98]), random.choice([0.0, 0.1, 0.3]), 0.03
    told = random.choice(["timely", "late"], len(measure), p=[1 - late, late])
    of_contact = random.choice(OUTCOMES[2:5], len(measure), p=random.dirichlet(np.ones(3)))
    of_record = random.choice(OUTCOMES[3:5], len(measure), p=random.dirichlet(np.ones(2)))
    is_contact = np.char.find(measure.astype(str), ":") >= 0
    lost = np.where(is_contact, of_contact, np.where(measure == "handed_over", of_record, OUTCOMES[4]))
    found = np.where(random.random(len(measure)) < reached, told, lost)
    return np.where(random.random(len(measure)) < excused, "excused", found)


def _children(random: np.random.Generator, codes: list[str], weights: np.ndarray) -> pl.DataFrame:
    several = int(random.choice([0, 40, 150, 400]))
    lost_at = random.choice([*STEPS[1:], ""], several, p=random.dirichlet(np.full(len(STEPS), 0.5)))
    return pl.DataFrame(
        {
            "place": random.choice(codes, several, p=weights),
            "birth_year": random.integers(FIRST_YEAR, FIRST_RELEASE + 2, several),
            "lost_at": lost_at,
            "reason": random.choice(["first", "second"], several, p=[0.8, 0.2]),
        },
        schema_overrides={"place": pl.String, "lost_at": pl.String, "reason": pl.String},
    )


def counts_by_group(obligations: pl.DataFrame) -> pl.DataFrame:
    """The finest rows of the table: quarters, by municipality in three attributions and by trait."""
    placed = obligations.filter(pl.col("responsible") != NOWHERE)
    frames = [_counted(obligations, each, "municipality", each) for each in ATTRIBUTIONS]
    frames += [_counted(placed, PLACED, trait, trait) for trait in TRAITS]
    return pl.concat(frames)


def _counted(obligations: pl.DataFrame, attribution: str, kind: str, column: str) -> pl.DataFrame:
    outcome = pl.col("outcome")
    is_due, is_timely = outcome != "excused", outcome == "timely"
    numbers = {
        "denominator": is_due,
        "numerator_timely": is_timely,
        "numerator_ever": is_timely | (outcome == "late"),
        "lost_to_follow_up": outcome == "lost_to_follow_up",
        "lost_to_documentation": outcome == "lost_to_documentation",
        "excused": outcome == "excused",
    }
    period = pl.concat_str("year", pl.lit("-Q"), "quarter").alias("period")
    return obligations.group_by("measure", period, pl.col(column).alias("group_value")).agg(
        pl.lit(attribution).alias("attribution"),
        pl.lit(kind).alias("group_kind"),
        pl.lit("quarter").alias("period_kind"),
        *(numbers.get(name, pl.lit(value=False)).cast(pl.Int64).sum().alias(name) for name in ALL_NUMBERS),
    )


def continuity(children: pl.DataFrame, last: int) -> pl.DataFrame:
    """Windows of three birth years: children inside each step, and lost at it for each reason."""
    frames = [_window(children, end) for end in range(FIRST_YEAR, last + 1)]
    return pl.concat([frame for frame in frames if frame.height] or frames[:1])


def _window(children: pl.DataFrame, end: int) -> pl.DataFrame:
    born = children.filter(pl.col("birth_year").is_between(end - 2, end)).with_columns(
        pl.col("lost_at").replace_strict({step: at for at, step in enumerate(STEPS)} | {"": len(STEPS)}).alias("at")
    )
    group = (
        pl.lit("municipality").alias("group_kind"),
        pl.col("place").alias("group_value"),
        pl.lit("three_years").alias("birth_period_kind"),
        pl.lit(f"{end - 2}-{end}").alias("birth_period"),
    )
    steps = pl.DataFrame({"step": STEPS, "position": range(len(STEPS))}, schema_overrides={"position": pl.Int32})
    each = born.join(steps, how="cross")
    inside = each.group_by("place", "step", "position").agg(
        (pl.col("at") > pl.col("position")).sum().cast(pl.Int64).alias("children"),
        (pl.col("at") == pl.col("position")).sum().cast(pl.Int64).alias("lost"),
        pl.lit(None, pl.String).alias("lost_reason"),
    )
    lost = (
        each.filter(pl.col("at") == pl.col("position"))
        .group_by("place", "step", "position", "reason")
        .agg(pl.lit(None, pl.Int64).alias("children"), pl.len().cast(pl.Int64).alias("lost"))
    )
    rows = pl.concat([inside, lost.rename({"reason": "lost_reason"}).select(inside.columns)])
    return rows.select(*group, "step", "position", "children", "lost", "lost_reason")
