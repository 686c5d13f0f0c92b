"""An 18-column table with 43 checks, written by hand, for Great Expectations and for others; see `checks.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

KINDS = ["notification", "screening", "clarification", "placement"]
SEXES = ["female", "male", "unknown"]
MUNICIPALITIES = [f"{100 + 7 * number:04}" for number in range(98)]
FIRST, LAST = date(2010, 1, 1), date(2026, 9, 30)
DEFECT_EVERY = 1000


def table(rows: int) -> pl.LazyFrame:
    """Reproducible: every value is calculated from the row's number; one row in a thousand is wrong in each column
    that has a check."""
    number = pl.int_range(rows, dtype=pl.Int64)

    def spread(factor: int, size: int) -> pl.Expr:
        return (number * factor + number // 7919) % size

    def wrong(which: int) -> pl.Expr:
        return number % DEFECT_EVERY == which

    def text(expression: pl.Expr, size: int) -> pl.Expr:
        return expression.cast(pl.String).str.zfill(size)

    def chosen(values: list[str], factor: int) -> pl.Expr:
        return spread(factor, len(values)).replace_strict(range(len(values)), values, return_dtype=pl.String)

    def unless(defect: pl.Expr, replaced: Any, expression: pl.Expr) -> pl.Expr:
        return pl.when(defect).then(pl.lit(replaced)).otherwise(expression)

    birth = pl.lit(FIRST) + pl.duration(days=spread(104729, 5000))
    columns = {
        "row_id": pl.when(wrong(1)).then(number - 1).otherwise(number),
        "child": unless(wrong(2), None, "c" + text(pl.when(wrong(17)).then(number - 1).otherwise(number), 9)),
        "mother": pl.when(wrong(16)).then("c" + text(number, 9)).otherwise("m" + text(spread(31, rows), 9)),
        "municipality": unless(wrong(3), "99", chosen(MUNICIPALITIES, 13)),
        "sex": unless(wrong(4), "other", chosen(SEXES, 5)),
        "kind": unless(wrong(5), None, chosen(KINDS, 3)),
        "code": unless(wrong(6), "bad code", "DF" + text(spread(17, 999), 3)),
        "email": unless(wrong(7), "nowhere", "a" + text(spread(11, 50_000), 6) + "@example.org"),
        "birth_date": unless(wrong(8), date(1890, 1, 1), birth),
        "registered_date": birth + pl.duration(days=pl.when(wrong(9)).then(-10).otherwise(spread(7, 300))),
        "closed_date": pl.when(spread(3, 4) > 0).then(birth + pl.duration(days=spread(7, 300) + spread(19, 400))),
        "weight_g": unless(wrong(10), 12, 2500 + spread(23, 2000)),
        "gestation_days": unless(wrong(11), 900, 250 + spread(29, 40)),
        "z_score": unless(wrong(12), 9.5, spread(37, 600) / 100 - 3),
        "amount": unless(wrong(13), -1.0, spread(41, 100_000) / 4),
        "alone": spread(43, 10),
        "together": unless(wrong(15), 10, 10 - spread(43, 10)),
        "sex_again": unless(wrong(14) | wrong(4), "other", chosen(SEXES, 5)),
    }
    return pl.select(**columns).lazy()


def hand_written() -> dict[str, pl.Expr]:
    """What somebody who knows Polars would write: "this row is wrong", summed."""
    c = pl.col
    return {
        **{f"{name} is there": c(name).is_null() for name in THERE},
        **{f"{name} is unique": c(name).is_duplicated() & c(name).is_not_null() for name in ("row_id", "child")},
        **{f"{name} is known": ~c(name).is_in(values) for name, values in KNOWN.items()},
        "code is not withdrawn": c("code").is_in(["DF000", "bad code"]),
        **{f"{name} is plausible": (c(name) < low) | (c(name) > high) for name, (low, high) in PLAUSIBLE.items()},
        **{f"{name} has its length": c(name).str.len_chars() != size for name, size in LENGTHS.items()},
        "email has a length": (c("email").str.len_chars() < 5) | (c("email").str.len_chars() > 30),
        **{f"{name} has its form": ~c(name).str.contains(pattern) for name, pattern in FORMS.items()},
        "email has no space": c("email").str.contains(r"\s|nowhere"),
        **{f"{b} is not after {a}": ~(c(a) >= c(b)) for a, b in ORDERED},
        "sex is told alike": ~(c("sex") == c("sex_again")),
        "a child is registered once a day": pl.struct("child", "registered_date").is_duplicated()
        & (c("child").is_not_null() | c("registered_date").is_not_null()),
        "alone and together make ten": (c("alone") + c("together")) != 10,
        "child and mother differ": c("child").eq_missing(c("mother")),
        "weight of girls": (c("weight_g") < 1000) & (c("sex") == "female"),
        "kind of boys": c("kind").is_null() & (c("sex") == "male"),
    }


THERE = ["row_id", "child", "municipality", "sex", "kind", "code", "birth_date", "registered_date", "email"]
KNOWN = {
    "sex": SEXES,
    "kind": KINDS,
    "municipality": MUNICIPALITIES,
    "alone": list(range(10)),
    "together": list(range(1, 11)),
}
PLAUSIBLE: dict[str, tuple[Any, Any]] = {
    "weight_g": (300, 7000),
    "gestation_days": (140, 310),
    "z_score": (-6.0, 6.0),
    "amount": (0.0, 1e9),
    "birth_date": (FIRST, LAST),
    "registered_date": (FIRST, LAST),
    "closed_date": (FIRST, LAST),
    "row_id": (0, 10**9),
}
LENGTHS = {"municipality": 4, "child": 10}
FORMS = {"municipality": r"^\d{4}$", "child": r"^c\d{9}$", "code": r"^DF\d{3}$", "email": r"^[a-z0-9]+@[a-z]+\.org$"}
ORDERED = [
    ("registered_date", "birth_date"),
    ("closed_date", "registered_date"),
    ("closed_date", "birth_date"),
    ("gestation_days", "alone"),
]


def suite() -> Any:
    """The same 43 as expectations."""
    import great_expectations.expectations as gxe
    from great_expectations.core import ExpectationSuite
    from great_expectations.expectations.conditions import Column

    girls, boys, either = Column("sex") == "female", Column("sex") == "male", "either_value_is_missing"
    length, lengths = gxe.ExpectColumnValueLengthsToEqual, gxe.ExpectColumnValueLengthsToBeBetween
    between, regex = gxe.ExpectColumnValuesToBeBetween, gxe.ExpectColumnValuesToMatchRegex
    greater, days = gxe.ExpectColumnPairValuesAToBeGreaterThanB, ["child", "registered_date"]
    checks: Mapping[str, Any] = {
        **{f"{name} is there": gxe.ExpectColumnValuesToNotBeNull(column=name) for name in THERE},
        **{f"{name} is unique": gxe.ExpectColumnValuesToBeUnique(column=name) for name in ("row_id", "child")},
        **{f"{n} is known": gxe.ExpectColumnValuesToBeInSet(column=n, value_set=v) for n, v in KNOWN.items()},
        "code is not withdrawn": gxe.ExpectColumnValuesToNotBeInSet(column="code", value_set=["DF000", "bad code"]),
        **{f"{n} is plausible": between(column=n, min_value=a, max_value=b) for n, (a, b) in PLAUSIBLE.items()},
        **{f"{name} has its length": length(column=name, value=size) for name, size in LENGTHS.items()},
        "email has a length": lengths(column="email", min_value=5, max_value=30),
        **{f"{name} has its form": regex(column=name, regex=pattern) for name, pattern in FORMS.items()},
        "email has no space": gxe.ExpectColumnValuesToNotMatchRegex(column="email", regex=r"\s|nowhere"),
        **{
            f"{b} is not after {a}": greater(column_A=a, column_B=b, or_equal=True, ignore_row_if=either)
            for a, b in ORDERED
        },
        "sex is told alike": gxe.ExpectColumnPairValuesToBeEqual(column_A="sex", column_B="sex_again"),
        "a child is registered once a day": gxe.ExpectCompoundColumnsToBeUnique(column_list=days),
        "alone and together make ten": gxe.ExpectMulticolumnSumToEqual(column_list=["alone", "together"], sum_total=10),
        "child and mother differ": gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord(column_list=["child", "mother"]),
        "weight of girls": between(column="weight_g", min_value=1000, row_condition=girls),
        "kind of boys": gxe.ExpectColumnValuesToNotBeNull(column="kind", row_condition=boys),
    }
    for name, each in checks.items():
        each.meta, each.severity = {"check": name}, "warning"
    return ExpectationSuite(name="checks", expectations=list(checks.values()))


Counts = dict[str, int]


def by_hand(file: Path) -> Counts:
    asked = [each.sum().alias(name) for name, each in hand_written().items()]
    return pl.scan_parquet(file).select(asked).collect(engine="streaming").row(0, named=True)


def on_polars(file: Path, result_format: Mapping[str, Any]) -> Counts:
    from checks.polars_engine import validate

    return counts(validate(pl.scan_parquet(file), suite(), result_format=dict(result_format), max_failing_rows=10**9))


def on_pandas(file: Path) -> Counts:
    import pandas as pd
    from great_expectations.core.validation_definition import ValidationDefinition

    from checks.polars_engine import new_context

    context = new_context()
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("frame")
    data = asset.add_batch_definition_whole_dataframe("whole")
    run = context.validation_definitions.add(
        ValidationDefinition(name="run", data=data, suite=context.suites.add(suite()))
    )
    return counts(run.run(batch_parameters={"dataframe": pd.read_parquet(file)}, result_format=dict(COUNTS_ONLY)))


def counts(result: Any) -> Counts:
    return {each.expectation_config.meta["check"]: each.result["unexpected_count"] for each in result.results}


COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
IDS = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["row_id"],
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}


def on_pandera(file: Path) -> Counts:
    import pandera.errors
    import pandera.polars as pa

    checks = [
        pa.Check(lambda data, rule=rule: data.lazyframe.select(~rule.fill_null(False)), name=name)
        for name, rule in hand_written().items()
    ]
    try:
        pa.DataFrameSchema(checks=checks).validate(pl.read_parquet(file), lazy=True)
    except pandera.errors.SchemaErrors as error:
        told = [(each.check.name, each.check_output) for each in error.schema_errors]
        return dict.fromkeys(hand_written(), 0) | {name: _failures(output) for name, output in told}
    return dict.fromkeys(hand_written(), 0)


def _failures(output: Any) -> int:
    return output.lazy().select((~pl.all()).sum()).collect().item()


def on_dataframely(file: Path) -> Counts:
    import dataframely as dy

    frame = pl.read_parquet(file)
    columns = {name: dy.Any() for name in frame.columns}
    names = {f"rule_{number}": name for number, name in enumerate(hand_written())}
    written = hand_written()
    rules = {key: dy.rule()(lambda _, name=name: ~written[name].fill_null(False)) for key, name in names.items()}
    _, failed = type("Checked", (dy.Schema,), columns | rules).filter(frame)
    found = failed.counts()
    return {name: found.get(key, 0) for key, name in names.items()}


def on_pointblank(file: Path) -> Counts:
    import pointblank as pb

    plan = pb.Validate(data=pl.read_parquet(file))
    for rule in hand_written().values():
        plan = plan.col_vals_expr(expr=~rule.fill_null(False))
    failed = plan.interrogate(collect_extracts=False).n_failed()
    return {name: int(failed[number]) for number, name in enumerate(hand_written(), 1)}


COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
IDS = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["row_id"],
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}
WAYS: dict[str, tuple[str, Callable[[Path], Counts]]] = {
    "hand": ("one hand-written Polars query, counts", by_hand),
    "counts": ("GX on our engine, counts", lambda file: on_polars(file, COUNTS_ONLY)),
    "ids": ("GX on our engine, ids of all failing rows", lambda file: on_polars(file, IDS)),
    "pandas": ("GX on pandas, counts", on_pandas),
    "pandera": ("pandera, counts", on_pandera),
    "dataframely": ("dataframely, counts", on_dataframely),
    "pointblank": ("pointblank, counts", on_pointblank),
}
