"""What goes wrong in the register of births and children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from checks.defects.clean import FAMILY, ROW, Clean
from checks.defects.declared import Defect, Patch
from checks.defects.planting import AGAIN, changed, plain, repeated
from checks.defects.values import (
    END_OF_TIME,
    FAR_AHEAD,
    UNSET_DATE,
    as_person_number,
    days,
    is_far_from_swapped,
    new_years_day,
    somebody_unknown,
    with_day_and_month_swapped,
)

BORN = pl.col("birth_date")
IS_LINKED = pl.col("pregnancy_id").is_not_null() & pl.col("_ended").is_not_null()
IS_TWIN = pl.col("_twin").is_not_null()
TERM_DAYS = 259


@dataclass(frozen=True)
class TwiceWithHomes:
    """A child that was created twice and lives at the same places under both numbers."""

    tables: tuple[str, ...] = ("children", "residences")

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """The child delivered again, and its homes with it."""
        weighed = pl.col("mother_id").is_not_null() & pl.col("birth_weight_g").is_not_null()
        lives_somewhere = pl.col("_first_home").is_not_null()
        again = repeated("children", weighed & lives_somewhere & pl.col("_twin").is_null()).plant(clean, rate, seed)
        second = again[0].added.select(pl.col("child_id").str.strip_suffix(AGAIN))
        homes = clean.rows("residences").join(second, on="child_id", how="semi", maintain_order="left")
        moved = plain(homes.with_columns(pl.col("child_id") + AGAIN), "residences").drop(ROW)
        return [*again, Patch("residences", again[0].planted.clear(), added=moved)]


DATES = (
    Defect(
        "children.day_and_month_swapped",
        "Dag og måned er byttet om i fødselsdatoen.",
        "Day and month changed places in the birth date.",
        changed(
            "children",
            IS_LINKED & is_far_from_swapped("birth_date", 28),
            birth_date=with_day_and_month_swapped("birth_date"),
        ),
        found_by=("children.birth_off_pregnancy_end",),
    ),
    Defect(
        "children.only_the_year_known",
        "Kun fødselsåret var kendt, så barnet står som født 1. januar.",
        "Only the year of birth was known, so the child stands as born on 1 January.",
        changed(
            "children",
            IS_LINKED & (BORN - new_years_day("birth_date") > days(28)),
            birth_date=new_years_day("birth_date"),
        ),
        found_by=("children.birth_off_pregnancy_end",),
    ),
    Defect(
        "children.unset_birth_date",
        "Fødselsdatoen blev aldrig udfyldt; systemet skrev 1. januar 1900.",
        "The birth date was never filled in; the system wrote 1 January 1900.",
        changed("children", birth_date=UNSET_DATE),
        found_by=("children.too_early",),
    ),
    Defect(
        "children.born_in_the_future",
        "Årstallet er tastet forkert, så barnet fødes om mange år.",
        "The year was mistyped, so the child will be born in many years.",
        changed("children", birth_date=FAR_AHEAD),
        found_by=("children.in_the_future",),
    ),
    Defect(
        "children.died_before_birth",
        "Dødsdatoen ligger før fødslen.",
        "The date of death lies before the birth.",
        changed("children", death_date=BORN - days(40)),
        found_by=("children.death_before_birth",),
    ),
    Defect(
        "children.death_at_the_end_of_time",
        "Levende børn står med dødsdatoen 31. december 9999.",
        "Living children stand with 31 December 9999 as date of death.",
        changed("children", death_date=END_OF_TIME),
        quarantined="type:death_date",
    ),
    Defect(
        "children.birth_date_missing",
        "Fødselsdatoen mangler.",
        "The birth date is missing.",
        changed("children", birth_date=pl.lit(None, pl.Date)),
        quarantined="required:birth_date",
    ),
)

MEASURES = (
    Defect(
        "children.weight_in_kilograms",
        "Fødselsvægten er skrevet i kilo i stedet for gram.",
        "The birth weight is written in kilograms instead of grams.",
        changed("children", pl.col("birth_weight_g").is_not_null(), birth_weight_g=pl.col("birth_weight_g") // 1000),
        found_by=("children.weight_implausible",),
    ),
    Defect(
        "children.weight_with_a_digit_too_many",
        "Et nul for meget i fødselsvægten.",
        "One nought too many in the birth weight.",
        changed("children", pl.col("birth_weight_g") > 900, birth_weight_g=pl.col("birth_weight_g") * 10),
        found_by=("children.weight_implausible",),
    ),
    Defect(
        "children.gestation_in_weeks",
        "Gestationsalderen er skrevet i uger i stedet for dage.",
        "The gestational age is written in weeks instead of days.",
        changed(
            "children",
            pl.col("gestational_age_days").is_not_null(),
            gestational_age_days=pl.col("gestational_age_days") // 7,
        ),
        found_by=("children.gestation_implausible",),
    ),
    Defect(
        "children.gestation_unlike_weight",
        "Gestationsalderen passer ikke til vægten: 25 uger og over tre kilo.",
        "The gestational age does not fit the weight: 25 weeks and more than three kilograms.",
        changed(
            "children",
            (pl.col("birth_weight_g") > 3000) & pl.col("gestational_age_days").is_not_null(),
            gestational_age_days=pl.lit(175),
        ),
        found_by=("children.weight_against_gestation",),
    ),
    Defect(
        "children.gestation_off_the_due_date",
        "Gestationsalderen er talt fra en anden termin end den registrerede.",
        "The gestational age was counted from another due date than the registered one.",
        changed(
            "children",
            IS_LINKED & pl.col("_due").is_not_null() & (pl.col("gestational_age_days") >= TERM_DAYS),
            gestational_age_days=pl.col("gestational_age_days") - 42,
        ),
        found_by=("children.gestation_off_due_date",),
    ),
    Defect(
        "children.sex_in_danish",
        "Kønnet er skrevet som »pige« i stedet for den aftalte kode.",
        "The sex is written as a Danish word instead of the agreed code.",
        changed("children", sex="pige"),
        quarantined="enumeration:sex",
    ),
)

WHO = (
    Defect(
        "children.swapped_with_the_mother",
        "Barnets og moderens numre er byttet om.",
        "The numbers of child and mother changed places.",
        changed(
            "children",
            IS_LINKED & pl.col("mother_id").is_not_null() & (pl.len().over(FAMILY) == 1),
            child_id=pl.col("mother_id"),
            mother_id=pl.col("child_id"),
        ),
        found_by=("children.mother_differs_from_pregnancy",),
    ),
    Defect(
        "children.sister_as_mother",
        "Storesøsteren er skrevet som barnets mor.",
        "The elder sister is written as the child's mother.",
        changed("children", pl.col("_elder").is_not_null(), mother_id=pl.col("_elder")),
        found_by=("children.mother_is_a_child",),
    ),
    Defect(
        "children.another_mother_than_the_pregnancy",
        "Barnets mor er en anden end den, der var gravid.",
        "The child's mother is another than she who was pregnant.",
        changed("children", IS_LINKED, mother_id=somebody_unknown("child_id")),
        found_by=("children.mother_differs_from_pregnancy",),
    ),
    Defect(
        "children.twin_of_another_mother",
        "To tvillinger har hver sin mor.",
        "Two twins have a mother each.",
        changed("children", IS_TWIN, beside="_twin", mother_id=somebody_unknown("child_id")),
        found_by=("siblings.twins_with_different_mothers",),
    ),
    Defect(
        "children.twin_born_another_month",
        "To tvillinger er født med tre ugers mellemrum.",
        "Two twins are born three weeks apart.",
        changed("children", IS_TWIN, beside="_twin", birth_date=BORN + days(21)),
        found_by=("siblings.twins_on_different_days",),
    ),
    Defect(
        "children.births_three_months_apart",
        "Den samme fødsel er indberettet igen med en måned, der er tastet forkert.",
        "The same birth was reported again with a mistyped month.",
        repeated("children", pl.col("mother_id").is_not_null(), birth_date=BORN + days(92), pregnancy_id=pl.lit(None)),
        found_by=("siblings.births_too_close",),
    ),
    Defect(
        "children.born_twice",
        "Barnet er oprettet to gange under hver sit nummer.",
        "The child was created twice under a number each.",
        repeated("children", IS_LINKED & pl.col("birth_weight_g").is_not_null()),
        found_by=("siblings.near_duplicate",),
    ),
    Defect(
        "children.born_twice_with_homes",
        "Barnet er oprettet to gange og har bopæl under begge numre.",
        "The child was created twice and has homes under both numbers.",
        TwiceWithHomes(),
        found_by=("siblings.twins_alike",),
    ),
    Defect(
        "children.pregnancy_of_nobody",
        "Barnet peger på en graviditet, som ingen har leveret.",
        "The child points to a pregnancy that nobody delivered.",
        changed("children", pregnancy_id=somebody_unknown("child_id")),
        quarantined="reference:pregnancy_id",
    ),
    Defect(
        "children.person_number_instead_of_a_pseudonym",
        "Barnets nummer er leveret, som det er, i stedet for som pseudonym.",
        "The child's number was delivered as it is instead of as a pseudonym.",
        changed("children", child_id=as_person_number("birth_date")),
        quarantined="identity:child_id",
    ),
)

DEFECTS = (*DATES, *MEASURES, *WHO)
