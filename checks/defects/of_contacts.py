"""What goes wrong in follow-up: visits, examinations, and the assessments made at them."""

from __future__ import annotations

import polars as pl

from checks.defects.declared import Defect
from checks.defects.planting import changed, repeated
from checks.defects.values import FAR_AHEAD, TEST_NUMBER, UNSET_DATE, days, has_leading_zero, without_leading_zero

HELD, ASSESSED, Z = pl.col("contact_date"), pl.col("assessed_date"), pl.col("z_score")
ATTENDED = pl.col("status") == "attended"
HAS_DIED = pl.col("_died").is_not_null()

OF_CONTACTS = (
    Defect(
        "contacts.before_birth",
        "Årstallet er tastet forkert, så besøget ligger før fødslen.",
        "The year was mistyped, so the visit lies before the birth.",
        changed("contacts", contact_date=pl.col("_born") - days(120)),
        found_by=("contacts.before_birth",),
    ),
    Defect(
        "contacts.after_death",
        "Besøget er holdt, efter at barnet er død.",
        "The visit was held after the child had died.",
        changed("contacts", HAS_DIED, status="attended", contact_date=pl.col("_died") + days(120)),
        found_by=("contacts.after_death",),
    ),
    Defect(
        "contacts.attended_in_the_future",
        "Besøget er meldt gennemført, men ligger mange år ude i fremtiden.",
        "The visit was reported as held, but lies years ahead.",
        changed("contacts", ATTENDED, contact_date=FAR_AHEAD),
        found_by=("contacts.attended_in_the_future",),
    ),
    Defect(
        "contacts.unset_date",
        "Datoen blev aldrig udfyldt; systemet skrev 1. januar 1900.",
        "The date was never filled in; the system wrote 1 January 1900.",
        changed("contacts", contact_date=UNSET_DATE),
        found_by=("contacts.before_birth",),
    ),
    Defect(
        "contacts.coded_one_step_off",
        "Indskolingsundersøgelsen er kodet som besøget i den anden måned.",
        "A later examination is coded as the visit at two months.",
        changed(
            "contacts",
            ATTENDED & (pl.col("programme") == "health_visitor") & (HELD - pl.col("_born") > days(500)),
            contact_code="month_2",
        ),
        found_by=("contacts.code_against_age",),
    ),
    Defect(
        "contacts.in_a_municipality_of_strangers",
        "Besøget er indberettet af en kommune, hvor barnet aldrig har boet.",
        "The visit was reported by a municipality where the child has never lived.",
        changed(
            "contacts",
            pl.all_horizontal(pl.col("municipality_code", "_not_home").is_not_null()),
            municipality_code=pl.col("_not_home"),
        ),
        found_by=("contacts.never_lived_there",),
    ),
    Defect(
        "contacts.delivered_twice_with_new_ids",
        "Leverancen er kørt igen, og hver kontakt har fået et nyt nummer.",
        "The delivery was run again, and each contact was given a new number.",
        repeated("contacts"),
        found_by=("contacts.near_duplicate",),
    ),
    Defect(
        "contacts.attended_and_not",
        "Samme besøg er både gennemført og udeblevet.",
        "The same visit was both held and missed.",
        repeated("contacts", ATTENDED, status="no_show"),
        found_by=("contacts.attended_and_not",),
    ),
    Defect(
        "contacts.code_unknown",
        "Koden findes ikke i planen.",
        "The code is not in the schedule.",
        changed("contacts", contact_code="4_ugers_besoeg"),
        quarantined="reference:contact_code",
    ),
    Defect(
        "contacts.zero_lost",
        "Kommunekoden har mistet sit nul i et regneark.",
        "The municipality code lost its zero in a spreadsheet.",
        changed(
            "contacts",
            has_leading_zero("municipality_code"),
            municipality_code=without_leading_zero("municipality_code"),
        ),
        quarantined="reference:municipality_code",
    ),
    Defect(
        "contacts.status_in_danish",
        "Status er skrevet som »udeblevet«.",
        "The status is written as a Danish word.",
        changed("contacts", status="udeblevet"),
        quarantined="enumeration:status",
    ),
    Defect(
        "contacts.date_missing",
        "Datoen mangler.",
        "The date is missing.",
        changed("contacts", contact_date=pl.lit(None, pl.Date)),
        quarantined="required:contact_date",
    ),
)

OF_ASSESSMENTS = (
    Defect(
        "assessments.z_score_times_ten",
        "Kommaet er faldet ud af z-scoren.",
        "The decimal point fell out of the z-score.",
        changed("assessments", Z.abs() >= 1, z_score=Z * 10),
        found_by=("assessments.z_score_implausible",),
    ),
    Defect(
        "assessments.percentile_instead_of_z_score",
        "Der er leveret percentiler i stedet for z-scorer.",
        "Percentiles were delivered instead of z-scores.",
        changed("assessments", Z.is_not_null(), z_score=pl.lit(62.0)),
        found_by=("assessments.z_score_implausible",),
    ),
    Defect(
        "assessments.result_against_z_score",
        "Resultatet siger typisk, selv om scoren er langt under gennemsnittet.",
        "The result says typical although the score is far below the mean.",
        changed("assessments", Z.is_not_null(), result="typical", z_score=pl.lit(-3.4)),
        found_by=("assessments.result_against_z_score",),
    ),
    Defect(
        "assessments.before_birth",
        "Vurderingen er dateret før fødslen.",
        "The assessment is dated before the birth.",
        changed("assessments", assessed_date=pl.col("_born") - days(120)),
        found_by=("assessments.before_birth",),
    ),
    Defect(
        "assessments.after_death",
        "Vurderingen er lavet, efter at barnet er død.",
        "The assessment was made after the child had died.",
        changed("assessments", HAS_DIED, assessed_date=pl.col("_died") + days(120)),
        found_by=("assessments.after_death",),
    ),
    Defect(
        "assessments.number_glued_to_the_instrument",
        "Et personnummer står lige efter redskabets navn, uden mellemrum.",
        "A person's number stands right behind the name of the instrument, without a blank.",
        changed("assessments", instrument=f"BayleyE{TEST_NUMBER.replace('-', '')}"),
        found_by=("assessments.person_number_in_text",),
    ),
    Defect(
        "assessments.in_the_future",
        "Vurderingen ligger mange år ude i fremtiden.",
        "The assessment lies years ahead.",
        changed("assessments", assessed_date=FAR_AHEAD),
        found_by=("assessments.in_the_future",),
    ),
    Defect(
        "assessments.delivered_twice",
        "Vurderingen er leveret igen under et nyt nummer.",
        "The assessment was delivered again under a new number.",
        repeated("assessments", ASSESSED.is_not_null()),
        found_by=("assessments.near_duplicate",),
    ),
    Defect(
        "assessments.person_number_in_the_instrument",
        "Der står et personnummer i feltet for redskabet.",
        "A person's number stands in the field of the instrument.",
        changed("assessments", instrument=f"Bayley {TEST_NUMBER}"),
        found_by=("assessments.person_number_in_text",),
    ),
    Defect(
        "assessments.domain_in_danish",
        "Udviklingsområdet er skrevet som »sprog«.",
        "The domain is written as a Danish word.",
        changed("assessments", domain="sprog"),
        quarantined="enumeration:domain",
    ),
    Defect(
        "assessments.z_score_with_a_comma",
        "Z-scoren er skrevet med komma.",
        "The z-score is written with a comma.",
        changed("assessments", Z.is_not_null(), z_score="-1,25"),
        quarantined="type:z_score",
    ),
)

DEFECTS = (*OF_CONTACTS, *OF_ASSESSMENTS)
