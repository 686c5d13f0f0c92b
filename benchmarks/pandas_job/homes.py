"""Where a child lived on a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

SECONDS = 34
"""Bits for a moment in seconds beside the number of a child: from 1700 to 2240."""


def at(child: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Child and day in one number that sorts by both: searching it is an as-of join that needs no order by day."""
    return (child.astype(np.int64) << SECONDS) + day.astype("datetime64[s]").astype(np.int64)


class Homes:
    """Spells by child and start. One without `to_date` ends when the child's next one begins, the last one never."""

    def __init__(self, residences: pd.DataFrame) -> None:
        spells = residences.sort_values(["child", "from_date"], ignore_index=True)
        next_start = spells.from_date.shift(-1).where(spells.child == spells.child.shift(-1))
        self.spells = spells.assign(end_date=spells.to_date.fillna(next_start)).drop(columns="to_date")
        self.starts = at(spells.child.to_numpy(), spells.from_date.to_numpy())

    def on(self, child: pd.Series, day: pd.Series) -> tuple[pd.Categorical, np.ndarray, np.ndarray]:
        """Municipality, lives there that day, and has any spell, for each row.

        The municipality is that of the spell that covers the day, of several the one begun last; else of the latest
        spell begun before; else of the earliest.
        """
        child, day, spells = child.to_numpy(), day.to_numpy(), self.spells
        if spells.empty:
            nowhere = np.zeros(child.size, bool)
            return pd.Categorical([None] * child.size, spells.municipality_code.cat.categories), nowhere, nowhere
        whose, ends = spells.child.to_numpy(), spells.end_date.to_numpy()
        began = np.searchsorted(self.starts, at(child, day), side="right") - 1
        has_begun = (began >= 0) & (whose[began] == child)
        best = np.where(has_begun, began, np.minimum(began + 1, whose.size - 1))
        has_spell = whose[best] == child
        is_resident = has_begun & ~(ends[began] <= day)
        self._look_further_back(best, is_resident, has_begun, child, day)
        codes = np.where(has_spell, spells.municipality_code.cat.codes.to_numpy()[best], -1)
        return pd.Categorical.from_codes(codes, dtype=spells.municipality_code.dtype), is_resident, has_spell

    def _look_further_back(
        self, best: np.ndarray, is_resident: np.ndarray, has_begun: np.ndarray, child: np.ndarray, day: np.ndarray
    ) -> None:
        """The spell begun last has ended: an earlier, longer one may still cover the day. Few rows are left for it."""
        left = np.flatnonzero(has_begun & ~is_resident)
        rows = pd.DataFrame({"row": left, "child": child[left], "day": day[left]})
        spells = self.spells.loc[self.spells.child.isin(rows.child), ["child", "from_date", "end_date"]]
        pairs = rows.merge(spells.rename_axis("spell").reset_index(), on="child")
        covering = pairs[(pairs.from_date <= pairs.day) & (pairs.day < pairs.end_date)]
        last = covering.groupby("row").spell.max()
        best[last.index] = last
        is_resident[last.index] = True

    def moves(self, longest_gap: pd.Timedelta) -> pd.DataFrame:
        """Each change of municipality between a spell and the next, and when the child next leaves the new one."""
        spells = self.spells
        has_next = spells.child == spells.child.shift(-1)
        codes = spells.municipality_code.cat.codes
        is_change = has_next & (codes != codes.shift(-1))
        moves = spells.assign(
            move_date=spells.from_date.shift(-1),
            new_code=spells.municipality_code.shift(-1),
        )[is_change]
        moves["next_date"] = moves.move_date.shift(-1).where(moves.child == moves.child.shift(-1))
        moves = moves[(moves.move_date - moves.end_date) <= longest_gap]
        return moves.rename(columns={"municipality_code": "left_code"}).drop(columns=["from_date", "end_date"])
