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
from checks.defects.found import Named, false_alarms, families, found
from checks.defects.trial import flawless, tried
from checks.defects.worlds import arranged, count
from sample_data.country import make_country

AS_OF = date(2026, 9, 30)
FLOOR = 0.99
RATES = (0.001, 0.01, 0.1)

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
    """`scores`: schema SCORES. `on_clean_data`: checks that fail on flawless records, those left out that only inform;
    a check may name some rows there as long as they are no more than it tolerates (a missing due date is no defect).
    `elsewhere`: `check_id`, `row_key` of findings in families where nothing was planted."""

    scores: pl.DataFrame
    on_clean_data: pl.DataFrame
    elsewhere: pl.DataFrame

    @property
    def is_good(self) -> bool:
        """Every type found at every rate, and nothing else."""
        reaches = self.scores["recall"].fill_null(0.0) >= FLOOR
        return bool(reaches.all()) and self.on_clean_data.is_empty() and self.elsewhere.is_empty()


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
            planted, after = tried(clean, lot, rate, seed)
            patches = list(chain.from_iterable(planted.values()))
            elsewhere = false_alarms(after, before, patches, known if lot[0].scope == "rows" else known.clear())
            alarms.append(elsewhere)
            scores += [_score(defect, rate, planted[defect.id], after, elsewhere) for defect in lot]
    return Bench(pl.DataFrame(scores, schema=SCORES), before.alarms, pl.concat(alarms))


def _score(
    defect: Defect, rate: float, patches: Sequence[Patch], after: Named, elsewhere: pl.DataFrame
) -> dict[str, object]:
    planted = count(patches)
    by_check = {each: found(defect, patches, each, after) for each in defect.finders}
    numbers = set().union(*by_check.values())
    return {
        "defect": defect.id,
        "rate": rate,
        "planted": planted,
        "found": len(numbers),
        "recall": len(numbers) / planted if planted else None,
        "found_by": ", ".join(each for each, some in by_check.items() if some),
        "false_alarms": elsewhere.filter(pl.col("check_id").is_in(list(defect.finders))).height,
    }
