"""What goes wrong when knowledge is handed over, and in the municipal records that it ends in."""

from __future__ import annotations

import polars as pl

from checks.defects.declared import Defect
from checks.defects.planting import changed, repeated
from checks.defects.values import FAR_AHEAD, UNSET_DATE, days

SENT, OPENED = pl.col("sent_date"), pl.col("opened_date")
IS_DISCHARGE = pl.col("kind") == "discharge"
HAS_CHILD = pl.col("_born").is_not_null()

OF_HANDOVERS = (
    Defect(
        "handovers.received_before_sent",
        "Modtagelsen er bekræftet, før der blev sendt.",
        "Receipt was confirmed before it was sent.",
        changed("handovers", received_date=SENT - days(9)),
        found_by=("handovers.received_before_sent",),
    ),
    Defect(
        "handovers.received_years_later",
        "Modtagelsen er bekræftet tre år efter.",
        "Receipt was confirmed three years later.",
        changed("handovers", received_date=SENT + days(1100)),
        found_by=("handovers.received_long_after",),
    ),
    Defect(
        "handovers.to_the_sender",
        "Overleveringen går fra en afdeling til den selv.",
        "The hand-over goes from a department to itself.",
        changed(
            "handovers",
            pl.col("to_municipality_code").is_not_null(),
            from_actor=pl.col("to_actor"),
            from_municipality_code=pl.col("to_municipality_code"),
        ),
        found_by=("handovers.to_itself",),
    ),
    Defect(
        "handovers.discharged_before_birth",
        "Barnet er udskrevet, før det er født.",
        "The child was discharged before it was born.",
        changed(
            "handovers",
            IS_DISCHARGE & HAS_CHILD,
            sent_date=pl.col("_born") - days(60),
            received_date=pl.col("_born") - days(58),
        ),
        found_by=("handovers.before_birth",),
    ),
    Defect(
        "handovers.notified_before_a_birth_that_was_over",
        "Underretningen før fødslen er sendt et halvt år efter fødslen.",
        "The notification before birth was sent half a year after it.",
        changed(
            "handovers",
            (pl.col("kind") == "prebirth_notification") & pl.col("_ended").is_not_null(),
            sent_date=pl.col("_ended") + days(180),
            received_date=pl.lit(None, pl.Date),
        ),
        found_by=("handovers.prebirth_after_birth",),
    ),
    Defect(
        "handovers.to_a_municipality_of_strangers",
        "Overleveringen er sendt til en kommune, hvor barnet aldrig har boet.",
        "The hand-over was sent to a municipality where the child has never lived.",
        changed(
            "handovers", IS_DISCHARGE & pl.col("_not_home").is_not_null(), to_municipality_code=pl.col("_not_home")
        ),
        found_by=("handovers.receiver_never_lived_in",),
    ),
    Defect(
        "handovers.school_start_at_one",
        "Skolestarten er overleveret for et barn på ét år.",
        "School start was handed over for a child of one year.",
        changed(
            "handovers",
            HAS_CHILD & IS_DISCHARGE,
            kind="school_start",
            sent_date=pl.col("_born") + days(365),
            received_date=pl.lit(None, pl.Date),
        ),
        found_by=("handovers.age_unlike_kind",),
    ),
    Defect(
        "handovers.in_the_future",
        "Overleveringen ligger mange år ude i fremtiden.",
        "The hand-over lies years ahead.",
        changed("handovers", sent_date=FAR_AHEAD, received_date=pl.lit(None, pl.Date)),
        found_by=("handovers.in_the_future",),
    ),
    Defect(
        "handovers.delivered_twice",
        "Overleveringen er leveret af både afsender og modtager.",
        "The hand-over was delivered by both sender and receiver.",
        repeated("handovers"),
        found_by=("handovers.near_duplicate",),
    ),
    Defect(
        "handovers.kind_in_danish",
        "Arten er skrevet som »udskrivning«.",
        "The kind is written as a Danish word.",
        changed("handovers", kind="udskrivning"),
        quarantined="enumeration:kind",
    ),
    Defect(
        "handovers.about_nobody",
        "Hverken barn eller graviditet er nævnt.",
        "Neither child nor pregnancy is named.",
        changed("handovers", child_id=pl.lit(None, pl.String), pregnancy_id=pl.lit(None, pl.String)),
        quarantined="at_least_one:child_id+pregnancy_id",
    ),
)

OF_RECORDS = (
    Defect(
        "support_records.closed_before_opened",
        "Åbnet og lukket er byttet om.",
        "Opened and closed changed places.",
        changed("support_records", closed_date=OPENED - days(30)),
        found_by=("support_records.closed_before_opened",),
    ),
    Defect(
        "support_records.never_closed_in_1900",
        "Åbne sager er lukket 1. januar 1900.",
        "Open records were closed on 1 January 1900.",
        changed("support_records", pl.col("closed_date").is_null(), closed_date=UNSET_DATE),
        found_by=("support_records.closed_before_opened",),
    ),
    Defect(
        "support_records.before_birth",
        "Barnets sag er åbnet to år før fødslen.",
        "The child's record was opened two years before the birth.",
        changed(
            "support_records",
            opened_date=pl.col("_born") - days(730),
            closed_date=pl.lit(None, pl.Date),
            exposure_recorded_date=pl.lit(None, pl.Date),
        ),
        found_by=("support_records.before_birth",),
    ),
    Defect(
        "support_records.status_before_the_record",
        "Eksponeringen er skrevet i sagen, før der var en sag.",
        "The exposure was written in the record before there was one.",
        changed("support_records", exposure_status="recorded", exposure_recorded_date=OPENED - days(500)),
        found_by=("support_records.status_before_opened",),
    ),
    Defect(
        "support_records.in_a_municipality_of_strangers",
        "Sagen er ført af en kommune, hvor barnet aldrig har boet.",
        "The record is kept by a municipality where the child has never lived.",
        changed("support_records", pl.col("_not_home").is_not_null(), municipality_code=pl.col("_not_home")),
        found_by=("support_records.never_lived_there",),
    ),
    Defect(
        "support_records.in_the_future",
        "Sagen åbnes først om mange år.",
        "The record will only be opened in many years.",
        changed(
            "support_records",
            opened_date=FAR_AHEAD,
            closed_date=pl.lit(None, pl.Date),
            exposure_recorded_date=pl.lit(None, pl.Date),
        ),
        found_by=("support_records.in_the_future",),
    ),
    Defect(
        "support_records.delivered_twice",
        "Sagen er leveret igen under et nyt nummer efter et systemskifte.",
        "The record was delivered again under a new number after a change of system.",
        repeated("support_records"),
        found_by=("support_records.near_duplicate",),
    ),
    Defect(
        "support_records.type_in_danish",
        "Sagens art er skrevet som »§ 18-screening«.",
        "The type is written as a Danish word.",
        changed("support_records", record_type="§ 18-screening"),
        quarantined="enumeration:record_type",
    ),
    Defect(
        "support_records.municipality_missing",
        "Kommunen mangler.",
        "The municipality is missing.",
        changed("support_records", municipality_code=pl.lit(None, pl.String)),
        quarantined="required:municipality_code",
    ),
)

DEFECTS = (*OF_HANDOVERS, *OF_RECORDS)
