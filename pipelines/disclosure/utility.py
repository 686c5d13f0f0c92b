"""How much of a release is left to read: shares of its cells and of its counts, beside primary suppression alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, LinkedTables
from pipelines.disclosure.sensitivity import sensitive


@dataclass(frozen=True)
class Utility:
    """`cells` in all, `publishable` of them with a denominator of at least t; shares lie between 0 and 1.

    `of_cells`, `of_publishable` and `of_mass` are published. A cell without a denominator is its own. The mass is the
    sum of all counts, totals and parts alike. The shares are None where there is nothing to share.
    """

    cells: int
    publishable: int
    of_cells: float | None
    of_publishable: float | None
    of_mass: float | None

    @classmethod
    def of(cls, tables: LinkedTables, hidden: Flags, among: Flags | None = None) -> Utility:
        """What is left of all cells, or of some among them."""
        asked = np.ones(len(tables), dtype=np.bool_) if among is None else among
        has_denominator = tables.denominators != NO_DENOMINATOR
        own = tables.counts
        base = np.where(has_denominator, own[tables.denominators], own) if len(own) else own
        publishable, shown = asked & (base >= tables.threshold), asked & ~hidden
        return cls(
            cells=int(asked.sum()),
            publishable=int(publishable.sum()),
            of_cells=_share(int(shown.sum()), int(asked.sum())),
            of_publishable=_share(int((shown & publishable).sum()), int(publishable.sum())),
            of_mass=_share(int(own[shown].sum()), int(own[asked].sum())),
        )


@dataclass(frozen=True)
class Usefulness:
    """What the gate leaves, beside what would be left if only the sensitive counts were hidden, which leaks."""

    protected: Utility
    primary_only: Utility

    @classmethod
    def of(cls, tables: LinkedTables, hidden: Flags, among: Flags | None = None) -> Usefulness:
        """Of all cells, or of some."""
        return cls(Utility.of(tables, hidden, among), Utility.of(tables, sensitive(tables), among))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
