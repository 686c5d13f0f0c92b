"""Great Expectations' execution engine for Polars: a table is a LazyFrame, a run is one pass, or two if rows fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
from great_expectations.core.batch import BatchData, BatchMarkers
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import SummarizationMetricNameSuffixes as Suffix
from great_expectations.execution_engine.execution_engine import ExecutionEngine, MetricComputationConfiguration
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    NullityCondition,
    OrCondition,
)
from great_expectations.validator.metric_configuration import MetricConfigurationID

from .errors import FailedPassError, UnreadableConditionError
from .failing_rows import Wanted, failing_rows, without_rows
from .metrics import FETCHED, register
from .passes import OnePass, part
from .row_conditions import row_condition

MOST_FAILING_ROWS = 100_000


@dataclass(frozen=True, eq=False)
class Table:
    """A LazyFrame with its schema, asked for once."""

    frame: pl.LazyFrame
    schema: pl.Schema


class PolarsBatchData(BatchData):
    """One table; `other` finds another table of the same data source by its asset's name."""

    def __init__(
        self,
        execution_engine: ExecutionEngine[pl.Expr],
        frame: pl.LazyFrame,
        other: Callable[[str], pl.LazyFrame] | None = None,
    ) -> None:
        super().__init__(execution_engine)
        self.table = Table(frame, frame.collect_schema())
        self.other = other

    def table_named(self, name: str) -> Table:
        """Another table of the same data source."""
        if self.other is None:
            raise UnreadableConditionError(f'no data source knows the table "{name}"')
        frame = self.other(name)
        return Table(frame, frame.collect_schema())


class PolarsExecutionEngine(ExecutionEngine[pl.Expr]):
    """One engine serves one batch: what it has calculated cannot reach another run.

    `max_failing_rows`: of each check, this many failing rows are fetched at most; counts are always exact.
    """

    def __init__(self, *args: Any, max_failing_rows: int = MOST_FAILING_ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.config["max_failing_rows"] = max_failing_rows
        self.max_failing_rows = max_failing_rows
        self._answers: dict[MetricConfigurationID, Any] = {}
        self._failures: dict[MetricConfigurationID, str] = {}
        self._tables: dict[tuple[str | None, str | None], Table] = {}

    def get_batch_data_and_markers(self, batch_spec: Any) -> tuple[PolarsBatchData, BatchMarkers]:
        """The frame leaves the specification, which ends up in results."""
        if not isinstance(batch_spec, RuntimeDataBatchSpec):
            raise TypeError("a batch of the Polars engine is a frame")
        frame, batch_spec.batch_data = batch_spec.batch_data, "LazyFrame"
        loaded = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        data = PolarsBatchData(self, frame.lazy(), batch_spec.pop("other", None))
        return data, BatchMarkers({"ge_load_time": loaded})

    def frame_of(self, domain_kwargs: Mapping[str, Any]) -> Table:
        """The table that a metric is about."""
        key = (domain_kwargs.get("batch_id"), domain_kwargs.get("table"))
        if key not in self._tables:
            data = self._batch_data(key[0])
            self._tables[key] = data.table if key[1] is None else data.table_named(key[1])
        return self._tables[key]

    def _batch_data(self, batch_id: str | None) -> PolarsBatchData:
        manager = self.batch_manager
        found = manager.active_batch_data if batch_id is None else manager.batch_data_cache.get(batch_id)
        if not isinstance(found, PolarsBatchData):
            raise UnreadableConditionError("no batch of the Polars engine is loaded under this id")
        return found

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> pl.LazyFrame:
        """Never filtered; see `Domain`."""
        return self.frame_of(domain_kwargs).frame

    def get_compute_domain(
        self,
        domain_kwargs: dict[str, Any],
        domain_type: str | MetricDomainTypes,  # noqa: ARG002  # GX's signature
        accessor_keys: Iterable[str] | None = None,  # noqa: ARG002
    ) -> tuple[pl.LazyFrame, dict[str, Any], dict[str, Any]]:
        """For callers of GX's interface; the engine itself needs only the table."""
        return self.get_domain_records(domain_kwargs), domain_kwargs, {}

    def resolve_metric_bundle(
        self, metric_fn_bundle: Iterable[MetricComputationConfiguration]
    ) -> dict[MetricConfigurationID, Any]:
        """Everything of one level together. GX asks again, one by one, where something failed: answers are kept, so
        that no pass is made twice."""
        bundle = list(metric_fn_bundle)
        known = self._answers.keys() | self._failures.keys()
        self._answer([each for each in bundle if each.metric_configuration.id not in known])
        if any(each.metric_configuration.id in self._failures for each in bundle):
            raise FailedPassError("; ".join(sorted(set(self._failures.values()))))
        return {each.metric_configuration.id: self._answers[each.metric_configuration.id] for each in bundle}

    def _answer(self, asked: Sequence[MetricComputationConfiguration]) -> None:
        """In one pass; if it stops, in halves, until only what stops it is left out."""
        if not asked:
            return
        try:
            self._answers.update(self._one_pass(asked))
        except (Exception, pl.exceptions.PanicException) as error:  # a function inside an expression may raise anything
            if len(asked) == 1 or isinstance(error, OSError):
                self._failures.update({each.metric_configuration.id: _told(each, error) for each in asked})
            else:
                self._answer(asked[: len(asked) // 2])
                self._answer(asked[len(asked) // 2 :])

    def _one_pass(self, asked: Sequence[MetricComputationConfiguration]) -> dict[MetricConfigurationID, Any]:
        fetched = [each for each in asked if part(each) in FETCHED]
        return self._figures([each for each in asked if part(each) not in FETCHED]) | self._rows(fetched)

    def _figures(self, asked: Sequence[MetricComputationConfiguration]) -> dict[MetricConfigurationID, Any]:
        """All tables side by side: another table's row count joins the same pass."""
        if not asked:
            return {}
        passes: dict[Table, OnePass] = {}
        for each in asked:
            table = self.frame_of(each.compute_domain_kwargs or {})
            passes.setdefault(table, OnePass(self.max_failing_rows)).add(each)
        frames = [one.over(table.frame) for table, one in passes.items()]
        together = frames[0] if len(frames) == 1 else pl.concat(frames, how="horizontal")
        found = together.collect(engine="streaming").row(0, named=True)
        return {key: answer for one in passes.values() for key, answer in one.answers(found).items()}

    def _rows(self, asked: Sequence[MetricComputationConfiguration]) -> dict[MetricConfigurationID, Any]:
        wanted, most = [(each, _wanted(each)) for each in asked], self.max_failing_rows
        found = {lists.id: without_rows(lists, most) for _, lists in wanted if not lists.needs_rows}
        failing = [(each, lists) for each, lists in wanted if lists.needs_rows]
        if failing:
            table = self.frame_of(failing[0][0].compute_domain_kwargs or {})
            found |= failing_rows(table.frame, [lists for _, lists in failing], most)
        return found

    def _comparison_condition_to_filter_clause(self, condition: ComparisonCondition) -> pl.Expr:
        return row_condition(condition, self.frame_of({}).schema)

    def _nullity_condition_to_filter_clause(self, condition: NullityCondition) -> pl.Expr:
        return row_condition(condition, self.frame_of({}).schema)

    def _and_condition_to_filter_clause(self, condition: AndCondition) -> pl.Expr:
        return row_condition(condition, self.frame_of({}).schema)

    def _or_condition_to_filter_clause(self, condition: OrCondition) -> pl.Expr:
        return row_condition(condition, self.frame_of({}).schema)


def _wanted(asked: MetricComputationConfiguration) -> Wanted:
    condition: Any = asked.metric_fn
    configuration = asked.metric_configuration
    count = asked.metric_provider_kwargs["metrics"][Suffix.UNEXPECTED_COUNT.value]
    return Wanted(configuration.id, part(asked), condition, count, configuration.metric_value_kwargs["result_format"])


def _told(asked: MetricComputationConfiguration, error: BaseException) -> str:
    """Our own words may be passed on; a library's may not, they can quote values of rows."""
    if isinstance(error, UnreadableConditionError):
        return str(error)
    name = asked.metric_configuration.metric_name
    return f"{name} stopped with {type(error).__name__} while rows were read (its text may quote values: not shown)"


register(PolarsExecutionEngine)
