"""The gate itself: suppress, then let the auditor judge, and stop at anything but a clean verdict.

The only place that knows both sides. Nothing is written here; the caller writes what has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.disclosure.auditor import Verdict, audit
from pipelines.disclosure.earlier import with_what_is_known
from pipelines.disclosure.ledger import Release
from pipelines.disclosure.linked_tables import Flags, LinkedTables, Published
from pipelines.disclosure.sensitivity import sensitive
from pipelines.disclosure.suppressor import suppress
from pipelines.disclosure.utility import Usefulness
from pipelines.errors import UserError

TIME_LIMIT = 600.0
"""Seconds for each side; a proof that has not come by then is no proof."""


class NotPublished(UserError):
    """The auditor has not passed the release."""

    exit_code = 13


@dataclass(frozen=True, eq=False)
class Passed:
    """A release that may go out, with its verdict and what is left of it."""

    published: Published
    hidden: Flags
    verdict: Verdict
    usefulness: Usefulness


def protected(
    tables: LinkedTables, releases: Sequence[Release] = (), reason: str | None = None, time_limit: float = TIME_LIMIT
) -> Passed:
    """The release that may go out beside all earlier ones; a `reason` declares that it corrects them.

    Raises NotPublished, Contradicts, or what the suppressor raises when it cannot protect the tables.
    """
    known = with_what_is_known(tables, releases, reason)
    hidden = suppress(known, time_limit=time_limit)[: len(tables)]
    published = Published.of(tables, hidden)
    verdict = audit(
        published,
        earlier=[release.published for release in releases],
        sensitive=sensitive(tables),
        corrections=[*(release.is_correction for release in releases), bool(reason)],
        time_limit=time_limit,
    )
    assert_clean(verdict)
    return Passed(published, hidden, verdict, Usefulness.of(tables, hidden))


def judged(published: Published, releases: Sequence[Release] = (), time_limit: float = TIME_LIMIT) -> Verdict:
    """The auditor alone, on what somebody else has suppressed. Raises NotPublished when it is not clean."""
    verdict = audit(
        published,
        earlier=[release.published for release in releases],
        corrections=[*(release.is_correction for release in releases), False],
        time_limit=time_limit,
    )
    assert_clean(verdict)
    return verdict


def assert_clean(verdict: Verdict) -> None:
    """How many cells tell too much, never which nor how much."""
    if verdict.clean:
        return
    leaks = f"{len(verdict.leaks)} suppressed cells tell too much" if verdict.leaks else ""
    raise NotPublished(
        "The auditor did not pass the release",
        where="; ".join(part for part in (leaks, *verdict.reasons) if part),
        to_do="Nothing was published. Join groups or periods until their counts are larger, or leave a table out.",
    )
