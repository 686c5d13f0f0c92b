"""A hand-over as a thing that is decided: when it was sent and received, what it says, from whom to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipelines.definitions.enumerations import ACTORS, MUNICIPAL_ACTORS
from sample_data.chance import Chance
from sample_data.days import NEVER, Days, Flags, Rows, Shares

SAYS, LEAVES_OUT, UNSAID = 1, 0, -1
"""The exposure is stated, is said not to be stated, or nobody wrote which (null)."""
IS_MUNICIPAL = np.array([actor in MUNICIPAL_ACTORS for actor in ACTORS])
NOWHERE = -1


@dataclass(frozen=True)
class Handing:
    """One possible hand-over per child, or per pregnancy. `sent` is NEVER where there was none."""

    kind: str
    sent: Days
    received: Days
    says: Rows
    from_actor: Rows
    to_actor: Rows
    from_place: Rows
    to_place: Rows

    @property
    def carries(self) -> Flags:
        """It was sent and states the exposure."""
        is_said: Flags = self.says == SAYS
        return (self.sent < NEVER) & is_said

    @property
    def enters_municipality(self) -> Flags:
        """From outside the municipality to one of its actors."""
        from_outside: Flags = ~IS_MUNICIPAL[self.from_actor]
        to_inside: Flags = IS_MUNICIPAL[self.to_actor]
        return from_outside & to_inside

    def arrives(self) -> Days:
        """The day on which the exposure arrived by it; NEVER when it was left out or no receipt came."""
        return np.where(self.carries, self.received, NEVER)

    def of_children(self, pregnancy: Rows) -> Handing:
        """A hand-over about a pregnancy, read for each of its children."""
        return Handing(self.kind, **{name: values[pregnancy] for name, values in vars(self).items() if name != "kind"})

    def only(self, wanted: Flags) -> Handing:
        """Without those that did not happen."""
        return replace(self, sent=np.where(wanted, self.sent, NEVER), received=np.where(wanted, self.received, NEVER))


def actors(size: int, *names: str, drawn: Rows | None = None) -> Rows:
    """The place of an actor in the contract's list: the only one named, or the drawn one of several."""
    options = np.array([ACTORS.index(name) for name in names])
    return options[drawn] if drawn is not None else np.full(size, options[0])


def make_handing(
    chance: Chance,
    kind: str,
    *,
    sent: Days,
    due: Days,
    known: Days,
    good: Shares,
    from_actor: Rows,
    to_actor: Rows,
    from_place: Rows,
    to_place: Rows,
) -> Handing:
    """Draw its fate: confirmed in time with chance `good`; else confirmed late, never confirmed, left out, or not sent.

    One that states the exposure is sent after the day of knowledge, never on it.
    """
    size = len(sent)
    mishap = chance.pick([0.2, 0.28, 0.24, 0.28], size)
    is_good = chance.happens(good, size)
    is_late, is_unconfirmed, is_left_out, is_unsent = (~is_good & (mishap == fate) for fate in range(4))
    says = np.where(is_left_out, np.where(chance.happens(0.7, size), LEAVES_OUT, UNSAID), SAYS)
    sent = np.where((says == SAYS) & (known < NEVER), np.maximum(sent, known + 1), sent)
    says = np.where((says == SAYS) & (known == NEVER), LEAVES_OUT, says)
    sent = np.where(is_unsent, NEVER, sent)
    received = chance.between(sent, np.maximum(due, sent))
    received = np.where(is_late, np.maximum(due, sent) + chance.between(1, 60, size), received)
    no_receipt = is_unconfirmed | (is_left_out & chance.happens(0.5, size)) | (sent == NEVER)
    received = np.where(no_receipt, NEVER, received)
    return Handing(kind, sent, received, says, from_actor, to_actor, from_place, to_place)
