"""What a row of each canonical table must have to be kept, and what the job reads of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from benchmarks.pandas_job.facts import Facts
from pipelines.definitions import enumerations as e


@dataclass(frozen=True)
class Table:
    """`days` and `texts` are required, `later_days` may be unknown; words stand in closed lists.

    `later_words` may be unknown. `kept` are the columns that some later stage reads; the others are only judged.
    """

    key: tuple[str, ...]
    days: tuple[str, ...] = ()
    later_days: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    later_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    """Pseudonyms: one that looks like a person's number is refused."""
    flags: tuple[str, ...] = ()
    later_flags: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    required_numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """`child_id` and `pregnancy_id` where they refer to a row of another table."""
    names_somebody: bool = True
    """At least one of the names must be there."""
    broken: Callable[[dict[str, pd.Series]], pd.Series] | None = None
    """What is wrong between the columns of a row; it may add a column."""
    kept: tuple[str, ...] = ()

    @property
    def read(self) -> list[str]:
        """Every column that is judged."""
        named = (*self.days, *self.later_days, *self.words, *self.later_words, *self.texts, *self.persons)
        others = (*self.flags, *self.later_flags, *self.numbers, *self.required_numbers, *self.names)
        return list(dict.fromkeys((*named, *others)))


def tables(facts: Facts) -> dict[str, Table]:
    codes, milestones = facts.municipalities, facts.schedule
    place = {"municipality_code": codes}
    return {
        "pregnancies": Table(
            key=("pregnancy_id",),
            later_days=("first_contact_date", "due_date", "end_date", "asked_date"),
            words={"outcome": e.OUTCOMES},
            later_words=place,
            texts=("pregnancy_id", "mother_id"),
            persons=("mother_id",),
            numbers=("care_level",),
            broken=lambda rows: ~rows["care_level"].between(1, 4) & rows["care_level"].notna(),
            later_flags=("alcohol_asked", "substances_asked"),
            kept=(
                "pregnancy_id",
                "mother_id",
                "municipality_code",
                "first_contact_date",
                "due_date",
                "end_date",
                "outcome",
                "alcohol_asked",
                "substances_asked",
                "asked_date",
            ),
        ),
        "children": Table(
            key=("child_id",),
            days=("birth_date",),
            later_days=("death_date",),
            words={"sex": e.SEXES},
            texts=("child_id",),
            persons=("child_id", "mother_id"),
            numbers=("gestational_age_days", "birth_weight_g"),
            names=("pregnancy_id",),
            names_somebody=False,
            kept=(
                "child_id",
                "pregnancy",
                "mother_id",
                "birth_date",
                "gestational_age_days",
                "death_date",
            ),
        ),
        "exposures": Table(
            key=("exposure_id",),
            days=("registered_date",),
            later_days=("detected_date",),
            words={"substance": e.SUBSTANCES, "certainty": e.CERTAINTIES_OF_A_REGISTRATION, "recorded_by": e.ACTORS},
            texts=("exposure_id",),
            names=("child_id", "pregnancy_id"),
            kept=(
                "exposure_id",
                "pregnancy",
                "child",
                "substance",
                "certainty",
                "detected_date",
                "registered_date",
                "recorded_by",
            ),
        ),
        "residences": Table(
            key=("child_id", "from_date"),
            days=("from_date",),
            later_days=("to_date",),
            words=place,
            names=("child_id",),
            broken=lambda rows: rows["to_date"] <= rows["from_date"],
            kept=(
                "child",
                "from_date",
                "municipality_code",
                "to_date",
            ),
        ),
        "diagnoses": Table(
            key=("person_id", "sks_code", "diagnosed_date"),
            days=("diagnosed_date",),
            texts=("person_id", "sks_code"),
            persons=("person_id",),
            flags=("is_refuted",),
            kept=(
                "person_id",
                "sks_code",
                "diagnosed_date",
                "is_refuted",
            ),
        ),
        "treatments": Table(
            key=("treatment_id",),
            days=("start_date",),
            later_days=("end_date",),
            later_words={"substance": e.SUBSTANCES, **place},
            texts=("treatment_id", "person_id"),
            persons=("person_id",),
            kept=(
                "treatment_id",
                "person_id",
                "substance",
                "start_date",
                "end_date",
            ),
        ),
        "handovers": Table(
            key=("handover_id",),
            days=("sent_date",),
            later_days=("received_date",),
            words={"kind": e.HANDOVER_KINDS, "from_actor": e.ACTORS, "to_actor": e.ACTORS},
            later_words={
                "from_municipality_code": codes,
                "to_municipality_code": codes,
                "legal_basis": e.LEGAL_BASES,
            },
            texts=("handover_id",),
            later_flags=("has_exposure",),
            names=("child_id", "pregnancy_id"),
            kept=(
                "handover_id",
                "child",
                "pregnancy",
                "kind",
                "from_actor",
                "to_actor",
                "from_municipality_code",
                "to_municipality_code",
                "sent_date",
                "received_date",
                "has_exposure",
            ),
        ),
        "support_records": Table(
            key=("record_id",),
            days=("opened_date",),
            later_days=("closed_date", "exposure_recorded_date"),
            words={"record_type": e.RECORD_TYPES, **place},
            later_words={"exposure_status": e.EXPOSURE_STATUSES},
            texts=("record_id",),
            names=("child_id",),
            kept=(
                "record_id",
                "child",
                "municipality_code",
                "record_type",
                "opened_date",
                "closed_date",
                "exposure_status",
                "exposure_recorded_date",
            ),
        ),
        "contacts": Table(
            key=("contact_id",),
            days=("contact_date",),
            words={
                "programme": e.PROGRAMMES,
                "contact_code": tuple(sorted(set(milestones.contact_code))),
                "status": e.CONTACT_STATUSES,
            },
            later_words=place,
            texts=("contact_id",),
            names=("child_id",),
            broken=lambda rows: _without_milestone(rows, milestones),
            kept=(
                "child",
                "milestone",
                "contact_date",
                "status",
            ),
        ),
        "assessments": Table(
            key=("assessment_id",),
            days=("assessed_date",),
            words={"domain": e.DOMAINS, "result": e.RESULTS},
            texts=("assessment_id", "instrument"),
            numbers=("z_score",),
            names=("child_id",),
        ),
        "costs": Table(
            key=("cost_id",),
            days=("start_date", "end_date"),
            words={"service": facts.services, "payer": e.PAYERS},
            texts=("cost_id",),
            required_numbers=("amount_dkk",),
            names=("child_id",),
        ),
    }


def _without_milestone(rows: dict[str, pd.Series], schedule: pd.DataFrame) -> pd.Series:
    """Adds the position in the schedule of programme and contact code; a pair that is not there is a fault."""
    programme, contact_code = rows["programme"].cat, rows["contact_code"].cat
    positions = np.full((len(programme.categories) + 1, len(contact_code.categories) + 1), -1, np.int8)
    first = programme.categories.get_indexer(schedule.programme)
    positions[first, contact_code.categories.get_indexer(schedule.contact_code)] = schedule.index
    rows["milestone"] = pd.Series(positions[programme.codes, contact_code.codes])
    return rows["milestone"] < 0
