"""The metrics by the names under which Great Expectations' expectations ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from . import aggregates, column_conditions, joint_conditions, text_conditions
from .aggregates import Aggregate
from .duplicates import Repeated

CONDITIONS: Mapping[str, Callable[..., pl.Expr | Repeated]] = {
    "column_values.null": column_conditions.null,
    "column_values.nonnull": column_conditions.not_null,
    "column_values.in_set": column_conditions.in_set,
    "column_values.not_in_set": column_conditions.not_in_set,
    "column_values.between": column_conditions.between,
    "column_values.unique": column_conditions.unique,
    "column_values.increasing": column_conditions.increasing,
    "column_values.decreasing": column_conditions.decreasing,
    "column_values.z_score.under_threshold": column_conditions.z_score,
    "column_values.not_outliers": column_conditions.outliers,
    "column_values.value_length.equals": text_conditions.length_equals,
    "column_values.value_length.between": text_conditions.length_between,
    "column_values.match_regex": text_conditions.match_regex,
    "column_values.not_match_regex": text_conditions.not_match_regex,
    "column_values.match_regex_list": text_conditions.match_regex_list,
    "column_values.not_match_regex_list": text_conditions.not_match_regex_list,
    "column_values.match_like_pattern": text_conditions.match_like,
    "column_values.not_match_like_pattern": text_conditions.not_match_like,
    "column_values.match_like_pattern_list": text_conditions.match_like_list,
    "column_values.not_match_like_pattern_list": text_conditions.not_match_like_list,
    "column_values.match_strftime_format": text_conditions.match_strftime,
    "column_values.json_parseable": text_conditions.json_parseable,
    "column_values.dateutil_parseable": text_conditions.dateutil_parseable,
    "column_values.match_json_schema": text_conditions.match_json_schema,
    "column_pair_values.equal": joint_conditions.pair_equal,
    "column_pair_values.a_greater_than_b": joint_conditions.pair_a_greater_than_b,
    "column_pair_values.in_set": joint_conditions.pair_in_set,
    "compound_columns.unique": joint_conditions.compound_unique,
    "multicolumn_sum.equal": joint_conditions.sum_equals,
    "multicolumn_values.equal": joint_conditions.all_equal,
    "select_column_values.unique.within_record": joint_conditions.unique_within_record,
    "rows.keep_rule": joint_conditions.rule_kept,
}
AGGREGATES: Mapping[str, Callable[..., Aggregate]] = {
    "table.row_count": aggregates.row_count,
    "column.min": aggregates.smallest,
    "column.max": aggregates.largest,
    "column.mean": aggregates.mean,
    "column.median": aggregates.median,
    "column.sum": aggregates.total,
    "column.standard_deviation": aggregates.standard_deviation,
    "column.non_null_count": aggregates.non_null_count,
    "column.non_null_proportion": aggregates.non_null_proportion,
    "column.distinct_values.count": aggregates.distinct_count,
    "column.unique_proportion": aggregates.unique_proportion,
    "column.most_common_value": aggregates.most_common,
    "column.quantile_values": aggregates.quantiles,
    "column.distinct_values.not_in_set.count": aggregates.distinct_outside_set_count,
    "column.distinct_values.not_in_set": aggregates.distinct_outside_set,
    "column.distinct_values.missing_from_column.count": aggregates.absent_from_column_count,
    "column.distinct_values.missing_from_column": aggregates.absent_from_column,
    "column.value_counts": aggregates.value_counts,
    "column.histogram": aggregates.histogram,
    "column_values.between.count": aggregates.between_count,
    "column_values.nonnull.count": aggregates.non_null_count,
    "column_values.null.count": aggregates.null_count,
}
SCHEMA: Mapping[str, Callable[[pl.Schema], Any]] = {
    "table.columns": list,
    "table.column_count": len,
    "table.polars_dtypes": dict,
}
