"""Counts of obligations: denominators, numerators and reasons, by period and by group. Definition, not disclosure.

Obligations are counted once into cells (see `pipelines.cells`); every number is a sum over cells.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.residence import covers, with_residence

LOST_REASON_COLUMNS = tuple(f"reason_{reason}" for reason in (*e.LOSS_REASONS, *e.EXCUSES))
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
ALL_NUMBERS = (*NUMBERS, "overdue", "contradicted", *LOST_REASON_COLUMNS)

NOT_EXPOSED = "not_exposed"
CERTAINTY = pl.Enum((*e.CERTAINTIES_OF_EVIDENCE, NOT_EXPOSED, e.UNKNOWN))
KNOWN_BEFORE_BIRTH = pl.Enum(("true", "false", NOT_EXPOSED, e.UNKNOWN))


def substance_groups(reference: Reference) -> pl.Enum:
    """What exposed children are divided by: the substances, or the groups of a guidance's own target group."""
    return pl.Enum((*reference.target.group_names, "multiple", NOT_EXPOSED, e.UNKNOWN))


PLACES = ("municipality_code", "at_birth_code", "now_code")
TRAITS = ("birth_year", "substance_group", "certainty", "known_before_birth")
GROUP_COLUMNS = (*PLACES, *TRAITS)
RESPONSIBLE, PLACED = "responsible", "placed"
"""Places are counted by whose they are (responsible, at birth, now); traits once among all, and once among those for
whom a municipality is responsible. Regions are sums of places, the country of those that are responsible."""


def groups_of_children(
    children: pl.LazyFrame, exposed: pl.LazyFrame, spells: pl.LazyFrame, reference: Reference, as_of: date
) -> pl.LazyFrame:
    """`child_id` with birth year, substance group, certainty, known before birth, and where it lived at birth and now.

    At birth: the spell that covers the birth, else the first one. Now: the spell that covers `as_of`; a child that has
    left the country, has died or has no spell lives nowhere now (unknown).
    """
    at_birth = with_residence(children.select("child_id", "birth_date", "death_date"), spells, "birth_date")
    now = (
        spells.with_columns(pl.lit(as_of).alias("as_of"))
        .filter(covers("as_of"))
        .group_by("child_id")
        .agg(pl.col("municipality_code").get(pl.col("from_date").arg_max()).alias("now_code"))
    )
    knowledge = exposed.select(
        "child_id",
        pl.col("substance_group").cast(substance_groups(reference)),
        pl.col("certainty").cast(CERTAINTY),
        pl.col("known_before_birth").cast(pl.String).cast(KNOWN_BEFORE_BIRTH),
    )
    return (
        at_birth.join(now, on="child_id", how="left")
        .join(knowledge, on="child_id", how="left")
        .select(
            "child_id",
            pl.col("birth_date").dt.year().alias("birth_year"),
            pl.col("residence_code").alias("at_birth_code"),
            pl.when(pl.col("death_date").is_null()).then("now_code").alias("now_code"),
            *(
                pl.col(column).fill_null(pl.lit(NOT_EXPOSED, dtype=dtype))
                for column, dtype in (
                    ("substance_group", substance_groups(reference)),
                    ("certainty", CERTAINTY),
                    ("known_before_birth", KNOWN_BEFORE_BIRTH),
                )
            ),
        )
    )


COUNTED = ("measure", "due_date", "status", "reason", *PLACES, *TRAITS)


def with_groups(obligations: pl.LazyFrame, groups: pl.LazyFrame) -> pl.LazyFrame:
    """Obligations of children, with the groups of the child."""
    rows = obligations.select("child_id", "measure", "due_date", "status", "reason", "municipality_code")
    return rows.join(groups, on="child_id", how="left").select(COUNTED)


def with_groups_of_pregnancies(obligations: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """An obligation of a pregnancy follows the pregnancy in every attribution; of a child's groups it has none."""
    code = pl.col("municipality_code")
    return obligations.with_columns(
        code.alias("at_birth_code"),
        code.alias("now_code"),
        pl.lit(None, pl.Int32).alias("birth_year"),
        pl.lit(e.UNKNOWN, dtype=substance_groups(reference)).alias("substance_group"),
        pl.lit(e.UNKNOWN, dtype=CERTAINTY).alias("certainty"),
        pl.lit(e.UNKNOWN, dtype=KNOWN_BEFORE_BIRTH).alias("known_before_birth"),
    ).select(COUNTED)


def numbers() -> list[pl.Expr]:
    """What a cell adds to every number. What is due on or after `as_of` is in no denominator; met, it is early.

    Excused and not due count whatever the due date, so that denominator + early + excused + not due = all.
    """
    status, reason, is_due = pl.col("status"), pl.col("reason"), pl.col("is_due")
    done = status.is_in(["met", "late"])
    flags = {
        "denominator": is_due & status.is_in(["met", "late", "overdue", "contradicted"]),
        "numerator_ever": is_due & done,
        "numerator_timely": is_due & (status == "met"),
        "early": ~is_due & done,
        "excused": status == "excused",
        "not_due": status == "not_due",
        "lost_to_follow_up": is_due & reason.is_in(e.LOST_TO_FOLLOW_UP).fill_null(value=False),
        "lost_to_documentation": is_due & reason.is_in(e.LOST_TO_DOCUMENTATION).fill_null(value=False),
        "overdue": is_due & (status == "overdue"),
        "contradicted": is_due & (status == "contradicted"),
        **{f"reason_{name}": (reason == name).fill_null(value=False) for name in (*e.LOSS_REASONS, *e.EXCUSES)},
    }
    return [pl.when(flag).then("obligations").otherwise(0).alias(name) for name, flag in flags.items()]


def quarterly(by_quarter: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """The numbers of each measure, quarter and group; regions and the whole country beside the municipalities.

    `by_quarter` comes from `cells.by_quarter`.
    """
    municipal = by_quarter.filter(pl.col("group_kind") == "municipality")
    regional = municipal.with_columns(
        pl.lit("region").alias("group_kind"), region_of(pl.col("group_value"), reference).alias("group_value")
    )
    country = municipal.filter(pl.col("attribution") == "responsible").with_columns(
        pl.lit("country").alias("group_kind"), pl.lit("country").alias("group_value")
    )
    return pl.concat([by_quarter, _summed(regional, *QUARTER), _summed(country, *QUARTER)])


QUARTER = ("measure", "year", "quarter", "attribution", "group_kind", "group_value")
YEAR = ("measure", "year", "attribution", "group_kind", "group_value")


def _summed(rows: pl.LazyFrame, *keys: str) -> pl.LazyFrame:
    return rows.group_by(keys).agg(pl.col(ALL_NUMBERS).sum())


def region_of(code: pl.Expr, reference: Reference) -> pl.Expr:
    """The region of a municipality on the due date; `outside` and `unknown` stay what they are.

    Regions change on the first day of a quarter (`reference` sees to it). One without a code of its own (Østdanmark
    from 2027) is named.
    """
    first_day = pl.date(pl.col("year"), pl.col("quarter").cast(pl.Int32) * 3 - 2, 1)
    region = pl.when(code == e.OUTSIDE).then(code).otherwise(pl.lit(e.UNKNOWN))
    for starts, ends, regions in reference.regions:
        holds = (first_day >= starts) & (first_day < ends if ends else pl.lit(value=True))
        named = code.replace_strict(regions, default=None, return_dtype=pl.String)
        region = pl.when(holds & named.is_not_null()).then(named).otherwise(region)
    return region


def counts(quarters: pl.LazyFrame) -> pl.LazyFrame:
    """The exported table: measure, calendar year of the due date, responsible municipality."""
    responsible = (pl.col("group_kind") == "municipality") & (pl.col("attribution") == "responsible")
    return (
        quarters.filter(responsible)
        .group_by("measure", "year", pl.col("group_value").alias("municipality_code"))
        .agg(pl.col(NUMBERS).sum())
        .select(pl.col("measure").cast(pl.String), pl.col("year").cast(pl.Int32), "municipality_code", *NUMBERS)
        .sort("measure", "year", "municipality_code")
    )


def in_order(counted: pl.LazyFrame) -> pl.LazyFrame:
    """The exported table in its order."""
    return counted.sort("measure", "year", "municipality_code")


def counts_by_group(quarters: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """All groups in years, quarters and rolling three calendar years up to that of `as_of`."""
    year = pl.col("year")
    as_quarter = pl.concat_str(year, pl.lit("-Q"), pl.col("quarter"))
    by_year = _summed(quarters, *YEAR)
    windows = [by_year.with_columns((year + later).alias("year")) for later in range(3)]
    by_window = _summed(pl.concat(windows).filter(year <= as_of.year), *YEAR)
    return pl.concat(
        [
            _period(by_year, "year", year.cast(pl.String)),
            _period(quarters, "quarter", as_quarter),
            _period(by_window, "three_years", pl.concat_str(year - 2, pl.lit("-"), year)),
        ]
    )


def _period(rows: pl.LazyFrame, kind: str, name: pl.Expr) -> pl.LazyFrame:
    return rows.select(
        pl.col("measure").cast(pl.String),
        pl.lit(kind).alias("period_kind"),
        name.alias("period"),
        "attribution",
        "group_kind",
        "group_value",
        *ALL_NUMBERS,
    )
