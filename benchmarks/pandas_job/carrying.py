"""Kinds 1 to 6, for exposed children: the exposure is registered, on the record, handed over and carried on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.pandas_job.deciding import draft
from benchmarks.pandas_job.facts import REASONS, Facts
from benchmarks.pandas_job.homes import Homes
from pipelines.definitions import enumerations as e

BY_RESIDENCE = -2
"""Stands for: no municipality of its own. (-1 is unknown.)"""


def drafts_of_exposed(
    known: pd.DataFrame,
    evidence: pd.DataFrame,
    records: pd.DataFrame,
    handovers: pd.DataFrame,
    homes: Homes,
    facts: Facts,
) -> pd.DataFrame:
    """`known` is one row per exposed child, with birth; `handovers` have one row per child that they are about."""
    kinds = [
        registered(known, evidence, facts),
        on_child_record(known, evidence, facts),
        handed_over(known, handovers, facts),
        carried_in_record(known, records, facts),
        carried_at_move(known, homes, handovers, facts),
        *carried_at_transitions(known, records, handovers, facts),
    ]
    drafts = pd.concat([kind for kind in kinds if len(kind)], ignore_index=True)
    return drafts.assign(own_municipality=drafts.own_municipality.fillna(BY_RESIDENCE).astype(np.int16))


def _limit(deadline: pd.Series) -> pd.Timedelta:
    return pd.Timedelta(days=int(deadline.days))


def registered(known: pd.DataFrame, evidence: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Due 30 days after the first evidence, never before birth; met by a registration that stands."""
    deadline = facts.deadline("registered")
    met = evidence[evidence.source == "registration"].groupby("child").known_date.min()
    return draft(
        known,
        facts,
        "registered",
        deadline,
        child=known.child,
        trigger_date=known.first_evidence_date,
        due_date=(known.first_evidence_date + _limit(deadline)).clip(lower=known.birth_date),
        met_date=known.child.map(met),
        loss_reason=REASONS.index("not_registered"),
        sector=np.where(known.municipal_first_knowers < known.first_knowers, "region", "municipality"),
        own_municipality=BY_RESIDENCE,
    )


def on_child_record(known: pd.DataFrame, evidence: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Due 30 days after birth or first knowledge; met by what names the child itself."""
    deadline = facts.deadline("on_child_record")
    own = evidence.source.isin(["child_diagnosis", "support_record"])
    met = evidence[own | ((evidence.source == "registration") & evidence.names_child)].groupby("child").known_date.min()
    trigger = known.first_known_date.clip(lower=known.birth_date)
    return draft(
        known,
        facts,
        "on_child_record",
        deadline,
        child=known.child,
        trigger_date=trigger,
        due_date=trigger + _limit(deadline),
        met_date=known.child.map(met),
        loss_reason=REASONS.index("not_registered"),
        sector="municipality",
        own_municipality=BY_RESIDENCE,
    )


def handed_over(known: pd.DataFrame, handovers: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """From outside the municipality into it, within 14 days; not when a first knower is municipal."""
    deadline = facts.deadline("handed_over")
    rows = known[known.municipal_first_knowers == 0]
    is_into = handovers.to_actor.isin(e.MUNICIPAL_ACTORS) & ~handovers.from_actor.isin(e.MUNICIPAL_ACTORS)
    rows = _with_handovers(rows, handovers[is_into].merge(rows[["child", "first_known_date"]], on="child"), ["child"])
    trigger = rows.first_known_date.clip(lower=rows.birth_date)
    return draft(
        rows,
        facts,
        "handed_over",
        deadline,
        child=rows.child,
        trigger_date=trigger,
        due_date=trigger + _limit(deadline),
        met_date=rows.met_date,
        loss_reason=rows.loss_reason,
        found_date=rows.found_date,
        sector="region",
        own_municipality=BY_RESIDENCE,
    )


def carried_in_record(known: pd.DataFrame, records: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Each support record of a type that carries the exposure, unless closed before it was known, or knowing first."""
    deadline = facts.deadline("carried_in_record")
    rows = records[records.record_type.isin(facts.carrying_types)].merge(known, on="child")
    recorded = rows.exposure_recorded_date.fillna(rows.opened_date)
    rows["met_date"] = recorded.where(rows.exposure_status == "recorded")
    rows = rows[~(rows.closed_date < rows.first_known_date) & ~(rows.met_date == rows.first_known_date)]
    trigger = rows.first_known_date.clip(lower=rows.opened_date)
    is_denied = rows.exposure_status == "denied"
    return draft(
        rows,
        facts,
        "carried_in_record",
        deadline,
        child=rows.child,
        subject_id=rows.record_id,
        trigger_date=trigger,
        due_date=trigger + _limit(deadline),
        met_date=rows.met_date,
        is_denied=is_denied,
        loss_reason=REASONS.index("silent"),
        found_date=rows.exposure_recorded_date.where(is_denied),
        sector="municipality",
        own_municipality=rows.municipality_code.cat.codes,
    )


def carried_at_move(known: pd.DataFrame, homes: Homes, handovers: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """A change of municipality after birth with the exposure known: the old one tells the new one."""
    deadline = facts.deadline("carried_at_move")
    rows = homes.moves(facts.days("move_gap_days")).merge(known, on="child")
    rows = rows[(rows.birth_date < rows.move_date) & (rows.first_known_date <= rows.move_date)]
    is_move = (handovers.kind == "municipal_move") & handovers.to_actor.isin(e.MUNICIPAL_ACTORS)
    pairs = handovers[is_move].merge(rows, on="child")
    from_code, to_code = pairs.from_municipality_code.cat.codes, pairs.to_municipality_code.cat.codes
    fits = (
        (to_code == pairs.new_code.cat.codes)
        & ((from_code == pairs.left_code.cat.codes) | (from_code < 0))
        & (pairs.sent_date >= pairs.move_date - pd.Timedelta(days=int(deadline.sent_window_days)))
        & ~(pairs.sent_date >= pairs.next_date)
    )
    rows = _unless_known_by_these_alone(_with_handovers(rows, pairs[fits], ["child", "move_date"]))
    return draft(
        rows,
        facts,
        "carried_at_move",
        deadline,
        child=rows.child,
        subject_id=rows.move_date.dt.strftime("%Y-%m-%d"),
        trigger_date=rows.move_date,
        due_date=rows.move_date + _limit(deadline),
        met_date=rows.met_date,
        loss_reason=rows.loss_reason,
        found_date=rows.found_date,
        sector="municipality",
        own_municipality=rows.left_code.cat.codes,
    )


def carried_at_transitions(
    known: pd.DataFrame, records: pd.DataFrame, handovers: pd.DataFrame, facts: Facts
) -> Iterator[pd.DataFrame]:
    """School start, adulthood and each placement, with the exposure known by then."""
    years = known.birth_date.dt.year + int(facts.parameters["school_start_age"])
    school_start = pd.to_datetime(pd.DataFrame({"year": years, "month": 8, "day": 1})).astype("datetime64[s]")
    adulthood = known.birth_date + pd.DateOffset(years=int(facts.parameters["adulthood_age"]))
    placements = records.loc[
        records.record_type == "placement", ["child", "record_id", "opened_date", "municipality_code"]
    ].merge(known, on="child")
    yield _at("school_start", known.assign(day=school_start, subject_id="school_start"), handovers, facts)
    yield _at("adulthood", known.assign(day=adulthood, subject_id="adulthood"), handovers, facts)
    placed = placements.assign(day=placements.opened_date, subject_id="placement:" + placements.record_id)
    yield _at("placement", placed, handovers, facts)


def _at(transition: str, rows: pd.DataFrame, handovers: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    deadline = facts.deadline("carried_at_transition", transition)
    rows = rows[rows.first_known_date <= rows.day]
    subject = ["child", "subject_id"]
    pairs = handovers[handovers.kind == transition].merge(rows[[*subject, "day", "first_known_date"]], on="child")
    fits = pairs.sent_date >= pairs.day - pd.Timedelta(days=int(deadline.sent_window_days))
    rows = _unless_known_by_these_alone(_with_handovers(rows, pairs[fits], subject))
    is_placement = transition == "placement"
    return draft(
        rows,
        facts,
        "carried_at_transition",
        deadline,
        measure=f"carried_at_transition:{transition}",
        child=rows.child,
        subject_id=rows.subject_id,
        trigger_date=rows.day,
        due_date=rows.day + _limit(deadline),
        met_date=rows.met_date,
        loss_reason=rows.loss_reason,
        found_date=rows.found_date,
        sector="municipality",
        own_municipality=rows.municipality_code.cat.codes if is_placement else BY_RESIDENCE,
    )


def _with_handovers(rows: pd.DataFrame, fitting: pd.DataFrame, subject: list[str]) -> pd.DataFrame:
    """When hand-overs met it that fit but for two conditions (exposure stated, receipt confirmed); else why not."""
    stated = fitting[fitting.has_exposure]
    received = stated[stated.received_date.notna()]
    first_knowers = received[received.sent_date == received.first_known_date]
    found = pd.DataFrame(
        {
            "met_date": received.groupby(subject).received_date.min(),
            "unconfirmed_date": stated[stated.received_date.isna()].groupby(subject).sent_date.max(),
            "left_out_date": fitting[~fitting.has_exposure].groupby(subject).sent_date.max(),
            "meeting_first_knowers": first_knowers.groupby(subject).size(),
        }
    )
    rows = rows.join(found, on=subject)
    reasons = [REASONS.index(name) for name in ("not_confirmed", "exposure_left_out", "no_handover")]
    is_sent = [rows.unconfirmed_date.notna(), rows.left_out_date.notna()]
    rows["loss_reason"] = np.select(is_sent, reasons[:2], reasons[2]).astype(np.int8)
    rows["found_date"] = rows.unconfirmed_date.fillna(rows.left_out_date)
    return rows


def _unless_known_by_these_alone(rows: pd.DataFrame) -> pd.DataFrame:
    """Not when every first knower is a hand-over that itself meets it: nobody knew anything to carry."""
    return rows[rows.meeting_first_knowers.fillna(0) < rows.first_knowers]
