"""The allow-list: what the engine calculates. Anything else is refused when the suite is built, because some of GX's
expectations answer "failed", without an error, on an engine that they do not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import PassThroughCondition

from .errors import UnsupportedExpectationError

SUPPORTED = frozenset(
    {
        "expect_column_distinct_values_to_be_in_set",
        "expect_column_distinct_values_to_contain_set",
        "expect_column_distinct_values_to_equal_set",
        "expect_column_kl_divergence_to_be_less_than",
        "expect_column_max_to_be_between",
        "expect_column_mean_to_be_between",
        "expect_column_median_to_be_between",
        "expect_column_min_to_be_between",
        "expect_column_most_common_value_to_be_in_set",
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_column_pair_values_to_be_in_set",
        "expect_column_proportion_of_non_null_values_to_be_between",
        "expect_column_proportion_of_unique_values_to_be_between",
        "expect_column_quantiles_to_be_between",
        "expect_column_stdev_to_be_between",
        "expect_column_sum_to_be_between",
        "expect_column_to_exist",
        "expect_column_unique_value_count_to_be_between",
        "expect_column_value_lengths_to_be_between",
        "expect_column_value_lengths_to_equal",
        "expect_column_value_z_scores_to_be_less_than",
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_dateutil_parseable",
        "expect_column_values_to_be_decreasing",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_increasing",
        "expect_column_values_to_be_json_parseable",
        "expect_column_values_to_be_null",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_match_json_schema",
        "expect_column_values_to_match_like_pattern",
        "expect_column_values_to_match_like_pattern_list",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_match_regex_list",
        "expect_column_values_to_match_strftime_format",
        "expect_column_values_to_not_be_in_set",
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_not_be_outliers",
        "expect_column_values_to_not_match_like_pattern",
        "expect_column_values_to_not_match_like_pattern_list",
        "expect_column_values_to_not_match_regex",
        "expect_column_values_to_not_match_regex_list",
        "expect_compound_columns_to_be_unique",
        "expect_multicolumn_sum_to_equal",
        "expect_multicolumn_values_to_be_equal",
        "expect_select_column_values_to_be_unique_within_record",
        "expect_table_column_count_to_be_between",
        "expect_table_column_count_to_equal",
        "expect_table_columns_to_match_ordered_list",
        "expect_table_columns_to_match_set",
        "expect_table_row_count_to_be_between",
        "expect_table_row_count_to_equal",
        "expect_table_row_count_to_equal_other_table",
        "expect_column_dtype_to_be_in",
        "expect_rows_to_keep_rule",
    }
)
"""Also what inherits from one of these."""
WITHIN_RECORD = "GX calculates it on no engine; use ExpectSelectColumnValuesToBeUniqueWithinRecord"
TYPES = "use ExpectColumnDtypeToBeIn, which names Polars' types"
QUANTILES = "the run would stop when GX 1.24 saves its result; use ExpectColumnQuantilesToBeBetween"
SQL = "it is a text in SQL; write the rule as an expression, with register_rule and ExpectRowsToKeepRule"
INSTEAD: dict[str, str] = {
    "expect_column_quantile_values_to_be_between": QUANTILES,
    "expect_column_type_to_be": TYPES,
    "expect_column_values_to_be_of_type": TYPES,
    "expect_column_values_to_be_in_type_list": TYPES,
    "expect_multicolumn_values_to_be_unique": WITHIN_RECORD,
    "expect_query_results_to_match_comparison": SQL,
    "unexpected_rows_expectation": SQL,
}


def assert_supported(suite: ExpectationSuite | Iterable[Expectation]) -> None:
    """Refuses the suite with every expectation that cannot be calculated as it is written, or has no severity of its
    own (GX would silently take the gravest)."""
    expectations = suite.expectations if isinstance(suite, ExpectationSuite) else list(suite)
    refused = [f"{each.expectation_type}{_where(each)}: {why}" for each in expectations if (why := _refusal(each))]
    if refused:
        raise UnsupportedExpectationError("the Polars engine refuses this suite:\n- " + "\n- ".join(refused))


def supported_suite(name: str, expectations: Iterable[Expectation], **about: Any) -> ExpectationSuite:
    """A suite of expectations that were all found to be supported."""
    listed = list(expectations)
    assert_supported(listed)
    return ExpectationSuite(name=name, expectations=listed, **about)


def _refusal(expectation: Expectation) -> str | None:
    kinds = {getattr(base, "expectation_type", None) for base in type(expectation).__mro__}
    if not kinds & SUPPORTED:
        return next((INSTEAD[kind] for kind in kinds if kind in INSTEAD), "the engine does not calculate it")
    if "severity" not in expectation.__fields_set__:
        return "no severity is stated (critical, warning or info)"
    condition = getattr(expectation, "row_condition", None)
    if isinstance(condition, PassThroughCondition):
        return "its row_condition is in the query text of another engine; write it with conditions.Column"
    if condition is not None and "expect_column_pair_values_to_be_in_set" in kinds:
        return "GX leaves its row_condition out, on every engine"
    if "expect_column_kl_divergence_to_be_less_than" in kinds and not getattr(expectation, "partition_object", None):
        return "without a partition_object the column is compared with itself"
    return None


def _where(expectation: Expectation) -> str:
    column = getattr(expectation, "column", None) or getattr(expectation, "column_list", None)
    return f" ({column})" if column else ""
