"""A visit to the pages about data quality: every reading cached on run, check and scope; rows on the session too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl
import streamlit as st

from checks.days import danish_day
from dashboards import audit, opening, published_checks, published_quality
from dashboards.opening import Source
from dashboards.scope import Scope
from dashboards.visit import Visit

Reader = Callable[..., pl.DataFrame]
Part = str | date | None


@dataclass(frozen=True)
class Quality:
    """What is known of the quality of a run. `checks` is none until somebody has checked the store."""

    visit: Visit
    checks: Source | None

    @staticmethod
    def of(visit: Visit) -> Quality:
        """With the last check of the store that the pages show."""
        return Quality(visit, opening.open_checks(opening.store_path(), visit.reader))

    @property
    def today(self) -> date:
        """The day in Denmark, as of which decisions hold."""
        return danish_day(datetime.now(UTC))

    @property
    def read_on(self) -> date:
        """The day on which the run was made from its deliveries."""
        finished: datetime = self.visit.source.run["finished_at"]
        return finished.date()

    @property
    def run_id(self) -> str:
        """The run whose figures the pages show."""
        return str(self.visit.source.run["run_id"])

    def of_run(self, reader: Reader, *parts: Part) -> pl.DataFrame:
        """What `reader` (of `published_quality`) reads of the run for this scope."""
        return self._read(reader, self.visit.source, parts)

    def of_checks(self, reader: Reader, *parts: Part) -> pl.DataFrame:
        """What `reader` (of `published_checks`) reads of the last check; ValueError when there is none."""
        if self.checks is None:
            raise ValueError("nothing was checked: ask for `checks` first")
        return self._read(reader, self.checks, parts)

    def _read(self, reader: Reader, source: Source, parts: tuple[Part, ...]) -> pl.DataFrame:
        if reader in ROWS_OF_PERSONS:
            audit.saw(self.visit, ROWS_OF_PERSONS[reader])
        held = _held_for_session if reader in ROWS_OF_PERSONS else _held
        return held(reader.__name__, str(source.run["run_id"]), self.visit.scope, parts, _reader=reader, _source=source)


ROWS_OF_PERSONS: Mapping[Reader, str] = {
    published_quality.quarantine: "quality_quarantine",
    published_checks.findings: "quality_findings",
}
"""The readers that say something of persons, and the page that the audit log knows them by."""


@st.cache_data(max_entries=200, show_spinner=False)
def _held(
    name: str,  # noqa: ARG001  (name and version are the key: another run, other rows)
    version: str,  # noqa: ARG001
    scope: Scope,
    parts: tuple[Part, ...],
    _reader: Reader,
    _source: Source,
) -> pl.DataFrame:
    return _reader(_source, scope, *parts)


@st.cache_data(max_entries=20, show_spinner=False, scope="session")
def _held_for_session(
    name: str,  # noqa: ARG001
    version: str,  # noqa: ARG001
    scope: Scope,
    parts: tuple[Part, ...],
    _reader: Reader,
    _source: Source,
) -> pl.DataFrame:
    return _reader(_source, scope, *parts)
