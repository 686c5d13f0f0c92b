"""A national release beside what was released before: what stays hidden, and what is held back when it must be.

A figure that was hidden stays hidden, or the release that hid it would be undone. When later deliveries change
figures so that the auditor still finds something, the tables it found it in are held back: their changed figures are
not published, and nothing is learnt of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.disclosure.gate import TIME_LIMIT, Passed, passed
from pipelines.disclosure.ledger import Release
from pipelines.disclosure.linked_tables import Flags, Integers, LinkedTables
from pipelines.errors import NotPublished

ROUNDS = 12
"""How often tables are held back before the release is given up."""

TOLD_BEFORE: dict[str, pl.DataType] = {"name": pl.String(), "is_hidden": pl.Boolean()}
"""Said also of a release without any cell: that of a run as of a day before there was anything to count."""


def released_beside(
    tables: LinkedTables,
    hidden: Flags,
    belongs_to: Integers,
    releases: Sequence[Release],
    reason: str | None,
    time_limit: float = TIME_LIMIT,
) -> Passed:
    """The release as it may go out. `belongs_to`: the table of each cell; cells of one table are held back together.

    Raises what `passed` raises when holding back does not help.
    """
    hidden = hidden | hidden_before(tables, releases)
    for _ in range(ROUNDS):
        try:
            return passed(tables, hidden, releases, reason, time_limit=time_limit)
        except NotPublished as refused:
            found = np.unique(belongs_to[[cell for cell in refused.cells if cell < len(tables)]])
            wider = hidden | np.isin(belongs_to, found)
            if (wider == hidden).all():
                raise
            hidden = wider
    return passed(tables, hidden, releases, reason, time_limit=time_limit)


def hidden_before(tables: LinkedTables, releases: Sequence[Release]) -> Flags:
    """Cells that some release has hidden and none has shown."""
    if not releases:
        return np.zeros(len(tables), dtype=np.bool_)
    told = [
        pl.LazyFrame({"name": list(release.published.names), "is_hidden": release.published.suppressed}, TOLD_BEFORE)
        for release in releases
    ]
    before = pl.concat(told).group_by("name").agg(pl.col("is_hidden").all())
    now = pl.LazyFrame({"name": list(tables.names)}, {"name": pl.String})
    flags = now.join(before, on="name", how="left", maintain_order="left").collect()["is_hidden"].fill_null(value=False)
    return np.asarray(flags.to_numpy(), dtype=np.bool_)
