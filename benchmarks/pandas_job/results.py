"""Obligations written part by part, with their gaps and what they add to the counts."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.pandas_job.facts import Facts
from pipelines.definitions import enumerations as e

CELL = ["measure", "year", "municipality", "is_due", "status", "reason"]
COMPRESSION = {"compression": "zstd", "compression_level": 1}


class Results:
    """Files of one run. Children and pregnancies are small numbers; their ids stand in tables of their own."""

    def __init__(self, out: Path, as_of: pd.Timestamp, facts: Facts) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.as_of, self.facts = out, as_of, facts
        self.cells: list[pd.DataFrame] = []
        self.writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Results:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        for writer in self.writers.values():
            writer.close()

    def write(self, name: str, rows: pd.DataFrame) -> None:
        """One more part of a table. A number below zero is nobody's, and null in the file."""
        numbers = rows[[name for name in ("child", "pregnancy") if name in rows]]
        rows = rows.assign(**numbers.where(numbers >= 0).astype("Int32"))
        table = pa.Table.from_pandas(rows, preserve_index=False)
        days = {column: pa.date32() for column in rows if rows[column].dtype.kind == "M"}
        schema = pa.schema([field.with_type(days.get(field.name, field.type)) for field in table.schema])
        if name not in self.writers:
            plain = schema.remove_metadata()
            self.writers[name] = pq.ParquetWriter(self.out / f"{name}.parquet", plain, **COMPRESSION)
        self.writers[name].write_table(table.cast(schema).cast(self.writers[name].schema))

    def obligations(self, rows: pd.DataFrame, lives: pd.DataFrame, record_types: pd.Series) -> None:
        """Keeps the rows, those of them that are gaps with what a worklist says beside them, and their counts."""
        gaps = rows[rows.status.isin(e.GAP_STATUSES)]
        gaps = gaps.assign(
            age_days=(self.as_of - gaps.due_date).dt.days,
            birth_date=lives.birth_date.reindex(gaps.child).to_numpy(),
            record_type=pd.Categorical(gaps.subject_id.map(record_types), e.RECORD_TYPES),
        )
        self.write("obligations", rows)
        self.write("gaps", gaps)
        outcome = rows[["measure", "municipality", "status", "reason"]]
        outcome = outcome.assign(year=rows.due_date.dt.year, is_due=rows.due_date < self.as_of)
        self.cells.append(outcome.groupby(CELL, observed=True, dropna=False).size().rename("rows").reset_index())

    def counts(self) -> pd.DataFrame:
        """Measure, calendar year of the due date, responsible municipality; 0411 reads `outside`, null `unknown`."""
        cells = pd.concat(self.cells, ignore_index=True)
        is_done, is_due = cells.status.isin(["met", "late"]), cells.is_due
        numbers = {
            "denominator": is_due & (is_done | cells.status.isin(e.GAP_STATUSES)),
            "numerator_ever": is_due & is_done,
            "numerator_timely": is_due & (cells.status == "met"),
            "early": ~is_due & is_done,
            "excused": cells.status == "excused",
            "not_due": cells.status == "not_due",
            "lost_to_follow_up": is_due & cells.reason.isin(e.LOST_TO_FOLLOW_UP),
            "lost_to_documentation": is_due & cells.reason.isin(e.LOST_TO_DOCUMENTATION),
        }
        named = cells.municipality.astype("str").replace(e.OUTSIDE_CODE, e.OUTSIDE).fillna(e.UNKNOWN)
        cells = cells.assign(
            measure=cells.measure.astype("str"),
            municipality_code=named,
            **{name: cells.rows.where(flag, 0) for name, flag in numbers.items()},
        )
        key = ["measure", "year", "municipality_code"]
        return cells.groupby(key)[list(numbers)].sum().reset_index()
