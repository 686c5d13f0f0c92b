"""Who reported when: rows per municipality and month, against what the municipality's share lets one expect."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import EARLIEST_DATE, LATEST_DATE, Table
from pipelines.sources.reading import DECLARED_INCOMPLETE, REPORTED

FEWEST_EXPECTED = 5
"""Months in which fewer rows than this are expected may well be empty by chance: nothing is said of them."""

LONGEST_SILENCE_MONTHS = 24
"""A month that is further than this from all others is a typing error or a sentinel (2099): nobody reports so rarely,
and each month up to it would count as missing."""

STATES = ("reported", "missing", "too_few_to_say", "declared_incomplete")
MUNICIPALITY_COLUMNS = ("municipality_code", "to_municipality_code", "from_municipality_code")
"""The first of these that a row has says which municipality reported it."""

WORDS: dict[str, tuple[str, str]] = {
    "reported": ("indberettet", "reported"),
    "missing": ("mangler", "missing"),
    "too_few_to_say": ("for få til at sige noget", "too few to say"),
    "declared_incomplete": ("meldt ufuldstændig", "declared incomplete"),
}

STATE = pl.Enum(list(STATES))
PLACE = ["delivery", "municipality_code"]
COMPLETENESS: dict[str, pl.DataType] = {**REPORTED, "expected": pl.Float64(), "state": STATE}


def reported_by_municipality(rows: pl.DataFrame, table: Table, label: str) -> list[pl.DataFrame]:
    """Rows per municipality and month of the knowledge date (schema REPORTED); tables without a municipality: nothing.

    `rows` are canonical text columns. Dates that are none, and codes that are not four digits, are no report. A
    hand-over is reported by its receiver, or by its sender when the receiver has no municipality.
    """
    there = [name for name in MUNICIPALITY_COLUMNS if name in table.column_names and name in rows.columns]
    if not there or rows.is_empty():
        return []
    code = pl.coalesce(pl.when(pl.col(name) != "").then(pl.col(name)) for name in there)
    counted = (
        rows.lazy()
        .select(code.alias("municipality_code"), _month(table.known_by).alias("month"))
        .filter(pl.col("municipality_code").str.contains(r"^\d{4}$") & pl.col("month").is_not_null())
        .group_by("municipality_code", "month")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .select(pl.lit(label).alias("delivery"), "municipality_code", "month", "rows")
        .sort("municipality_code", "month")
        .collect()
    )
    return [counted] if counted.height else []


def _month(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String)
    day = pl.when(text.str.len_chars() == 10).then(text.str.to_date("%Y-%m-%d", strict=False))
    return month_in_calendar(day)


def month_in_calendar(day: pl.Expr) -> pl.Expr:
    """The month of a day; null outside the contract's calendar, where nobody reports."""
    earliest, latest = (pl.lit(bound).str.to_date("%Y-%m-%d") for bound in (EARLIEST_DATE, LATEST_DATE))
    return pl.when(day.is_between(earliest, latest)).then(day.dt.truncate("1mo"))


CHILDREN: dict[str, pl.DataType] = {"municipality_code": pl.String(), "children": pl.Int64()}
"""How many children have lived in each municipality."""


def completeness(
    reported: pl.DataFrame, declared_incomplete: pl.DataFrame, children: pl.DataFrame | None = None
) -> pl.DataFrame:
    """One row per delivery, municipality and month from the first to the last month of the delivery as a whole.

    Where a delivery has been silent for more than two years, only the stretch with most rows counts (of equal ones the
    first): the rest are dates that cannot be right, and whether their rows are is not judged here.

    `expected` is the smaller of two: the municipality's share of the children of all that report to this delivery,
    times all rows of the month; and what the others reported, times its own rows per row of the others in the months in
    which it reported (where nobody else reports, its own mean). A month with rows is `reported`; one without is
    `declared_incomplete` when the sender says so of the year, `missing` when at least 5 were expected, else
    `too_few_to_say`. A municipality that never reported to a delivery nor declared anything is not in it: what it has
    to report is not known.
    """
    counted = _without_lone_months(reported.lazy().group_by(*PLACE, "month").agg(pl.col("rows").sum()))
    of_month = counted.group_by("delivery", "month").agg(pl.col("rows").sum().alias("of_all"))
    said = declared_incomplete.lazy().select(*DECLARED_INCOMPLETE).unique()
    return (
        _every_month(counted, said)
        .join(counted, on=[*PLACE, "month"], how="left")
        .join(of_month, on=["delivery", "month"], how="left")
        .join(_own_usual(counted, of_month), on=PLACE, how="left")
        .join(_share_of_children(counted, children), on=PLACE, how="left")
        .with_columns(pl.col("month").dt.year().cast(pl.Int64).alias("year"))
        .join(said.with_columns(pl.lit(value=True).alias("is_declared")), on=[*PLACE, "year"], how="left")
        .with_columns(pl.col("rows", "of_all").fill_null(0))
        .with_columns(_expected().alias("expected"))
        .with_columns(_state().cast(STATE).alias("state"))
        .select(*COMPLETENESS)
        .sort(*PLACE, "month")
        .collect()
    )


def _without_lone_months(counted: pl.LazyFrame) -> pl.LazyFrame:
    """The months of each delivery's largest stretch; a stretch ends where the next month comes too late."""
    month = pl.col("month")
    is_late = month > month.shift(1).over("delivery").dt.offset_by(f"{LONGEST_SILENCE_MONTHS}mo")
    months = counted.group_by("delivery", "month").agg(pl.col("rows").sum()).sort("delivery", "month")
    stretches = months.with_columns(is_late.fill_null(value=False).cum_sum().over("delivery").alias("_stretch"))
    size = pl.col("rows").sum().over("delivery", "_stretch")
    largest = (
        stretches.with_columns(size.alias("_size"))
        .sort("delivery", "_size", "_stretch", descending=[False, True, False])
        .filter(pl.col("_stretch") == pl.col("_stretch").first().over("delivery"))
    )
    return counted.join(largest, on=["delivery", "month"], how="semi")


def _own_usual(counted: pl.LazyFrame, of_month: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of the municipality per row of the others, in the months in which it reported; alone, its own mean."""
    is_alone = pl.col("of_others").sum() == 0
    return (
        counted.join(of_month, on=["delivery", "month"])
        .with_columns((pl.col("of_all") - pl.col("rows")).alias("of_others"))
        .group_by(PLACE)
        .agg(
            pl.when(~is_alone).then(pl.col("rows").sum() / pl.col("of_others").sum()).alias("per_other"),
            pl.when(is_alone).then(pl.col("rows").mean()).alias("alone"),
        )
    )


def _share_of_children(counted: pl.LazyFrame, children: pl.DataFrame | None) -> pl.LazyFrame:
    """Null where nothing is known of any municipality's children; 0 where none has lived in this one."""
    known = children if children is not None else pl.DataFrame(schema=CHILDREN)
    places = counted.select(PLACE).unique().join(known.lazy(), on="municipality_code", how="left")
    of_all = pl.col("children").sum().over("delivery")
    share = pl.col("children").fill_null(0) / of_all
    return places.select(*PLACE, pl.when(of_all > 0).then(share).alias("share"))


def _expected() -> pl.Expr:
    by_own = pl.coalesce(pl.col("per_other") * (pl.col("of_all") - pl.col("rows")), "alone")
    return pl.min_horizontal(by_own, pl.col("share") * pl.col("of_all")).fill_null(0.0)


def _every_month(counted: pl.LazyFrame, said: pl.LazyFrame) -> pl.LazyFrame:
    """Each municipality of a delivery by each month of the delivery."""
    span = pl.date_ranges(pl.col("month").min(), pl.col("month").max(), "1mo").alias("month")
    months = counted.group_by("delivery").agg(span.explode()).explode("month")
    places = pl.concat([counted.select(PLACE), said.select(PLACE)]).unique()
    return places.join(months, on="delivery")


def _state() -> pl.Expr:
    """The first that holds, of rows that are there, what was declared, and what was to be expected."""
    return (
        pl.when(pl.col("rows") > 0)
        .then(pl.lit("reported"))
        .when(pl.col("is_declared"))
        .then(pl.lit("declared_incomplete"))
        .when(pl.col("expected") >= FEWEST_EXPECTED)
        .then(pl.lit("missing"))
        .otherwise(pl.lit("too_few_to_say"))
    )


def completeness_by_year(months: pl.DataFrame) -> pl.DataFrame:
    """Months per state for each delivery, municipality and year, of `completeness`, with the words in both languages.

    Columns: delivery, municipality_code, year, rows, months, one column per state, `said_da`, `said_en`.
    """
    counts = [(pl.col("state") == state).sum().cast(pl.Int64).alias(state) for state in STATES]
    return (
        months.lazy()
        .group_by(*PLACE, pl.col("month").dt.year().cast(pl.Int64).alias("year"))
        .agg(pl.col("rows").sum(), pl.len().cast(pl.Int64).alias("months"), *counts)
        .with_columns(_said(0, "{} af {} måneder").alias("said_da"), _said(1, "{} of {} months").alias("said_en"))
        .sort(*PLACE, "year")
        .collect()
    )


def _said(language: int, first: str) -> pl.Expr:
    """`reported 1 of 12 months, 11 missing`: states without a month are not named."""
    begins = pl.format(f"{WORDS['reported'][language]} {first}", "reported", "months")
    others = [
        pl.when(pl.col(state) > 0).then(pl.format(f"{{}} {WORDS[state][language]}", state)) for state in STATES[1:]
    ]
    return pl.concat_str(begins, *others, separator=", ", ignore_nulls=True)
