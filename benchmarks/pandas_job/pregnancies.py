"""Kinds 8 to 10, of pregnancies: screened, referred, and a plan before birth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.pandas_job.deciding import decided, draft
from benchmarks.pandas_job.evidence import View, coded, uncancelled
from benchmarks.pandas_job.facts import REASONS, Facts
from pipelines.definitions import enumerations as e


def of_pregnancies(view: View, facts: Facts, as_of: pd.Timestamp) -> pd.DataFrame:
    """All three kinds, begun by `as_of`; excused when the pregnancy was lost on or before the due date."""
    pregnancies = view["pregnancies"]
    handovers = view["handovers"][view["handovers"].pregnancy >= 0]
    known = _with_first_known(view, handovers, facts)
    drafts = pd.concat(
        [
            _screened(pregnancies, facts),
            _referred(known, handovers, facts),
            _plan_before_birth(known, handovers, facts),
        ]
    )
    drafts = drafts[drafts.trigger_date <= as_of]
    own = pregnancies.reindex(drafts.pregnancy)
    was_lost = own.outcome.isin(["loss", "stillbirth"]).to_numpy()
    excuse = np.where(was_lost & (own.end_date.to_numpy() <= drafts.due_date), REASONS.index("pregnancy_ended"), -1)
    return decided(drafts, excuse, own.municipality_code.cat.codes.to_numpy(), facts, as_of)


def _screened(pregnancies: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Asked about both alcohol and substances within 28 days of the first contact."""
    deadline = facts.deadline("screened")
    rows = pregnancies[pregnancies.first_contact_date.notna()]
    asked = rows.asked_date.fillna(rows.first_contact_date)
    return draft(
        rows,
        facts,
        "screened",
        deadline,
        child=-1,
        pregnancy=rows.index,
        trigger_date=rows.first_contact_date,
        due_date=rows.first_contact_date + pd.Timedelta(days=int(deadline.days)),
        met_date=asked.where(rows.is_asked_about_both),
        loss_reason=REASONS.index("not_asked"),
        sector="region",
    )


def _referred(known: pd.DataFrame, handovers: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Known before the end: a referral within 14 days, and before the end."""
    deadline = facts.deadline("referred")
    rows = known[~(known.first_known_date >= known.end)]
    to_them = handovers.to_actor.isin(["family_clinic", "family_department"])
    sent = handovers[(handovers.kind == "referral") & to_them].groupby("pregnancy").sent_date.min()
    in_time = rows.first_known_date + pd.Timedelta(days=int(deadline.days))
    return draft(
        rows,
        facts,
        "referred",
        deadline,
        child=-1,
        pregnancy=rows.index,
        trigger_date=rows.first_known_date,
        due_date=in_time.where(~(rows.end < in_time), rows.end),
        met_date=rows.index.map(sent),
        loss_reason=REASONS.index("no_referral"),
        sector="region",
    )


def _plan_before_birth(known: pd.DataFrame, handovers: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Known before the due date or the end: a notification to a municipal actor that states the exposure."""
    deadline = facts.deadline("plan_before_birth")
    due = known[["due_date", "end_date"]].min(axis=1) + pd.Timedelta(days=int(deadline.days))
    is_planned = known.due_date.notna() & (known.first_known_date < due)
    rows, due = known[is_planned], due[is_planned]
    is_notice = (handovers.kind == "prebirth_notification") & handovers.to_actor.isin(e.MUNICIPAL_ACTORS)
    notices = handovers[is_notice]
    left_out = rows.index.map(notices[~notices.has_exposure].groupby("pregnancy").sent_date.max())
    reasons = [REASONS.index(name) for name in ("no_handover", "exposure_left_out")]
    return draft(
        rows,
        facts,
        "plan_before_birth",
        deadline,
        child=-1,
        pregnancy=rows.index,
        trigger_date=rows.first_known_date,
        due_date=due,
        met_date=rows.index.map(notices[notices.has_exposure].groupby("pregnancy").sent_date.min()),
        loss_reason=np.where(left_out.notna(), reasons[1], reasons[0]),
        found_date=left_out,
        sector="municipality",
    )


def _with_first_known(view: View, handovers: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Pregnancies with evidence that showed itself before their end, and when somebody first wrote it down."""
    pregnancies = view["pregnancies"].assign(end=lambda rows: rows.end_date.fillna(rows.due_date))
    exposures = uncancelled(view["exposures"][view["exposures"].pregnancy >= 0], "pregnancy")
    stated = handovers[handovers.has_exposure]
    shown = pd.concat(
        [
            pd.DataFrame(
                {
                    "pregnancy": exposures.pregnancy,
                    "shown": exposures[["detected_date", "registered_date"]].min(axis=1),
                    "known": exposures.registered_date,
                }
            ),
            pd.DataFrame({"pregnancy": stated.pregnancy, "shown": stated.sent_date, "known": stated.sent_date}),
            _of_mothers(view, pregnancies, facts),
        ]
    )
    shown = shown[shown.pregnancy.isin(pregnancies.index)]
    in_time = ~(shown.shown >= pregnancies.end.reindex(shown.pregnancy).to_numpy())
    first_known = shown[in_time].groupby("pregnancy").known.min().rename("first_known_date")
    return pregnancies.join(first_known, how="inner")


def _of_mothers(view: View, pregnancies: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Diagnoses and treatments of the mother in the window, which needs a first contact and an end or a due date."""
    diagnoses, treatments = coded(view["diagnoses"], "mother", facts), view["treatments"]
    counted_from = pregnancies.due_date.fillna(pregnancies.end_date)
    windows = pregnancies[["mother_id", "first_contact_date", "end"]].assign(
        starts=counted_from - facts.days("gestation_default_days")
    )
    mothers = pd.concat([diagnoses.person_id, treatments.person_id])
    windows = windows[windows.mother_id.isin(mothers) & windows.first_contact_date.notna() & windows.starts.notna()]
    windows = windows.rename_axis("pregnancy").reset_index()
    diagnosed = diagnoses.merge(windows, left_on="person_id", right_on="mother_id")
    diagnosed = diagnosed[diagnosed.diagnosed_date.between(diagnosed.starts, diagnosed.end)]
    treated = treatments.merge(windows, left_on="person_id", right_on="mother_id")
    treated = treated[(treated.start_date <= treated.end) & ~(treated.end_date < treated.starts)]
    diagnosed["shown"] = diagnosed[["diagnosed_date", "first_contact_date"]].max(axis=1)
    treated["shown"] = treated[["start_date", "starts", "first_contact_date"]].max(axis=1)
    both = pd.concat([diagnosed[["pregnancy", "shown"]], treated[["pregnancy", "shown"]]])
    return both.assign(known=both.shown)
