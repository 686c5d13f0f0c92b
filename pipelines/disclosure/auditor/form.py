"""What must hold of a release before anything is computed from it."""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.auditor.verdict import ENDLESS
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, NOT_SHOWN, Flags, Integers, Published

LEAST_THRESHOLD = 3
LARGEST_COUNT = ENDLESS >> 8


def faults(release: Published) -> list[str]:
    """Reasons, without a name or a count, why the release cannot be judged; none where it can."""
    size = len(release)
    told = {
        "form: columns of different lengths": any(
            len(column) != size
            for column in (release.names, release.suppressed, release.rate_suppressed, release.denominators)
        ),
        "form: a threshold below 3": release.threshold < LEAST_THRESHOLD,
        "form: a cell twice": len(set(release.names)) != len(release.names),
    }
    if any(told.values()):
        return [fault for fault, holds in told.items() if holds]
    return [fault for fault, holds in (_of_values(release) | _of_references(release)).items() if holds]


def faults_of_counts(
    published: Published, sensitive: Flags | None, counts: Integers | None, *, blind: bool
) -> list[str]:
    """Reasons why what the caller says of the true counts cannot be true of this release."""
    if sensitive is not None and len(sensitive) != len(published):
        return ["form: the sensitive cells are not those of the release"]
    if counts is None:
        return [] if blind else ["form: only with the true counts is the judgement about sensitive cells alone"]
    if len(counts) != len(published) or not _are_true(published, counts):
        return ["form: the true counts contradict the release"]
    return []


def _are_true(published: Published, counts: Integers) -> bool:
    shown = ~published.suppressed
    is_same = bool((counts[shown] == published.counts[shown]).all())
    in_range = bool(((counts >= 0) & (counts <= LARGEST_COUNT)).all())
    return is_same and in_range and not len(published.relations.broken(counts))


def _of_values(release: Published) -> dict[str, bool]:
    hidden = release.suppressed
    has_rate = release.denominators != NO_DENOMINATOR
    behind = np.where(has_rate, release.denominators, 0) if len(release) else release.denominators
    rate_hidden = hidden | (has_rate & hidden[behind])
    told = np.zeros(len(release), dtype=bool)
    told[[rate.numerator for rate in release.rates]] = True
    return {
        "form: a suppressed cell with a count": bool((release.counts[hidden] != NOT_SHOWN).any()),
        "form: a shown cell without a count": bool((release.counts[~hidden] < 0).any()),
        "form: a count too large for exact arithmetic": bool((release.counts > LARGEST_COUNT).any()),
        "rule: a rate is shown though its count or its denominator is suppressed": bool(
            (has_rate & rate_hidden & ~release.rate_suppressed & ~told).any()
        ),
    }


def _of_references(release: Published) -> dict[str, bool]:
    relations, size = release.relations, len(release)
    cells = [relations.totals, relations.parts, release.denominators[release.denominators != NO_DENOMINATOR]]
    of_rates = [at for rate in release.rates for at in (rate.numerator, rate.denominator)]
    everything = np.concatenate([*cells, np.array(of_rates, dtype=np.int64)])
    return {
        "form: a relation or rate of an unknown cell": bool(((everything < 0) | (everything >= size)).any()),
        "form: a relation without parts": bool((relations.lengths <= 0).any()),
    }
