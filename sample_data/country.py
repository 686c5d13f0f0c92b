"""A synthetic country: families, what became known of them, what fell due, what was done, and what was lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sample_data.antenatal import plan, refer, screen
from sample_data.days import Flags, day_number
from sample_data.development import assessments_table, costs_table
from sample_data.event_tables import (
    About,
    contacts_table,
    diagnoses_table,
    exposures_table,
    handovers_table,
    records_table,
    treatments_table,
)
from sample_data.follow_up import follow_up
from sample_data.handing import Handing
from sample_data.health import diagnose_children, diagnose_mothers, treat_mothers
from sample_data.hospital_handover import clinic_ends, discharge, hand_over, told_later
from sample_data.knowledge import Knowledge, Story, make_knowledge
from sample_data.life import BATCH, Life, make_life
from sample_data.losses import Ledger, key_frame
from sample_data.places import Places, make_places
from sample_data.records import PLACEMENT, Record, open_records, placement_subjects
from sample_data.registrations import confirmed_in, on_child_record, register, registered, substances
from sample_data.tables import children_table, dated, given, make_names, pregnancies_table, residences_table
from sample_data.transitions import along_on_moves, into_adult_life, into_placement, into_school


@dataclass(frozen=True)
class Country:
    """Canonical tables by name, the answer key, and who the people are (for the numbers of the raw form)."""

    tables: dict[str, pl.DataFrame]
    key: pl.DataFrame
    people: pl.DataFrame

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.height for table in self.tables.values())


def make_country(children: int, seed: int, as_of: date, places: Places | None = None) -> Country:
    """The whole country in memory. Same arguments, same country."""
    return joined(list(make_batches(children, seed, as_of, places)))


def joined(parts: list[Country]) -> Country:
    """Batches as one country."""
    return Country(
        tables={name: pl.concat([part.tables[name] for part in parts]) for name in parts[0].tables},
        key=pl.concat([part.key for part in parts]),
        people=pl.concat([part.people for part in parts]),
    )


def make_batches(children: int, seed: int, as_of: date, places: Places | None = None) -> Iterator[Country]:
    """The country in batches of whole families, so that a large one never stands in memory at once."""
    places = places or make_places(seed)
    for batch in range(-(-children // BATCH)):
        size = min(BATCH, children - batch * BATCH)
        yield _live(make_life(places, seed=seed, batch=batch, children=size, as_of=day_number(as_of)))


def _live(life: Life) -> Country:
    """One batch: everything is decided, the losses are written down on the way, then the rows are made."""
    ledger = Ledger()
    knowledge = make_knowledge(life)
    substance = substances(life)
    screening = screen(life, ledger)
    of_pregnancies = [refer(life, knowledge, ledger), plan(life, knowledge, ledger)]
    diagnoses, diagnosed = diagnose_children(life, knowledge)
    records = open_records(life, knowledge, ledger)
    registrations = register(life, knowledge, substance)
    registered(life, knowledge, registrations, ledger)
    on_child_record(life, knowledge, registrations, diagnosed, [one.recorded for one in records], ledger)
    of_children = _handings(life, knowledge, of_pregnancies, records, ledger)
    contacts = follow_up(life, knowledge, ledger)
    names = make_names(life)
    about = About(life, names)
    tables = {
        "pregnancies": pregnancies_table(life, names, screening, confirmed_in(life, registrations)),
        "exposures": exposures_table(about, registrations.rows),
        "children": children_table(life, names, _never_asked_about(life, knowledge)),
        "residences": residences_table(life, names),
        "diagnoses": diagnoses_table(about, [*diagnoses, *diagnose_mothers(life, knowledge)]),
        "treatments": treatments_table(about, treat_mothers(life, knowledge), substance),
        "handovers": handovers_table(about, of_pregnancies, of_children),
        "support_records": records_table(about, records),
        "contacts": contacts_table(about, contacts),
        "assessments": assessments_table(about, knowledge, contacts),
        "costs": costs_table(about, knowledge, contacts, records),
    }
    return Country(tables, key_frame(ledger, names.children, names.pregnancies), _people(about))


def _handings(
    life: Life, knowledge: Knowledge, of_pregnancies: list[Handing], records: list[Record], ledger: Ledger
) -> list[Handing]:
    entering = [discharge(life, knowledge), told_later(life, knowledge), clinic_ends(life, knowledge)]
    before_birth = [handing.of_children(life.children.pregnancy) for handing in of_pregnancies]
    hand_over(life, knowledge, [*before_birth, *entering], ledger)
    placement = records[PLACEMENT]
    subjects = placement_subjects(placement)
    return [
        *entering,
        *along_on_moves(life, knowledge, ledger),
        into_school(life, knowledge, ledger),
        into_adult_life(life, knowledge, ledger),
        into_placement(life, knowledge, ledger, placement.opened, subjects),
    ]


def _never_asked_about(life: Life, knowledge: Knowledge) -> Flags:
    is_quiet = knowledge.pregnancy_tells(Story.UNDETECTED) & ~life.pregnancies.is_exposed
    return life.of_child(is_quiet)


def _people(about: About) -> pl.DataFrame:
    """person_id, birth_date, is_female, is_child: from this the raw form makes test numbers."""
    life = about.life
    children = pl.DataFrame(
        {
            "person_id": about.names.children[:-1],
            "birth_date": dated(life.children.birth),
            "is_female": pl.Series(life.children.is_female),
            "is_child": pl.repeat(True, life.children.count, dtype=pl.Boolean, eager=True),
        }
    )
    mothers = len(life.mother_birth)
    return children.vstack(
        pl.DataFrame(
            {
                "person_id": given(about.names.mothers, np.arange(mothers)),
                "birth_date": dated(life.mother_birth),
                "is_female": pl.repeat(True, mothers, dtype=pl.Boolean, eager=True),
                "is_child": pl.repeat(False, mothers, dtype=pl.Boolean, eager=True),
            }
        )
    )
