"""The targets that a data steward sets for the share of obligations met in time: `targets.csv`, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.definitions.enumerations import KINDS
from pipelines.errors import UserError

FILE = Path(__file__).parent / "targets.csv"
TYPES = {"kind": pl.String, "share": pl.Float64, "fewest": pl.Int64}


@dataclass(frozen=True)
class Target:
    """At least this share of the obligations of a kind is to be met in time.

    It is held against a municipality from `fewest` due obligations on; below, one child more or less decides.
    """

    kind: str
    share: float
    fewest: int


@cache
def targets(file: Path = FILE) -> tuple[Target, ...]:
    """One target per kind, in the file's order. UserError names what is wrong: a kind, a share or a number."""
    try:
        rows = pl.read_csv(file, infer_schema=False).select(pl.col(name).cast(dtype) for name, dtype in TYPES.items())
    except (OSError, pl.exceptions.PolarsError):
        raise _wrong(file, "it needs the columns kind, share (0 to 1) and fewest (a whole number)") from None
    if sorted(rows["kind"].to_list()) != sorted(KINDS):
        raise _wrong(file, f"one row each for {', '.join(KINDS)}")
    if rows.null_count().sum_horizontal().item() or not rows["share"].is_between(0, 1).all():
        raise _wrong(file, "share lies between 0 and 1, and no field is empty")
    return tuple(Target(**row) for row in rows.iter_rows(named=True))


def _wrong(file: Path, needed: str) -> UserError:
    return UserError(f"The targets in {file.name} cannot be used", where=needed, to_do="Mend the file.")
