"""What goes wrong where an exposure is registered."""

from __future__ import annotations

import polars as pl

from checks.defects.declared import Defect
from checks.defects.planting import changed, repeated
from checks.defects.values import FAR_AHEAD, UNSET_DATE, days, somebody_unknown

REGISTERED = pl.col("registered_date")
NO = pl.lit(value=False)

DEFECTS = (
    Defect(
        "exposures.registered_before_detected",
        "Registreringen er dateret før, eksponeringen blev opdaget.",
        "The registration is dated before the exposure was detected.",
        changed("exposures", detected_date=REGISTERED + days(25)),
        found_by=("exposures.detected_after_registered",),
    ),
    Defect(
        "exposures.unset_detection",
        "Opdaget-datoen blev aldrig udfyldt; systemet skrev 1. januar 1900.",
        "The date of detection was never filled in; the system wrote 1 January 1900.",
        changed("exposures", detected_date=UNSET_DATE),
        found_by=("exposures.detected_too_early",),
    ),
    Defect(
        "exposures.registered_before_the_pregnancy",
        "Registreringen hører til en tidligere graviditet.",
        "The registration belongs to an earlier pregnancy.",
        changed("exposures", pl.col("_born").is_not_null(), registered_date=pl.col("_born") - days(900)),
        found_by=("exposures.before_pregnancy",),
    ),
    Defect(
        "exposures.detected_in_the_future",
        "Den dag, eksponeringen blev opdaget, ligger mange år ude i fremtiden.",
        "The day on which the exposure was detected lies years ahead.",
        changed("exposures", pl.col("detected_date").is_not_null(), detected_date=FAR_AHEAD),
        found_by=("exposures.in_the_future",),
    ),
    Defect(
        "exposures.registered_in_the_future",
        "Årstallet for registreringen er tastet forkert.",
        "The year of the registration was mistyped.",
        changed("exposures", registered_date=FAR_AHEAD),
        found_by=("exposures.in_the_future",),
    ),
    Defect(
        "exposures.child_of_another_pregnancy",
        "Barnet og graviditeten i den samme registrering hører ikke sammen.",
        "The child and the pregnancy in one registration do not belong together.",
        changed(
            "exposures",
            pl.col("_pregnancy").is_not_null() & pl.col("_elder").is_not_null(),
            child_id=pl.col("_elder"),
            pregnancy_id=pl.col("_pregnancy"),
        ),
        found_by=("exposures.child_not_of_pregnancy",),
    ),
    Defect(
        "exposures.delivered_twice",
        "Registreringen er leveret igen under et nyt nummer.",
        "The registration was delivered again under a new number.",
        repeated("exposures"),
        found_by=("exposures.near_duplicate",),
    ),
    Defect(
        "exposures.ruled_out_and_confirmed",
        "Det samme stof er både bekræftet og afkræftet samme dag.",
        "The same substance is both confirmed and ruled out on one day.",
        repeated("exposures", pl.col("certainty") == "confirmed", certainty="ruled_out"),
        found_by=("exposures.ruled_out_and_confirmed",),
    ),
    Defect(
        "exposures.confirmed_in_no_trimester",
        "Eksponeringen er bekræftet, men alle tre trimestre siger nej.",
        "The exposure is confirmed, but all three trimesters say no.",
        changed("exposures", certainty="confirmed", trimester_1=NO, trimester_2=NO, trimester_3=NO),
        found_by=("exposures.confirmed_in_no_trimester",),
    ),
    Defect(
        "exposures.alcohol_on_prescription",
        "Alkohol står som ordineret af en læge.",
        "Alcohol stands as prescribed by a doctor.",
        changed("exposures", substance="alcohol", is_prescribed=pl.lit(value=True)),
        found_by=("exposures.prescribed_drug_of_abuse",),
    ),
    Defect(
        "exposures.substance_in_plain_words",
        "Stoffet er skrevet som »hash«.",
        "The substance is written in plain words.",
        changed("exposures", substance="hash"),
        quarantined="enumeration:substance",
    ),
    Defect(
        "exposures.tobacco",
        "Tobak er leveret med, selv om det ikke er i målgruppen.",
        "Tobacco was delivered although it is not in scope.",
        changed("exposures", substance="tobacco"),
        quarantined="enumeration:substance",
    ),
    Defect(
        "exposures.about_nobody",
        "Hverken barn eller graviditet er nævnt.",
        "Neither child nor pregnancy is named.",
        changed("exposures", child_id=pl.lit(None, pl.String), pregnancy_id=pl.lit(None, pl.String)),
        quarantined="at_least_one:pregnancy_id+child_id",
    ),
    Defect(
        "exposures.of_an_unknown_child",
        "Barnet er ikke i befolkningsregistret.",
        "The child is not in the population register.",
        changed("exposures", child_id=somebody_unknown("exposure_id")),
        quarantined="reference:child_id",
    ),
    Defect(
        "exposures.recorder_unknown",
        "Den registrerende er skrevet som en afdeling, ikke som den aftalte kode.",
        "The recorder is written as a department, not as the agreed code.",
        changed("exposures", recorded_by="Afd. Y4"),
        quarantined="enumeration:recorded_by",
    ),
)
