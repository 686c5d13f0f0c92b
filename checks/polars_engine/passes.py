"""The first pass: all counts and figures of a table, in one select."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl
from great_expectations.core.metric_function_types import SummarizationMetricNameSuffixes as Suffix
from great_expectations.execution_engine.execution_engine import MetricComputationConfiguration
from great_expectations.validator.metric_configuration import MetricConfigurationID

from .aggregates import Aggregate
from .metrics import Condition


@dataclass
class OnePass:
    """What is asked of one table.

    A condition that looks at other rows (duplicates, order) is dear: it becomes a column first, and besides its count
    the pass brings the numbers of its first rows, so that the second pass need not calculate it again.
    """

    most: int
    asked: dict[str, tuple[MetricConfigurationID, Aggregate]] = field(default_factory=dict)
    dear: dict[str, Condition] = field(default_factory=dict)

    def add(self, asked: MetricComputationConfiguration) -> None:
        """One metric more; private names cannot meet those of the table or of another pass."""
        name = f"\x00{id(self)}.{len(self.asked)}"
        self.asked[name] = (asked.metric_configuration.id, self._figure(asked, f"{name}.mask"))

    def over(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """One row."""
        masks = [_mask(condition).alias(name) for name, condition in self.dear.items()]
        figures = [figure.expression.alias(name) for name, (_, figure) in self.asked.items()]
        numbers = [_numbers(each, pl.col(name), self.most).alias(f"{name}.rows") for name, each in self.dear.items()]
        return (frame.with_columns(masks) if masks else frame).select(figures + numbers)

    def answers(self, found: dict[str, Any]) -> dict[MetricConfigurationID, Any]:
        """From the pass's one row; the dear conditions are told their rows."""
        for name, condition in self.dear.items():
            condition.rows.append(pl.Series(found[f"{name}.rows"], dtype=pl.get_index_type()))
        return {key: figure.finish(found[name]) for name, (key, figure) in self.asked.items()}

    def _figure(self, asked: MetricComputationConfiguration, mask: str) -> Aggregate:
        made: Any = asked.metric_fn
        if not isinstance(made, Condition):
            return made  # type: ignore[no-any-return]  # an Aggregate: GX types every function as SQL's or Spark's
        if part(asked) == Suffix.FILTERED_ROW_COUNT.value:
            return Aggregate(made.domain.row_count())
        if not looks_at_other_rows(made.unexpected):
            return Aggregate(made.unexpected.sum())
        self.dear[mask] = made
        return Aggregate(pl.col(mask).sum() if made.repeated is None else made.repeated.confirmed(pl.col(mask)).sum())


def _mask(condition: Condition) -> pl.Expr:
    return condition.unexpected if condition.repeated is None else condition.repeated.likely


def _numbers(condition: Condition, mask: pl.Expr, most: int) -> pl.Expr:
    found = mask.arg_true()
    if condition.repeated is not None:
        found = found.filter(condition.repeated.confirmed(mask))
    return found.head(most).implode()


def looks_at_other_rows(expression: pl.Expr) -> bool:
    """Also where Polars cannot say (a Python function). Polars answers for the outermost step only, so each is asked;
    constants look at no row."""
    if not expression.meta.root_names():
        return False
    try:
        alone = expression.meta.is_row_separable()
    except pl.exceptions.PolarsError:
        return True
    return not alone or any(map(looks_at_other_rows, expression.meta.pop()))


def part(asked: MetricComputationConfiguration) -> str:
    """What of a check is asked: the last word of the metric's name."""
    return asked.metric_configuration.metric_name.rpartition(".")[2]
