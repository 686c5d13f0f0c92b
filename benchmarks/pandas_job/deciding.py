"""Drafts to obligations: the status, the reason, and who is responsible."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.pandas_job.facts import REASONS, Facts
from benchmarks.pandas_job.homes import Homes
from pipelines.definitions import enumerations as e

DAYS = ("trigger_date", "due_date", "met_date", "found_date")
COLUMNS = [
    "child",
    "pregnancy",
    "kind",
    "measure",
    "subject_id",
    "trigger_date",
    "due_date",
    "met_date",
    "status",
    "reason",
    "found_date",
    "municipality",
    "sector",
    "severity",
    "recommendation",
]


def all_the_same(word: str, allowed: tuple[str, ...], rows: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.full(rows, allowed.index(word), np.int8), allowed)


def draft(rows: pd.DataFrame, facts: Facts, kind: str, told: Any, **values: Any) -> pd.DataFrame:
    """The common shape. `told` is a row of `deadlines.csv` or `schedule.csv`; what a kind does not say is unknown."""
    lists, size = facts.columns, len(rows)
    values = {"pregnancy": -1, "subject_id": None, "found_date": pd.NaT, "is_denied": False, "measure": kind} | values
    constant = {"kind": kind, "measure": values.pop("measure"), "sector": values.pop("sector")}
    constant |= {"severity": told.severity, "recommendation": told.recommendation}
    words = {
        name: all_the_same(word, lists[name], size) if isinstance(word, str) else pd.Categorical(word, lists[name])
        for name, word in constant.items()
    }
    made = pd.DataFrame({**values, **words}, index=rows.index)
    if values["subject_id"] is None:
        made["subject_id"] = pd.array(pa.nulls(size, pa.large_string()), dtype="str")
    return made.astype(dict.fromkeys(DAYS, "datetime64[s]"))


def of_children(
    drafts: pd.DataFrame, lives: pd.DataFrame, homes: Homes, facts: Facts, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Begun by `as_of` while the child lived; excused when it had died, or lived nowhere when it was due."""
    death = lives.death_date.reindex(drafts.child).to_numpy()
    exists = (drafts.trigger_date <= as_of) & ~(death < drafts.trigger_date)
    drafts, death = drafts[exists], death[exists]
    code, is_resident, has_spell = homes.on(drafts.child, drafts.due_date.clip(upper=as_of))
    has_died = (death <= drafts.due_date).to_numpy()
    is_away = (drafts.due_date <= as_of).to_numpy() & ~is_resident & has_spell
    excuse = np.select([has_died, is_away], [REASONS.index("died"), REASONS.index("not_resident")], -1)
    by_pregnancy = lives.pregnancy_municipality.cat.codes.reindex(drafts.child).to_numpy()
    codes = np.where(code.codes >= 0, code.codes, by_pregnancy)
    if "own_municipality" in drafts:
        codes = np.where(drafts.own_municipality >= -1, drafts.own_municipality, codes)
    return decided(drafts, excuse, codes, facts, as_of)


def decided(
    drafts: pd.DataFrame, excuse: np.ndarray, municipality: np.ndarray, facts: Facts, as_of: pd.Timestamp
) -> pd.DataFrame:
    """First that fits, in the order of the specification. `excuse` is a position in the list of reasons, or -1."""
    is_done = drafts.met_date.notna()
    status = np.select(
        [
            is_done & (drafts.met_date <= drafts.due_date),
            is_done,
            excuse >= 0,
            drafts.due_date >= as_of,
            drafts.is_denied,
        ],
        [e.STATUSES.index(name) for name in ("met", "late", "excused", "not_due", "contradicted")],
        e.STATUSES.index("overdue"),
    ).astype(np.int8)
    is_overdue, is_excused = status == e.STATUSES.index("overdue"), status == e.STATUSES.index("excused")
    reason = np.select([is_overdue, is_excused], [drafts.loss_reason, excuse], -1).astype(np.int8)
    is_gap = is_overdue | (status == e.STATUSES.index("contradicted"))
    return drafts.assign(
        status=pd.Categorical.from_codes(status, e.STATUSES),
        reason=pd.Categorical.from_codes(reason, REASONS),
        found_date=drafts.found_date.where(is_gap),
        municipality=pd.Categorical.from_codes(municipality.astype(np.int16), facts.municipalities),
    )[COLUMNS]
