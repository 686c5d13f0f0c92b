"""Cohort development as breakdowns for the gate: one for each fixed birth period and age band that it has passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import AGE_BANDS, AgeBand
from pipelines.development import EXPOSED, EXPOSURE, GROUP_KINDS, NOT_ASSESSED, OTHERS
from pipelines.disclosure.breakdowns.cells import Breakdown, Division
from pipelines.disclosure.breakdowns.classes import Split
from pipelines.disclosure.places_and_periods import A_FIRST_YEAR, PERIOD_OF_PLACES, name

ASSESSED, MONITOR_OR_CONCERN, CHILDREN = "assessed", "monitor_or_concern", "children"
TABLE = "development"
OF_DOMAIN = (ASSESSED, NOT_ASSESSED, "typical", MONITOR_OR_CONCERN, "monitor", "concern")
PLACE = ("period", "age_band")


def periods_of_births(first_year: int, as_of: date) -> list[list[int]]:
    """The fixed periods of three birth years that are over, from the one of the first birth; they begin on the same
    years for ever."""
    start = first_year - (first_year - A_FIRST_YEAR) % PERIOD_OF_PLACES
    starts = range(start, as_of.year - PERIOD_OF_PLACES + 1, PERIOD_OF_PLACES)
    return [list(range(year, year + PERIOD_OF_PLACES)) for year in starts]


def has_passed(years: Sequence[int], band: AgeBand, as_of: date) -> bool:
    """Whether the last child of the period has lived through the band: until then its figures would grow."""
    return date(years[-1] + band.to_year, 12, 31) <= as_of


def in_periods(rows: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Rows with a birth year in `cohort` as rows with a `period`; without periods and bands that are not over."""
    births = rows.select(pl.col("cohort").min()).collect().item()
    passed = [
        (year, name(years), band.name)
        for years in ([] if births is None else periods_of_births(births, as_of))
        for band in AGE_BANDS
        if has_passed(years, band, as_of)
        for year in years
    ]
    schema = {"cohort": pl.Int32(), "period": pl.String(), "age_band": pl.String()}
    of_period = pl.LazyFrame(passed, schema=schema, orient="row")
    return rows.with_columns(pl.col("cohort").cast(pl.Int32)).join(of_period, on=["cohort", "age_band"]).drop("cohort")


def development_breakdowns(counts: pl.DataFrame) -> Iterator[Breakdown]:
    """From counts by period, band, domain, group and outcome. Domains that nobody was assessed in are left out."""
    for (period, band), rows in counts.group_by(PLACE, maintain_order=True):
        yield _breakdown(f"{TABLE}|{period}|{band}", rows)


def _breakdown(title: str, rows: pl.DataFrame) -> Breakdown:
    is_result = pl.col("outcome") != NOT_ASSESSED
    found = rows.filter(is_result & (pl.col("children") > 0))["domain"].unique().to_list()
    domains = [domain for domain in e.DOMAINS if domain in found]
    groups = _groups(rows)
    outcomes = (*(f"{domain}:{outcome}" for domain in domains for outcome in OF_DOMAIN), CHILDREN)
    return Breakdown(
        name=title,
        groups=tuple(f"{kind}={value}" for kind, value in groups),
        wholes=tuple(at for at, (kind, _) in enumerate(groups) if kind == EXPOSURE),
        divisions=tuple(_divisions(groups)),
        outcomes=outcomes,
        share_of=_share_of(outcomes),
        untold=_untold(outcomes),
        splits=tuple(_splits(outcomes, domains)),
        counts=_counts(rows, groups, domains, len(outcomes)),
    )


def _groups(rows: pl.DataFrame) -> list[tuple[str, str]]:
    """Exposed children first; then the others; then the traits that divide the exposed."""
    known = rows.select("group_kind", "group_value").unique().rows()
    rank = {kind: at for at, kind in enumerate(GROUP_KINDS)}
    return sorted(known, key=lambda group: (rank[group[0]], group[1] == OTHERS, group[1]))


def _divisions(groups: Sequence[tuple[str, str]]) -> Iterator[Division]:
    if (EXPOSURE, EXPOSED) not in groups:
        return
    whole = groups.index((EXPOSURE, EXPOSED))
    for kind in GROUP_KINDS[1:]:
        members = tuple(at for at, group in enumerate(groups) if group[0] == kind)
        if members:
            yield Division(whole, members)


def _share_of(outcomes: Sequence[str]) -> tuple[int, ...]:
    """Assessed or not: of all children; results: of the assessed of the same domain."""
    everybody = len(outcomes) - 1
    assessed = [at - at % len(OF_DOMAIN) for at in range(everybody)]
    return (*(everybody if at - first < 2 else first for at, first in enumerate(assessed)), everybody)


def _untold(outcomes: Sequence[str]) -> frozenset[int]:
    """How many lived through a band: those of the next band are nearly the same children, and from both it would follow
    how many had died or left between them."""
    is_left = [outcome.endswith(f":{NOT_ASSESSED}") or outcome == CHILDREN for outcome in outcomes]
    return frozenset(np.flatnonzero(is_left).tolist())


def _splits(outcomes: Sequence[str], domains: Sequence[str]) -> Iterator[Split]:
    """Children, assessed or not; the assessed, typical or not; the others, monitor or concern."""
    everybody = len(outcomes) - 1
    for at in range(len(domains)):
        first = at * len(OF_DOMAIN)
        assessed, not_assessed, typical, beyond, monitor, concern = range(first, first + len(OF_DOMAIN))
        yield Split(everybody, (assessed, not_assessed))
        yield Split(assessed, (typical, beyond))
        yield Split(beyond, (monitor, concern))


def _counts(
    rows: pl.DataFrame, groups: Sequence[tuple[str, str]], domains: Sequence[str], outcomes: int
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Groups, outcomes; all children of a group are those of any of its domains."""
    counts = np.zeros((len(groups), outcomes), dtype=np.int64)
    at = {group: number for number, group in enumerate(groups)}
    place = {domain: number * len(OF_DOMAIN) for number, domain in enumerate(domains)}
    summed = rows.group_by("group_kind", "group_value", "domain", "outcome").agg(pl.col("children").sum())
    for kind, value, domain, outcome, children in summed.iter_rows():
        group = at[kind, value]
        if domain == rows["domain"][0]:
            counts[group, -1] += children
        if domain in place:
            counts[group, place[domain] + OF_DOMAIN.index(outcome)] += children
    for start in place.values():
        counts[:, start + 3] = counts[:, start + 4] + counts[:, start + 5]
        counts[:, start] = counts[:, start + 2] + counts[:, start + 3]
    return counts
