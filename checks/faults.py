"""Why a check could not be calculated, as it is kept: a code with its parts. The words, with what to do, are texts.

A library's own words never get here: they may quote values of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Code = Literal["no_frame", "table_unread", "no_column", "wrong_types", "rule_stopped", "targets"]
CODES: tuple[Code, ...] = get_args(Code)
SEPARATOR = "|"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a frame, and in `detail` what is meant: columns, a kind of fault, what a file lacks."""

    code: Code
    frame: str
    detail: str = ""

    def __str__(self) -> str:
        """As the store keeps it: `no_column|contacts|contact_date`."""
        return SEPARATOR.join([self.code, self.frame, self.detail])

    @staticmethod
    def of(kept: str) -> Fault | None:
        """None for a text of a version that kept sentences."""
        code, _, rest = kept.partition(SEPARATOR)
        frame, _, detail = rest.partition(SEPARATOR)
        return next((Fault(known, frame, detail) for known in CODES if known == code), None)
