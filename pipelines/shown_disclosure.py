"""What the commands of the gate show: how much is left to read, the verdict, and the releases. Never a count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.box import SIMPLE
from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from pipelines.disclosure.auditor import Verdict
    from pipelines.disclosure.ledger import Release
    from pipelines.disclosure.linked_tables import Published
    from pipelines.disclosure.publishing import Publication
    from pipelines.disclosure.utility import Usefulness, Utility

LEVELS = ("country", "region", "municipality")


def usefulness_table(usefulness: Usefulness) -> Table:
    """Shares that stay, beside what primary suppression alone would leave, which leaks."""
    shown = _table("What stays of the release", "", "Protected", "Primary only (leaks)")
    for name, one, other in _rows(usefulness):
        shown.add_row(name, one, other)
    return shown


def _rows(usefulness: Usefulness) -> list[tuple[str, str, str]]:
    protected, primary = usefulness.protected, usefulness.primary_only
    publishable = f"cells with a denominator of at least the threshold ({protected.publishable:,})"
    names = (f"all cells ({protected.cells:,})", publishable, "count mass")
    return list(zip(names, _shares(protected), _shares(primary), strict=True))


def _shares(utility: Utility) -> list[str]:
    return [_percent(share) for share in (utility.of_cells, utility.of_publishable, utility.of_mass)]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def shown_share_table(published: Published) -> Table:
    """How much of what somebody sees is shown; what is hidden has no count, so there is no share of the mass."""
    cells, hidden = len(published), int(published.suppressed.sum())
    shown = _table("What is shown", "", "Cells", "Share")
    for name, number in (("shown", cells - hidden), ("suppressed", hidden)):
        shown.add_row(name, f"{number:,}", _percent(number / cells if cells else None))
    return shown


def verdict_line(verdict: Verdict) -> str:
    """Why the auditor is sure. Hidden counts that nobody asked about are not sensitive."""
    proven = {way: number for way, number in verdict.proven.items() if number}
    unasked = proven.pop("unasked", 0)
    ways = ", ".join(f"{number:,} by {way}" for way, number in proven.items()) or "nothing sensitive is hidden"
    beside = f"; {unasked:,} more are hidden beside them" if unasked else ""
    return f"Audited: no hidden count can be worked out or narrowed ({ways}{beside})."


def published_summary(publication: Publication) -> Group:
    """The whole release, and level by level of the country."""
    release, passed = publication.release, publication.passed
    return Group(
        usefulness_table(publication.of_counts),
        _by_level(publication),
        Text(
            f"Of all figures that readers may ask for, single years and rolling windows of every place among them, "
            f"{_percent(publication.of_figures)} are told."
        ),
        Text(
            "Of groups and outcomes of development and times to event with a denominator of at least the threshold "
            f"{_percent(publication.of_rest.protected.of_publishable)} are told one by one, the others together."
        ),
        Text(verdict_line(passed.verdict)),
        Text(f"Release {release.number} of the ledger, {release.hash[:16]}."),
    )


def _by_level(publication: Publication) -> Table:
    from pipelines.disclosure.utility import Utility

    shown = _table("Cells with a denominator of at least the threshold that stay", "", "Cells", "Share")
    for level, among in levels_of(publication.tables.names).items():
        utility = Utility.of(publication.tables, publication.passed.hidden, among)
        shown.add_row(level, f"{utility.publishable:,}", _percent(utility.of_publishable))
    return shown


def levels_of(names: Sequence[str]) -> dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Which cells lie on which level; the names of national cells say so."""
    import polars as pl

    level = pl.Series(names).str.extract(r"(?:^|[|/])(country|region|municipality):")
    return {each: (level == each).fill_null(value=False).to_numpy() for each in LEVELS}


def releases_table(releases: Sequence[Release]) -> Table:
    """The last release first."""
    shown = _table("Releases", "Number", "Released (UTC)", "As of", "Cells", "Correction because", "Hash")
    for release in reversed(releases):
        facts = release.facts
        shown.add_row(
            str(release.number),
            str(facts.get("released_at", "")).replace("T", " ")[:16],
            str(facts.get("as_of") or ""),
            f"{len(release.published):,}",
            Text(str(facts.get("reason") or "")),
            release.hash[:16],
        )
    return shown


def release_facts(release: Release) -> Table:
    """All that the ledger says of one."""
    shown = _table(f"Release {release.number}", "", "")
    for name, fact in {**release.facts, "hash": release.hash, "hash before": release.before}.items():
        shown.add_row(name.replace("_", " "), Text(str(fact if fact is not None else "–")))
    return shown


def _table(title: str, *headings: str) -> Table:
    return Table(*headings, title=title, title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0))
