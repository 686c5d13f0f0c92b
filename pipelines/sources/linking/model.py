"""How likely a record is about a child, from what both say: the assumptions of the probabilistic linkage, in one place.

The model is that of Fellegi and Sunter. `m` is how often a field comes out so when the record is about the child, `u`
how often when it is about another. `m` are assumptions, the same for every source; `u` is counted in the population.
Splink is given these figures and estimates none, so the same files give the same links.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import polars as pl

STEADYING_PAIRS = 100_000
"""Pairs of children in which the assumed chance is believed: a small population is too few to count in."""
SMALLEST_POPULATION = 1000
"""In a small delivery a record may well be about somebody who is not in it: never better odds at first than this."""
MARGIN_WEIGHT = log2(100)
"""The best candidate is at least a hundred times as likely as the second, or nobody is linked."""
ODDS_OF_NOBODY = 0.1
"""One record in ten or so is about a child who is not in the population, or was not among those compared."""
ODDS_OF_A_STRANGER = 1.0
"""A well-formed number that no child here has is as often a stranger's as it is mistyped."""

SWAPPED_DAYS = 0.36
"""Other days that a day becomes when day and month change places (132 of 365 days have one)."""
ONE_DIGIT_DAYS = 25
"""Other days that one wrong digit, or two digits in the wrong order, can make of a day; counted over 19 years."""

ASSUMED_CHANCE = {
    "birth_date": 1 / 5000,
    "sex": 1 / 2,
    "municipality_code": 1 / 30,
    "mother_birth_date": 1 / 8000,
    "mother_id": 0.0,
}
"""The chance that two unrelated children agree, where there are too few to count."""


@dataclass(frozen=True)
class Level:
    """One outcome of comparing a field: `is_so` in SQL, with `_l` and `_r` for the two sides."""

    label: str
    is_so: str
    m: float
    u: float

    @property
    def factor(self) -> float:
        """How much the odds grow."""
        return self.m / self.u


@dataclass(frozen=True)
class Compared:
    """A field and its outcomes, the fullest agreement first, the last one being everything else."""

    name: str
    is_unknown: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Model:
    """The odds before anything is compared, of one child and of nobody, and what each field adds."""

    prior: float
    nobody: float
    fields: tuple[Compared, ...]

    def probability_of_full_agreement(self, given: list[str]) -> float:
        """The match probability of one pair when all that the record gives agrees; unknown fields add nothing.

        It takes the rest of the population as it is on average: all the others together have the odds 1.
        """
        fullest = {level.label: level for field in self.fields for level in field.levels}
        told = set(given) - ({"mother_birth_date"} if "mother_id" in given else set())
        odds = self.prior / (1 - self.prior)
        for name in told:
            odds *= fullest[name].factor
        return odds / (1 + odds)


def model_of(children: pl.DataFrame) -> Model:
    """The model for a population: birth_date, sex, municipalities (a list), mother_birth_date, mother_id.

    A mother agrees not by chance alone: a child has about one sibling, so that is assumed where it is not counted.
    """
    prior = 1 / max(children.height, SMALLEST_POPULATION)
    siblings = {"mother_birth_date": prior, "mother_id": prior}
    chance = {
        name: chance_to_agree(children.get_column(name), ASSUMED_CHANCE[name] + siblings.get(name, 0))
        for name in ("birth_date", "sex", "mother_birth_date", "mother_id")
    }
    chance["municipality_code"] = _chance_to_share_a_municipality(children.get_column("municipalities"))
    absent = max(0.0, 1 - children.height / SMALLEST_POPULATION)
    return Model(prior, ODDS_OF_NOBODY + absent, _fields(chance))


def chance_to_agree(values: pl.Series, assumed: float) -> float:
    """How often two different children have the same value, steadied by what is assumed. Unknown is left out."""
    counts = values.drop_nulls().value_counts(name="rows")["rows"].cast(pl.Float64)
    known = float(counts.sum())
    return _steadied(float((counts * (counts - 1)).sum()) / 2, known * (known - 1) / 2, assumed)


def _chance_to_share_a_municipality(lists: pl.Series) -> float:
    """How often a home of one child is also among the homes of another."""
    counts = lists.explode().drop_nulls().value_counts(name="rows")["rows"].cast(pl.Float64)
    homes, children = float(counts.sum()), float(lists.list.len().gt(0).sum())
    agreeing = float((counts * (counts - 1)).sum()) / 2
    return _steadied(agreeing, max(homes * (children - 1), 0) / 2, ASSUMED_CHANCE["municipality_code"])


def _steadied(agreeing: float, pairs: float, assumed: float) -> float:
    return (agreeing + assumed * STEADYING_PAIRS) / (pairs + STEADYING_PAIRS)


def _fields(chance: dict[str, float]) -> tuple[Compared, ...]:
    return (
        Compared(
            "birth_date",
            _either_unknown("birth_date"),
            _date_levels("birth_date", chance["birth_date"], chance["birth_date"]),
        ),
        Compared("sex", _either_unknown("sex"), _agrees_or_not("sex", "sex_l = sex_r", 0.995, chance["sex"])),
        Compared(
            "municipality",
            _either_unknown("municipalities"),
            _agrees_or_not(
                "municipality_code",
                "list_has_any(municipalities_l, municipalities_r)",
                0.95,
                chance["municipality_code"],
            ),
        ),
        Compared(
            "mother",
            f"({_either_unknown('mother_id')}) and ({_either_unknown('mother_birth_date')})",
            _mother_levels(chance),
        ),
    )


def _either_unknown(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


def _agrees_or_not(label: str, is_so: str, m: float, u: float) -> tuple[Level, ...]:
    return (Level(label, is_so, m, u), Level(f"another {label}", "ELSE", 1 - m, 1 - u))


def _date_levels(column: str, u: float, by_chance: float) -> tuple[Level, ...]:
    """The same day; day and month swapped; one digit wrong or two in the wrong order; another day.

    `by_chance` is `u` without those who agree for a reason: siblings have their mother's day, not days near it. In
    a population that is born on a few days the chances are bounded, so that none of them is impossible or certain.
    """
    swap, digit = min(by_chance * SWAPPED_DAYS, 0.1), min(by_chance * ONE_DIGIT_DAYS, 0.2)
    return (
        Level(column, f"{column}_l = {column}_r", 0.97, u),
        Level(f"{column} swapped", f"{column}_l = {column}_swapped_r", 0.01, swap),
        Level(f"{column} one digit", _one_digit(column), 0.01, digit),
        Level(f"another {column}", "ELSE", 0.01, max(1 - u - swap - digit, 0.1)),
    )


def _mother_levels(chance: dict[str, float]) -> tuple[Level, ...]:
    """One field, since a mother's number tells her birth date too: counting both would count one agreement twice.

    An adopted child has another mother in the record than at birth: neither number nor birth date agree.
    """
    born_alike = chance["mother_birth_date"]
    by_chance = max(born_alike - chance["mother_id"], born_alike / 10)
    born, swapped, digit, other = _date_levels("mother_birth_date", born_alike, by_chance)
    both_told = "mother_id_l is not null and mother_id_r is not null"
    return (
        Level("mother_id", "mother_id_l = mother_id_r", 0.96, chance["mother_id"]),
        Level("mother's number mistyped", f"{born.is_so} and {both_told}", 0.02, born.u),
        born,
        swapped,
        digit,
        other,
    )


def _one_digit(column: str) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r) = 1"
