"""What is seen at the visits, and what it costs: assessments with z-scores, and costs of services."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.definitions import enumerations as e
from sample_data.chance import Chance
from sample_data.days import NEVER, YEAR, Days, Rows, Shares, first_of_august
from sample_data.event_tables import About
from sample_data.follow_up import ATTENDED, Contacts
from sample_data.knowledge import Knowledge
from sample_data.records import PLACEMENT, Record
from sample_data.tables import dated, given, numbered, rows_of, worded

INSTRUMENTS = {
    "family_clinic": ("Bayley", ("cognition", "communication", "gross_motor", "attention", "social")),
    "gp": ("Vækstkurve", ("growth",)),
    "health_visitor": ("TOPI", ("wellbeing", "communication", "attachment")),
}
ASSESSED_SHARE = {"family_clinic": 0.8, "gp": 0.16, "health_visitor": 0.14}
LANGUAGE, LANGUAGE_SHARE = "Sprogvurdering", 0.5
Z_SCORE_SHARE = {"TOPI": 0.0, LANGUAGE: 1.0}
"""How often a z-score is written; 0.95 for every other instrument."""
EXPOSED_SHIFT, EXPOSED_SHIFT_PER_YEAR = -0.35, -0.04
"""Difficulties show more clearly as demands rise with age."""

COST_OF_VISIT = {"family_clinic": ("family_clinic", 3800.0), "health_visitor": ("health_visitor", 950.0)}
COURSES = {
    "hospital": (0.25, 0.55, 14_000.0, 5),
    "family_support": (0.015, 0.35, 62_000.0, 240),
    "educational_psychology": (0.03, 0.2, 21_000.0, 120),
    "special_daycare": (0.004, 0.06, 240_000.0, 500),
    "special_education": (0.01, 0.08, 310_000.0, 365),
    "disability_support": (0.006, 0.05, 45_000.0, 365),
    "substance_treatment": (0.0, 0.18, 38_000.0, 200),
    "residential_treatment": (0.0, 0.03, 410_000.0, 150),
    "social_benefit": (0.01, 0.12, 55_000.0, 365),
}
"""Share of other children, share of exposed children, mean amount in kroner, days."""


def assessments_table(about: About, knowledge: Knowledge, contacts: Contacts) -> pl.DataFrame:
    """One row per assessed domain of some of the visits that were held, and of language at school start."""
    frames = []
    for programme, (instrument, domains) in INSTRUMENTS.items():
        chance = about.life.chance(f"assessments {programme}")
        held = np.flatnonzero((contacts.status == ATTENDED) & (contacts.programme == e.PROGRAMMES.index(programme)))
        held = held[chance.happens(ASSESSED_SHARE[programme], len(held))]
        child, on = contacts.child[held], contacts.on[held]
        for domain in domains:
            frames.append(_assessed(about, knowledge, chance, child, on, instrument, domain))
    frames.append(_of_language(about, knowledge))
    return numbered("assessments", "assessment_id", "a", about.life.first_number(20), frames)


def _of_language(about: About, knowledge: Knowledge) -> pl.DataFrame:
    """The assessment of language in the first months of school, of about half of the children."""
    life, chance = about.life, about.life.chance("language assessments")
    size = life.children.count
    on = first_of_august(life.children.birth, in_year_turning=6) + chance.between(14, 110, size)
    child = np.flatnonzero(chance.happens(LANGUAGE_SHARE, size) & life.is_about(on))
    return _assessed(about, knowledge, chance, child, on[child], LANGUAGE, "communication")


def _assessed(
    about: About, knowledge: Knowledge, chance: Chance, child: Rows, on: Days, instrument: str, domain: str
) -> pl.DataFrame:
    life = about.life
    years = (on - life.children.birth[child]) / YEAR
    is_exposed = life.of_child(life.pregnancies.is_exposed)[child] | (knowledge.known[child] < NEVER)
    score = chance.normal(np.where(is_exposed, EXPOSED_SHIFT + EXPOSED_SHIFT_PER_YEAR * years, 0), 1.0, len(child))
    result = np.where(score < -1.5, 2, np.where(score < -1, 1, 0))
    rounded = pl.Series(np.round(score, 2))
    is_written = pl.Series(chance.happens(Z_SCORE_SHARE.get(instrument, 0.95), len(child)))
    return rows_of(
        "assessments",
        {
            "child_id": given(about.names.children, child),
            "assessed_date": dated(on),
            "instrument": pl.repeat(instrument, len(child), dtype=pl.String, eager=True),
            "domain": pl.repeat(domain, len(child), dtype=pl.String, eager=True),
            "z_score": pl.select(pl.when(pl.lit(is_written)).then(pl.lit(rounded))).to_series(),
            "result": worded(e.RESULTS, result),
        },
    ).drop("assessment_id")


def costs_table(about: About, knowledge: Knowledge, contacts: Contacts, records: list[Record]) -> pl.DataFrame:
    """Visits (some of the health visitor's), courses of services, and placements by the month of their start."""
    chance = about.life.chance("costs")
    frames = [_of_visits(about, chance, contacts, programme) for programme in COST_OF_VISIT]
    frames += [_of_course(about, knowledge, chance, service) for service in COURSES]
    frames += _of_placements(about, chance, records[PLACEMENT])
    return numbered("costs", "cost_id", "u", about.life.first_number(20), frames)


def _of_visits(about: About, chance: Chance, contacts: Contacts, programme: str) -> pl.DataFrame:
    service, amount = COST_OF_VISIT[programme]
    held = np.flatnonzero((contacts.status == ATTENDED) & (contacts.programme == e.PROGRAMMES.index(programme)))
    held = held[chance.happens(1.0 if programme == "family_clinic" else 0.28, len(held))]
    on = contacts.on[held]
    return _cost_rows(about, service, contacts.child[held], on, on, _amounts(chance, amount, len(held), 0.2))


def _of_course(about: About, knowledge: Knowledge, chance: Chance, service: str) -> pl.DataFrame:
    others, exposed, amount, length = COURSES[service]
    life = about.life
    size = life.children.count
    birth = life.children.birth
    start = birth + chance.between(np.full(size, 1), np.maximum(life.horizon - birth, 2))
    is_known = knowledge.known < NEVER
    row = np.flatnonzero(chance.happens(np.where(is_known, exposed, others), size) & life.is_about(start))
    end = start[row] + chance.between(0, length, len(row))
    return _cost_rows(about, service, row, start[row], end, _amounts(chance, amount, len(row), 0.6))


def _of_placements(about: About, chance: Chance, placement: Record) -> list[pl.DataFrame]:
    row = np.flatnonzero(placement.opened <= about.life.horizon)
    is_family = chance.happens(0.8, len(row))
    frames = []
    for service, chosen, amount in (("foster_care", is_family, 520_000.0), ("institution", ~is_family, 1_100_000.0)):
        child = row[chosen]
        start = placement.opened[child]
        frames.append(_cost_rows(about, service, child, start, start + 364, _amounts(chance, amount, len(child), 0.25)))
    return frames


def _cost_rows(about: About, service: str, child: Rows, start: Days, end: Days, amount: Shares) -> pl.DataFrame:
    payer = {"family_clinic": 1, "hospital": 1, "social_benefit": 2}.get(service, 0)
    return rows_of(
        "costs",
        {
            "child_id": given(about.names.children, child),
            "service": pl.repeat(service, len(child), dtype=pl.String, eager=True),
            "payer": worded(e.PAYERS, np.full(len(child), payer)),
            "start_date": dated(start),
            "end_date": dated(end),
            "amount_dkk": pl.Series(amount),
        },
    ).drop("cost_id")


def _amounts(chance: Chance, mean: float, size: int, spread: float) -> Shares:
    drawn: Shares = np.round(mean * np.exp(chance.normal(-spread * spread / 2, spread, size)), 2)
    return drawn
