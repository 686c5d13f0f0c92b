"""Which cells of a correction are no longer what they were, when the true counts are at hand.

A figure that was shown with another value is another one now, shown or not. Where a sum of hidden counts no longer
holds, an attacker can tell that something in all that hangs together with it has changed, but not what: all is new.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.linked_tables import Flags, Integers, Published

ABSENT = -1


def changed(earlier: Sequence[Published], published: Published, counts: Integers) -> frozenset[int]:
    """The numbers of the release's cells that some earlier release says something of that is no longer true."""
    number = {name: at for at, name in enumerate(published.names)}
    found = np.zeros(len(published), dtype=np.bool_)
    for release in earlier:
        at = np.fromiter((number.get(name, ABSENT) for name in release.names), np.int64, len(release))
        found[at[_differs(release, at, counts)]] = True
        found[at[_beside_changes(release, at, counts)]] = True
    return frozenset(np.flatnonzero(found).tolist())


def _differs(release: Published, at: Integers, counts: Integers) -> Flags:
    is_here = (at != ABSENT) & ~release.suppressed
    return np.asarray(is_here & (counts[at] != release.counts), dtype=np.bool_)


def _beside_changes(release: Published, at: Integers, counts: Integers) -> Flags:
    """Cells that were hidden then and hang together with a sum that the counts of today do not fit. Sums over cells
    that are gone say nothing that can be checked."""
    values = np.where(release.suppressed, counts[at], release.counts)
    gone = (release.suppressed & (at == ABSENT)).astype(np.int64)
    relations = release.relations
    is_known = relations.sums(gone) + gone[relations.totals] == 0
    broken = is_known & (relations.sums(values) != values[relations.totals])
    cells = len(release)
    rows = np.concatenate([relations.of_parts, np.arange(len(relations))])
    columns = np.concatenate([relations.parts, relations.totals])
    hidden = release.suppressed[columns]
    links = (np.ones(int(hidden.sum())), (rows[hidden] + cells, columns[hidden]))
    size = cells + len(relations)
    _, component = connected_components(sparse.coo_array(links, shape=(size, size)), directed=False)
    touched = np.isin(component[:cells], np.unique(component[cells:][broken]))
    return np.asarray(touched & release.suppressed & (at != ABSENT), dtype=np.bool_)
