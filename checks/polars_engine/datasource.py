"""`type: polars`, a fluent data source: frames given at run time, Parquet files and Delta tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, TypeAlias

import polars as pl
from great_expectations.compatibility import pydantic
from great_expectations.core.batch import LegacyBatchDefinition
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.core.id_dict import IDDict
from great_expectations.datasource.fluent.batch_identifier_util import make_batch_identifier
from great_expectations.datasource.fluent.batch_request import BatchRequest
from great_expectations.datasource.fluent.constants import _DATA_CONNECTOR_NAME
from great_expectations.datasource.fluent.interfaces import Batch, DataAsset, Datasource
from great_expectations.exceptions.exceptions import BuildBatchRequestError

from .engine import MOST_FAILING_ROWS, PolarsExecutionEngine
from .errors import UnreadableConditionError

EngineType: TypeAlias = type[PolarsExecutionEngine]


class PolarsAsset(DataAsset[Any, Any]):
    """A table of the data source; which one is said by the subclasses."""

    class Config:
        """A misspelt setting is an error."""

        extra = pydantic.Extra.forbid

    parameters: ClassVar[tuple[str, ...]] = ()

    def frame(self, options: dict[str, Any]) -> pl.LazyFrame:
        """Not read yet."""
        raise NotImplementedError

    def test_connection(self) -> None:
        """Nothing to connect to; a file that is missing is told when the batch is loaded."""

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:  # noqa: ARG002  # GX's signature
        """Names that a run may give."""
        return self.parameters

    def build_batch_request(
        self, options: dict[str, Any] | None = None, batch_slice: Any = None, partitioner: Any = None
    ) -> BatchRequest[Any]:
        """Parts of a table are not batches of their own: a row condition says which rows count."""
        given = options or {}
        if batch_slice is not None or partitioner is not None:
            raise BuildBatchRequestError(message="a Polars asset has no slices and no partitions")
        if set(given) - set(self.parameters):
            raise BuildBatchRequestError(
                message=f"batch parameters of this asset: {', '.join(self.parameters) or 'none'}"
            )
        return BatchRequest(datasource_name=self.datasource.name, data_asset_name=self.name, options=given)

    def add_batch_definition_whole_table(self, name: str) -> BatchDefinition[Any]:
        """The only kind there is."""
        return self.add_batch_definition(name=name)

    def get_batch_identifiers_list(self, batch_request: BatchRequest[Any]) -> list[dict[str, Any]]:
        """One batch: the table."""
        return [IDDict(batch_request.options)]

    def get_batch(self, batch_request: BatchRequest[Any]) -> Batch:
        """With an engine of its own."""
        spec = RuntimeDataBatchSpec(batch_data=self.frame(batch_request.options), other=self.datasource.frame_named)
        data, markers = self.datasource.get_execution_engine().get_batch_data_and_markers(spec)
        definition = LegacyBatchDefinition(
            datasource_name=self.datasource.name,
            data_connector_name=_DATA_CONNECTOR_NAME,
            data_asset_name=self.name,
            batch_identifiers=make_batch_identifier(batch_request.options),
        )
        return Batch(
            datasource=self.datasource,
            data_asset=self,
            batch_request=batch_request,
            data=data,
            metadata=self._get_batch_metadata_from_batch_request(batch_request, ignore_options=("dataframe",)),
            batch_markers=markers,
            batch_spec=spec,
            batch_definition=definition,
        )


class FrameAsset(PolarsAsset):
    """A LazyFrame or DataFrame, given with every run as the batch parameter `dataframe` (the name that Great
    Expectations keeps out of its results)."""

    type: Literal["frame"] = "frame"
    parameters: ClassVar[tuple[str, ...]] = ("dataframe",)

    def frame(self, options: dict[str, Any]) -> pl.LazyFrame:
        """Not read yet."""
        given = options.get("dataframe")
        if not isinstance(given, pl.LazyFrame | pl.DataFrame):
            raise BuildBatchRequestError(message='the batch parameter "dataframe" must be a Polars frame')
        return given.lazy()


class ParquetAsset(PolarsAsset):
    """A file, a folder or a pattern."""

    type: Literal["parquet"] = "parquet"
    path: str

    def frame(self, options: dict[str, Any]) -> pl.LazyFrame:  # noqa: ARG002  # has none
        """Not read yet."""
        return pl.scan_parquet(self.path)


class DeltaAsset(PolarsAsset):
    """A Delta table; the newest version, or the asset's, or the one that a run names."""

    type: Literal["delta"] = "delta"
    path: str
    version: int | None = None
    parameters: ClassVar[tuple[str, ...]] = ("version",)

    def frame(self, options: dict[str, Any]) -> pl.LazyFrame:
        """Not read yet."""
        return pl.scan_delta(self.path, version=options.get("version", self.version))


class PolarsDatasource(Datasource[Any, PolarsExecutionEngine]):
    """Tables for the Polars engine. `max_failing_rows`: of each check, this many failing rows are listed at most."""

    asset_types: ClassVar[Sequence[type[DataAsset[Any, Any]]]] = [FrameAsset, ParquetAsset, DeltaAsset]
    type: Literal["polars"] = "polars"
    assets: list[FrameAsset | ParquetAsset | DeltaAsset] = []  # noqa: RUF012  # pydantic copies it
    max_failing_rows: int = MOST_FAILING_ROWS

    @property
    def execution_engine_type(self) -> EngineType:
        """For GX's look-ups."""
        return PolarsExecutionEngine

    def get_execution_engine(self) -> PolarsExecutionEngine:
        """A new one for each batch. GX would keep one per data source, and two runs at once, whose batches have the
        same name, would then count each other's rows."""
        return PolarsExecutionEngine(name=self.name, max_failing_rows=self.max_failing_rows)

    def test_connection(self, test_assets: bool = True) -> None:
        """Nothing to connect to."""

    def frame_named(self, name: str) -> pl.LazyFrame:
        """Another table of this data source, for checks that compare two."""
        if name not in self.get_asset_names():
            raise UnreadableConditionError(f'the data source has no asset "{name}"')
        asset: PolarsAsset = self.get_asset(name)
        if isinstance(asset, FrameAsset):
            raise UnreadableConditionError(
                f'"{name}" is a frame that only its own run has: compare with a file or Delta table'
            )
        return asset.frame({})
