"""The rows that fail, for all checks that have some, in one pass; shaped as Great Expectations shows them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from great_expectations.constants import MAX_RESULT_RECORDS
from great_expectations.core.metric_function_types import SummarizationMetricNameSuffixes as Suffix
from great_expectations.validator.metric_configuration import MetricConfigurationID

from .errors import UnreadableConditionError
from .metrics import Condition

ROW = "\x00row"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """One list of one check: which rows, how many there are, and what the result format shows of them."""

    id: MetricConfigurationID
    part: str
    condition: Condition
    count: int
    result_format: Mapping[str, Any]

    @property
    def keys(self) -> list[str]:
        """Columns that name a row; without them a row is its number."""
        return list(self.result_format.get("unexpected_index_column_names") or [])

    @property
    def columns(self) -> list[str]:
        """What is fetched for this list."""
        if self.part == Suffix.UNEXPECTED_ROWS.value:
            return list(self.condition.domain.schema)
        only_keys = self.part == Suffix.UNEXPECTED_INDEX_LIST.value and (self.hides_values or not self.keys)
        return self.keys if only_keys else [*self.condition.domain.columns, *self.keys]

    @property
    def hides_values(self) -> bool:
        """Keys only, no values of the check's own columns."""
        return bool(self.result_format.get("exclude_unexpected_values", False))

    @property
    def is_complete(self) -> bool:
        """Every failing row, not a sample."""
        return bool(self.result_format["result_format"] == "COMPLETE")

    @property
    def needs_rows(self) -> bool:
        """Not where none fails, nor where nothing of them would be shown."""
        if not self.count or self.part == Suffix.UNEXPECTED_INDEX_QUERY.value:
            return False
        if self.part == Suffix.UNEXPECTED_VALUES.value and self.hides_values:
            return False
        return self.shown > 0

    @property
    def shown(self) -> int:
        """How many values or rows a list may show."""
        return MAX_RESULT_RECORDS if self.is_complete else int(self.result_format["partial_unexpected_count"])


def without_rows(wanted: Wanted, most: int) -> Any:
    """Known without a pass: the query, or an empty list."""
    return _query(wanted, most) if wanted.part == Suffix.UNEXPECTED_INDEX_QUERY.value else []


def failing_rows(frame: pl.LazyFrame, wanted: Sequence[Wanted], most: int) -> dict[MetricConfigurationID, Any]:
    """At most `most` rows of each check, the first ones; the count of a check is exact all the same."""
    for each in wanted:
        _known(each)
    masks = {id(each.condition): (f"\x00{number}", each) for number, each in enumerate(wanted)}
    flags = [_first(each, most).alias(name) for name, each in masks.values()]
    columns = sorted({column for each in wanted for column in each.columns})
    names = [name for name, _ in masks.values()]
    found = (
        frame.with_row_index(ROW)
        .select(ROW, *columns, *flags)
        .filter(pl.any_horizontal(names))
        .collect(engine="streaming")
    )
    rows = {key: found.filter(name) for key, (name, _) in masks.items()}
    return {each.id: _shaped(each, rows[id(each.condition)]) for each in wanted}


def _known(wanted: Wanted) -> None:
    unknown = set(wanted.keys) - set(wanted.condition.domain.schema)
    if unknown:
        raise UnreadableConditionError(
            f"unexpected_index_column_names has unknown columns: {', '.join(sorted(unknown))}"
        )


def _first(wanted: Wanted, most: int) -> pl.Expr:
    unexpected = wanted.condition.unexpected
    if wanted.count > most:
        logger.warning("%s: %s rows fail, the first %s are listed", wanted.id[0], wanted.count, most)
        unexpected = unexpected & (unexpected.fill_null(False).cum_sum() <= most)
    known = wanted.condition.rows
    return pl.col(ROW).is_in(known[0].implode()) if known else unexpected


def _shaped(wanted: Wanted, rows: pl.DataFrame) -> Any:
    if wanted.part == Suffix.UNEXPECTED_INDEX_LIST.value:
        return _index_list(wanted, rows if wanted.is_complete else rows.head(wanted.shown))
    shown, domain = rows.head(wanted.shown), wanted.condition.domain
    if wanted.part == Suffix.UNEXPECTED_ROWS.value:
        return shown.select(domain.schema.names()).to_dicts()
    if domain.kind == "column":
        return shown[domain.column].to_list()
    return shown.select(domain.columns).rows() if domain.kind == "pair" else shown.select(domain.columns).to_dicts()


def _index_list(wanted: Wanted, rows: pl.DataFrame) -> list[Any]:
    """Row numbers; or, with key columns, the check's own columns and the keys, unless values are to stay away."""
    if not wanted.keys:
        return rows[ROW].to_list()
    if wanted.hides_values:
        return [rows.select(wanted.keys).to_dict(as_series=False)] if rows.height else []
    return rows.select(list(dict.fromkeys([*wanted.condition.domain.columns, *wanted.keys]))).to_dicts()


def _query(wanted: Wanted, most: int) -> str | None:
    """How to find the rows, and, where not all are listed, that they are not."""
    if wanted.result_format.get("return_unexpected_index_query") is False:
        return None
    told = f"frame.filter({wanted.condition.unexpected})"
    return told if wanted.count <= most else f"{told}  # {most} of {wanted.count} rows are listed"
