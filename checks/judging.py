"""One frame judged: counts of all its checks, in the country and per municipality, and the keys of failing rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from checks.counting import COUNTS_BY_MUNICIPALITY, VALIDATED, counted_by_municipality, each_on_its_own
from checks.declared import Check
from checks.faults import Fault
from checks.findings import naming_columns
from pipelines.store import fault_of_the_disk

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult

    from checks.frames import Frame

LOOKS_AT_OTHER_ROWS = re.compile(r"\b(?:AGGREGATE|SORT|UNIQUE)\b|\.over\(")
JOINED, IN_MEMORY = re.compile(r"\bJOIN:"), re.compile(r"\bDF \[")
"""In the plan of a frame."""


@dataclass(frozen=True)
class Judged:
    """`counts`: schema VALIDATED; `places`: COUNTS_BY_MUNICIPALITY, of checks that are about any row; `found`:
    `check_id`, the key and the municipality of failing rows, as they are in the frame; `targets` as it has them."""

    frame: str
    checks: Sequence[Check]
    counts: pl.DataFrame
    key: tuple[str, ...] = ()
    municipality: str | None = None
    places: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COUNTS_BY_MUNICIPALITY))
    found: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"check_id": pl.String}))
    told: ExpectationSuiteValidationResult | None = None
    targets: Mapping[str, float] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Of the frame; none where no check could be calculated."""
        return int(self.counts["rows"].max() or 0)  # type: ignore[arg-type]  # whole numbers


def not_judged(name: str, checks: Sequence[Check], why: str) -> Judged:
    """A frame that is missing or cannot be read: an error for each of its checks. `why`: a Fault as it is kept."""
    counts = pl.DataFrame([{"check_id": check.id, "error": why} for check in checks], schema=VALIDATED)
    return Judged(name, checks, counts)


def judged(frame: Frame, checks: Sequence[Check], staging: Path) -> Judged:
    """One pass, one more for the keys if anything fails, and one for the municipalities.

    A frame that cannot be read is an error for each of its checks; a full disk is not their fault.
    """
    from checks.validation import validated  # Great Expectations takes seconds to import

    file = staging / f"{frame.name}.arrow"
    try:
        rows = _worked_out(frame, checks, file)
        result = validated(frame, rows, checks)
        places = _places(frame.municipality, rows, result.counts, checks)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as fault:
        if fault_of_the_disk(fault) and not isinstance(fault, FileNotFoundError):
            raise
        return not_judged(frame.name, checks, str(Fault("table_unread", frame.name, type(fault).__name__)))
    finally:
        file.unlink(missing_ok=True)
    return Judged(
        frame.name,
        checks,
        result.counts,
        frame.key,
        frame.municipality,
        places,
        result.found,
        result.told,
        frame.targets,
    )


def _worked_out(frame: Frame, checks: Sequence[Check], file: Path) -> pl.LazyFrame:
    """The columns that name a row or that a rule reads, in a file, so that joins and groups are not made for each pass.

    Rows that only have to be read are read again: writing them would cost more.
    """
    if _is_as_it_stands(frame.rows):
        return frame.rows
    read = {name for check in checks for name in check.columns}
    columns = [*naming_columns(frame), *(name for name in frame.rows.collect_schema() if name in read)]
    frame.rows.select(list(dict.fromkeys(columns))).sink_ipc(file, compression="lz4")
    return pl.scan_ipc(file)


def _is_as_it_stands(rows: pl.LazyFrame) -> bool:
    """Rows of stored tables with no more joined on than what is in memory, such as a reference file."""
    plan = rows.explain(optimized=False)
    return not LOOKS_AT_OTHER_ROWS.search(plan) and len(JOINED.findall(plan)) <= len(IN_MEMORY.findall(plan))


def _places(
    municipality: str | None, rows: pl.LazyFrame, counts: pl.DataFrame, checks: Sequence[Check]
) -> pl.DataFrame:
    """Counts per municipality of the checks that are about any row: a municipality without such rows has not passed.

    When no failing row says where it belongs, no municipality is told that all is well with it.
    """
    nothing = pl.DataFrame(schema=COUNTS_BY_MUNICIPALITY)
    asked = set(counts.filter(pl.col("applicable") > 0)["check_id"])
    flawless = set(counts.filter(pl.col("failing") == 0)["check_id"])
    if municipality is None or not asked:
        return nothing
    judged_ones = [check for check in checks if check.id in asked]
    parts, _ = each_on_its_own(
        judged_ones, lambda some: counted_by_municipality(rows, municipality, some, flawless=flawless)
    )
    is_known_where = (pl.col("failing").sum().over("check_id") > 0) | pl.col("check_id").is_in(list(flawless))
    return pl.concat([nothing, *parts]).filter(is_known_where)
