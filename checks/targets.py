"""The targets that a data steward sets for the share of obligations met in time: `targets.csv`, read and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.definitions.enumerations import KINDS
from pipelines.errors import UserError

FILE = Path(__file__).parent / "targets.csv"
COLUMNS = ("kind", "share", "fewest")
LONGEST_SHOWN = 20


class TargetsFailed(UserError):
    """The file of targets cannot be used: the checks against targets cannot be calculated, all others can."""


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
    """One target per kind, in the file's order. TargetsFailed names the kind and the cell that is wrong."""
    try:
        rows = pl.read_csv(file, infer_schema=False).select(COLUMNS)
    except (OSError, pl.exceptions.PolarsError):
        raise _wrong(file, f"it needs the columns {', '.join(COLUMNS)}, with commas between them") from None
    _assert_one_of_each(file, rows["kind"].to_list())
    return tuple(
        Target(kind, _share(file, kind, share), _fewest(file, kind, fewest)) for kind, share, fewest in rows.iter_rows()
    )


def _assert_one_of_each(file: Path, kinds: Iterable[str | None]) -> None:
    there = Counter(kinds)
    missing = [kind for kind in KINDS if not there[kind]]
    others = [_shown(kind) for kind, times in there.items() if kind not in KINDS or times > 1]
    if missing:
        raise _wrong(file, f"there is no row for {', '.join(missing)}")
    if others:
        raise _wrong(file, f"{', '.join(others)} is no kind of obligation, or stands there twice")


def _share(file: Path, kind: str, written: str | None) -> float:
    share = pl.Series([written], dtype=pl.String).cast(pl.Float64, strict=False).item()
    if share is None or not 0 <= share <= 1:
        raise _wrong(
            file, f"share of {kind} is {_shown(written)}: it is a number from 0 to 1 with a point, such as 0.9"
        )
    return float(share)


def _fewest(file: Path, kind: str, written: str | None) -> int:
    fewest = pl.Series([written], dtype=pl.String).cast(pl.Int64, strict=False).item()
    if fewest is None or fewest < 1:
        raise _wrong(file, f"fewest of {kind} is {_shown(written)}: it is a whole number, 1 or more")
    return int(fewest)


def _shown(written: str | None) -> str:
    return "empty" if written is None else f"'{written[:LONGEST_SHOWN]}'"


def _wrong(file: Path, why: str) -> TargetsFailed:
    return TargetsFailed(
        f"The targets in {file.name} cannot be used",
        where=why,
        to_do="Mend that row of the file; 0,90 in a spreadsheet has to be saved as 0.90.",
    )
