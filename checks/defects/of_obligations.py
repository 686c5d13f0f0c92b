"""What could go wrong while obligations are worked out: evidence, exposed children, obligations and gaps in a store."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.defects.declared import Defect
from checks.defects.spoiling import NOBODY, Spoiled
from checks.defects.values import days

AFTER_ALL = pl.lit(date(2027, 1, 15))
"""A day after that of the figures."""

LONG_AGO = pl.lit(date(2001, 1, 1))
"""A day before anybody who is followed here was born."""

STATUS, KIND = pl.col("status"), pl.col("kind")
EVIDENCE_DATE = pl.col("evidence_date")
FIRST_EVIDENCE = pl.col("first_evidence_date")
NO_REASON = pl.lit(None, pl.String)

EVIDENCE = (
    Defect(
        "evidence.known_too_early",
        "Et spor står som kendt, før det viste sig.",
        "Evidence stands as known before it showed itself.",
        Spoiled("evidence", values={"known_date": EVIDENCE_DATE - days(10)}),
        found_by=("evidence.known_before_it_showed",),
        scope="stored",
    ),
    Defect(
        "evidence.known_after_all",
        "Et spor, som ingen endnu kender, er regnet med.",
        "Evidence that nobody knows of yet is counted.",
        Spoiled("evidence", values={"known_date": AFTER_ALL}),
        found_by=("evidence.from_the_future",),
        scope="stored",
    ),
    Defect(
        "evidence.of_nobody",
        "Et spor hører til et barn, der ikke er talt med.",
        "Evidence belongs to a child who is not counted.",
        Spoiled("evidence", values={"child_id": NOBODY}),
        found_by=("evidence.of_a_child_not_exposed",),
        scope="stored",
    ),
    Defect(
        "evidence.overlooked",
        "Barnets første spor er overset, da den første dag blev fundet.",
        "The child's first evidence was overlooked when its first day was found.",
        Spoiled("evidence", values={"evidence_date": LONG_AGO}),
        found_by=("evidence.earlier_than_the_first",),
        scope="stored",
    ),
    Defect(
        "exposed.known_too_early",
        "Barnet står som kendt før sit første spor.",
        "The child stands as known before its first evidence.",
        Spoiled("exposed", values={"first_known_date": FIRST_EVIDENCE - days(5)}),
        found_by=("exposed.known_before_it_showed",),
        scope="stored",
    ),
    Defect(
        "exposed.turned_round",
        "Kendt før fødslen og kendt efter fødslen er byttet om.",
        "Known before birth and known after birth changed places.",
        Spoiled("exposed", values={"known_before_birth": ~pl.col("known_before_birth")}),
        found_by=("exposed.known_before_birth_or_not",),
        scope="stored",
    ),
    Defect(
        "obligations.registration_lost",
        "Forpligtelsen til at registrere et eksponeret barn er faldet ud.",
        "The obligation to register an exposed child dropped out.",
        Spoiled("obligations", KIND == "registered", how="dropped"),
        found_by=("exposed.not_owed_a_registration",),
        scope="stored",
    ),
    Defect(
        "obligations.child_record_lost",
        "Forpligtelsen til at skrive eksponeringen i barnets egen journal er faldet ud.",
        "The obligation to write the exposure on the child's own record dropped out.",
        Spoiled("obligations", KIND == "on_child_record", how="dropped"),
        found_by=("exposed.not_owed_a_child_record",),
        scope="stored",
    ),
    Defect(
        "obligations.handover_twice",
        "Samme overlevering er gjort op to gange.",
        "The same hand-over was worked out twice.",
        Spoiled("obligations", KIND == "handed_over", {"subject_id": pl.lit("igen")}, how="repeated"),
        found_by=("exposed.owed_two_handovers",),
        scope="stored",
    ),
)

OBLIGATIONS = (
    Defect(
        "obligations.late_as_met",
        "Det, der skete for sent, står som rettidigt.",
        "What was done too late stands as done in time.",
        Spoiled("obligations", STATUS == "late", {"status": pl.lit("met")}),
        found_by=("obligations.done_on_the_wrong_side",),
        scope="stored",
    ),
    Defect(
        "obligations.open_with_a_day",
        "Det, der står åbent, har en dag, hvor det er gjort.",
        "What stands open has a day on which it was done.",
        Spoiled("obligations", STATUS == "overdue", {"met_date": pl.col("due_date")}),
        found_by=("obligations.met_but_open",),
        scope="stored",
    ),
    Defect(
        "obligations.reason_lost",
        "Grunden til en mangel er faldet ud.",
        "The reason of a loss dropped out.",
        Spoiled("obligations", STATUS == "overdue", {"reason": NO_REASON}),
        found_by=("obligations.wrong_reason",),
        scope="stored",
    ),
    Defect(
        "obligations.overdue_as_not_due",
        "En overskredet frist står som en, der ikke er nået.",
        "A due date that has passed stands as one that has not come.",
        Spoiled("obligations", STATUS == "overdue", {"status": pl.lit("not_due"), "reason": NO_REASON}),
        found_by=("obligations.due_but_not_yet",),
        scope="stored",
    ),
    Defect(
        "obligations.overdue_too_soon",
        "Noget står som et hul, før fristen er passeret.",
        "Something stands as a gap before its due date has passed.",
        Spoiled("obligations", STATUS == "not_due", {"status": pl.lit("overdue"), "reason": pl.lit("silent")}),
        found_by=("obligations.gap_before_its_due_date",),
        scope="stored",
    ),
    Defect(
        "obligations.begun_too_soon",
        "En forpligtelse er gjort op, før den begynder.",
        "An obligation was worked out before it begins.",
        Spoiled("obligations", STATUS == "not_due", {"trigger_date": AFTER_ALL, "due_date": AFTER_ALL + days(30)}),
        found_by=("obligations.not_begun",),
        scope="stored",
    ),
    Defect(
        "obligations.met_too_soon",
        "En kontakt, der ligger forude, opfylder en forpligtelse.",
        "A contact that lies ahead meets an obligation.",
        Spoiled("obligations", STATUS == "late", {"met_date": AFTER_ALL}),
        found_by=("obligations.met_in_the_future",),
        scope="stored",
    ),
    Defect(
        "obligations.due_too_soon",
        "Fristen er regnet baglæns fra den dag, forpligtelsen begynder.",
        "The due date was counted backwards from the day the obligation begins.",
        Spoiled("obligations", values={"due_date": pl.col("trigger_date") - days(14)}),
        found_by=("obligations.due_before_it_begins",),
        scope="stored",
    ),
    Defect(
        "obligations.without_a_child",
        "En forpligtelse har mistet det barn, den gælder.",
        "An obligation lost the child to whom it is owed.",
        Spoiled("obligations", pl.col("pregnancy_id").is_null(), {"child_id": pl.lit(None, pl.Int64)}),
        found_by=("obligations.of_nobody",),
        scope="stored",
    ),
    Defect(
        "gaps.born_today",
        "Et hul har ingen alder.",
        "A gap has no age.",
        Spoiled("gaps", values={"age_days": pl.lit(0, pl.Int64)}),
        found_by=("gaps.of_no_age",),
        scope="stored",
    ),
    Defect(
        "gaps.already_met",
        "Noget, der er gjort, står på arbejdslisten.",
        "Something that is done stands on the worklist.",
        Spoiled("gaps", values={"status": pl.lit("met")}),
        found_by=("gaps.of_another_status",),
        scope="stored",
    ),
)

DEFECTS = (*EVIDENCE, *OBLIGATIONS)
