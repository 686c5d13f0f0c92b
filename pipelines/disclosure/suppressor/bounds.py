"""Bounds that the relations give by themselves, one after the other: wider than the truth, never narrower."""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.linked_tables import Flags, Numbers
from pipelines.disclosure.suppressor.system import System

SWEEPS = 30


def bounds(system: System, hidden: Flags) -> tuple[Numbers, Numbers]:
    """Least and most of each cell, from one relation at a time until nothing moves (or after so many sweeps)."""
    shown = system.counts.astype(np.float64)
    least, most = np.where(hidden, 0.0, shown), np.where(hidden, np.inf, shown)
    equations = system.equations.tocsr()
    of_entry = np.repeat(np.arange(equations.shape[0]), np.diff(equations.indptr))
    cells, signs = equations.indices, equations.data
    open_rows = np.zeros(equations.shape[0], dtype=np.bool_)
    open_rows[of_entry[hidden[cells]]] = True
    kept = open_rows[of_entry]
    of_entry, cells, signs = of_entry[kept], cells[kept], signs[kept]
    for _ in range(SWEEPS):
        low, high = np.where(signs > 0, least[cells], -most[cells]), np.where(signs > 0, most[cells], -least[cells])
        others_low, others_high = _others(of_entry, low, -np.inf), _others(of_entry, high, np.inf)
        lower = np.where(signs > 0, -others_high, others_low)
        upper = np.where(signs > 0, -others_low, others_high)
        before = least.sum(), np.isfinite(most).sum(), most[np.isfinite(most)].sum()
        np.maximum.at(least, cells, lower)
        np.minimum.at(most, cells, upper)
        if before == (least.sum(), np.isfinite(most).sum(), most[np.isfinite(most)].sum()):
            break
    return least, most


def _others(of_entry: np.ndarray, value: Numbers, unbounded: float) -> Numbers:
    """For each entry the sum over the other entries of its relation."""
    endless = ~np.isfinite(value)
    rows = int(of_entry.max(initial=-1)) + 1
    sums = np.bincount(of_entry, np.where(endless, 0.0, value), minlength=rows)
    endless_in = np.bincount(of_entry, endless, minlength=rows)
    others = sums[of_entry] - np.where(endless, 0.0, value)
    return np.where(endless_in[of_entry] - endless > 0, unbounded, others)
