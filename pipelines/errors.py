"""Errors that a user can act on: what, where, what to do. Never a value of a person's row."""

from __future__ import annotations


class UserError(Exception):
    """An error with a way out.

    `what` happened, `where` (file, table, column, rule, count) and what `to_do` next. Its exit code tells a scheduler
    which kind it is.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", to_do: str = "") -> None:
        self.what, self.where, self.to_do = what, where, to_do
        super().__init__("\n".join(part for part in (what, where, to_do) if part))


class WrongUse(UserError):
    """The command was called with arguments that do not go together."""

    exit_code = 2


class RefusedDelivery(UserError):
    """A file cannot be used as a whole: missing, cut short, wrong encoding, columns missing or of a wrong type."""

    exit_code = 3


class StoreInUse(UserError):
    """Another run holds the store."""

    exit_code = 4


class StoreIsEmpty(UserError):
    """No run has finished in this store."""

    exit_code = 5


class StoreFailed(UserError):
    """Writing or reading the store failed (disk full, no permission); the last good version is untouched."""

    exit_code = 6


class RowsDeleted(StoreFailed):
    """The rows of persons were deleted, as the set time was over; what was published is there."""

    exit_code = 33


class SecretMissing(UserError):
    """Pseudonyms cannot be made without the secret."""

    exit_code = 7


class NotPublished(UserError):
    """The gate did not let a release through. `cells` are the numbers of those that tell too much, never shown."""

    exit_code = 13
    cells: tuple[int, ...] = ()
