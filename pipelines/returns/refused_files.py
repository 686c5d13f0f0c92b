"""Files that were refused, kept as lines beside the store: who sends them again knows why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines.append_only import Lines, Refusals
from pipelines.returns.keys import FOLDER
from pipelines.returns.refusals import Refusal

LATEST = 200
REFUSED: dict[str, pl.DataType] = {
    "file": pl.String(),
    "municipality_code": pl.String(),
    "reason": pl.String(),
    "what": pl.String(),
    "where": pl.String(),
    "to_do": pl.String(),
    "refused_at": pl.Datetime("us", "UTC"),
    "refused_by": pl.String(),
}
REFUSALS = Refusals(
    unread="The list of refused returns cannot be read",
    busy="Somebody else combines returns just now",
    unwritten="What was refused could not be noted",
)


@dataclass(frozen=True)
class RefusedFiles:
    """Of one national store."""

    store: Path

    def add(self, refused: Sequence[Refusal], by: str) -> None:
        """One line for each file."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._lines.alone():
            self._lines.append(*({**asdict(each), "refused_at": now, "refused_by": by} for each in refused))

    def latest(self) -> pl.DataFrame:
        """The last of them, the latest first (columns REFUSED)."""
        rows = list(self._lines.read())[-LATEST:]
        frame = pl.DataFrame(rows, schema={**REFUSED, "refused_at": pl.String()})
        return frame.with_columns(pl.col("refused_at").str.to_datetime(time_unit="us", time_zone="UTC")).reverse()

    @property
    def _lines(self) -> Lines:
        return Lines(self.store / FOLDER / "refused.jsonl", REFUSALS)
