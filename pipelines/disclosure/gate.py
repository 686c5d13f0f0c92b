"""The gate itself: hide, then let the auditor judge, and stop at anything but a clean verdict.

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
from pipelines.errors import NotPublished

TIME_LIMIT = 600.0
"""Seconds for each side; a proof that has not come by then is no proof."""


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
    """Any tables as they may go out beside all earlier releases; a `reason` declares that they correct those.

    Raises NotPublished, Contradicts, or what the suppressor raises when it cannot protect the tables.
    """
    known = with_what_is_known(tables, releases, reason)
    hidden = suppress(known, time_limit=time_limit)[: len(tables)]
    return passed(tables, hidden, releases, reason, blind=True, time_limit=time_limit)


def passed(
    tables: LinkedTables,
    hidden: Flags,
    releases: Sequence[Release] = (),
    reason: str | None = None,
    *,
    blind: bool = False,
    time_limit: float = TIME_LIMIT,
) -> Passed:
    """Tables with what somebody has chosen to hide of them, once the auditor has nothing against it.

    What an earlier release has shown stays shown. `blind`: the auditor asks of every hidden count, not only of the
    sensitive ones, so that it can be asked again by somebody who knows no counts. Raises NotPublished or Contradicts.
    """
    known = with_what_is_known(tables, releases, reason).known
    hidden = hidden if known is None else hidden & ~known[: len(tables)]
    published = Published.of(tables, hidden)
    verdict = audit(
        published,
        earlier=[release.published for release in releases],
        sensitive=sensitive(tables),
        counts=tables.counts,
        blind=blind,
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
    refused = NotPublished(
        "The auditor did not pass the release",
        where="; ".join(part for part in (leaks, *verdict.reasons) if part),
        to_do="Nothing was published. Join groups or periods until their counts are larger, or leave a table out.",
    )
    refused.cells = tuple(leak.cell for leak in verdict.leaks)
    raise refused
