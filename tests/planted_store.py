"""A store in which every municipality's figures and rows can be recognised wherever they turn up.

A municipality's published counts are 3.479 of 4.479 (its code at the end), and the pseudonyms of children whose gaps
are all in one municipality begin with `cafe0479`. So what was sent to a reader says whose it is.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import polars as pl
from published_stores import published_store
from quality_store import add_checks, quality_tables

from pipelines.definitions.reference import Reference
from pipelines.store import TAKEN_OVER, Snapshot, Store

CHILDREN = 3000
PART, WHOLE = 3000, 4000
COUNTS = re.compile(r"(?<![\w.,])3[.,]?(\d{3})(?!\w)(?=.{1,80}?(?<![\w.,])4[.,]?\1(?!\w))", re.DOTALL)
"""Both numbers by themselves and near each other: one alone may be anything."""

PERSON = re.compile(r"cafe·?(\d{4})")
PACKED = re.compile(r'"dtype": ?"(\w\d)", ?"bdata": ?"([^"]+)"')


def planted_store(folder: Path) -> Path:
    """A run of the sample, its publication and a check, with everything marked."""
    plain = published_store(folder / "plain", CHILDREN)
    run, published = (Store(plain).last(kind) for kind in ("run", "publish"))
    assert run is not None
    assert published is not None
    written = _written(folder / "store", run, "run", rows_marked(run))
    _written(folder / "store", published, "publish", figures_marked(published))
    add_checks(folder / "store", written.run["run_id"])
    return folder / "store"


def _written(folder: Path, source: Snapshot, kind: str, changed: dict[str, pl.LazyFrame]) -> Snapshot:
    with Store(folder).writing() as writer:
        for name, rows in ({name: source.table(name) for name in source.versions} | changed).items():
            writer.write(name, rows)
        return writer.commit(kind=kind, fingerprint="planted-0", **{name: source.run[name] for name in TAKEN_OVER})


def figures_marked(published: Snapshot) -> dict[str, pl.LazyFrame]:
    code = pl.col("group_value").cast(pl.Int64, strict=False)
    parts = {"published_shares": ("numerator", "denominator"), "published_continuity": ("children", "exposed")}
    return {
        name: published.table(name).with_columns(
            pl.when((pl.col("group_kind") == "municipality") & pl.col(column).is_not_null())
            .then(start + code)
            .otherwise(pl.col(column))
            .alias(column)
            for column, start in zip(columns, (PART, WHOLE), strict=True)
        )
        for name, columns in parts.items()
    }


def rows_marked(run: Snapshot) -> dict[str, pl.LazyFrame]:
    """With the ledger, quarantine and links of `quality_store`, whose rows are of Svendborg and Læsø."""
    of_one = pl.col("municipality_code").n_unique() == 1
    owners = (
        run.table("gaps").filter(pl.col("child_id").is_not_null()).group_by("child_id").agg(
            pl.when(of_one).then(pl.col("municipality_code").first()).alias("code")
        )
    )  # fmt: skip
    marked = pl.concat_str(pl.lit("cafe"), pl.col("code"), pl.col("pseudonym").str.slice(8))
    people = (
        run.table("identities")
        .join(owners, left_on="id", right_on="child_id", how="left")
        .with_columns(pl.when(pl.col("kind") == "person").then(marked).alias("marked"))
        .select("kind", "id", pl.coalesce("marked", "pseudonym").alias("pseudonym"))
    )
    return {"identities": people} | {name: rows.lazy() for name, rows in quality_tables().items()}


def whose(sent: str) -> set[str]:
    """Codes of the municipalities whose counts or rows are in what was sent, numbers that are packed in it included."""
    packed = [number for dtype, data in PACKED.findall(sent) for number in _unpacked(dtype, data)]
    drawn = {f"{part - PART:04}" for part in set(packed) if part - PART + WHOLE in packed}
    found = {f"0{code}" for code in COUNTS.findall(sent)} | drawn | set(PERSON.findall(sent.replace("<wbr>", "")))
    return found & set(Reference.load().municipality_codes)


def _unpacked(dtype: str, data: str) -> list[int]:
    numbers = np.frombuffer(base64.b64decode(data), dtype).astype(float)
    return [int(number) for number in numbers[np.isfinite(numbers)]]
