"""Canonical Parquet to frames: rows that keep the contract, once each, with small numbers for children and pregnancies.

Files are read by row group, so that the text of ids is never in memory for a whole table when no stage reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.pandas_job.contract import Table

FIRST_DAY, LAST_DAY = np.datetime64("1900-01-01", "s"), np.datetime64("2199-12-31", "s")
NUMBER = {"child_id": "child", "pregnancy_id": "pregnancy"}
PERSON_NUMBER = (
    r"^\s*(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}\s*-?\s*(?:[0-9]{4}|[01567][A-Za-z]{2}[0-9])\s*$"
)


class Reader:
    """One table after another. `ids` are those of the accepted children and pregnancies, by number."""

    def __init__(self, canonical: Path, declared: Mapping[str, Table]) -> None:
        self.canonical = canonical
        self.declared = declared
        self.ids: dict[str, pd.Index] = {}
        self.accounting: list[dict[str, object]] = []

    def table(self, name: str) -> pd.DataFrame:
        """The accepted rows, in the columns that later stages read; none of a table that is only judged."""
        file, declared = self.canonical / f"{name}.parquet", self.declared[name]
        parts, verdicts, keys = [], [], []
        for delivered in _row_groups(file, declared):
            rows, is_good = self._judged(delivered.to_pandas(date_as_object=False), declared)
            parts.append(rows)
            verdicts.append(is_good)
            keys.append(delivered.select(declared.key))
        is_good = self._once(file, declared, pa.concat_tables(keys), np.concatenate(verdicts))
        self.accounting.append({"table": name, "rows_read": is_good.size, "accepted": int(is_good.sum())})
        rows = pd.concat(parts, ignore_index=True)
        return rows if is_good.all() else rows[is_good[: len(rows)]].reset_index(drop=True)

    def number(self, name: str, rows: pd.DataFrame) -> None:
        """From now on the rows of other tables are referred to by their position in these."""
        self.ids[name] = pd.Index(rows[name])

    def _judged(self, delivered: pd.DataFrame, declared: Table) -> tuple[pd.DataFrame, np.ndarray]:
        rows = dict(delivered.items())
        faults = []
        for name in (*declared.days, *declared.later_days):
            rows[name] = delivered[name].astype("datetime64[s]")
            is_day = rows[name].between(FIRST_DAY, LAST_DAY)
            faults.append(~is_day if name in declared.days else ~is_day & rows[name].notna())
        for name, allowed in (declared.words | declared.later_words).items():
            rows[name] = delivered[name].cat.set_categories(allowed)
            is_optional = name in declared.later_words
            faults.append(rows[name].isna() & _is_given(delivered[name]) if is_optional else rows[name].isna())
        for name in declared.names:
            rows[NUMBER[name]] = self._numbered(delivered[name], name)
            faults.append((rows[NUMBER[name]] < 0) & _is_given(delivered[name]))
        if declared.names and declared.names_somebody:
            faults.append(np.logical_and.reduce([rows[NUMBER[name]] < 0 for name in declared.names]))
        # unknown is not yes in any rule
        rows |= {name: delivered[name].eq(True) for name in (*declared.flags, *declared.later_flags)}
        faults += [~_is_given(delivered[name]) for name in declared.texts]
        faults += [delivered[name].str.contains(PERSON_NUMBER, na=False) for name in declared.persons]
        faults += [delivered[name].isna() for name in declared.flags]
        faults += [np.isinf(delivered[name]) for name in declared.numbers]
        faults += [~np.isfinite(delivered[name]) for name in declared.required_numbers]
        if declared.broken:
            faults.append(declared.broken(rows))
        is_good = ~np.logical_or.reduce([np.asarray(fault) for fault in faults])
        return pd.DataFrame({name: rows[name] for name in declared.kept}), is_good

    def _numbered(self, names: pd.Series, name: str) -> pd.Series:
        """The position of the id among the accepted ones, -1 where there is none. Each id is looked up once."""
        codes, different = pd.factorize(names)
        positions = np.append(self.ids[name].get_indexer(different), -1).astype(np.int32)
        return pd.Series(positions[codes])

    def _once(self, file: Path, declared: Table, keys: pa.Table, is_good: np.ndarray) -> np.ndarray:
        """Copies of a row count once; good rows that contradict each other under one key are all refused."""
        if len(declared.key) == 1 and pc.count_distinct(keys.column(0)).as_py() == keys.num_rows:
            return is_good
        repeated = keys.to_pandas(date_as_object=False).duplicated(keep=False).to_numpy()
        if not repeated.any():
            return is_good
        judged = np.flatnonzero(repeated & is_good)
        rows = pq.read_table(file).take(judged).to_pandas().set_index(judged).drop_duplicates()
        alone = rows[~rows.duplicated(list(declared.key), keep=False)]
        is_good = is_good & ~repeated
        is_good[alone.index] = True
        return is_good


def _is_given(texts: pd.Series) -> pd.Series:
    return texts.notna() & (texts != "")


def _row_groups(file: Path, declared: Table) -> Iterator[pa.Table]:
    """Words arrive as categoricals: each different word is compared with its list once."""
    parquet = pq.ParquetFile(file, read_dictionary=[*declared.words, *declared.later_words])
    for at in range(parquet.num_row_groups):
        yield parquet.read_row_group(at, columns=declared.read)
    if not parquet.num_row_groups:
        yield parquet.read(columns=declared.read)
