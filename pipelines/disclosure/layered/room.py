"""How far each hidden count can move while everything that is shown stays: what neighbours can take or give.

A lower bound, found by exchanges of one kind at a time: this place gets one child more at one outcome and one less at
another, its neighbours the other way round, so that each place's and each outcome's shown sums stay. Whatever is found
can be done one child at a time, so every count between is possible too.
"""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.layered.outcomes import HIDDEN, Outcomes
from pipelines.disclosure.linked_tables import Flags, Integers, Numbers

UNBOUND = 1e12


def alone(counts: Integers, partition: Integers, outcomes: Outcomes) -> tuple[Numbers, Numbers]:
    """Room up and down of each outcome for places that are part of no shown sum.

    counts, partition: places, leaves. Gives two arrays: places, outcomes.
    """
    same = partition[:, :, None] == partition[:, None, :]
    is_free = (partition == HIDDEN).all(axis=1)
    inside = outcomes.members[None, :, :, None]
    cuts = same[:, None] & inside & ~outcomes.members[None, :, None, :]
    outside = (cuts.any(axis=2) * counts[:, None, :]).sum(axis=2)
    movable = (cuts.any(axis=3) * counts[:, None, :]).sum(axis=2)
    up = np.where(is_free[:, None], UNBOUND, outside)
    down = np.where(is_free[:, None], (outcomes.members * counts[:, None, :]).sum(axis=2), movable)
    return up.astype(np.float64), down.astype(np.float64)


def among_neighbours(
    counts: Integers, partition: Integers, columns: Integers, outcomes: Outcomes
) -> tuple[Numbers, Numbers]:
    """Room up and down of each outcome of each place beside its neighbours, whose sums are known by `columns`.

    counts, partition: problems, places, leaves; columns: problems, leaves (what is told apart of the sum of all
    places). Gives two arrays: problems, places, outcomes.
    """
    leaves = np.arange(columns.shape[-1])
    of_column = (columns[:, None, :] == leaves[:, None]).astype(np.float64)
    held = np.einsum("kcl,krl->krc", of_column, counts)
    leads = columns == leaves
    is_whole = np.einsum("kcl,ol->koc", of_column, outcomes.members) == of_column.sum(axis=2)[:, None]
    is_whole &= leads[:, None]
    free = (partition == HIDDEN) & leads[:, None]
    label = np.where(leads[:, None], partition, HIDDEN - 1)
    same = (label[..., :, None] == label[..., None, :]) & leads[:, None, :, None] & leads[:, None, None, :]
    others = _others(same * held[..., None]) * same
    in_columns = np.einsum("kol,krl->kro", is_whole, held)
    own = np.einsum("ol,krl->kro", outcomes.members, counts)
    cut = _cut(of_column, is_whole, leads, outcomes)
    within = np.einsum("koc,krc->kro", cut, held) - (own - in_columns)
    outside = ~is_whole & ~cut
    up = _up(held, others, is_whole, outside, free) + within
    down = _down(held, others, is_whole, outside, free) + (own - in_columns)
    return up, down


def _cut(of_column: Numbers, is_whole: Flags, leads: Flags, outcomes: Outcomes) -> Flags:
    """Columns of which an outcome counts a part."""
    touched = np.einsum("kcl,ol->koc", of_column, outcomes.members) > 0
    return np.asarray(touched & ~is_whole & leads[:, None], dtype=np.bool_)


def _others(held: Numbers) -> Numbers:
    return np.asarray(held.sum(axis=1, keepdims=True) - held)


def _up(held: Numbers, others: Numbers, is_whole: Flags, outside: Flags, free: Flags) -> Numbers:
    """From neighbours at the outcome itself (both free), or in exchange for what this place has elsewhere."""
    directly = np.einsum("koa,kra->kro", is_whole, _others(free * held) * free)
    supply = np.einsum("koa,krab->krob", is_whole, others)
    given = np.where(outside[:, None] & (supply > 0), held[:, :, None, :], 0)
    at_one = np.minimum(supply, given).max(axis=-1)
    scarcest = np.where(given > 0, supply, UNBOUND).min(axis=-1)
    at_all = np.minimum(given.sum(axis=-1), np.where(scarcest == UNBOUND, 0, scarcest))
    return np.asarray(np.maximum(directly, np.maximum(at_one, at_all)))


def _down(held: Numbers, others: Numbers, is_whole: Flags, outside: Flags, free: Flags) -> Numbers:
    has_free_neighbour = _others(free.astype(np.float64)) > 0
    directly = np.einsum("koa,kra->kro", is_whole, held * (free & has_free_neighbour))
    supply = np.einsum("kob,krba->kroa", outside, others)
    taken = np.where(is_whole[:, None] & (supply > 0), held[:, :, None, :], 0)
    at_one = np.minimum(supply, taken).max(axis=-1)
    scarcest = np.where(taken > 0, supply, UNBOUND).min(axis=-1)
    at_all = np.minimum(taken.sum(axis=-1), np.where(scarcest == UNBOUND, 0, scarcest))
    return np.asarray(np.maximum(directly, np.maximum(at_one, at_all)))
