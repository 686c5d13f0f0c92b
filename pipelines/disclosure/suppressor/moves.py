"""Moves: the smallest changes of a large system that leave nearly every total as it is.

Cells that are no total are atoms. A square takes one child from an atom and gives it to a sibling, and does the reverse
for two atoms beside them, so that the totals of both pairs stay: two municipalities in two years, two outcomes in two
municipalities. Nothing but the relations is used to find them, and every move is checked against all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pipelines.disclosure.linked_tables import Integers
from pipelines.disclosure.suppressor.composition import Composition, parts_of
from pipelines.disclosure.suppressor.system import System

PAIRED_UP_TO = 8
"""Relations with so many parts at most are looked through for neighbours; longer ones have partners enough."""
RELATIONS_OF_A_PART = 7
STARS = 2
CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class Moves:
    """`atoms[k]` are the atoms of move k, `signs[k]` what happens to them (0: none); `touched[k]` the change of all
    cells."""

    atoms: Integers
    signs: Integers
    touched: sparse.csr_array

    def __len__(self) -> int:
        return len(self.atoms)

    def only(self, kept: Integers) -> Moves:
        """Some of the moves."""
        return Moves(self.atoms[kept], self.signs[kept], sparse.csr_array(self.touched[kept]))


def moves_of(system: System, chance: np.random.Generator, per_atom: int) -> Moves:
    """Squares, and swaps of two atoms; of each at most about so many for each atom."""
    made_of = Composition.of(system)
    atoms = np.flatnonzero(made_of.is_atom)
    relations = parts_of(system)[:, atoms]
    relations = relations[np.flatnonzero(np.diff(relations.indptr) >= 2)]
    together = made_of.atoms_of[np.flatnonzero(np.diff(made_of.atoms_of.indptr) >= 2)][:, atoms]
    first, second = _neighbours(together)
    counts = system.counts[atoms]
    places = _places(relations, first, second, RELATIONS_OF_A_PART, chance)
    squares = _some(_squares(places, np.minimum(counts[first], counts[second]), chance), per_atom * len(atoms), chance)
    one, other = squares[:, 0], squares[:, 1]
    swaps = np.concatenate([_squares(relations, counts, chance), np.stack([first, second], axis=1)])
    swaps = _some(swaps, per_atom * len(atoms), chance)
    corners = np.stack([first[one], second[one], first[other], second[other]], axis=1)
    corners = np.concatenate([corners, swaps[:, [0, 1, 0, 0]]])
    signs = np.tile(np.array([1, -1, -1, 1]), (len(corners), 1))
    signs[len(squares) :] = (1, -1, 0, 0)
    plain = _all_different(corners, signs)
    return _checked(system, made_of, atoms[corners[plain]], signs[plain])


def _all_different(corners: Integers, signs: Integers) -> Integers:
    """Rows in which no atom comes twice (padding does not count)."""
    marked = np.sort(np.where(signs == 0, -1 - np.arange(corners.shape[1]), corners), axis=1)
    rows: Integers = np.flatnonzero((np.diff(marked, axis=1) != 0).all(axis=1))
    return rows


def _some(rows: Integers, most: int, chance: np.random.Generator) -> Integers:
    rows = np.unique(rows, axis=0)
    return rows if len(rows) <= most else rows[np.sort(chance.choice(len(rows), most, replace=False))]


def _places(
    relations: sparse.csr_array, first: Integers, second: Integers, most: int, chance: np.random.Generator
) -> sparse.csr_array:
    """One row for each two relations that pairs lead between, one column for each pair."""
    member = _memberships(relations, most, chance)
    keys, pairs = [], []
    for left in range(most):
        for right in range(most):
            one, other = member[first, left], member[second, right]
            usable = np.flatnonzero((one >= 0) & (other >= 0) & (one != other))
            keys.append(one[usable] * relations.shape[0] + other[usable])
            pairs.append(usable)
    key, pair = np.concatenate(keys), np.concatenate(pairs)
    _, row, size = np.unique(key, return_inverse=True, return_counts=True)
    kept = size[row] >= 2
    _, row = np.unique(row[kept], return_inverse=True)
    return sparse.csr_array(
        (np.ones(len(row), dtype=np.int8), (row, pair[kept])), shape=(int(row.max(initial=-1)) + 1, len(first))
    )


def _squares(places: sparse.csr_array, size: Integers, chance: np.random.Generator) -> Integers:
    """Two pairs each that lead from the same relation to the same other: each with the largest, and with another.

    The largest pair is everybody's partner: it is hidden once for all of them, and has children enough to give.
    """
    rows = np.repeat(np.arange(places.shape[0]), np.diff(places.indptr))
    order = np.lexsort((chance.random(len(rows)), -size[places.indices], rows))
    ranked = places.indices[order]
    place = np.arange(len(rows)) - np.repeat(places.indptr[:-1], np.diff(places.indptr))
    found = []
    for partner in range(STARS):
        of_row = np.minimum(places.indptr[:-1] + partner, places.indptr[1:] - 1)
        found.append(np.stack([ranked, ranked[of_row[rows]]], axis=1)[place > partner])
    order = np.lexsort((chance.random(len(rows)), rows))
    same = np.flatnonzero(rows[order][1:] == rows[order][:-1])
    found.append(np.stack([places.indices[order[same]], places.indices[order[same + 1]]], axis=1))
    return np.sort(np.concatenate(found), axis=1).astype(np.int64)


def _neighbours(together: sparse.csr_array) -> tuple[Integers, Integers]:
    """Pairs of atoms that a small total consists of, among others."""
    length = np.diff(together.indptr)
    small = np.repeat(length <= PAIRED_UP_TO, length)
    left = np.arange(together.nnz) - np.repeat(together.indptr[:-1], length)
    left = np.repeat(length, length) - left
    pairs = []
    for apart in range(1, PAIRED_UP_TO):
        starts = np.flatnonzero(small & (left > apart))
        pairs.append(np.stack([together.indices[starts], together.indices[starts + apart]], axis=1).astype(np.int64))
    unique = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    return unique[:, 0], unique[:, 1]


def _memberships(of_atoms: sparse.csr_array, most: int, chance: np.random.Generator) -> Integers:
    """For each atom some of the relations it is part of, -1 where there are no more."""
    by_atom = sparse.csr_array(of_atoms.T)
    length = np.diff(by_atom.indptr)
    member = np.full((by_atom.shape[0], most), -1, dtype=np.int64)
    rows = np.repeat(np.arange(by_atom.shape[0]), length)
    # the longest relations first: they are the ones with most partners
    relation_length = np.diff(of_atoms.indptr)[by_atom.indices]
    order = np.lexsort((chance.random(len(rows)), -relation_length, rows))
    place = np.arange(len(rows)) - np.repeat(by_atom.indptr[:-1], length)
    kept = place < most
    member[rows[kept], place[kept]] = by_atom.indices[order][kept]
    return member


def _checked(system: System, made_of: Composition, atoms: Integers, signs: Integers) -> Moves:
    """The moves under which every relation holds, with all that they change."""
    upwards = sparse.csr_array(made_of.atoms_of.T)
    relations = sparse.csr_array(system.equations.T).astype(np.float32)
    kept, touched = [], []
    for start in range(0, len(atoms), CHUNK):
        some, sign = atoms[start : start + CHUNK], signs[start : start + CHUNK]
        ends: Integers = np.arange(0, some.size + 1, some.shape[1])
        change = sparse.csr_array((sign.ravel().astype(np.float32), some.ravel(), ends), shape=(len(some), len(system)))
        change = sparse.csr_array(change @ upwards)
        change.eliminate_zeros()
        off = sparse.csr_array(change @ relations)
        off.eliminate_zeros()
        good = np.flatnonzero(np.diff(off.indptr) == 0)
        kept.append(good + start)
        touched.append(change[good])
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *kept])
    nothing = sparse.csr_array((0, len(system)), dtype=np.float32)
    return Moves(atoms[rows], signs[rows], sparse.csr_array(sparse.vstack([nothing, *touched], format="csr")))
