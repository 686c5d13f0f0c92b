"""Evidence of prenatal exposure from six sources, and what it says together about a child."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.pandas_job.facts import Facts
from pipelines.definitions import enumerations as e

View = dict[str, pd.DataFrame]
COLUMNS = [
    "child",
    "source",
    "source_id",
    "evidence_date",
    "known_date",
    "certainty",
    "substance",
    "is_municipal",
    "names_child",
]


def lives_of(children: pd.DataFrame, links: pd.DataFrame, pregnancies: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The children of the view by number, with mother, pregnancy, and first contact (never after the birth)."""
    lives = children[["birth_date", "death_date"]].join(links[["pregnancy", "mother_id"]])
    of_pregnancy = (
        pregnancies[["first_contact_date", "municipality_code"]].reindex(lives.pregnancy).set_axis(lives.index)
    )
    lives["first_contact"] = of_pregnancy.first_contact_date.clip(upper=lives.birth_date).fillna(lives.birth_date)
    lives["pregnancy_municipality"] = of_pregnancy.municipality_code
    default = facts.days("gestation_default_days").days
    gestation = pd.to_timedelta(children.gestational_age_days.fillna(default), unit="D").astype("timedelta64[s]")
    lives["window_start"] = lives.birth_date - gestation
    return lives


def about_each_child(rows: pd.DataFrame, lives: pd.DataFrame) -> pd.DataFrame:
    """One row per child that a row is about: the child it names, else every child of the pregnancy it names."""
    names_child = rows.child >= 0
    naming_child = rows[names_child & rows.child.isin(lives.index)]
    naming_pregnancy = rows[~names_child].drop(columns="child")
    siblings = lives.loc[lives.pregnancy.isin(naming_pregnancy.pregnancy) & (lives.pregnancy >= 0), ["pregnancy"]]
    of_pregnancy = naming_pregnancy.merge(siblings.rename_axis("child").reset_index(), on="pregnancy")
    return pd.concat([naming_child.assign(names_child=True), of_pregnancy.assign(names_child=False)], ignore_index=True)


def uncancelled(exposures: pd.DataFrame, whose: str) -> pd.DataFrame:
    """Confirmed rows, and suspected ones without a ruled-out row of the same substance on or after them."""
    ruled_out = exposures[exposures.certainty == "ruled_out"]
    last = ruled_out.groupby([whose, "substance"], observed=True).registered_date.max().rename("last_ruled_out_date")
    rows = exposures.join(last, on=[whose, "substance"])
    is_cancelled = rows.last_ruled_out_date >= rows.registered_date
    stands = (rows.certainty == "confirmed") | ((rows.certainty == "suspected") & ~is_cancelled)
    return rows[stands].drop(columns="last_ruled_out_date")


def coded(diagnoses: pd.DataFrame, bearer: str, facts: Facts) -> pd.DataFrame:
    """Diagnoses not refuted whose code is in the bearer's list; the longest prefix gives the substance."""
    listed = facts.exposure_codes[facts.exposure_codes.bearer == bearer]
    codes = diagnoses.sks_code.drop_duplicates()
    plain = codes.str.upper().str.replace(".", "")
    substance = pd.Series(pd.NA, index=codes, dtype="str")
    for prefix, named in zip(listed.plain, listed.substance, strict=True):
        substance[plain.str.startswith(prefix).to_numpy()] = named
    substance = substance.dropna()
    rows = diagnoses[diagnoses.sks_code.isin(substance.index) & ~diagnoses.is_refuted]
    return rows.assign(substance=rows.sks_code.map(substance))


def evidence_of(view: View, about: View, lives: pd.DataFrame, child_ids: pd.Index, facts: Facts) -> pd.DataFrame:
    """`about` are exposures and hand-overs, one row per child that they are about."""
    parts = [
        _registrations(about["exposures"]),
        _child_diagnoses(coded(view["diagnoses"], "child", facts), lives, child_ids),
        _mother_diagnoses(coded(view["diagnoses"], "mother", facts), lives),
        _mother_treatments(view["treatments"], lives),
        _handovers(about["handovers"]),
        _support_records(view["support_records"], lives),
    ]
    # what a source does not have is unknown, or false
    rows = pd.concat([part.reindex(columns=COLUMNS) for part in map(_plain, parts)], ignore_index=True)
    rows["source"] = pd.Categorical(rows.source, e.EVIDENCE_SOURCES)
    rows["certainty"] = pd.Categorical(rows.certainty, e.CERTAINTIES_OF_EVIDENCE, ordered=True)
    rows["substance"] = pd.Categorical(rows.substance, e.SUBSTANCES)
    return rows


def _plain(part: pd.DataFrame) -> pd.DataFrame:
    """One shape for all sources: words as text, flags that are missing false."""
    missing = {"substance": None, "is_municipal": False, "names_child": False}
    part = part.assign(**{name: value for name, value in missing.items() if name not in part})
    return part.astype({"source": "str", "certainty": "str", "substance": "str"})


def _registrations(exposures: pd.DataFrame) -> pd.DataFrame:
    rows = uncancelled(exposures, "child")
    return rows.assign(
        source="registration",
        source_id=rows.exposure_id,
        evidence_date=rows[["detected_date", "registered_date"]].min(axis=1),
        known_date=rows.registered_date,
        is_municipal=rows.recorded_by.isin(e.MUNICIPAL_ACTORS),
    )


def _id_of_diagnosis(rows: pd.DataFrame) -> pd.Series:
    return rows.person_id + "|" + rows.sks_code + "|" + rows.diagnosed_date.dt.strftime("%Y-%m-%d").astype("str")


def _child_diagnoses(diagnoses: pd.DataFrame, lives: pd.DataFrame, child_ids: pd.Index) -> pd.DataFrame:
    rows = diagnoses.assign(child=child_ids.get_indexer(diagnoses.person_id))
    rows = rows[rows.child.isin(lives.index)]
    return rows.assign(
        source="child_diagnosis",
        source_id=_id_of_diagnosis(rows),
        evidence_date=rows.diagnosed_date,
        known_date=rows.diagnosed_date,
        certainty="confirmed",
    )


def _of_mothers(rows: pd.DataFrame, lives: pd.DataFrame) -> pd.DataFrame:
    births = lives.loc[
        lives.mother_id.isin(rows.person_id), ["mother_id", "birth_date", "window_start", "first_contact"]
    ]
    return rows.merge(births.rename_axis("child").reset_index(), left_on="person_id", right_on="mother_id")


def _mother_diagnoses(diagnoses: pd.DataFrame, lives: pd.DataFrame) -> pd.DataFrame:
    rows = _of_mothers(diagnoses, lives)
    rows = rows[rows.diagnosed_date.between(rows.window_start, rows.birth_date)]
    seen = rows[["diagnosed_date", "first_contact"]].max(axis=1)
    return rows.assign(
        source="mother_diagnosis",
        source_id=_id_of_diagnosis(rows),
        evidence_date=seen,
        known_date=seen,
        certainty="probable",
    )


def _mother_treatments(treatments: pd.DataFrame, lives: pd.DataFrame) -> pd.DataFrame:
    rows = _of_mothers(treatments, lives)
    rows = rows[(rows.start_date <= rows.birth_date) & ~(rows.end_date < rows.window_start)]
    seen = rows[["start_date", "window_start", "first_contact"]].max(axis=1)
    return rows.assign(
        source="mother_treatment",
        source_id=rows.treatment_id,
        evidence_date=seen,
        known_date=seen,
        certainty="probable",
    )


def _handovers(handovers: pd.DataFrame) -> pd.DataFrame:
    rows = handovers[handovers.has_exposure].drop(columns="names_child")
    return rows.assign(
        source="handover",
        source_id=rows.handover_id,
        evidence_date=rows.sent_date,
        known_date=rows.sent_date,
        certainty="probable",
        is_municipal=rows.from_actor.isin(e.MUNICIPAL_ACTORS),
    )


def _support_records(records: pd.DataFrame, lives: pd.DataFrame) -> pd.DataFrame:
    rows = records[(records.exposure_status == "recorded") & records.child.isin(lives.index)]
    recorded = rows.exposure_recorded_date.fillna(rows.opened_date)
    return rows.assign(
        source="support_record",
        source_id=rows.record_id,
        evidence_date=recorded,
        known_date=recorded,
        certainty="probable",
        is_municipal=True,
    )


def exposed_of(evidence: pd.DataFrame, lives: pd.DataFrame) -> pd.DataFrame:
    """One row per child with evidence, by number: first dates, strongest certainty, substance group, first knowers."""
    by_child = evidence.groupby("child")
    exposed = pd.DataFrame(
        {
            "first_evidence_date": by_child.evidence_date.min(),
            "first_known_date": by_child.known_date.min(),
            "certainty": evidence.certainty.cat.codes.groupby(evidence.child).max(),
        }
    )
    exposed["certainty"] = pd.Categorical.from_codes(exposed.certainty, e.CERTAINTIES_OF_EVIDENCE)
    counted = evidence[evidence.substance.notna() & (evidence.substance != "unspecified")]
    different = counted[["child", "substance"]].drop_duplicates()
    times = different.groupby("child").size().reindex(exposed.index, fill_value=0)
    one = different.drop_duplicates("child").set_index("child").substance.astype("str").reindex(exposed.index)
    exposed["substance_group"] = np.select([times == 0, times == 1], ["unspecified", one], "multiple")
    exposed["known_before_birth"] = exposed.first_known_date < lives.birth_date.reindex(exposed.index)
    is_first = evidence.known_date == evidence.child.map(exposed.first_known_date)
    exposed["first_knowers"] = is_first.groupby(evidence.child).sum()
    exposed["municipal_first_knowers"] = (is_first & evidence.is_municipal).groupby(evidence.child).sum()
    return exposed
