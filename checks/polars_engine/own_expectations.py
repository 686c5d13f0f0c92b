"""Two expectations in the place of stock ones that cannot serve: a column's Polars type, and quantiles."""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.expectations.core.expect_column_quantile_values_to_be_between import (
    ExpectColumnQuantileValuesToBeBetween,
)
from great_expectations.expectations.expectation import ColumnAggregateExpectation
from great_expectations.render.renderer_configuration import RendererConfiguration, RendererValueType

from .errors import UnreadableConditionError


class ExpectColumnDtypeToBeIn(ColumnAggregateExpectation):
    """Expect the column's Polars type to be one of the named: "Int64", "String", "Datetime" for every unit and zone, or
    in full "Datetime(time_unit='us', time_zone=None)". GX's own answer for pandas, Spark and SQL types only."""

    dtypes: list[str]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.polars_dtypes",)
    success_keys: ClassVar[tuple[str, ...]] = ("dtypes",)
    args_keys: ClassVar[tuple[str, ...]] = ("column", "dtypes")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002  # GX's signature
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        found = metrics["table.polars_dtypes"].get(self.column)
        if found is None:
            raise UnreadableConditionError(f'the table has no column "{self.column}"')
        names = {str(found), str(found.base_type())}
        return {"success": bool(names & set(self.dtypes)), "result": {"observed_value": str(found)}}

    @classmethod
    def _prescriptive_template(cls, renderer_configuration: RendererConfiguration[Any]) -> RendererConfiguration[Any]:
        renderer_configuration.add_param(name="column", param_type=RendererValueType.STRING)
        renderer_configuration.add_param(name="dtypes", param_type=RendererValueType.ARRAY)
        renderer_configuration.template_str = "$column must hold one of: $dtypes"
        return renderer_configuration


class ExpectColumnQuantilesToBeBetween(ExpectColumnQuantileValuesToBeBetween):
    """The stock expectation with a success that can be saved: GX 1.24 gives numpy's bool, and the whole run stops when
    its result is written, on every engine."""

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        told: dict[str, Any] = super()._validate(metrics, runtime_configuration, execution_engine)
        return {**told, "success": bool(told["success"])}
