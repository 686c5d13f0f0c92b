"""The rows of events: exposures, diagnoses, treatments, hand-overs, support records and contacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.definitions import enumerations as e
from sample_data.chance import Chance
from sample_data.days import Days, Flags, Rows, where
from sample_data.follow_up import Contacts
from sample_data.handing import Handing
from sample_data.health import Diagnosis, Treatment
from sample_data.life import Life
from sample_data.naming import event_names, pseudonyms
from sample_data.records import Record
from sample_data.registrations import MEDICINES, Registration
from sample_data.tables import NOBODY, Names, dated, flag, given, numbered, rows_of, worded

TRIMESTER_BEGINS = (0, 91, 189)
"""Days from conception, as antenatal care counts it."""


@dataclass(frozen=True)
class About:
    """Whom an event may be about: the rows of children or of pregnancies."""

    life: Life
    names: Names

    def who(self, of_child: bool, row: Rows, names_pregnancy_too: Flags) -> dict[str, pl.Series]:
        """child_id and pregnancy_id of some rows."""
        nobody = np.full(len(row), NOBODY)
        pregnancy = np.where(names_pregnancy_too, self.life.children.pregnancy[row], NOBODY) if of_child else row
        return {
            "child_id": given(self.names.children, row if of_child else nobody),
            "pregnancy_id": given(self.names.pregnancies, pregnancy),
        }


def exposures_table(about: About, registrations: list[Registration]) -> pl.DataFrame:
    """One row per registration."""
    frames = [_registration_rows(about, one, place) for place, one in enumerate(registrations)]
    return numbered("exposures", "exposure_id", "e", about.life.first_number(10), frames)


def _registration_rows(about: About, one: Registration, place: int) -> pl.DataFrame:
    chance = about.life.chance(f"exposure rows {place}")
    row = np.flatnonzero(one.on <= about.life.horizon)
    substance = one.substance[row]
    is_medicine = np.isin(substance, [e.SUBSTANCES.index(name) for name in MEDICINES])
    prescribed = np.where(is_medicine, chance.pick([0.4, 0.4, 0.2], len(row)) - 1, -1)
    pregnancies = about.life.pregnancies
    conceived = (about.life.of_child(pregnancies.conceived) if one.of_child else pregnancies.conceived)[row]
    return rows_of(
        "exposures",
        {
            **about.who(one.of_child, row, one.names_pregnancy_too[row]),
            "substance": worded(e.SUBSTANCES, substance),
            "is_prescribed": flag(prescribed),
            "certainty": worded(e.CERTAINTIES_OF_A_REGISTRATION, one.certainty[row]),
            **_trimesters(chance, one.on[row] - conceived),
            "detected_date": dated(one.detected[row]),
            "registered_date": dated(one.on[row]),
            "recorded_by": worded(e.ACTORS, one.by[row]),
        },
    ).drop("exposure_id")


def _trimesters(chance: Chance, since_conception: Days) -> dict[str, pl.Series]:
    """Used, not used or not known in each; nobody knows of a trimester that has not begun on the day of writing."""
    drawn = [chance.pick([0.3, 0.25, 0.45], len(since_conception)) - 1 for _ in TRIMESTER_BEGINS]
    return {
        f"trimester_{number}": flag(where(since_conception >= begins, said, NOBODY))
        for number, (begins, said) in enumerate(zip(TRIMESTER_BEGINS, drawn, strict=True), start=1)
    }


def diagnoses_table(about: About, diagnoses: list[Diagnosis]) -> pl.DataFrame:
    """One row per person, code and day; what tells of an exposure comes first and is kept."""
    frames = [_diagnosis_rows(about, one) for one in diagnoses]
    whole = pl.concat([*frames, _strangers(about)])
    return whole.unique(["person_id", "sks_code", "diagnosed_date"], keep="first", maintain_order=True)


def _diagnosis_rows(about: About, one: Diagnosis) -> pl.DataFrame:
    row = np.flatnonzero(one.on <= about.life.horizon)
    mothers = given(about.names.mothers, about.life.pregnancies.mother[row] if one.of == "mother" else row * 0)
    return rows_of(
        "diagnoses",
        {
            "person_id": mothers if one.of == "mother" else given(about.names.children, row),
            "sks_code": one.code.gather(row),
            "diagnosed_date": dated(one.on[row]),
            "is_refuted": pl.repeat(one.is_refuted, len(row), dtype=pl.Boolean, eager=True),
        },
    )


def _strangers(about: About) -> pl.DataFrame:
    """Diagnoses of people who are nobody's child or mother here: kept, and counted as unlinked."""
    life = about.life
    chance = life.chance("strangers")
    size = 2 + life.children.count // 2000
    return rows_of(
        "diagnoses",
        {
            "person_id": pseudonyms("m-", np.arange(size) + life.first_number(1) // 50 + 9_000_000_000, life.seed),
            "sks_code": pl.Series(["DF102", "DJ45"]).gather(chance.pick([1, 1], size)),
            "diagnosed_date": dated(life.as_of - chance.between(10, 3000, size)),
            "is_refuted": pl.repeat(False, size, dtype=pl.Boolean, eager=True),
        },
    )


def treatments_table(about: About, treatments: list[Treatment], substance: Rows) -> pl.DataFrame:
    """One row per course; the mother's, with the substance of the exposure or none."""
    life = about.life
    chance = life.chance("treatment rows")
    frames = []
    for course in treatments:
        row = np.flatnonzero(course.start <= life.horizon)
        written = np.where(chance.happens(0.15, len(row)), NOBODY, substance[row])
        frames.append(
            rows_of(
                "treatments",
                {
                    "person_id": given(about.names.mothers, life.pregnancies.mother[row]),
                    "substance": worded(e.SUBSTANCES, written),
                    "start_date": dated(course.start[row]),
                    "end_date": dated(course.end[row], life.horizon),
                    "municipality_code": given(about.names.places, life.pregnancies.home[row]),
                    "was_pregnant": flag(course.was_pregnant[row]),
                },
            ).drop("treatment_id")
        )
    return numbered("treatments", "treatment_id", "t", life.first_number(6), frames)


def handovers_table(about: About, of_pregnancies: list[Handing], of_children: list[Handing]) -> pl.DataFrame:
    """One row per hand-over that was sent."""
    pairs = [(one, False) for one in of_pregnancies] + [(one, True) for one in of_children]
    frames = [_handing_rows(about, one, of_child) for one, of_child in pairs]
    return numbered("handovers", "handover_id", "h", about.life.first_number(15), frames)


def _handing_rows(about: About, one: Handing, of_child: bool) -> pl.DataFrame:
    chance = about.life.chance(f"hand-over rows {one.kind}")
    row = np.flatnonzero(one.sent <= about.life.horizon)
    basis = {"municipal_move": 2, "prebirth_notification": 1}.get(one.kind, 0)
    return rows_of(
        "handovers",
        {
            **about.who(of_child, row, chance.happens(0.2, len(row))),
            "kind": pl.repeat(one.kind, len(row), dtype=pl.String, eager=True),
            "from_actor": worded(e.ACTORS, one.from_actor[row]),
            "to_actor": worded(e.ACTORS, one.to_actor[row]),
            "from_municipality_code": given(about.names.places, one.from_place[row]),
            "to_municipality_code": given(about.names.places, one.to_place[row]),
            "sent_date": dated(one.sent[row]),
            "received_date": dated(one.received[row], about.life.horizon),
            "has_exposure": flag(one.says[row]),
            "legal_basis": worded(e.LEGAL_BASES, np.where(chance.happens(0.1, len(row)), NOBODY, basis)),
        },
    ).drop("handover_id")


def records_table(about: About, records: list[Record]) -> pl.DataFrame:
    """One row per support record that was opened."""
    frames = []
    for one in records:
        row = np.flatnonzero(one.opened <= about.life.horizon)
        frames.append(
            rows_of(
                "support_records",
                {
                    "record_id": event_names("s", one.number[row]),
                    "child_id": given(about.names.children, row),
                    "municipality_code": given(about.names.places, one.place[row]),
                    "record_type": worded(e.RECORD_TYPES, one.type[row]),
                    "opened_date": dated(one.opened[row]),
                    "closed_date": dated(one.closed[row], about.life.horizon),
                    "exposure_status": worded(e.EXPOSURE_STATUSES, one.status[row]),
                    "exposure_recorded_date": dated(one.status_on[row], about.life.horizon),
                },
            )
        )
    return pl.concat(frames)


def contacts_table(about: About, contacts: Contacts) -> pl.DataFrame:
    """One row per contact; the family clinic is regional and writes no municipality."""
    life = about.life
    place = life.homes.place_of(contacts.child, contacts.on)
    is_regional = contacts.programme == e.PROGRAMMES.index("family_clinic")
    order = np.lexsort((contacts.on, contacts.child))
    frame = rows_of(
        "contacts",
        {
            "child_id": given(about.names.children, contacts.child[order]),
            "programme": worded(e.PROGRAMMES, contacts.programme[order]),
            "contact_code": worded(tuple(contacts.code), contacts.code_place[order]),
            "contact_date": dated(contacts.on[order]),
            "status": worded(e.CONTACT_STATUSES, contacts.status[order]),
            "municipality_code": given(about.names.places, np.where(is_regional, NOBODY, place)[order]),
        },
    ).drop("contact_id")
    return numbered("contacts", "contact_id", "k", life.first_number(40), [frame])
