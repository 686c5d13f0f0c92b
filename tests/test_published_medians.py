"""Medians of published curves: small groups that stand together have each their own."""

from __future__ import annotations

import polars as pl

from pipelines.disclosure.published_courses import published_medians

CURVES = """
members          | days | numerator | denominator
alcohol,cannabis |    0 |         0 |          20
alcohol,cannabis |   30 |        12 |          20
cocaine,opioids  |    0 |         0 |          40
cocaine,opioids  |   30 |        10 |          40
cocaine,opioids  |   91 |        25 |          40
"""


def test_groups_told_together_are_told_apart_from_others_told_together() -> None:
    lines = [[cell.strip() for cell in line.split("|")] for line in CURVES.strip().splitlines()[1:]]
    curves = pl.LazyFrame(
        [(members.split(","), int(days), int(part), int(of)) for members, days, part, of in lines],
        schema={"members": pl.List(pl.String), "days": pl.Int32, "numerator": pl.Int64, "denominator": pl.Int64},
        orient="row",
    ).with_columns(
        interval=pl.lit("first_evidence_to_handover"),
        period=pl.lit("2020-2022"),
        group_kind=pl.lit("substance_group"),
        group_value=pl.lit("other_groups"),
        share=pl.col("numerator") / pl.col("denominator"),
        state=pl.lit("number"),
    )
    medians = published_medians(curves, 5).collect()
    assert medians.select("members", "median_days").rows() == [
        (["alcohol", "cannabis"], 30),
        (["cocaine", "opioids"], 91),
    ]
