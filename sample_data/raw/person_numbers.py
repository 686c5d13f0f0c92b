"""CPR-like numbers in the test form (60 added to the day of the month, so nobody's), and replacement numbers.

The seventh digit follows the century: 4 to 9 for the born 2000-2036, 0 to 3 before. The last is odd for males. Some
newborns and some foreign mothers have a replacement number, national or regional, at first or for good.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sample_data.chance import Chance

NOBODYS_NUMBER = "6101400001"
"""Born in 1940: nobody in the sample is."""
SCATTER, OFFSET = 7_919, 131
"""Primes: neighbours in the list do not get neighbouring numbers, nor the first of each day the same one."""
LETTERS = [chr(65 + place) for place in range(26)]
NATIONAL, REGIONAL = ("1", "7"), ("0", "5", "6")
CPR, FOR_GOOD, CHANGED, CHANGED_TWICE = range(4)


@dataclass(frozen=True)
class PersonNumbers:
    """`numbers`: person_id, number (the newest), first_number, first_changed, second_number, second_changed."""

    numbers: pl.DataFrame
    changes: pl.DataFrame

    def of(self, person: pl.Series, on: pl.Series) -> pl.Series:
        """The number by which a person was known on a day; without a day the newest. Null stays null."""
        asked = pl.DataFrame({"person_id": person, "on": on})
        known = asked.join(self.numbers, on="person_id", how="left", maintain_order="left")
        return known.select(
            pl.when(pl.col("on") < pl.col("first_changed"))
            .then("first_number")
            .when(pl.col("on") < pl.col("second_changed"))
            .then("second_number")
            .otherwise("number")
        ).to_series()

    def newest(self, person: pl.Series) -> pl.Series:
        """The number that holds today."""
        asked = pl.DataFrame({"person_id": person})
        return asked.join(self.numbers, on="person_id", how="left", maintain_order="left")["number"]


def make_person_numbers(people: pl.DataFrame, seed: int) -> PersonNumbers:
    """A number for everybody. `people`: person_id, birth_date, is_female, is_child."""
    chance = Chance(seed, 0, "person numbers")
    kind = pl.Series("kind", chance.pick([0.981, 0.003, 0.015, 0.001], people.height))
    wait = pl.Series("wait", chance.between(3, 60, people.height))
    drawn = people.with_columns(kind, wait).with_columns(
        pl.when(pl.col("is_child")).then("kind").otherwise(pl.col("kind").clip(0, 1)).alias("kind")
    )
    made = drawn.with_columns(
        _cpr().alias("cpr"),
        _replacement(NATIONAL).alias("national"),
        _replacement(REGIONAL).alias("regional"),
        (pl.col("birth_date") + pl.duration(days="wait")).alias("changed"),
    )
    numbers = made.select("person_id", *_history())
    return PersonNumbers(numbers, _changes(numbers))


def _history() -> list[pl.Expr]:
    """Once changed: national, then CPR. Twice changed: regional, national, CPR."""
    kind, changed = pl.col("kind"), pl.col("changed")
    twice = kind == CHANGED_TWICE
    return [
        pl.when(kind == FOR_GOOD).then("national").otherwise("cpr").alias("number"),
        pl.when(kind == CHANGED).then("national").when(twice).then("regional").alias("first_number"),
        pl.when(kind >= CHANGED).then(changed).alias("first_changed"),
        pl.when(twice).then("national").alias("second_number"),
        pl.when(twice).then(changed + pl.duration(days=30)).alias("second_changed"),
    ]


def _changes(numbers: pl.DataFrame) -> pl.DataFrame:
    """old_person_id, new_person_id, changed_date: one row per change, chains as they are."""
    first = numbers.filter(pl.col("first_number").is_not_null()).select(
        pl.col("first_number").alias("old_person_id"),
        pl.coalesce("second_number", "number").alias("new_person_id"),
        pl.col("first_changed").alias("changed_date"),
    )
    second = numbers.filter(pl.col("second_number").is_not_null()).select(
        pl.col("second_number").alias("old_person_id"),
        pl.col("number").alias("new_person_id"),
        pl.col("second_changed").alias("changed_date"),
    )
    return pl.concat([first, second])


def _date_part() -> pl.Expr:
    """ddmmyy with 60 added to the day."""
    born = pl.col("birth_date").dt
    return pl.concat_str((born.day().cast(pl.Int32) + 60).cast(pl.String), born.to_string("%m%y"))


def _cpr() -> pl.Expr:
    """Unique while fewer than 2,000 of a sex are born on a day."""
    is_recent = pl.col("birth_date").dt.year() >= 2000
    room = pl.when(is_recent).then(3000).otherwise(2000)
    rank = pl.int_range(pl.len()).over("birth_date", "is_female") + pl.col("birth_date").to_physical() * OFFSET
    rank = rank.cast(pl.Int64) * SCATTER % room
    seventh = pl.when(is_recent).then(4 + rank % 6).otherwise(rank % 4)
    rest = pl.when(is_recent).then(rank // 6).otherwise(rank // 4)
    parity = pl.when(pl.col("is_female")).then(0).otherwise(1)
    return pl.concat_str(
        _date_part(),
        seventh.cast(pl.String),
        (rest % 100).cast(pl.String).str.zfill(2),
        (rest // 100 % 5 * 2 + parity).cast(pl.String),
    )


def _replacement(first: tuple[str, ...]) -> pl.Expr:
    """The date part, a digit that tells national from regional, two letters and a digit."""
    rank = pl.int_range(pl.len()).over("birth_date")

    def letter(place: pl.Expr) -> pl.Expr:
        return place.replace_strict(list(range(26)), LETTERS, return_dtype=pl.String)

    return pl.concat_str(
        _date_part(),
        (rank % len(first)).replace_strict(list(range(len(first))), list(first), return_dtype=pl.String),
        letter(rank * 5 % 26),
        letter(rank // 26 % 26),
        (rank // 676 % 10).cast(pl.String),
    )
