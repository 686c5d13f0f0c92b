"""Contacts of the schedule, and what was assessed at them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.definitions.enumerations import CONTACT_STATUSES, DOMAINS, RESULTS
from sample_data.chance import success
from sample_data.days import NEVER, Days, Rows, add_months, where, years_since_2021
from sample_data.target_group.lives import Lives

ATTENDED, NO_SHOW, DECLINED = (CONTACT_STATUSES.index(name) for name in ("attended", "no_show", "declined"))
ATTENDANCE = {"all": 0.88, "exposed": 0.74}


@dataclass(frozen=True)
class Contacts:
    """One possible contact per child for one row of the schedule; `on` is NEVER where there is none."""

    programme: str
    code: str
    on: Days
    status: Rows


@dataclass(frozen=True)
class Assessments:
    """One possible assessment per child in one domain; `result` is a place in the contract's list."""

    domain: str
    on: Days
    result: Rows
    z_score: np.ndarray


def see(lives: Lives, known: Days) -> list[Contacts]:
    """Every row of the schedule: most come in time, some late, some stay away; the group's own contacts for members."""
    return [_contacts(lives, known, row) for row in lives.reference.schedule.to_dicts()]


def _contacts(lives: Lives, known: Days, row: dict[str, object]) -> Contacts:
    code, age = f"{row['programme']}:{row['contact_code']}", int(str(row["due_age"]))
    chance, size = lives.chance(code), lives.count
    due = add_months(lives.birth, age) if row["due_unit"] == "months" else lives.birth + age
    opens, closes = due - int(str(row["opens_days"])), due + int(str(row["closes_days"]))
    seen = success(
        ATTENDANCE[str(row["applies_to"])], 0.6 * lives.places.recall[lives.home_on(due)], years_since_2021(due)
    )
    in_time = chance.happens(seen, size)
    late = ~in_time & chance.happens(0.3, size)
    day = where(in_time, chance.between(opens, closes), closes + 1 + chance.waiting(50, size))
    stays_away = chance.happens(0.35, size)
    status = where(in_time | late, ATTENDED, where(chance.happens(0.4, size), DECLINED, NO_SHOW))
    is_written = in_time | late | stays_away
    if row["applies_to"] == "exposed":
        is_written &= known <= due
    return Contacts(
        programme=str(row["programme"]),
        code=str(row["contact_code"]),
        on=lives.happens_on(where(is_written, day, NEVER)),
        status=status,
    )


def assess(lives: Lives, contacts: list[Contacts]) -> list[Assessments]:
    """At contacts that were held: each domain for a part of the children; members show concern more often."""
    made = []
    for held in contacts:
        for domain in DOMAINS:
            chance, size = lives.chance(f"{held.code} {domain}"), lives.count
            is_done = (held.status == ATTENDED) & chance.happens(0.08, size)
            score = np.round(chance.normal(np.where(lives.is_member, -0.7, 0.1), 1.0, size), 2)
            result = np.where(score < -1.5, RESULTS.index("concern"), np.where(score < -1, 1, RESULTS.index("typical")))
            made.append(Assessments(domain, where(is_done, held.on, NEVER), result.astype(np.int64), score))
    return made
