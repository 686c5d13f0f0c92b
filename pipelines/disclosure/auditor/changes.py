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

ABSENT = UNKNOWN = -1


def changes(releases: Sequence[Published], corrections: Sequence[bool], counts: Integers) -> list[frozenset[int]]:
    """For each release the numbers of its cells that are no longer what they were in the one before; of a release that
    corrects nothing, none. `counts` are the true ones of the last release, and the best guess at hidden ones before."""
    now = dict(zip(releases[-1].names, counts.tolist(), strict=True))
    found: list[frozenset[int]] = [frozenset()]
    for before, release, is_correction in zip(releases, releases[1:], corrections[1:], strict=False):
        guess = np.fromiter((now.get(name, UNKNOWN) for name in release.names), np.int64, len(release))
        then = np.where(release.suppressed, guess, release.counts)
        found.append(changed(before, release, then) if is_correction else frozenset())
    return found


def changed(before: Published, release: Published, counts: Integers) -> frozenset[int]:
    """The numbers of the release's cells that the one before says something of that is no longer true."""
    number = {name: at for at, name in enumerate(release.names)}
    at = np.fromiter((number.get(name, ABSENT) for name in before.names), np.int64, len(before))
    at[np.where(at == ABSENT, UNKNOWN, counts[at]) == UNKNOWN] = ABSENT
    touched = _differs(before, at, counts) | _beside_changes(before, at, counts)
    return frozenset(at[touched].tolist())


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
