"""What earlier releases have told of the cells of a new one: figures that are out, and sums that still bind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipelines.disclosure.ledger import Release
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers, LinkedTables, Published, Relations
from pipelines.disclosure.relations_file import RefusedTables, named

ABSENT = -1


class Contradicts(RefusedTables):
    """A released figure has become another, and nobody has said why."""


@dataclass(frozen=True, eq=False)
class Compared:
    """One earlier release beside the new tables: the new number of each of its cells, or ABSENT.

    `same`: published then with the value that it has now. `changed`: published then with another. `holding`: the
    relations of then that are true of the counts of now, as far as those are known.
    """

    published: Published
    at: Integers
    same: Flags
    changed: Flags
    holding: Flags

    @classmethod
    def of(cls, published: Published, tables: LinkedTables) -> Compared:
        """Cells are the same when they have the same name."""
        at, relations, shown = _numbers(published.names, tables.names), published.relations, ~published.suppressed
        is_here = at != ABSENT
        now = np.append(tables.counts, 0)[at]
        is_same = now == published.counts
        values = np.where(shown, published.counts, now)
        unknown = (published.suppressed & ~is_here).astype(np.int64)
        is_known = relations.sums(unknown) + unknown[relations.totals] == 0
        holding = is_known & (relations.sums(values) == values[relations.totals])
        return cls(published, at, shown & is_here & is_same, shown & is_here & ~is_same, holding)

    @property
    def told(self) -> Integers:
        """Cells of the new tables that this release has shown, whatever value it gave."""
        told: Integers = self.at[self.same | self.changed]
        return told


def with_what_is_known(tables: LinkedTables, releases: Sequence[Release], reason: str | None) -> LinkedTables:
    """The tables as the suppressor must see them: figures that are out are `known`, and the sums of earlier releases
    that still hold are relations. Cells that are added for them stand after those of the tables.

    A cell's latest published value counts. Contradicts when one has changed and no reason is given.
    """
    known, told = (np.zeros(len(tables), dtype=np.bool_) for _ in range(2))
    extended = tables
    for release in reversed(releases):
        compared = Compared.of(release.published, tables)
        anew = compared.changed & ~np.append(told, False)[compared.at]
        if anew.any() and not reason:
            raise _contradicts(release, [release.published.names[cell] for cell in np.flatnonzero(anew).tolist()])
        same = compared.at[compared.same]
        known[same[~told[same]]] = True
        told[compared.told] = True
        extended = _bound_by(compared, extended)
    more = np.ones(len(extended) - len(tables), dtype=np.bool_)
    return replace(extended, known=np.concatenate([known, more]))


def _numbers(names: Sequence[str], among: Sequence[str]) -> Integers:
    """The number of each name among others, or ABSENT."""
    others = pl.DataFrame({"name": list(among), "at": range(len(among))}, schema={"name": pl.String, "at": pl.Int64})
    asked = pl.DataFrame({"name": list(names)}, schema={"name": pl.String})
    return asked.join(others, on="name", how="left", maintain_order="left")["at"].fill_null(ABSENT).to_numpy()


def _contradicts(release: Release, cells: Sequence[str]) -> Contradicts:
    return Contradicts(
        f"{len(cells)} figures of release {release.number} have become others: {named(cells)}",
        to_do="If that is right, publish a correction with `--reason`, saying why. Nothing was published.",
    )


def _bound_by(compared: Compared, tables: LinkedTables) -> LinkedTables:
    """Sums of an earlier release over cells that are still hidden; what it showed and is no cell now is added."""
    earlier = compared.published
    hidden = earlier.suppressed.astype(np.int64)
    binds = compared.holding & (earlier.relations.sums(hidden) + hidden[earlier.relations.totals] > 0)
    chosen = _chosen(earlier.relations, binds)
    is_here = (compared.at != ABSENT) & ~compared.changed
    used = np.zeros(len(earlier), dtype=np.bool_)
    used[chosen.totals] = used[chosen.parts] = True
    added = np.flatnonzero(used & ~is_here)
    number = np.where(is_here, compared.at, ABSENT)
    number[added] = np.arange(len(added)) + len(tables)
    moved = Relations(number[chosen.totals], number[chosen.parts], chosen.starts)
    return _with_constants(tables, earlier, added, _not_among(moved, tables.relations))


def _with_constants(tables: LinkedTables, earlier: Published, cells: Integers, relations: Relations) -> LinkedTables:
    nothing = np.full(len(cells), NO_DENOMINATOR, dtype=np.int64)
    weights = None if tables.weights is None else np.concatenate([tables.weights, np.ones(len(cells))])
    return replace(
        tables,
        names=(*tables.names, *(f"{earlier.names[cell]} (earlier)" for cell in cells.tolist())),
        counts=np.concatenate([tables.counts, earlier.counts[cells]]),
        denominators=np.concatenate([tables.denominators, nothing]),
        relations=Relations.joined([tables.relations, relations]),
        weights=weights,
    )


def _chosen(relations: Relations, rows: Flags) -> Relations:
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(relations.lengths[rows], dtype=np.int64)])
    return Relations(relations.totals[rows], relations.parts[rows[relations.of_parts]], starts)


def _not_among(relations: Relations, others: Relations) -> Relations:
    """Those that are new: same total, same number and same set of parts say the same thing."""
    both = Relations.joined([others, relations])
    marks = np.random.default_rng(0).integers(1, 2**62, size=int(both.parts.max(initial=0)) + 1)
    keys = pl.DataFrame({"total": both.totals, "length": both.lengths, "parts": both.sums(marks)})
    is_first = keys.select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()
    return _chosen(relations, is_first[len(others) :])
