"""A data steward's decisions about gaps, as a page makes them: `python -m benchmarks.faults.decide STORE WHO NUMBER`.

The first gaps of the municipality that has most of them are noted, one after the other.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from pipelines.errors import UserError
from pipelines.gap_decisions import ABOUT, FOUND, Decision, GapDecisions, fingerprint_in
from pipelines.store import Store

MUNICIPALITY = "municipality_code"


def decide(store: Path, who: str, number: int) -> None:
    run = Store(store).snapshot()
    gaps = run.table("gaps").drop_nulls([MUNICIPALITY, "child_id"]).collect()
    most = gaps.group_by(MUNICIPALITY).len().sort("len", MUNICIPALITY).row(-1)[0]
    own = gaps.filter(pl.col(MUNICIPALITY) == most).sort("child_id", "kind", "measure", "subject_id").head(number)
    about = own.select(
        pl.lit("person").alias("subject_kind"), pl.col("child_id").cast(pl.String).alias("subject"), *ABOUT[2:4],
        pl.col("subject_id").cast(pl.String), *FOUND,
    )  # fmt: skip
    for at in range(about.height):
        decision = Decision("noted", who, f"note {at}")
        GapDecisions(store, most).add(about.slice(at, 1), decision, secret=fingerprint_in(run.run))


if __name__ == "__main__":
    try:
        decide(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    except UserError as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(fault.exit_code)
