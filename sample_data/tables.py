"""From decisions to rows: the canonical tables of a batch, with the names, types and order of the contract."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.tables import table_named
from sample_data.antenatal import Screening
from sample_data.days import NEVER, Days, Flags, Rows
from sample_data.life import Life
from sample_data.naming import event_names, pseudonyms

NOBODY = -1


@dataclass(frozen=True)
class Names:
    """Pseudonyms by row number, each with a last null that stands for nobody."""

    children: pl.Series
    mothers: pl.Series
    pregnancies: pl.Series
    places: pl.Series


def make_names(life: Life) -> Names:
    """Pseudonyms of the batch: unique over all batches of a seed."""

    nobody = pl.Series([None], dtype=pl.String)

    def named(prefix: str, count: int, per_child: int) -> pl.Series:
        numbers = np.arange(count) + life.first_number(per_child)
        return pl.concat([pseudonyms(prefix, numbers, life.seed), nobody])

    return Names(
        children=named("c-", life.children.count, 1),
        mothers=named("m-", len(life.mother_birth), 2),
        pregnancies=named("p-", life.pregnancies.count, 3),
        places=pl.concat([life.places.codes, nobody.alias(life.places.codes.name)]),
    )


def given(names: pl.Series, rows: Rows) -> pl.Series:
    """Names by row number; NOBODY is null."""
    return names.gather(np.where(rows < 0, len(names) - 1, rows))


def worded(options: tuple[str, ...], places: Rows) -> pl.Series:
    """Words of a closed list by place; a negative place is null."""
    return given(pl.Series([*options, None], dtype=pl.String), places)


def flag(values: Rows | Flags) -> pl.Series:
    """1 true, 0 false, negative unknown."""
    return worded(("false", "true"), np.asarray(values).astype(np.int64)).eq("true")


def dated(days: Days, last: int = NEVER - 1) -> pl.Series:
    """Calendar dates; NEVER is null, and so is what comes after the `last` day on which anything is written."""
    return pl.select(
        pl.when(pl.lit(pl.Series(days)) <= last).then(pl.lit(pl.Series(days))).cast(pl.Int32).cast(pl.Date)
    ).to_series()


def rows_of(table: str, columns: dict[str, pl.Series]) -> pl.DataFrame:
    """A frame of the contract's columns; an optional column that is not given is null."""
    declared = table_named(table)
    length = len(next(iter(columns.values())))
    empty = {
        column.name: pl.repeat(None, length, dtype=column.dtype, eager=True)
        for column in declared.columns
        if column.name not in columns
    }
    return pl.DataFrame({**columns, **empty}).select(
        pl.col(column.name).cast(column.dtype) for column in declared.columns
    )


def numbered(table: str, key: str, letter: str, first: int, frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Put the rows together and give each its key."""
    whole = pl.concat(frames)
    keys = event_names(letter, first + np.arange(whole.height))
    return whole.with_columns(keys.alias(key)).select(table_named(table).column_names)


def pregnancies_table(life: Life, names: Names, screening: Screening, is_confirmed: Flags) -> pl.DataFrame:
    """One row per pregnancy. Nobody leaves a pregnancy with a confirmed exposure on the lowest level of care."""
    pregnancies, chance = life.pregnancies, life.chance("pregnancy rows")
    size = pregnancies.count
    level = np.where(
        pregnancies.is_exposed, chance.pick([0.1, 0.2, 0.35, 0.35], size), chance.pick([0.6, 0.3, 0.08, 0.02], size)
    )
    level = np.where(is_confirmed, np.maximum(level, 1), level)
    level = np.where(chance.happens(0.07, size), NEVER, level + 1)
    return rows_of(
        "pregnancies",
        {
            "pregnancy_id": names.pregnancies[:-1],
            "mother_id": given(names.mothers, pregnancies.mother),
            "municipality_code": given(names.places, np.where(chance.happens(0.003, size), NOBODY, pregnancies.home)),
            "first_contact_date": dated(pregnancies.first_contact, life.horizon),
            "due_date": dated(pregnancies.due_date),
            "end_date": dated(pregnancies.end_date),
            "outcome": worded(e.OUTCOMES, pregnancies.outcome),
            "care_level": whole(level),
            "alcohol_asked": flag(screening.alcohol),
            "substances_asked": flag(screening.substances),
            "asked_date": dated(screening.asked),
        },
    )


def whole(values: Rows) -> pl.Series:
    """Whole numbers; NEVER is null."""
    return pl.select(pl.when(pl.lit(pl.Series(values)) < NEVER).then(pl.lit(pl.Series(values)))).to_series()


def children_table(life: Life, names: Names, can_lose_link: Flags) -> pl.DataFrame:
    """One row per child. Some links are missing: those of exposed children can all be found again by the mother.

    `can_lose_link` are children of whose pregnancy nobody will ever ask: for them both links may be gone.
    """
    children, chance = life.children, life.chance("child rows")
    size = children.count
    lost = can_lose_link & chance.happens(0.002, size)
    no_pregnancy = lost | chance.happens(0.01, size)
    no_mother = lost | (~no_pregnancy & chance.happens(0.01, size))
    sex = np.where(chance.happens(0.0005, size), e.SEXES.index("unknown"), np.where(children.is_female, 0, 1))
    mother = life.of_child(life.pregnancies.mother)
    return rows_of(
        "children",
        {
            "child_id": names.children[:-1],
            "pregnancy_id": given(names.pregnancies, np.where(no_pregnancy, NOBODY, children.pregnancy)),
            "mother_id": given(names.mothers, np.where(no_mother, NOBODY, mother)),
            "birth_date": dated(children.birth),
            "sex": worded(e.SEXES, sex),
            "gestational_age_days": whole(children.gestation),
            "birth_weight_g": whole(children.weight),
            "death_date": dated(children.death, life.horizon),
        },
    )


def residences_table(life: Life, names: Names) -> pl.DataFrame:
    """One row per spell; where the next spell begins on the day the former ends, the end is often not written."""
    homes, chance = life.homes, life.chance("residence rows")
    frames = []
    for spell in range(homes.start.shape[0]):
        following = homes.start[spell + 1] if spell + 1 < homes.start.shape[0] else np.full(life.children.count, NEVER)
        is_silent = (following == homes.end[spell]) & chance.happens(0.4, life.children.count)
        end = np.where(is_silent, NEVER, homes.end[spell])
        row = np.flatnonzero((homes.start[spell] <= life.horizon) & homes.is_listed)
        frames.append(
            rows_of(
                "residences",
                {
                    "child_id": given(names.children, row),
                    "from_date": dated(homes.start[spell][row]),
                    "municipality_code": given(names.places, homes.place[spell][row]),
                    "to_date": dated(end[row]),
                },
            )
        )
    return pl.concat(frames)
