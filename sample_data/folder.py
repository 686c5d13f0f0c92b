"""The canonical folder and the answer key on disk, batch by batch."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl
import pyarrow.parquet as pq

from pipelines.definitions.tables import CONTRACT_VERSION, TABLE_NAMES
from pipelines.sources.files import content_hash

GENERATOR = "roedtraad sample_data 1"
SAMPLE_MARK = "SAMPLE.json"


class Folder:
    """Frames go to files of their name, each a row group (Parquet) or more lines (CSV) of what is there already.

    Written beside the old files and put in their place at the end, so that a reader never meets half a file.
    """

    def __init__(self, place: Path, *, as_csv: bool = False) -> None:
        self.place, self.as_csv = place, as_csv
        self._open: dict[str, Any] = {}
        place.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, fault_type: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._open.values():
            writer.close()
        for name in self._open:
            unfinished = self._unfinished(name)
            if fault_type is None:
                unfinished.replace(self.place / f"{name}.{self._ending}")
                (self.place / f"{name}.{self._other_ending}").unlink(missing_ok=True)
            else:
                unfinished.unlink()

    def append(self, name: str, frame: pl.DataFrame) -> None:
        """Add rows to the file of that name."""
        if self.as_csv:
            is_first = name not in self._open
            file = self._open.setdefault(name, None) or self._unfinished(name).open("wb")
            self._open[name] = file
            frame.write_csv(file, include_header=is_first)
            return
        rows = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if name not in self._open:
            self._open[name] = pq.ParquetWriter(self._unfinished(name), rows.schema, compression="zstd")
        self._open[name].write_table(rows)

    @property
    def _ending(self) -> str:
        return "csv" if self.as_csv else "parquet"

    @property
    def _other_ending(self) -> str:
        return "parquet" if self.as_csv else "csv"

    def _unfinished(self, name: str) -> Path:
        return self.place / f".{name}.{self._ending}.part"


def mark_as_sample(place: Path, *, children: int, seed: int, as_of: date) -> None:
    """The file by which every reader knows that nobody here exists; it holds for these very files and no others."""
    tables = sorted(file for name in TABLE_NAMES for file in place.glob(f"{name}.*"))
    told = {
        "synthetic": True,
        "seed": seed,
        "children": children,
        "as_of": as_of.isoformat(),
        "contract_version": CONTRACT_VERSION,
        "generator": GENERATOR,
        "files": {file.name: content_hash(file) for file in tables},
    }
    place.mkdir(parents=True, exist_ok=True)
    (place / SAMPLE_MARK).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
