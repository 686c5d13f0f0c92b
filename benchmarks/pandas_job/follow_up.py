"""Kind 7: every planned contact of every child, one milestone after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.pandas_job.deciding import draft
from benchmarks.pandas_job.facts import REASONS, Facts
from benchmarks.pandas_job.homes import at

WHY = ("declined", "no_show", "too_early", "undocumented")


def drafts_of_follow_up(
    lives: pd.DataFrame, first_known: pd.Series, contacts: pd.DataFrame, facts: Facts, as_of: pd.Timestamp
) -> Iterator[pd.DataFrame]:
    """`first_known` is that of the exposed children, by number."""
    rows_of = contacts.groupby("milestone").indices
    for programme, milestones in facts.schedule.groupby("programme"):
        attended = contacts[contacts.milestone.isin(milestones.index) & (contacts.status == "attended")]
        seen = np.sort(at(attended.child.to_numpy(), attended.contact_date.to_numpy()))
        for milestone, planned in milestones.iterrows():
            due = _expected(lives, first_known, planned, as_of)
            own = contacts.take(rows_of.get(milestone, []))
            found = _explained(_outcomes(due, own), seen, as_of)
            yield draft(
                found,
                facts,
                "follow_up",
                planned,
                measure=planned.milestone,
                child=found.index,
                trigger_date=found.trigger_date,
                due_date=found.due_date,
                met_date=found.met_date,
                loss_reason=found.loss_reason,
                found_date=found.found_date,
                sector="municipality" if programme == "health_visitor" else "region",
            )


def _expected(lives: pd.DataFrame, first_known: pd.Series, planned: pd.Series, as_of: pd.Timestamp) -> pd.DataFrame:
    """By child: the contact window, begun by `as_of`; for exposed children only when known by the due age."""
    birth_date = lives.birth_date
    if planned.applies_to == "exposed":
        birth_date = birth_date.reindex(first_known.index)
    due_age = birth_date + pd.DateOffset(**{planned.due_unit: int(planned.due_age)})
    due = pd.DataFrame(
        {
            "trigger_date": due_age - pd.Timedelta(days=int(planned.opens_days)),
            "due_date": due_age + pd.Timedelta(days=int(planned.closes_days)),
        }
    )
    has_begun = due.trigger_date <= as_of
    return due[has_begun & (first_known <= due_age)] if planned.applies_to == "exposed" else due[has_begun]


def _outcomes(due: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """What the contacts of that milestone say: a decline counts unless an attended contact follows on a later day."""
    trigger = due.trigger_date.reindex(own.child).to_numpy()
    is_in_time = (own.contact_date >= trigger).to_numpy()
    is_attended, is_no_show = own.status == "attended", own.status == "no_show"

    def by_child(rows: pd.Series | np.ndarray) -> pd.Series:
        return own[rows].groupby("child").contact_date

    due["met_date"] = by_child(is_attended & is_in_time).min()
    due["last_attended_date"] = by_child(is_attended).max()
    due["no_show_date"] = by_child(is_no_show & is_in_time).max()
    declined = by_child(own.status == "declined").max().reindex(due.index)
    due["declined_date"] = declined.mask(due.last_attended_date > declined)
    return due


def _explained(found: pd.DataFrame, seen: np.ndarray, as_of: pd.Timestamp) -> pd.DataFrame:
    """Why it is lost, should it be: the later of no-show and decline (same day: declined), too early, undocumented."""
    last_word = found[["declined_date", "no_show_date"]].max(axis=1)
    is_unexplained = last_word.isna() & found.last_attended_date.isna() & (found.due_date < as_of)
    undocumented = _seen_under_another_code(found[is_unexplained], seen).reindex(found.index)
    fits = [
        found.declined_date.notna() & (found.declined_date == last_word),
        found.no_show_date.notna(),
        found.last_attended_date.notna(),
        undocumented.notna(),
    ]
    reasons = np.select(fits, [REASONS.index(name) for name in WHY], REASONS.index("no_contact"))
    found["loss_reason"] = reasons.astype(np.int8)
    found["found_date"] = last_word.fillna(found.last_attended_date).fillna(undocumented)
    return found


def _seen_under_another_code(rows: pd.DataFrame, seen: np.ndarray) -> pd.Series:
    """The programme's last attended contact up to the due date, from the trigger on. None was under the own code.

    `seen` are child and day of the programme's attended contacts in one sorted number each.
    """
    child = rows.index.to_numpy()
    if not seen.size:
        return rows.due_date.mask(rows.due_date.notna())
    until, earliest = at(child, rows.due_date.to_numpy()), at(child, rows.trigger_date.to_numpy())
    last = seen[np.maximum(np.searchsorted(seen, until, side="right") - 1, 0)]
    days = rows.trigger_date + pd.to_timedelta(last - earliest, unit="s")
    return days.where((last >= earliest) & (last <= until))
