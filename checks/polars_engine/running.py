"""One run from suite to result: a data source of its own, one run at a time in a process, nothing sent anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

import polars as pl
from great_expectations.core import ExpectationSuite
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.core.result_format import ResultFormatUnion
from great_expectations.data_context.data_context.context_factory import set_context
from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from .supported import assert_supported

_ONE_AT_A_TIME = Lock()
"""GX keeps the current context, and the model of a batch request while it is written out, in module state."""


class PassingContext(EphemeralDataContext):
    """A context whose settings nobody reads again."""

    def _save_project_config(self) -> None:
        """GX would write all of them as YAML, in memory, for every data source and asset that is added."""


def new_context() -> EphemeralDataContext:
    """In memory, without analytics, without progress bars. It is GX's current one from now on."""
    context = PassingContext(
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )
    set_context(context)
    return context


@cache
def _kept_context() -> EphemeralDataContext:
    """Made once in a process: it takes as long as a small table's checks."""
    return new_context()


def validate(
    frame: pl.LazyFrame | pl.DataFrame,
    suite: ExpectationSuite,
    *,
    result_format: ResultFormatUnion = "SUMMARY",
    parameters: Mapping[str, Any] | None = None,
    max_failing_rows: int | None = None,
) -> ExpectationSuiteValidationResult:
    """The suite on one table. Runs of other threads wait; Polars uses all cores for each. Nothing is stored.

    Refuses an unsupported suite before it reads anything; a check that cannot be calculated is an error of its own in
    the result.
    """
    assert_supported(suite)
    limits = {} if max_failing_rows is None else {"max_failing_rows": max_failing_rows}
    with _ONE_AT_A_TIME:
        context = _kept_context()
        set_context(context)
        sources: Any = context.data_sources  # its add_polars is made at run time
        source = sources.add_polars(name="polars", **limits)
        try:
            asset = source.add_frame_asset(name="frame")
            batch = asset.add_batch_definition_whole_table("whole").get_batch({"dataframe": frame})
            result: ExpectationSuiteValidationResult = batch.validate(
                suite, result_format=result_format, expectation_parameters=dict(parameters) if parameters else None
            )
        finally:
            sources.delete("polars")
        return result
