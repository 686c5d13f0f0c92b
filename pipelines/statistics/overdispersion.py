"""How much more the shares of places differ than chance explains (Spiegelhalter 2005, 2012).

z-scores are winsorised at 10 %, so that a few places that really stand out do not widen the limits of all. Their mean
square is phi. Winsorised normal z-scores have a mean square of 0.679, not 1; phi is divided by it, or a country with
twice the variance of chance would pass for one without.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt

import numpy as np
from scipy.special import chdtri, ndtri

from pipelines.statistics.funnel_limits import Counts

WINSORISED = 0.1
FEWEST_PLACES = 10
SIGNIFICANCE = 0.05
LARGEST_CORRELATION = 0.9


@dataclass(frozen=True)
class Overdispersion:
    """`phi` is 1 when chance explains all (null: too few places). `correlation` is 0 when nothing is adjusted."""

    places: int
    phi: float | None
    correlation: float

    @property
    def is_adjusted(self) -> bool:
        """Whether phi is above 1 by more than chance."""
        return self.correlation > 0


def overdispersion(numerators: Counts, denominators: Counts, target: float, whole: int) -> Overdispersion:
    """From the places' counts (denominators of at least 1), around the share of all `whole` children, hidden included.

    z needs no transformation: under the target its variance is 1 for every denominator. As a place is part of the
    whole, each z counts for 1 - n / whole. Fewer than 10 places, a target of 0 or 1, or a phi that chi-squared does not
    tell from 1 (5 %): no adjustment. The excess becomes additive (DerSimonian and Laird), on the scale of shares:
    tau squared = correlation x target x (1 - target).
    """
    places = len(denominators)
    variance = target * (1 - target)
    free = 1 - denominators / whole
    freedom = float(free.sum())
    if places < FEWEST_PLACES or variance <= 0 or freedom <= 0:
        return Overdispersion(places, None, 0.0)
    z = (numerators / denominators - target) / np.sqrt(variance / denominators)
    held = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    excess = float((held**2).sum()) / mean_square_of_winsorised() - freedom
    phi = 1 + excess / freedom
    room = float(((denominators - 1) * free).sum())
    if freedom + excess <= chdtri(freedom, SIGNIFICANCE) or room <= 0:
        return Overdispersion(places, phi, 0.0)
    return Overdispersion(places, phi, min(excess / room, LARGEST_CORRELATION))


def mean_square_of_winsorised() -> float:
    """Of a standard normal variable whose outer 10 % on either side are drawn in to the quantiles there."""
    end = float(ndtri(1 - WINSORISED))
    density = exp(-(end**2) / 2) / sqrt(2 * pi)
    return 1 - 2 * WINSORISED - 2 * end * density + 2 * WINSORISED * end**2
