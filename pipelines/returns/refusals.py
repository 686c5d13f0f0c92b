"""Why a return is not taken: what, where and what to do, told per file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.errors import UserError

Reason = Literal[
    "not_a_return",
    "too_large",
    "other_form",
    "checksum",
    "unknown_key",
    "signature",
    "other_contract",
    "other_definitions",
    "sample_and_real",
    "does_not_add_up",
    "foreign_rows",
    "twice",
    "taken_back",
    "overlapping",
    "other_period",
]


class ReturnRefused(UserError):
    """A return cannot be taken, or cannot be put together with others; nothing of it was kept."""

    exit_code = 19

    def __init__(self, reason: Reason, what: str, *, where: str = "", to_do: str = "") -> None:
        self.reason: Reason = reason
        super().__init__(what, where=where, to_do=to_do)


@dataclass(frozen=True)
class Refusal:
    """One refused file: its name, who it says that it is from (null when it does not say), and why."""

    file: str
    municipality_code: str | None
    reason: Reason
    what: str
    where: str
    to_do: str

    @staticmethod
    def of(file: str, error: ReturnRefused, municipality_code: str | None = None) -> Refusal:
        """What an error says of a file."""
        return Refusal(file, municipality_code, error.reason, error.what, error.where, error.to_do)
