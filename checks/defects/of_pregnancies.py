"""What goes wrong in the records of antenatal care."""

from __future__ import annotations

import polars as pl

from checks.defects.declared import Defect
from checks.defects.planting import changed, repeated
from checks.defects.values import FAR_AHEAD, UNSET_DATE, days, has_leading_zero, without_leading_zero

CONTACTED, ENDED = pl.col("first_contact_date"), pl.col("end_date")
HAS_BOTH = CONTACTED.is_not_null() & ENDED.is_not_null()
HAS_CHILD = pl.col("_has_child")

DATES = (
    Defect(
        "pregnancies.ended_before_the_first_contact",
        "Første kontakt og afslutning er byttet om.",
        "First contact and end changed places.",
        changed("pregnancies", HAS_BOTH & (ENDED > CONTACTED), first_contact_date=ENDED, end_date=CONTACTED),
        found_by=("pregnancies.end_before_first_contact",),
    ),
    Defect(
        "pregnancies.unset_first_contact",
        "Første kontakt blev aldrig udfyldt; systemet skrev 1. januar 1900.",
        "The first contact was never filled in; the system wrote 1 January 1900.",
        changed("pregnancies", CONTACTED.is_not_null() & ENDED.is_not_null(), first_contact_date=UNSET_DATE),
        found_by=("pregnancies.too_early",),
    ),
    Defect(
        "pregnancies.due_a_year_later",
        "Terminen har det forkerte årstal.",
        "The due date has the wrong year.",
        changed(
            "pregnancies",
            HAS_CHILD & ENDED.is_not_null() & pl.col("due_date").is_not_null(),
            due_date=pl.col("due_date") + days(365),
        ),
        found_by=("pregnancies.due_date_off_end",),
    ),
    Defect(
        "pregnancies.longer_than_a_year",
        "Afslutningen er først registreret længe efter, graviditeten endte.",
        "The end was only registered long after the pregnancy had ended.",
        changed(
            "pregnancies",
            HAS_BOTH & ~HAS_CHILD & pl.col("due_date").is_not_null(),
            end_date=pl.col("due_date") + days(120),
        ),
        found_by=("pregnancies.too_long",),
    ),
    Defect(
        "pregnancies.asked_before_the_first_contact",
        "Spørgsmålet om rusmidler er dateret længe før første kontakt.",
        "The question about substances is dated long before the first contact.",
        changed(
            "pregnancies",
            CONTACTED.is_not_null() & pl.col("asked_date").is_not_null(),
            asked_date=CONTACTED - days(300),
        ),
        found_by=("pregnancies.asked_before_first_contact",),
    ),
    Defect(
        "pregnancies.asked_after_the_end",
        "Spørgsmålet er dateret efter, at graviditeten endte.",
        "The question is dated after the pregnancy had ended.",
        changed("pregnancies", ENDED.is_not_null() & pl.col("asked_date").is_not_null(), asked_date=ENDED + days(100)),
        found_by=("pregnancies.asked_after_end",),
    ),
    Defect(
        "pregnancies.due_in_another_century",
        "Terminens år er læst som 2096.",
        "The year of the due date was read as 2096.",
        changed("pregnancies", pl.col("due_date").is_not_null(), due_date=FAR_AHEAD),
        found_by=("pregnancies.in_the_future",),
    ),
    Defect(
        "pregnancies.asked_in_the_future",
        "Den dag, der blev spurgt om alkohol, ligger mange år ude i fremtiden.",
        "The day on which she was asked about alcohol lies years ahead.",
        changed("pregnancies", pl.col("asked_date").is_not_null(), asked_date=FAR_AHEAD),
        found_by=("pregnancies.in_the_future",),
    ),
    Defect(
        "pregnancies.first_contact_in_the_future",
        "Første kontakt ligger mange år ude i fremtiden.",
        "The first contact lies years ahead.",
        changed("pregnancies", CONTACTED.is_not_null(), first_contact_date=FAR_AHEAD),
        found_by=("pregnancies.in_the_future",),
    ),
)

CONTENT = (
    Defect(
        "pregnancies.born_alive_without_an_end",
        "Barnet er født, men graviditeten er ikke afsluttet.",
        "The child is born, but the pregnancy has no end.",
        changed(
            "pregnancies", ENDED.is_not_null() & (pl.col("outcome") == "live_birth"), end_date=pl.lit(None, pl.Date)
        ),
        found_by=("pregnancies.live_birth_without_end",),
    ),
    Defect(
        "pregnancies.lost_and_yet_a_child",
        "Graviditeten står som tabt, men der er født et barn.",
        "The pregnancy stands as lost, and yet a child was born of it.",
        changed("pregnancies", HAS_CHILD, outcome="loss"),
        found_by=("pregnancies.loss_with_child",),
    ),
    Defect(
        "pregnancies.asked_without_an_answer",
        "Der er en dato for spørgsmålet, men intet svar.",
        "There is a date of the question, but no answer.",
        changed(
            "pregnancies",
            pl.col("asked_date").is_not_null(),
            alcohol_asked=pl.lit(None, pl.Boolean),
            substances_asked=pl.lit(None, pl.Boolean),
        ),
        found_by=("pregnancies.asked_date_without_answer",),
    ),
    Defect(
        "pregnancies.delivered_twice",
        "Graviditeten er oprettet på to hospitaler under hver sit nummer.",
        "The pregnancy was created at two hospitals under a number each.",
        repeated("pregnancies", CONTACTED.is_not_null() & pl.col("due_date").is_not_null()),
        found_by=("pregnancies.near_duplicate",),
    ),
    Defect(
        "pregnancies.running_twice",
        "Den løbende graviditet er oprettet igen med en anden termin.",
        "The running pregnancy was created again with another due date.",
        repeated(
            "pregnancies",
            ENDED.is_null() & ~HAS_CHILD & pl.col("due_date").is_not_null(),
            due_date=pl.col("due_date") - days(60),
        ),
        found_by=("pregnancies.overlaps_the_next",),
    ),
    Defect(
        "pregnancies.care_level_unknown",
        "Niveauet er 9 for »uoplyst«.",
        "The care level is 9 for 'not stated'.",
        changed("pregnancies", care_level=pl.lit(9)),
        quarantined="enumeration:care_level",
    ),
    Defect(
        "pregnancies.outcome_in_danish",
        "Udfaldet er skrevet som »levendefødt«.",
        "The outcome is written as a Danish word.",
        changed("pregnancies", outcome="levendefødt"),
        quarantined="enumeration:outcome",
    ),
    Defect(
        "pregnancies.mother_missing",
        "Moderens nummer mangler.",
        "The mother's number is missing.",
        changed("pregnancies", mother_id=pl.lit(None, pl.String)),
        quarantined="required:mother_id",
    ),
    Defect(
        "pregnancies.zero_lost",
        "Kommunekoden har mistet sit nul i et regneark.",
        "The municipality code lost its zero in a spreadsheet.",
        changed(
            "pregnancies",
            has_leading_zero("municipality_code"),
            municipality_code=without_leading_zero("municipality_code"),
        ),
        quarantined="reference:municipality_code",
    ),
    Defect(
        "pregnancies.date_in_danish_order",
        "Terminen er skrevet som 17-05-2024.",
        "The due date is written day first.",
        changed("pregnancies", pl.col("due_date").is_not_null(), due_date=pl.col("due_date").dt.strftime("%d-%m-%Y")),
        quarantined="type:due_date",
    ),
)

DEFECTS = (*DATES, *CONTENT)
