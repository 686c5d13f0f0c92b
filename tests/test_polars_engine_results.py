"""Errors of one check alone, what results hold, and where tables come from."""

from __future__ import annotations

from engine_children import CHILDREN, COMPLETE, LIGHT, answered, said  # isort: skip  # first: imports GX quietly

import gc
import json
import logging
import warnings
import weakref
from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
import pytest
from great_expectations.core.validation_definition import ValidationDefinition
from great_expectations.exceptions.exceptions import BuildBatchRequestError
from great_expectations.expectations.expectation import Expectation, MulticolumnMapExpectation
from great_expectations.expectations.row_conditions import Column

from checks.polars_engine import ExpectRowsToKeepRule, new_context, register_rule, supported_suite, validate


def test_a_check_of_a_wrong_type_is_an_error_for_itself_alone() -> None:
    results = answered(
        CHILDREN,
        gxe.ExpectColumnValuesToMatchRegex(column="weight", regex="1"),
        gxe.ExpectColumnValuesToBeBetween(**LIGHT),
        gxe.ExpectColumnMeanToBeBetween(column="child", min_value=1),
        gxe.ExpectColumnValuesToNotBeNull(column="nowhere"),
        gxe.ExpectColumnValuesToMatchRegex(column="child", regex="(?=look)"),
        gxe.ExpectColumnValuesToBeInSet(column="weight", value_set=["many"]),
    )
    told = {
        each.expectation_config.type: said(each) for each in results if "raised_exception" not in each.exception_info
    }
    assert len([each for each in results if each.result]) == 1
    assert '\\"weight\\" must hold text; it holds Int64' in "".join(map(said, results))
    assert 'no column \\"nowhere\\"' in "".join(map(said, results))
    assert "regex" in told["expect_column_values_to_match_regex"]


def test_an_expression_that_stops_is_an_error_for_itself_alone_and_quotes_no_value() -> None:
    register_rule("canary", pl.col("child").cast(pl.Int64) > 1)
    frame = CHILDREN.with_columns(child=pl.lit("CANARY"))
    results = answered(
        frame,
        ExpectRowsToKeepRule(rule="canary"),
        gxe.ExpectColumnValuesToBeBetween(**LIGHT),
        gxe.ExpectColumnMaxToBeBetween(column="weight", max_value=9),
        result_format={**COMPLETE, "exclude_unexpected_values": True, "return_unexpected_index_query": False},
    )
    assert [
        each.result.get("unexpected_count", each.result.get("observed_value")) for each in results if each.result
    ] == [
        1,
        3500,
    ]
    stopped = next(each for each in results if not each.result)
    assert "rows.keep_rule.unexpected_count stopped with InvalidOperationError" in said(stopped)
    assert "CANARY" not in json.dumps([each.to_json_dict() for each in results], default=str)


def test_results_may_hold_keys_only() -> None:
    keys = {"unexpected_index_column_names": ["child"], "exclude_unexpected_values": True}
    result = answered(CHILDREN, gxe.ExpectColumnValuesToBeBetween(**LIGHT), result_format={**COMPLETE, **keys})[0]
    assert result.result["unexpected_index_list"] == [{"child": ["b"]}]
    assert "unexpected_list" not in result.result
    assert "12" not in json.dumps(result.to_json_dict()["result"].get("partial_unexpected_list", []))


def test_unexpected_rows_are_given_when_they_are_asked_for() -> None:
    asked = {"result_format": "BASIC", "include_unexpected_rows": True}
    result = answered(CHILDREN, gxe.ExpectColumnValuesToBeBetween(**LIGHT), result_format=asked)[0]
    assert result.result["unexpected_rows"] == CHILDREN[1:2].to_dicts()


def test_a_key_that_the_table_lacks_is_told() -> None:
    asked = {**COMPLETE, "unexpected_index_column_names": ["nobody"]}
    assert "unknown columns: nobody" in said(
        answered(CHILDREN, gxe.ExpectColumnValuesToBeBetween(**LIGHT), result_format=asked)[0]
    )


@pytest.mark.parametrize("expectation", ["in set", "unique"])
def test_a_listing_of_failing_rows_is_capped_and_says_so(expectation: str, caplog: pytest.LogCaptureFixture) -> None:
    frame = pl.DataFrame({"n": [7] * 50})
    made: dict[str, Expectation] = {
        "in set": gxe.ExpectColumnValuesToBeInSet(column="n", value_set=[1]),
        "unique": gxe.ExpectColumnValuesToBeUnique(column="n"),
    }
    with caplog.at_level(logging.WARNING, logger="checks.polars_engine"):
        result = answered(frame, made[expectation], result_format=COMPLETE, max_failing_rows=3)[0].result
    assert result["unexpected_count"] == 50
    assert result["unexpected_index_list"] == [0, 1, 2]
    assert "3 of 50 rows are listed" in result["unexpected_index_query"]
    assert "50 rows fail, the first 3 are listed" in caplog.text


def test_parquet_and_delta_are_read_where_they_are(tmp_path: Path) -> None:
    CHILDREN.write_parquet(tmp_path / "one.parquet")
    CHILDREN[:2].write_parquet(tmp_path / "two.parquet")
    CHILDREN.write_delta(str(tmp_path / "delta"))
    CHILDREN[:1].write_delta(str(tmp_path / "delta"), mode="append")
    source = new_context().data_sources.add_polars("tables")
    assets = {
        "a pattern": source.add_parquet_asset("parts", path=str(tmp_path / "*.parquet")),
        "the newest": source.add_delta_asset("newest", path=str(tmp_path / "delta")),
        "an older": source.add_delta_asset("older", path=str(tmp_path / "delta"), version=0),
    }
    counted = {name: _row_count(asset) for name, asset in assets.items()}
    assert counted == {"a pattern": 7, "the newest": 6, "an older": 5}
    assert _row_count(assets["the newest"], version=0) == 5


def _row_count(asset: Any, **options: Any) -> int:
    batch = asset.build_batch_request(options)
    asked = gxe.ExpectTableRowCountToEqual(value=0, severity="info")
    return asset.get_batch(batch).validate(asked).result["observed_value"]


def test_two_tables_of_a_data_source_are_compared(tmp_path: Path) -> None:
    CHILDREN.write_parquet(tmp_path / "one.parquet")
    CHILDREN[:2].write_parquet(tmp_path / "two.parquet")
    source = new_context().data_sources.add_polars("tables")
    one = source.add_parquet_asset("one", path=str(tmp_path / "one.parquet"))
    source.add_parquet_asset("two", path=str(tmp_path / "two.parquet"))
    asked = gxe.ExpectTableRowCountToEqualOtherTable(other_table_name="two", severity="info")
    result = one.get_batch(one.build_batch_request()).validate(asked)
    assert (result.success, result.result["observed_value"]) == (False, {"self": 5, "other": 2})
    unknown = gxe.ExpectTableRowCountToEqualOtherTable(other_table_name="three", severity="info")
    assert 'no asset \\"three\\"' in said(one.get_batch(one.build_batch_request()).validate(unknown))


def test_a_frame_asset_needs_a_polars_frame() -> None:
    asset = new_context().data_sources.add_polars("frames").add_frame_asset("frame")
    for options in ({}, {"dataframe": [1]}):
        with pytest.raises(BuildBatchRequestError, match="must be a Polars frame"):
            asset.get_batch(asset.build_batch_request(options))
    with pytest.raises(BuildBatchRequestError, match="batch parameters of this asset: dataframe"):
        asset.build_batch_request({"frame": CHILDREN})


def test_a_file_context_keeps_the_data_source_and_runs_a_checkpoint(tmp_path: Path) -> None:
    CHILDREN.write_parquet(tmp_path / "children.parquet")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = gx.get_context(mode="file", project_root_dir=tmp_path / "project")
        source = context.data_sources.add_polars("tables")
        asset = source.add_parquet_asset("children", path=str(tmp_path / "children.parquet"))
        asset.add_batch_definition_whole_table("whole")
        again = gx.get_context(mode="file", project_root_dir=tmp_path / "project")
        data = again.data_sources.get("tables").get_asset("children").get_batch_definition("whole")
        suite = again.suites.add(
            supported_suite("light", [gxe.ExpectColumnValuesToBeBetween(**LIGHT, severity="info")])
        )
        run = again.validation_definitions.add(ValidationDefinition(name="light", data=data, suite=suite))
        checkpoint = again.checkpoints.add(gx.Checkpoint(name="light", validation_definitions=[run]))
        result = checkpoint.run()
    assert not result.success
    saved = list((tmp_path / "project").rglob("validations/**/*.json"))
    assert len(saved) == 1
    assert json.loads(saved[0].read_text(encoding="utf-8"))["results"][0]["result"]["unexpected_count"] == 1


def test_the_frame_is_in_no_result() -> None:
    suite = supported_suite("some", [gxe.ExpectColumnValuesToNotBeNull(column="weight", severity="info")])
    told = json.dumps(validate(CHILDREN, suite, result_format="BOOLEAN_ONLY").to_json_dict())
    assert "0147" not in told


def test_the_process_keeps_no_row_of_a_validation_that_has_ended_or_stopped() -> None:
    suite = supported_suite("some", [gxe.ExpectColumnValuesToNotBeNull(column="weight", severity="info")])
    frame = CHILDREN.clone()
    kept = weakref.ref(frame)
    assert validate(frame, suite).statistics["evaluated_expectations"] == 1
    with pytest.raises(TypeError):
        validate(frame, suite, result_format="COMPLETE", parameters=1)  # type: ignore[arg-type]
    assert validate(frame, suite).statistics["evaluated_expectations"] == 1
    del frame
    gc.collect()
    assert kept() is None


def test_severities_are_told_with_the_failures() -> None:
    made = [("info", "child"), ("warning", "born"), ("critical", "municipality")]
    suite = supported_suite("some", [gxe.ExpectColumnValuesToNotBeNull(column=c, severity=s) for s, c in made])
    assert str(validate(CHILDREN, suite).get_max_severity_failure().value) == "warning"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"mostly": 0.5},
        {"row_condition": Column("amount") > 1},
        {"ignore_row_if": "any_value_is_missing", "column_list": ["amount"]},
        {"meta": {"from": "a steward"}},
    ],
    ids=["nothing", "mostly", "condition", "columns", "meta"],
)
def test_a_rule_says_of_itself_what_gx_would_say(told: dict[str, Any]) -> None:
    register_rule("amounts.above_one", pl.col("amount") > 1)
    rule = ExpectRowsToKeepRule(rule="amounts.above_one", severity="critical", **told)
    assert rule._get_domain_kwargs() == Expectation._get_domain_kwargs(rule)
    assert rule._get_success_kwargs() == Expectation._get_success_kwargs(rule)
    assert rule._get_runtime_kwargs({"catch_exceptions": True}) == Expectation._get_runtime_kwargs(
        rule, {"catch_exceptions": True}
    )
    for key in (*rule.domain_keys, *rule.success_keys, *rule.runtime_keys):
        assert rule._get_success_kwarg(key) == Expectation._get_success_kwarg(rule, key)


@pytest.mark.parametrize("asked", ["BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"])
@pytest.mark.parametrize("with_rows", [False, True])
@pytest.mark.parametrize("with_query", [False, True])
@pytest.mark.parametrize("told", [{}, {"row_condition": Column("amount") > 1, "column_list": ["amount"]}])
def test_a_rule_needs_the_metrics_that_gx_would_ask_for(
    asked: str, with_rows: bool, with_query: bool, told: dict[str, Any]
) -> None:
    register_rule("amounts.above_one", pl.col("amount") > 1)
    rule = ExpectRowsToKeepRule(rule="amounts.above_one", batch_id="some-table", **told)
    runtime = {
        "result_format": {
            "result_format": asked,
            "include_unexpected_rows": with_rows,
            "return_unexpected_index_query": with_query,
        }
    }
    ours, gx_own = (
        each(rule, runtime_configuration=runtime)
        for each in (
            ExpectRowsToKeepRule.get_validation_dependencies,
            MulticolumnMapExpectation.get_validation_dependencies,
        )
    )
    assert ours.result_format == gx_own.result_format
    assert {name: one.id for name, one in ours.metric_configurations.items()} == {
        name: one.id for name, one in gx_own.metric_configurations.items()
    }
    for name, one in ours.metric_configurations.items():
        assert (one.metric_domain_kwargs, one.metric_value_kwargs) == (
            gx_own.metric_configurations[name].metric_domain_kwargs,
            gx_own.metric_configurations[name].metric_value_kwargs,
        )
