"""The bench: a flawless country, everything planted into it, the real pipeline and the real checks, and the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import polars as pl

from checks.defects import DEFECTS
from checks.defects.clean import Clean
from checks.defects.declared import Defect, Patch
from checks.defects.elsewhere import beside, false_alarms, families, told_in, touched
from checks.defects.found import Named, found
from checks.defects.in_the_sample import is_expected
from checks.defects.trial import Tried, flawless, tried
from checks.defects.worlds import arranged, count
from sample_data.country import make_country

AS_OF = date(2026, 9, 30)
FLOOR = 0.99
RATES = (0.001, 0.01, 0.1)
AND = ", "

SCORES: dict[str, pl.DataType] = {
    "defect": pl.String(),
    "rate": pl.Float64(),
    "planted": pl.Int64(),
    "found": pl.Int64(),
    "recall": pl.Float64(),
    "found_by": pl.String(),
    "false_alarms": pl.Int64(),
}
"""One row per defect and rate. `recall` is null where nothing could be planted: that is no success."""


@dataclass(frozen=True)
class Bench:
    """`scores`: schema SCORES. `on_clean_data`: schema SAID, every check that names a row, fails or breaks although
    nothing was planted. `elsewhere`: `check_id`, `row_key` of findings that planting brought about where nothing was
    planted."""

    scores: pl.DataFrame
    on_clean_data: pl.DataFrame
    elsewhere: pl.DataFrame

    @property
    def expected(self) -> pl.DataFrame:
        """Of `on_clean_data`, what the sample country has itself."""
        return self.on_clean_data.filter(is_expected())

    @property
    def unexpected(self) -> pl.DataFrame:
        """Of `on_clean_data`, false alarms."""
        return self.on_clean_data.filter(~is_expected())

    @property
    def tried(self) -> set[str]:
        """Checks that found a planted defect."""
        return set(self.scores["found_by"].str.split(AND).explode().drop_nulls()) - {""}

    @property
    def is_good(self) -> bool:
        """Every type found at every rate, and nothing else."""
        reaches = self.scores["recall"].fill_null(0.0) >= FLOOR
        return bool(reaches.all()) and self.unexpected.is_empty() and self.elsewhere.is_empty()


def bench(
    *,
    children: int,
    seed: int,
    rates: Sequence[float] = RATES,
    defects: Sequence[Defect] = DEFECTS,
    say: Callable[[str], None] = lambda _: None,
) -> Bench:
    """Plants each of the defects at each rate. Families share a world, but never two defects a family."""
    clean = Clean(make_country(children, seed, AS_OF).tables, AS_OF)
    say("flawless records")
    before, known = flawless(clean), families(clean)
    scores, alarms, lots = [], [], arranged(defects)
    for rate in rates:
        for number, lot in enumerate(lots, start=1):
            say(f"{rate:.1%} in world {number} of {len(lots)}")
            trial = tried(clean, lot, rate, seed)
            elsewhere = _elsewhere(lot, trial, before, known)
            alarms.append(elsewhere)
            scores += [_score(defect, rate, trial, before, elsewhere) for defect in lot]
    return Bench(pl.DataFrame(scores, schema=SCORES), before.said, pl.concat(alarms))


def _elsewhere(lot: Sequence[Defect], trial: Tried, before: Named, known: pl.DataFrame) -> pl.DataFrame:
    """Of single rows, families tell where something was planted; of feeds and stores, the rows that were touched."""
    patches = list(chain.from_iterable(trial.planted.values()))
    if lot[0].scope == "rows":
        return false_alarms(trial.named, before, told_in(patches), known)
    hit = touched(trial.tables, patches, known)
    planted = [(defect, trial.planted[defect.id]) for defect in lot]
    rows = [false_alarms(trial.named, before, hit, known), beside(planted, trial.named, before, known)]
    return pl.concat(rows).unique(maintain_order=True)


def _score(defect: Defect, rate: float, trial: Tried, before: Named, elsewhere: pl.DataFrame) -> dict[str, object]:
    """A defect in a row that a finder named before proves nothing of it: it is not counted at all."""
    patches = trial.planted[defect.id]
    named_before = _numbers(defect, patches, before)
    already = set().union(*named_before.values())
    by_check = {each: some - already for each, some in _numbers(defect, patches, trial.named).items()}
    planted, numbers = count(patches) - len(already), set().union(*by_check.values())
    return {
        "defect": defect.id,
        "rate": rate,
        "planted": planted,
        "found": len(numbers),
        "recall": len(numbers) / planted if planted else None,
        "found_by": AND.join(each for each, some in by_check.items() if some),
        "false_alarms": elsewhere.filter(pl.col("check_id").is_in(list(defect.finders))).height,
    }


def _numbers(defect: Defect, patches: Sequence[Patch], named: Named) -> dict[str, set[int]]:
    return {each: found(defect, patches, each, named) for each in defect.finders}
