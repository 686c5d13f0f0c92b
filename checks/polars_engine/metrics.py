"""The metrics of the engine, registered with Great Expectations under the names that its expectations ask for.

GX resolves its metrics level by level. Everything here is arranged in three levels, whatever the number of checks:
conditions (expressions, nothing is read), then all counts and figures (one pass), then the rows that fail (one pass).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import polars as pl
from great_expectations.core.metric_function_types import SummarizationMetricNameSuffixes as Suffix
from great_expectations.exceptions.exceptions import MetricProviderError
from great_expectations.expectations.metrics.metric_provider import MetricProvider
from great_expectations.expectations.registry import get_metric_kwargs, register_metric
from great_expectations.validator.metric_configuration import MetricConfiguration

from .aggregates import Aggregate
from .domain import Domain, domain_of
from .duplicates import Repeated
from .errors import UnreadableConditionError
from .metric_names import AGGREGATES, CONDITIONS, SCHEMA
from .named_rules import ExpectRowsToKeepRule, NamedRule, rule_named

if TYPE_CHECKING:
    from .engine import PolarsExecutionEngine

COUNTED = (Suffix.UNEXPECTED_COUNT.value, Suffix.FILTERED_ROW_COUNT.value)
FETCHED = (
    Suffix.UNEXPECTED_VALUES.value,
    Suffix.UNEXPECTED_INDEX_LIST.value,
    Suffix.UNEXPECTED_INDEX_QUERY.value,
    Suffix.UNEXPECTED_ROWS.value,
)

ROW_KEYS = ("batch_id", "table", "row_condition", "condition_parser")


@dataclass(frozen=True)
class Condition:
    """The rows of one check that are unexpected (null: they are not), and the rows that it is about.
    `rows`: their numbers, once a pass has found them; see `OnePass`."""

    unexpected: pl.Expr
    domain: Domain
    repeated: Repeated | None = None
    rows: list[pl.Series] = field(default_factory=list)


class RowMetric(MetricProvider):
    """A condition, its counts, and what is fetched of its rows once the count is known."""

    @classmethod
    def _get_evaluation_dependencies(cls, metric: MetricConfiguration, *_: Any, **__: Any) -> dict[str, Any]:
        stem, _dot, part = metric.metric_name.rpartition(".")
        if part not in COUNTED + FETCHED:
            return {}
        given = {key: each for key, each in metric.metric_value_kwargs.items() if key != "result_format"}
        needed = {"metric_partial_fn": "condition"}
        if part in FETCHED:
            needed[Suffix.UNEXPECTED_COUNT.value] = Suffix.UNEXPECTED_COUNT.value
        return {
            name: MetricConfiguration(f"{stem}.{suffix}", metric.metric_domain_kwargs, given)
            for name, suffix in needed.items()
        }


class FigureMetric(MetricProvider):
    """A figure that goes into the one pass."""

    @classmethod
    def _get_evaluation_dependencies(cls, metric: MetricConfiguration, *_: Any, **__: Any) -> dict[str, Any]:
        name = str(metric.metric_name)
        if name.endswith(".aggregate_fn"):
            return {}
        given = (metric.metric_domain_kwargs, metric.metric_value_kwargs)
        return {"metric_partial_fn": MetricConfiguration(f"{name}.aggregate_fn", *given)}


class SchemaMetric(MetricProvider):
    """Known from the table's schema alone."""

    @classmethod
    def _get_evaluation_dependencies(cls, *_: Any, **__: Any) -> dict[str, Any]:
        return {}


def condition_of(name: str, domain_kwargs: Mapping[str, Any], given: Mapping[str, Any], schema: pl.Schema) -> Condition:
    """Built, and tried on an empty table of the same schema: a wrong type or a bad pattern is told here, for this
    check alone, before anything is read."""
    domain = domain_of(domain_kwargs, schema)
    if name == ExpectRowsToKeepRule.map_metric:
        domain = _of_rule(domain, rule_named(given["rule"]))
    made = CONDITIONS[name](domain, **given)
    repeated = made if isinstance(made, Repeated) else None
    unexpected = domain.only(made.unexpected if isinstance(made, Repeated) else made)
    tried(unexpected, domain, name)
    return Condition(unexpected, domain, repeated)


def tried(expression: pl.Expr, domain: Domain, name: str) -> None:
    """On an empty table Polars' own words can quote the schema and the arguments only."""
    try:
        _nothing(tuple(domain.schema.items())).select(expression)
    except pl.exceptions.PolarsError as error:
        about = ", ".join(f"{each} ({domain.schema[each]})" for each in domain.columns)
        first = str(error).split("\n", 1)[0]
        raise UnreadableConditionError(f"{name} cannot be calculated on {about or 'the table'}: {first}") from None


@lru_cache(maxsize=8)
def _nothing(schema: tuple[tuple[str, pl.DataType], ...]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema))


def _of_rule(domain: Domain, rule: NamedRule) -> Domain:
    both = [each for each in (domain.kept, rule.among) if each is not None]
    return replace(domain, kept=pl.all_horizontal(both) if both else None, columns=tuple(rule.columns), kind="list")


def _condition(
    name: str, execution_engine: PolarsExecutionEngine, **asked: Any
) -> tuple[Condition, Any, dict[str, Any]]:
    domain_kwargs = asked["metric_domain_kwargs"]
    schema = execution_engine.frame_of(domain_kwargs).schema
    return condition_of(name, domain_kwargs, asked["metric_value_kwargs"], schema), domain_kwargs, {}


def _figure(name: str, execution_engine: PolarsExecutionEngine, **asked: Any) -> tuple[Aggregate, Any, dict[str, Any]]:
    domain_kwargs = asked["metric_domain_kwargs"]
    domain = domain_of(domain_kwargs, execution_engine.frame_of(domain_kwargs).schema)
    given = {key: each for key, each in asked["metric_value_kwargs"].items() if each is not None}
    figure = AGGREGATES[name](domain, **given)
    tried(figure.expression, domain, name)
    return figure, domain_kwargs, {}


def _of_schema(name: str, execution_engine: PolarsExecutionEngine, **asked: Any) -> Any:
    return SCHEMA[name](execution_engine.frame_of(asked["metric_domain_kwargs"]).schema)


def register(engine: type[PolarsExecutionEngine]) -> None:
    """Domain and value keys are GX's own where it knows the metric."""
    for name in CONDITIONS:
        domain_keys, value_keys = _keys(f"{name}.condition", ((*ROW_KEYS, "column_list", "ignore_row_if"), ("rule",)))
        _register(engine, f"{name}.condition", RowMetric, partial(_condition, name), (domain_keys, value_keys))
        for suffix in COUNTED + FETCHED:
            shown = () if suffix == Suffix.UNEXPECTED_COUNT.value else ("result_format",)
            _register(engine, f"{name}.{suffix}", RowMetric, None, (domain_keys, (*value_keys, *shown)))
    for name in AGGREGATES:
        keys = _keys(name, ((*ROW_KEYS, "column"), ()))
        _register(engine, f"{name}.aggregate_fn", FigureMetric, partial(_figure, name), keys)
        _register(engine, name, FigureMetric, None, keys)
    for name in SCHEMA:
        _register(engine, name, SchemaMetric, partial(_of_schema, name), _keys(name, (ROW_KEYS, ())))


def _keys(name: str, otherwise: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        known = get_metric_kwargs(name)
    except MetricProviderError:
        return otherwise
    return tuple(known["metric_domain_keys"]), tuple(known["metric_value_keys"])


def _register(
    engine: type[PolarsExecutionEngine],
    name: str,
    metric_class: type[MetricProvider],
    provider: Callable[..., Any] | None,
    keys: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    domain_keys, value_keys = keys
    register_metric(name, domain_keys, value_keys, engine, metric_class, provider)
