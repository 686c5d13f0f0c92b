"""Does linkage find the right child? Precision and recall of a source reading against a truth set, step by step.

The steps are those of the reading: by the number that the sender wrote, by a description that one child alone agrees
with, and by the most probable child. A record is right when it ends at the child whom the truth names; a link of a
record about a child who was never delivered is wrong.
"""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, SOURCE
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.identity import Pseudonyms
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declared_source import read_declared_source

PRECISION_FLOOR, RECALL_FLOOR = 0.999, 0.98
TRUTH_COLUMNS = ["delivery", "record_id", "child_id", "is_delivered"]
STEPS = ("number", "exact", "probable")
NOT_LINKED = ("ambiguous", "none")
BY_DESCRIPTION, TOTAL = "without a usable number", "total"
JUDGED = "with_numbers"
"""Recall is judged where numbers are written and two in a hundred are wrong; precision is judged for every sender."""


def read_truth_set(folder: Path) -> pl.DataFrame:
    """delivery, linked_by, is_right and is_delivered of every record, by the real reading of the truth set's source."""
    try:
        truth = pl.read_parquet(folder / "truth.parquet", columns=TRUTH_COLUMNS)
    except (OSError, pl.exceptions.PolarsError):
        raise UserError(
            f"{folder} holds no truth set", to_do="Name a folder that is not there yet: it is made."
        ) from None
    configuration = read_configuration(folder / "source.toml")
    pseudonyms = Pseudonyms(secrets.token_bytes(32), test_numbers_only=True)
    with tempfile.TemporaryDirectory() as staging:
        delivery = read_declared_source(configuration, pseudonyms, Path(staging), Reference.load())
        contacts = delivery.tables["contacts"].collect()
        links = delivery.reading.record_links if delivery.reading else []
        true_child = pseudonyms.of(truth["child_id"]).select(pl.col("number").alias("child_id"), "pseudonym")
    return judged(truth.join(true_child, on="child_id", how="left"), contacts, links)


def judged(truth: pl.DataFrame, contacts: pl.DataFrame, links: list[pl.DataFrame]) -> pl.DataFrame:
    """Each record of the truth with the step that linked it. A record that never arrived is `none`."""
    arrived = contacts.select(
        pl.col("contact_id").alias("record_id"),
        pl.when(pl.col(f"{IDENTITY_FAULT}child_id").is_null()).then("child_id").alias("found"),
        pl.col(SOURCE).alias("source"),
        pl.col("_row").alias("row_number"),
    )
    how = pl.concat(links).select("source", "row_number", "linked_by") if links else _no_links()
    by_number = pl.when(pl.col("found").is_not_null()).then(pl.lit("number")).otherwise(pl.lit("none"))
    return (
        truth.join(arrived, on="record_id", how="left")
        .join(how, on=["source", "row_number"], how="left")
        .select(
            "delivery",
            "is_delivered",
            pl.coalesce("linked_by", by_number).alias("linked_by"),
            (pl.col("found") == pl.col("pseudonym")).fill_null(value=False).alias("is_right"),
        )
    )


def _no_links() -> pl.DataFrame:
    return pl.DataFrame(schema={"source": pl.String, "row_number": pl.Int64, "linked_by": pl.String})


def precision_and_recall(records: pl.DataFrame) -> pl.DataFrame:
    """delivery, step, records, linked, right, precision, recall: per sender each step, those without a number, total.

    `records` of a step are those about delivered children that no earlier step had linked; a link of any other record
    is counted among `linked`, and wrong. Null where nothing came or nothing was linked.
    """
    parts = [_of_a_delivery(part) for part in records.partition_by("delivery", maintain_order=True)]
    return pl.concat(parts).with_columns(
        _share("right", "linked").alias("precision"), _share("right", "records").alias("recall")
    )


def _of_a_delivery(records: pl.DataFrame) -> pl.DataFrame:
    rows, left = [], records
    for step in STEPS:
        rows.append(_counted(left, step, pl.col("linked_by") == step))
        left = left.filter(pl.col("linked_by") != step)
    is_linked = pl.col("linked_by").is_in(STEPS)
    rows.append(_counted(records.filter(pl.col("linked_by") != "number"), BY_DESCRIPTION, is_linked))
    rows.append(_counted(records, TOTAL, is_linked))
    return pl.concat(rows)


def _counted(records: pl.DataFrame, step: str, is_linked: pl.Expr) -> pl.DataFrame:
    return records.select(
        pl.lit(records["delivery"].first(), pl.String).alias("delivery"),
        pl.lit(step).alias("step"),
        pl.col("is_delivered").sum().cast(pl.Int64).alias("records"),
        is_linked.sum().cast(pl.Int64).alias("linked"),
        (is_linked & pl.col("is_right")).sum().cast(pl.Int64).alias("right"),
    )


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


def reaches(table: pl.DataFrame, precision: float = PRECISION_FLOOR, recall: float = RECALL_FLOOR) -> bool:
    """Every sender's links are right often enough, and enough of the records with (some wrong) numbers are linked."""
    total = table.filter(pl.col("step") == TOTAL)
    is_precise = total.select((pl.col("precision") >= precision).fill_null(value=False).all()).item()
    judged_ones = total.filter(pl.col("delivery") == JUDGED)
    return bool(is_precise) and judged_ones.height == 1 and judged_ones["recall"].item() >= recall
