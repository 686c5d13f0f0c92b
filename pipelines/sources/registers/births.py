"""Newborns of the birth register: the children, and the births of every kind that pregnancies are made of."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE
from pipelines.definitions.tables import CHILDREN
from pipelines.identity import with_event_keys_of_our_own
from pipelines.sources.reading import Reading
from pipelines.sources.registers.codes import WRITTEN
from pipelines.sources.registers.narrowing import of_years
from pipelines.sources.registers.normal import is_no_day
from pipelines.sources.registers.opened import Registers
from pipelines.sources.registers.register import person

DAYS_OF_A_WEEK = 7
BIRTH = ["birth_id", "mother_id", "birth_date", "outcome", "municipality_code", SOURCE, ROW]
MOTHER_FAULT = IDENTITY_FAULT + "mother_id"


class Newborns:
    """`every`: one row per newborn as delivered, the stillborn too; `children`: the live-born who can be followed."""

    def __init__(self, every: pl.DataFrame, children: pl.DataFrame) -> None:
        self.every = every
        self.children = children

    @property
    def known(self) -> pl.DataFrame:
        """Each child once: child_id, birth_date, municipality_code of the mother at the birth, and its row."""
        return self.children.filter(pl.col("child_id").is_not_null()).unique(
            "child_id", keep="first", maintain_order=True
        )

    @property
    def years(self) -> list[str]:
        """Two digits of the years of birth and of those beside them: of them are the numbers of the children.

        A number keeps the year of birth also when it is changed, but for a birth date corrected by more than a year.
        """
        year = self.children.get_column("birth_date").str.slice(0, 4).cast(pl.Int64, strict=False).drop_nulls().unique()
        return sorted({f"{(one + beside) % 100:02d}" for one in year for beside in (-1, 0, 1)})

    def learn_mothers(self, told: pl.DataFrame) -> None:
        """`child_id, mother_id` from elsewhere, where the birth register has no mother.

        A child that is told two different mothers has neither: what is ambiguous is not linked.
        """
        once = (
            told.drop_nulls()
            .group_by("child_id")
            .agg(pl.col("mother_id").n_unique().alias("mothers"), pl.col("mother_id").first().alias("_told"))
            .filter(pl.col("mothers") == 1)
            .select("child_id", "_told")
        )
        self.every, self.children = (_with_mothers(rows, once) for rows in (self.every, self.children))

    def learn_deaths(self, told: pl.DataFrame) -> None:
        """`child_id, death_date`; of several the first."""
        once = told.group_by("child_id").agg(pl.col("death_date").min())
        self.children = self.children.join(once, on="child_id", how="left", maintain_order="left")


def _mothers_birth_dates(rows: pl.DataFrame) -> pl.DataFrame:
    """mother_id, mother_birth_date: for the mothers whose number does not tell it."""
    told = rows.select(pl.col("PNR_MOR").alias("mother_id"), pl.col("FOEDSELSDATO_MOR").alias("mother_birth_date"))
    return told.drop_nulls().unique(maintain_order=True)


def read_newborns(registers: Registers) -> Newborns:
    """From MFR_NYFOEDTE, with mothers from the relation of LPR3 and deaths from DOD."""
    register = registers.read("MFR_NYFOEDTE")
    register.set_aside_unknown_codes("children", "LEVENDEFOEDTDOEDFOEDT")
    every = _described(register.rows, registers.reading)
    registers.reading.mother_birth_dates.append(_mothers_birth_dates(register.rows))
    is_live = pl.col("LEVENDEFOEDTDOEDFOEDT") == "live_birth"
    has_no_number = pl.col("PNR_BARN").is_null() & pl.col(IDENTITY_FAULT + "PNR_BARN").is_null()
    register.set_aside(is_live & has_no_number, "children", "identity", "child_id")
    is_unknown_sex = pl.col("KOEN_BARN").is_null() & pl.col("KOEN_BARN" + WRITTEN).is_not_null()
    register.set_aside(is_live & is_unknown_sex, "children", "unmapped_code", "KOEN_BARN")
    kept = register.rows.filter(is_live).select(SOURCE, ROW)
    newborns = Newborns(every, every.join(kept, on=[SOURCE, ROW], how="semi", maintain_order="left"))
    _learn_mothers(registers, newborns)
    _learn_deaths(registers, newborns)
    return newborns


def hand_on_births(newborns: Newborns, reading: Reading) -> None:
    """Children, and one row per birth, of which pregnancies are made later."""
    reading.hand_on("children", newborns.children.rename({"birth_id": "pregnancy_id"}))
    births = _one_per_birth(newborns.every)
    reading.births += [births] if births.height else []


def _described(rows: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """In the words of the contract. An id of a birth that looks like a person's number gets a keyed name."""
    weeks = (pl.col("GESTATIONSALDERUGER").cast(pl.Int64, strict=False) * DAYS_OF_A_WEEK).cast(pl.String)
    described = rows.select(
        *person("PNR_BARN", "child_id"),
        *person("PNR_MOR", "mother_id"),
        pl.col("FOEDSELSDATO_BARN").alias("birth_date"),
        pl.col("KOEN_BARN").fill_null("unknown").alias("sex"),
        pl.coalesce("GESTATIONSALDER", weeks).alias("gestational_age_days"),
        pl.col("VAEGT_BARN").alias("birth_weight_g"),
        pl.col("LEVENDEFOEDTDOEDFOEDT").alias("outcome"),
        pl.col("BOPAELSKOMMUNE_MOR").alias("municipality_code"),
        pl.concat_str(pl.lit("mfr-"), "DW_EK_FOEDSEL").alias("pregnancy_id"),
        "DW_EK_FOEDSEL",
        "DW_EK_NYFOEDT",
        SOURCE,
        ROW,
    )
    keyed = with_event_keys_of_our_own(described, CHILDREN, reading.people.pseudonyms)
    return keyed.rename({"pregnancy_id": "birth_id"})


def _with_mothers(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    is_lacking = pl.col("mother_id").is_null() & pl.col(MOTHER_FAULT).is_null()
    return (
        rows.join(told, on="child_id", how="left", maintain_order="left")
        .with_columns(pl.when(is_lacking).then("_told").otherwise("mother_id").alias("mother_id"))
        .drop("_told")
    )


def _learn_mothers(registers: Registers, newborns: Newborns) -> None:
    if registers.has("LPR_A_MOR_BARN_RELATION"):
        told = registers.read("LPR_A_MOR_BARN_RELATION")
        told.set_aside_broken_numbers("PNR_BARN", "children", "child_id")
        told.leave_out(is_nobody_of(newborns, "PNR_BARN"))
        told.set_aside(pl.col(IDENTITY_FAULT + "PNR_MOR").is_not_null(), "children", "identity", "mother_id")
        told.leave_out(pl.col("PNR_MOR").is_null())
        newborns.learn_mothers(
            told.rows.select(pl.col("PNR_BARN").alias("child_id"), pl.col("PNR_MOR").alias("mother_id"))
        )


def _learn_deaths(registers: Registers, newborns: Newborns) -> None:
    if registers.has("DOD"):
        told = registers.read("DOD", of_years(newborns.years))
        told.set_aside_broken_numbers("PNR", "children", "child_id")
        told.leave_out(is_nobody_of(newborns, "PNR"))
        told.set_aside(is_no_day("DODDATO"), "children", "type", "death_date")
        newborns.learn_deaths(told.rows.select(pl.col("PNR").alias("child_id"), pl.col("DODDATO").alias("death_date")))


def is_nobody_of(newborns: Newborns, variable: str) -> pl.Expr:
    """The row is about no child of the birth register."""
    return pl.col(variable).is_null() | ~pl.col(variable).is_in(newborns.known["child_id"].implode())


def _one_per_birth(every: pl.DataFrame) -> pl.DataFrame:
    """A birth with a live-born child is a live birth, on the day of the last child. Two mothers: neither."""
    mother = pl.col("mother_id").drop_nulls()
    return (
        every.filter(pl.col("birth_id").is_not_null())
        .group_by("birth_id", maintain_order=True)
        .agg(
            pl.when(mother.n_unique() == 1).then(mother.first()).alias("mother_id"),
            pl.col("birth_date").max(),
            pl.col("outcome").sort().first(),
            pl.col("municipality_code").drop_nulls().first(),
            pl.col(SOURCE, ROW).first(),
        )
        .select(BIRTH)
    )
