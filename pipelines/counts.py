"""Counts of obligations: denominators, numerators and reasons, by period and by group. Definition, not disclosure."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.residence import covers, with_residence

REASON_COLUMNS = tuple(f"reason_{reason}" for reason in (*e.LOSS_REASONS, *e.EXCUSES))
NUMBERS = (
    "denominator",
    "numerator_ever",
    "numerator_timely",
    "early",
    "excused",
    "not_due",
    "lost_to_follow_up",
    "lost_to_documentation",
)
ALL_NUMBERS = (*NUMBERS, "overdue", "contradicted", *REASON_COLUMNS)
ATTRIBUTIONS = ("responsible", "at_birth", "now")
NOT_EXPOSED = "not_exposed"


def numbers(as_of: date) -> list[pl.Expr]:
    """Every number of a group, as sums. What is due on or after `as_of` is in no denominator; met already, it is early.

    Excused and not due count whatever the due date, so that denominator + early + excused + not due = all.
    """
    status, reason = pl.col("status"), pl.col("reason")
    due_now = pl.col("due_date") < as_of
    counted = due_now & status.is_in(["met", "late", "overdue", "contradicted"])
    lost = {
        "lost_to_follow_up": due_now & reason.is_in(e.LOST_TO_FOLLOW_UP).fill_null(value=False),
        "lost_to_documentation": due_now & reason.is_in(e.LOST_TO_DOCUMENTATION).fill_null(value=False),
    }
    flags = {
        "denominator": counted,
        "numerator_ever": due_now & status.is_in(["met", "late"]),
        "numerator_timely": due_now & (status == "met"),
        "early": ~due_now & status.is_in(["met", "late"]),
        "excused": status == "excused",
        "not_due": status == "not_due",
        **lost,
        "overdue": due_now & (status == "overdue"),
        "contradicted": due_now & (status == "contradicted"),
        **{f"reason_{name}": (reason == name).fill_null(value=False) for name in (*e.LOSS_REASONS, *e.EXCUSES)},
    }
    return [flag.sum().cast(pl.Int64).alias(name) for name, flag in flags.items()]


def municipality(code: pl.Expr) -> pl.Expr:
    """Christiansø reads `outside`, no municipality `unknown`."""
    code = code.cast(pl.String)
    return pl.when(code == e.OUTSIDE_CODE).then(pl.lit(e.OUTSIDE)).otherwise(code.fill_null(e.UNKNOWN))


def with_groups(obligations: pl.LazyFrame, groups: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Obligations with the groups of their child; those of a pregnancy follow the pregnancy in every attribution."""
    of_child = pl.col("child_id").is_not_null()
    kept = pl.col("municipality_code").cast(pl.String)
    rows = obligations.join(groups, on="child_id", how="left").with_columns(
        municipality(kept).alias("responsible"),
        municipality(pl.when(of_child).then("at_birth_code").otherwise(kept)).alias("at_birth"),
        municipality(pl.when(of_child).then("now_code").otherwise(kept)).alias("now"),
        pl.col("due_date").dt.year().alias("year"),
        pl.col("due_date").dt.quarter().alias("quarter"),
        *(
            pl.when(of_child).then(pl.col(c).fill_null(NOT_EXPOSED)).otherwise(pl.lit(e.UNKNOWN)).alias(c)
            for c in ("substance_group", "certainty", "known_before_birth")
        ),
        pl.when(of_child).then(pl.col("birth_year").cast(pl.String)).otherwise(pl.lit(e.UNKNOWN)).alias("birth_year"),
    )
    return rows.with_columns(
        region_of(pl.col(attribution), reference).alias(f"{attribution}_region") for attribution in ATTRIBUTIONS
    )


def region_of(code: pl.Expr, reference: Reference) -> pl.Expr:
    """The region of a municipality on the due date; `outside` and `unknown` stay what they are.

    A region without a code of its own (Østdanmark from 2027) is named.
    """
    rows = reference.municipalities.with_columns(pl.coalesce("region_code", "region_name").alias("region"))
    generations = rows.select("valid_from", "valid_to").unique().sort("valid_from").iter_rows(named=True)
    region = code
    for generation in generations:
        of_then = rows.filter(
            (pl.col("valid_from") == generation["valid_from"])
            & pl.col("valid_to").eq_missing(pl.lit(generation["valid_to"], pl.Date))
        )
        due = pl.col("due_date")
        holds = (due >= generation["valid_from"]) & (
            (due < generation["valid_to"]) if generation["valid_to"] else pl.lit(value=True)
        )
        mapping = dict(of_then.select("municipality_code", "region").iter_rows())
        applies = holds & code.is_in(list(mapping))
        region = (
            pl.when(applies).then(code.replace_strict(mapping, default=None, return_dtype=pl.String)).otherwise(region)
        )
    return region


def groups_of_children(
    children: pl.LazyFrame, exposed: pl.LazyFrame, spells: pl.LazyFrame, as_of: date
) -> pl.LazyFrame:
    """`child_id` with birth year, substance group, certainty, known before birth, and where it lived at birth and now.

    At birth: the spell that covers the birth, else the first one. Now: the spell that covers `as_of`; a child that has
    left the country, has died or has no spell lives nowhere now (unknown).
    """
    at_birth = with_residence(children.select("child_id", "birth_date"), spells, "birth_date")
    now = spells.with_columns(pl.lit(as_of).alias("as_of")).filter(covers("as_of"))
    now = now.group_by("child_id").agg(pl.col("municipality_code").get(pl.col("from_date").arg_max()).alias("now_code"))
    alive = children.select("child_id", "death_date")
    return (
        at_birth.select("child_id", "birth_date", pl.col("residence_code").alias("at_birth_code"))
        .join(now, on="child_id", how="left")
        .join(alive, on="child_id", how="left")
        .join(
            exposed.select("child_id", "substance_group", "certainty", "known_before_birth"), on="child_id", how="left"
        )
        .select(
            "child_id",
            pl.col("birth_date").dt.year().alias("birth_year"),
            "substance_group",
            "certainty",
            pl.col("known_before_birth").cast(pl.String),
            "at_birth_code",
            pl.when(pl.col("death_date").is_null()).then("now_code").alias("now_code"),
        )
    )


GROUPS: tuple[tuple[str, str, str], ...] = (
    ("responsible", "municipality", "responsible"),
    ("at_birth", "municipality", "at_birth"),
    ("now", "municipality", "now"),
    ("responsible", "region", "responsible_region"),
    ("at_birth", "region", "at_birth_region"),
    ("now", "region", "now_region"),
    ("responsible", "birth_year", "birth_year"),
    ("responsible", "substance_group", "substance_group"),
    ("responsible", "certainty", "certainty"),
    ("responsible", "known_before_birth", "known_before_birth"),
)
"""Attribution, kind of group, and the column that holds the group."""


def quarterly(grouped: pl.LazyFrame, as_of: date) -> list[pl.LazyFrame]:
    """Per group kind the numbers of each measure and quarter of the due date; additive over buckets of children."""
    return [
        grouped.group_by("measure", "year", "quarter", pl.col(column).cast(pl.String).alias("group_value"))
        .agg(numbers(as_of))
        .select(
            pl.col("measure").cast(pl.String),
            pl.col("year").cast(pl.Int32),
            pl.col("quarter").cast(pl.Int32),
            pl.lit(attribution).alias("attribution"),
            pl.lit(kind).alias("group_kind"),
            "group_value",
            *ALL_NUMBERS,
        )
        for attribution, kind, column in GROUPS
    ]


def summed(parts: pl.LazyFrame, *keys: str) -> pl.LazyFrame:
    """Numbers added up over everything but the keys."""
    return parts.group_by(keys).agg(pl.col(ALL_NUMBERS).sum())


def counts(quarters: pl.LazyFrame) -> pl.LazyFrame:
    """The exported table: measure, calendar year of the due date, responsible municipality."""
    responsible = (pl.col("group_kind") == "municipality") & (pl.col("attribution") == "responsible")
    return (
        summed(quarters.filter(responsible), "measure", "year", "group_value")
        .select("measure", "year", pl.col("group_value").alias("municipality_code"), *NUMBERS)
        .sort("measure", "year", "municipality_code")
    )


def counts_by_group(quarters: pl.LazyFrame) -> pl.LazyFrame:
    """All groups in years, quarters and rolling three calendar years, and the whole country beside them."""
    responsible = (pl.col("group_kind") == "municipality") & (pl.col("attribution") == "responsible")
    country = quarters.filter(responsible).with_columns(
        pl.lit("country").alias("group_kind"), pl.lit("country").alias("group_value")
    )
    everything = pl.concat([quarters, country])
    keys = ("measure", "attribution", "group_kind", "group_value", "period_kind", "period")
    periods = [
        everything.with_columns(pl.lit("year").alias("period_kind"), pl.col("year").cast(pl.String).alias("period")),
        everything.with_columns(
            pl.lit("quarter").alias("period_kind"),
            pl.concat_str(pl.col("year"), pl.lit("-Q"), pl.col("quarter")).alias("period"),
        ),
        *(_in_window_ending(everything, years_later) for years_later in range(3)),
    ]
    latest = quarters.filter(pl.col("denominator") > 0).select(pl.col("year").max().alias("last_year"))
    return (
        summed(pl.concat([period.select(*keys, "year", *ALL_NUMBERS) for period in periods], how="vertical"), *keys)
        .join(latest, how="cross")
        .filter((pl.col("period_kind") != "three_years") | (_last_year() <= pl.col("last_year")))
        .drop("last_year")
        .sort(keys)
    )


def _last_year() -> pl.Expr:
    return pl.col("period").str.tail(4).cast(pl.Int32, strict=False)


def _in_window_ending(quarters: pl.LazyFrame, years_later: int) -> pl.LazyFrame:
    """Each year belongs to the three windows that end with it, one year later and two years later."""
    last = pl.col("year") + years_later
    return quarters.with_columns(
        pl.lit("three_years").alias("period_kind"), pl.concat_str(last - 2, pl.lit("-"), last).alias("period")
    )
