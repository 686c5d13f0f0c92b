"""What goes wrong in diagnoses and in courses of treatment."""

from __future__ import annotations

import polars as pl

from checks.defects.declared import Defect
from checks.defects.planting import changed, repeated
from checks.defects.values import FAR_AHEAD, TEST_NUMBER, UNSET_DATE, days

IS_CHILD = pl.col("_born").is_not_null()
IS_MOTHER = ~IS_CHILD & pl.col("_child").is_not_null()
OF_ALCOHOL = pl.col("sks_code").str.starts_with("DF10")
STARTED = pl.col("start_date")

OF_DIAGNOSES = (
    Defect(
        "diagnoses.before_birth",
        "Barnets diagnose er dateret før fødslen.",
        "The child's diagnosis is dated before the birth.",
        changed("diagnoses", IS_CHILD, diagnosed_date=pl.col("_born") - days(200)),
        found_by=("diagnoses.before_birth",),
    ),
    Defect(
        "diagnoses.after_death",
        "Barnets diagnose er stillet, længe efter at det er død.",
        "The child's diagnosis was made long after it had died.",
        changed("diagnoses", pl.col("_died").is_not_null(), diagnosed_date=pl.col("_died") + days(400)),
        found_by=("diagnoses.after_death",),
    ),
    Defect(
        "diagnoses.unset_date",
        "Diagnosedatoen blev aldrig udfyldt; systemet skrev 1. januar 1900.",
        "The date of the diagnosis was never filled in; the system wrote 1 January 1900.",
        changed("diagnoses", ~IS_CHILD, diagnosed_date=UNSET_DATE),
        found_by=("diagnoses.too_early",),
    ),
    Defect(
        "diagnoses.in_the_future",
        "Diagnosen ligger mange år ude i fremtiden.",
        "The diagnosis lies years ahead.",
        changed("diagnoses", diagnosed_date=FAR_AHEAD),
        found_by=("diagnoses.in_the_future",),
    ),
    Defect(
        "diagnoses.without_the_letter_d",
        "Koden er skrevet som ICD-10 uden D foran.",
        "The code is written as ICD-10 without the leading D.",
        changed("diagnoses", pl.col("sks_code").str.starts_with("D"), sks_code=pl.col("sks_code").str.slice(1)),
        found_by=("diagnoses.code_of_no_form",),
    ),
    Defect(
        "diagnoses.code_of_icd8",
        "Koden er fra ICD-8, som blev brugt før 1994.",
        "The code is of ICD-8, in use before 1994.",
        changed("diagnoses", sks_code="30399"),
        found_by=("diagnoses.code_of_no_form",),
    ),
    Defect(
        "diagnoses.person_number_in_the_code",
        "Der står et personnummer i kodefeltet.",
        "A person's number stands in the field of the code.",
        changed("diagnoses", sks_code=f"DF102 {TEST_NUMBER}"),
        found_by=("diagnoses.person_number_in_text",),
    ),
    Defect(
        "diagnoses.refuted_or_not_unknown",
        "Det mangler, om diagnosen er afkræftet.",
        "Whether the diagnosis was refuted is missing.",
        changed("diagnoses", is_refuted=pl.lit(None, pl.Boolean)),
        quarantined="required:is_refuted",
    ),
    Defect(
        "diagnoses.confirmed_as_refuted",
        "Bekræftede diagnoser står som afkræftede.",
        "Confirmed diagnoses stand as refuted.",
        changed("diagnoses", OF_ALCOHOL & ~pl.col("is_refuted"), is_refuted=pl.lit(value=True)),
        found_by=("diagnoses.many_refuted",),
    ),
    Defect(
        "diagnoses.newborns_code_with_the_mother",
        "Den nyfødtes diagnose er skrevet på moderen.",
        "The newborn's diagnosis is written on the mother.",
        changed("diagnoses", IS_MOTHER & OF_ALCOHOL, sks_code="DP043"),
        found_by=("diagnoses.newborn_code_of_a_mother",),
    ),
    Defect(
        "diagnoses.mothers_code_with_the_child",
        "Moderens diagnose er skrevet på barnet.",
        "The mother's diagnosis is written on the child.",
        changed("diagnoses", IS_MOTHER & OF_ALCOHOL, person_id=pl.col("_child")),
        found_by=("diagnoses.mothers_code_of_a_young_child",),
    ),
)

OF_TREATMENTS = (
    Defect(
        "treatments.ended_before_it_began",
        "Start og slut er byttet om.",
        "Start and end changed places.",
        changed("treatments", end_date=STARTED - days(90)),
        found_by=("treatments.end_before_start",),
    ),
    Defect(
        "treatments.unset_start",
        "Startdatoen blev aldrig udfyldt; systemet skrev 1. januar 1900.",
        "The start was never filled in; the system wrote 1 January 1900.",
        changed("treatments", start_date=UNSET_DATE),
        found_by=("treatments.too_early",),
    ),
    Defect(
        "treatments.two_at_a_time",
        "Det samme forløb er registreret igen med en startdato få dage senere.",
        "The same course was registered again with a start some days later.",
        repeated("treatments", pl.col("end_date") > STARTED + days(30), start_date=STARTED + days(5)),
        found_by=("treatments.overlap",),
    ),
    Defect(
        "treatments.of_the_child",
        "Behandlingen er skrevet på barnet i stedet for på moderen.",
        "The treatment is written on the child instead of the mother.",
        changed("treatments", pl.col("_child").is_not_null(), person_id=pl.col("_child")),
        found_by=("treatments.person_is_a_child",),
    ),
    Defect(
        "treatments.substance_in_plain_words",
        "Stoffet er skrevet som »spiritus«.",
        "The substance is written in plain words.",
        changed("treatments", substance="spiritus"),
        quarantined="enumeration:substance",
    ),
    Defect(
        "treatments.start_missing",
        "Startdatoen mangler.",
        "The start is missing.",
        changed("treatments", start_date=pl.lit(None, pl.Date)),
        quarantined="required:start_date",
    ),
)

DEFECTS = (*OF_DIAGNOSES, *OF_TREATMENTS)
