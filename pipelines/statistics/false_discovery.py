"""How sure one of many must be, so that few of those that are named are chance."""

from __future__ import annotations

import numpy as np
import polars as pl


def adjusted(p_values: pl.Series) -> pl.Series:
    """Benjamini and Hochberg's (1995) adjusted p-values; null where nothing could be said, which counts for no look.

    The same as `scipy.stats.false_discovery_control`, whose import takes a second of every reader's first page.
    """
    known = p_values.is_not_null()
    values = p_values.filter(known)
    falling = values.arg_sort(descending=True)
    looks = len(values)
    each = pl.Series(looks / np.arange(looks, 0, -1), dtype=pl.Float64)
    lowest = (values.gather(falling) * each).cum_min().clip(upper_bound=1)
    found = values.cast(pl.Float64).scatter(falling, lowest)
    return pl.repeat(None, len(p_values), dtype=pl.Float64, eager=True).scatter(known.arg_true(), found)
