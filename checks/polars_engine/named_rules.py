"""A rule of your own: one named Polars expression, as an expectation in the same pass as the stock ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import polars as pl
from great_expectations.compatibility import pydantic
from great_expectations.core.metric_function_types import SummarizationMetricNameSuffixes as Suffix
from great_expectations.core.result_format import ResultFormat
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation, MulticolumnMapExpectation
from great_expectations.expectations.registry import get_metric_kwargs
from great_expectations.render.renderer_configuration import RendererConfiguration, RendererValueType
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from .described import Described
from .errors import UnsupportedExpectationError


@dataclass(frozen=True)
class NamedRule:
    """`unexpected`: true means that the row breaks the rule; null and false keep it.
    `among`: the rows that the rule is about (None: all); they are the denominator of `mostly`."""

    name: str
    unexpected: pl.Expr
    among: pl.Expr | None = None

    @property
    def columns(self) -> list[str]:
        """That its expressions read."""
        both = [self.unexpected] if self.among is None else [self.unexpected, self.among]
        return sorted({name for each in both for name in each.meta.root_names()})


_RULES: dict[str, NamedRule] = {}


def register_rule(name: str, unexpected: pl.Expr, *, among: pl.Expr | None = None) -> NamedRule:
    """A suite keeps only the name (it is saved as JSON); the expression is looked up when the suite runs.
    A second rule of the same name must be the same expression."""
    rule = NamedRule(name, unexpected, among)
    known = _RULES.setdefault(name, rule)
    if known is not rule and not _same(known, rule):
        raise ValueError(f'another rule has the name "{name}"')
    return known


def rule_named(name: str) -> NamedRule:
    """An error where none has the name."""
    try:
        return _RULES[name]
    except KeyError:
        raise UnsupportedExpectationError(
            f'no rule has the name "{name}"; register_rule must have run before the suite is used'
        ) from None


def _same(one: NamedRule, other: NamedRule) -> bool:
    if (one.among is None) != (other.among is None):
        return False
    same_among = one.among is None or other.among is None or one.among.meta.eq(other.among)
    return same_among and one.unexpected.meta.eq(other.unexpected)


class ExpectRowsToKeepRule(MulticolumnMapExpectation):
    """Expect every row to keep a rule that was registered under a name.

    Its columns are those that the expression reads; `column_list` need not be given.
    """

    rule: str
    column_list: list[pydantic.StrictStr] = []  # noqa: RUF012  # pydantic copies it
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "never"

    map_metric: ClassVar[str | None] = "rows.keep_rule"
    success_keys: ClassVar[tuple[str, ...]] = ("rule", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("rule",)

    @pydantic.validator("column_list")
    def _validate_column_list(cls, v: list[str]) -> list[str]:  # noqa: N805  # pydantic 1; one column is enough
        return v

    def _get_domain_kwargs(self) -> dict[str, Any]:
        return self._said(self.domain_keys)

    def _get_success_kwargs(self) -> dict[str, Any]:
        return self._said((*self.success_keys, *self.domain_keys))

    def _get_success_kwarg(self, key: str, default: Any = None) -> Any:
        return self._said((key,))[key] if key in self.__fields__ else default

    def get_validation_dependencies(
        self, execution_engine: ExecutionEngine[Any] | None = None, runtime_configuration: dict[str, Any] | None = None
    ) -> ValidationDependencies:
        """The metrics that GX's own method asks for, which describes the whole expectation anew for each of them."""
        needed = BatchExpectation.get_validation_dependencies(self, execution_engine, runtime_configuration)
        given = self._get_runtime_kwargs(runtime_configuration)
        domains: dict[tuple[str, ...], Described] = {}
        values: dict[tuple[str, ...], Described] = {}
        for name in self._metric_names(needed.result_format):
            asked = get_metric_kwargs(name)
            domain_keys, value_keys = tuple(asked["metric_domain_keys"]), tuple(asked["metric_value_keys"])
            domain = domains.setdefault(domain_keys, Described({key: given.get(key) or None for key in domain_keys}))
            value = values.setdefault(value_keys, Described({key: given.get(key) for key in value_keys}))
            needed.set_metric_configuration(name, MetricConfiguration(name, domain, value))
        return needed

    def _metric_names(self, result_format: dict[str, Any]) -> list[str]:
        asked = result_format["result_format"]
        names = [f"{self.map_metric}.{Suffix.UNEXPECTED_COUNT.value}", "table.row_count"]
        suffixes = [Suffix.FILTERED_ROW_COUNT]
        is_short = asked in (ResultFormat.BOOLEAN_ONLY, ResultFormat.BASIC)
        if asked != ResultFormat.BOOLEAN_ONLY:
            suffixes.append(Suffix.UNEXPECTED_VALUES)
            if result_format.get("include_unexpected_rows"):
                suffixes.append(Suffix.UNEXPECTED_ROWS)
        if not is_short:
            suffixes.append(Suffix.UNEXPECTED_INDEX_LIST)
        if not is_short or result_format.get("return_unexpected_index_query"):
            suffixes.append(Suffix.UNEXPECTED_INDEX_QUERY)
        return names + [f"{self.map_metric}.{suffix.value}" for suffix in suffixes]

    def _said(self, keys: Iterable[str]) -> dict[str, Any]:
        """What GX asks for more than a hundred times in a run; its own answer describes the whole expectation anew for
        every key."""
        said = {key: getattr(self, key, None) for key in keys}
        if any(isinstance(value, pydantic.BaseModel | list) for value in said.values()):
            said |= self.dict(include=set(said))
        return said

    @classmethod
    def _prescriptive_template(cls, renderer_configuration: RendererConfiguration[Any]) -> RendererConfiguration[Any]:
        renderer_configuration.add_param(name="rule", param_type=RendererValueType.STRING)
        renderer_configuration.template_str = "Rows must keep the rule $rule."
        return renderer_configuration
