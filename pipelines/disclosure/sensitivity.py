"""Which counts are sensitive in themselves. Complementary suppression is about keeping these unknown."""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, LinkedTables


def sensitive(tables: LinkedTables) -> Flags:
    """Counts from 1 to t-1; zeros of a denominator from 1 to t-1; counts above zero that are their whole denominator.

    Of a cell without a denominator only the first holds. A denominator of 0 makes no zero sensitive: nobody was there.
    """
    counts, threshold = tables.counts, tables.threshold
    has_denominator = tables.denominators != NO_DENOMINATOR
    denominators = counts[tables.denominators] if len(counts) else counts
    small = (counts >= 1) & (counts < threshold)
    zero_of_few = (counts == 0) & (denominators >= 1) & (denominators < threshold)
    everybody = (counts > 0) & (counts == denominators)
    return np.asarray(small | (has_denominator & (zero_of_few | everybody)), dtype=np.bool_)
