"""How suppression fails: with nothing hidden, nothing shown and a way out."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.errors import NotPublished

NAMED_AT_MOST = 20


class SuppressionFailed(NotPublished):
    """No pattern was found: the solver failed or the time was up."""


class CannotBeProtected(NotPublished):
    """Not even hiding everything that may still be hidden would do.

    `totals` are the fewest cells found that would have to be withheld and are public already; empty where the relations
    themselves leave no choice.
    """

    def __init__(self, totals: Sequence[str]) -> None:
        self.totals = tuple(totals)
        more = len(self.totals) - NAMED_AT_MOST
        named = ", ".join(self.totals[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
        super().__init__(
            "The tables cannot be protected: hiding every cell that may still be hidden is not enough.",
            where=f"These would have to be withheld, but are published already: {named}."
            if totals
            else "The relations alone give a small count away, whatever is hidden.",
            to_do="Leave the cells below them out of the release, or join groups until their counts are larger."
            if totals
            else "Look for relations that repeat a part, or that say the same total twice.",
        )
