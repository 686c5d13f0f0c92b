"""The truth, written down where it is decided: each loss with its kind, its subject, its status and its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.definitions.enumerations import LOSS_REASONS
from sample_data.days import Flags, Rows

CONTRADICTED = -1
"""In the place of a reason: a record that denies the exposure has a status of its own and no reason."""
REASON = {reason: place for place, reason in enumerate(LOSS_REASONS)}

Subject = Rows | npt.NDArray[np.str_] | str | None


@dataclass(frozen=True)
class Losses:
    """Losses of children (or of pregnancies) by row number; names are put on when the batch is named."""

    kind: str
    is_of_pregnancy: bool
    row: Rows
    reason: Rows
    subject: pl.Series | None
    """The subject's name, where it is not the child or the pregnancy itself."""


@dataclass
class Ledger:
    """Collects the losses of a batch."""

    losses: list[Losses] = field(default_factory=list)

    def of_children(self, kind: str, lost: Flags, reason: Rows | int, subject: pl.Series | str | None = None) -> None:
        """Write down the children who lost; `subject` is one text for all, or one per child."""
        self._add(kind, False, lost, reason, subject)

    def of_pregnancies(self, kind: str, lost: Flags, reason: Rows | int) -> None:
        """Write down the pregnancies that lost."""
        self._add(kind, True, lost, reason, None)

    def _add(
        self, kind: str, is_of_pregnancy: bool, lost: Flags, reason: Rows | int, subject: pl.Series | str | None
    ) -> None:
        row = np.flatnonzero(lost)
        reasons = np.broadcast_to(np.asarray(reason), lost.shape)[row]
        if isinstance(subject, str):
            subject = pl.repeat(subject, len(row), dtype=pl.String, eager=True)
        elif subject is not None:
            subject = subject.gather(row)
        self.losses.append(Losses(kind, is_of_pregnancy, row, reasons.astype(np.int64), subject))


def reason_of(*, stated: Flags, left_out: Flags) -> Rows:
    """Why the exposure never arrived: it was sent and not confirmed, or it was left out, or nothing was sent."""
    return np.where(
        stated, REASON["not_confirmed"], np.where(left_out, REASON["exposure_left_out"], REASON["no_handover"])
    ).astype(np.int64)


def key_frame(ledger: Ledger, children: pl.Series, pregnancies: pl.Series) -> pl.DataFrame:
    """The answer key of the batch: child_id, pregnancy_id, kind, subject_id, status, reason."""
    return pl.concat([_named(losses, children, pregnancies) for losses in ledger.losses])


def _named(losses: Losses, children: pl.Series, pregnancies: pl.Series) -> pl.DataFrame:
    who = (pregnancies if losses.is_of_pregnancy else children).gather(losses.row)
    nobody = pl.repeat(None, len(who), dtype=pl.String, eager=True)
    reason = pl.Series([*LOSS_REASONS, None], dtype=pl.String).gather(
        np.where(losses.reason == CONTRADICTED, len(LOSS_REASONS), losses.reason)
    )
    return pl.DataFrame(
        {
            "child_id": nobody if losses.is_of_pregnancy else who,
            "pregnancy_id": who if losses.is_of_pregnancy else nobody,
            "kind": pl.repeat(losses.kind, len(who), dtype=pl.String, eager=True),
            "subject_id": who if losses.subject is None else losses.subject,
            "status": np.where(losses.reason == CONTRADICTED, "contradicted", "overdue"),
            "reason": reason,
        }
    )
