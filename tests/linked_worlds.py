"""Small linked tables in every shape that a release has, and an attacker without any solver.

The attacker tries values: bounds are narrowed through the relations until nothing moves, then one cell is guessed.
"""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.linked_tables import LinkedTables


class Attack:
    """What the public can still believe once the hidden cells are hidden."""

    def __init__(self, tables: LinkedTables, hidden: np.ndarray) -> None:
        counts = tables.counts.tolist()
        self.threshold = tables.threshold
        most = sum(counts) + tables.threshold
        self.lowest = [0 if out else count for count, out in zip(counts, hidden, strict=True)]
        self.highest = [most if out else count for count, out in zip(counts, hidden, strict=True)]
        self.relations = list(tables.relations)
        self.shares = [(cell, int(of)) for cell, of in enumerate(tables.denominators) if of >= 0]

    def values(self, cell: int) -> set[int]:
        """Which of 1..threshold-1 the cell may be."""
        return {value for value in range(1, self.threshold) if self._is_possible(cell, value)}

    def _is_possible(self, cell: int, value: int) -> bool:
        lowest, highest = list(self.lowest), list(self.highest)
        if not lowest[cell] <= value <= highest[cell]:
            return False
        lowest[cell] = highest[cell] = value
        return self._search(lowest, highest)

    def _search(self, lowest: list[int], highest: list[int]) -> bool:
        if not self._narrowed(lowest, highest):
            return False
        open_cells = [cell for cell in range(len(lowest)) if lowest[cell] < highest[cell]]
        if not open_cells:
            return True
        cell = min(open_cells, key=lambda one: highest[one] - lowest[one])
        for value in range(lowest[cell], highest[cell] + 1):
            low, high = list(lowest), list(highest)
            low[cell] = high[cell] = value
            if self._search(low, high):
                return True
        return False

    def _narrowed(self, lowest: list[int], highest: list[int]) -> bool:
        moved = True
        while moved:
            moved = False
            for total, parts in self.relations:
                least, most = sum(lowest[part] for part in parts), sum(highest[part] for part in parts)
                moved |= narrow(lowest, highest, total, least, most)
                for part in parts:
                    others_least, others_most = least - lowest[part], most - highest[part]
                    moved |= narrow(lowest, highest, part, lowest[total] - others_most, highest[total] - others_least)
                    least, most = others_least + lowest[part], others_most + highest[part]
            for numerator, denominator in self.shares:
                moved |= narrow(lowest, highest, numerator, 0, highest[denominator])
                moved |= narrow(lowest, highest, denominator, lowest[numerator], highest[denominator])
            if any(low > high for low, high in zip(lowest, highest, strict=True)):
                return False
        return True


def narrow(lowest: list[int], highest: list[int], cell: int, least: int, most: int) -> bool:
    """Whether the bounds of the cell moved."""
    before = lowest[cell], highest[cell]
    lowest[cell], highest[cell] = max(lowest[cell], least), min(highest[cell], most)
    return before != (lowest[cell], highest[cell])


def is_sensitive(tables: LinkedTables, cell: int) -> bool:
    """By the words of the rule, one cell at a time."""
    count, of = int(tables.counts[cell]), int(tables.denominators[cell])
    if 1 <= count < tables.threshold:
        return True
    if of < 0:
        return False
    group = int(tables.counts[of])
    return (count == 0 and 1 <= group < tables.threshold) or (count > 0 and count == group)


def leaks(tables: LinkedTables, hidden: np.ndarray) -> list[str]:
    """The names of sensitive cells that are shown or narrowed, and of hidden ones that are narrowed half-way."""
    attack = Attack(tables, hidden)
    everything = set(range(1, tables.threshold))
    found = []
    for cell in range(len(tables)):
        values = attack.values(cell) if hidden[cell] else set()
        if (is_sensitive(tables, cell) and values != everything) or (values and values != everything):
            found.append(tables.names[cell])
    return found


def primary(tables: LinkedTables) -> np.ndarray:
    """The naive pattern: sensitive cells and nothing else."""
    return np.array([is_sensitive(tables, cell) for cell in range(len(tables))])


def crossed(counts: np.ndarray, axes: str, *, margins: int | None = None, threshold: int = 5) -> LinkedTables:
    """A table with all its margins (`*`), or only those where at most so many axes are added up."""
    shape, cells, relations = counts.shape, {}, []
    for place in np.ndindex(*(size + 1 for size in shape)):
        if sum(at == size for at, size in zip(place, shape, strict=True)) > (
            len(shape) if margins is None else margins
        ):
            continue
        index = tuple(slice(None) if at == size else at for at, size in zip(place, shape, strict=True))
        cells[_name(place, shape, axes)] = int(counts[index].sum())
        for axis, size in enumerate(shape):
            if place[axis] == size:
                parts = [(*place[:axis], at, *place[axis + 1 :]) for at in range(size)]
                relations.append((_name(place, shape, axes), [_name(part, shape, axes) for part in parts]))
    return LinkedTables.of(cells, relations, threshold=threshold)


def _name(place: tuple[int, ...], shape: tuple[int, ...], axes: str) -> str:
    return " ".join(f"{axis}{'*' if at == size else at}" for axis, at, size in zip(axes, place, shape, strict=True))


def windows(counts: np.ndarray, widths: tuple[int, ...], *, threshold: int = 5) -> LinkedTables:
    """Places by years with rolling windows, and the country's years and windows."""
    places, years = counts.shape
    cells: dict[str, int] = {}
    relations = []
    for width in (1, *widths):
        for first in range(years - width + 1):
            period = f"{first}-{first + width - 1}"
            for place in range(places):
                cells[f"m{place} {period}"] = int(counts[place, first : first + width].sum())
                if width > 1:
                    parts = [f"m{place} {year}-{year}" for year in range(first, first + width)]
                    relations.append((f"m{place} {period}", parts))
            cells[f"country {period}"] = int(counts[:, first : first + width].sum())
            relations.append((f"country {period}", [f"m{place} {period}" for place in range(places)]))
            if width > 1:
                parts = [f"country {year}-{year}" for year in range(first, first + width)]
                relations.append((f"country {period}", parts))
    return LinkedTables.of(cells, relations, threshold=threshold)


def two_generations(counts: np.ndarray, *, threshold: int = 5) -> LinkedTables:
    """Municipalities in pairs: old regions of a pair each, new ones where the first two are merged."""
    cells = {f"m{at}": int(count) for at, count in enumerate(counts)}
    old = {f"old{at // 2}": [f"m{at}", f"m{at + 1}"] for at in range(0, len(counts) - 1, 2)}
    cells |= {name: sum(cells[part] for part in parts) for name, parts in old.items()}
    merged = ["old0", "old1"][: len(old)]
    cells["new0"] = sum(cells[part] for part in merged)
    rest = [name for name in old if name not in merged]
    cells["country"] = int(counts.sum())
    return LinkedTables.of(
        cells,
        [*old.items(), ("new0", merged), ("country", ["new0", *rest]), ("country", list(old))],
        threshold=threshold,
    )


def with_rates(groups: np.ndarray, taken: np.ndarray, *, threshold: int = 5) -> LinkedTables:
    """Per place a group, those of it with and without, and the shares of both."""
    cells: dict[str, int] = {}
    relations: list[tuple[str, list[str]]] = []
    for name, group, some in [
        *((f"m{at}", int(g), int(s)) for at, (g, s) in enumerate(zip(groups, taken, strict=True))),
        ("country", int(groups.sum()), int(taken.sum())),
    ]:
        cells |= {f"{name} all": group, f"{name} with": some, f"{name} without": group - some}
        relations.append((f"{name} all", [f"{name} with", f"{name} without"]))
    for kind in ("all", "with", "without"):
        relations.append((f"country {kind}", [f"m{at} {kind}" for at in range(len(groups))]))
    rate_of = {name: name.split()[0] + " all" for name in cells if name.endswith("with")}
    return LinkedTables.of(cells, relations, rate_of, threshold=threshold)


def shared_margin(first: np.ndarray, second: np.ndarray, *, threshold: int = 5) -> LinkedTables:
    """Two tables over the same rows, whose row totals are the same cells."""
    second = second.copy()
    second[:, 0] += np.maximum(0, first.sum(axis=1) - second.sum(axis=1))
    first = first.copy()
    first[:, 0] += second.sum(axis=1) - first.sum(axis=1)
    cells, relations = {}, []
    for name, table in (("a", first), ("b", second)):
        for row in range(len(table)):
            cells |= {f"{name}{row}{column}": int(count) for column, count in enumerate(table[row])}
            cells[f"row{row}"] = int(table[row].sum())
            relations.append((f"row{row}", [f"{name}{row}{column}" for column in range(table.shape[1])]))
        for column in range(table.shape[1]):
            cells[f"{name}*{column}"] = int(table[:, column].sum())
            relations.append((f"{name}*{column}", [f"{name}{row}{column}" for row in range(len(table))]))
        cells["all"] = int(table.sum())
        relations.append(("all", [f"{name}*{column}" for column in range(table.shape[1])]))
    relations.append(("all", [f"row{row}" for row in range(len(first))]))
    return LinkedTables.of(cells, relations, threshold=threshold)


def random_tables(seed: int) -> LinkedTables:
    """Any of the shapes, with mostly small counts."""
    chance = np.random.default_rng(seed)
    threshold = int(chance.integers(3, 6))
    mean = float(chance.choice([1.5, 3.0, 6.0, 10.0]))

    def counts(*shape: int) -> np.ndarray:
        return chance.poisson(mean * chance.lognormal(0, 0.7, shape))

    shapes = (
        lambda: crossed(counts(3), "r", threshold=threshold),
        lambda: crossed(counts(3, 3), "rc", threshold=threshold),
        lambda: crossed(counts(2, 4), "rc", margins=1, threshold=threshold),
        lambda: crossed(counts(2, 2, 2), "rct", threshold=threshold),
        lambda: crossed(counts(2, 2, 3), "rct", margins=1, threshold=threshold),
        lambda: windows(counts(2, 4), (3,), threshold=threshold),
        lambda: windows(counts(2, 5), (2, 3), threshold=threshold),
        lambda: two_generations(counts(6), threshold=threshold),
        lambda: with_rates(groups := counts(4), chance.binomial(groups, 0.6), threshold=threshold),
        lambda: shared_margin(counts(3, 2), counts(3, 3), threshold=threshold),
    )
    return shapes[seed % len(shapes)]()
