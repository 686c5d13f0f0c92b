"""What could go wrong while figures are made: counts and the thread in a store."""

from __future__ import annotations

import polars as pl

from checks.defects.declared import Defect
from checks.defects.of_results import Doubled, Lost
from checks.defects.spoiling import Spoiled

DENOMINATOR, EVER = pl.col("denominator"), pl.col("numerator_ever")
IS_STEP = pl.col("lost_reason").is_null()
IS_LATER_STEP = IS_STEP & (pl.col("position") > 0)
IS_LAST_STEP = IS_STEP & (pl.col("position") == pl.col("position").max())
OF_ALL_CHILDREN = (pl.col("group_kind") == "country") & (pl.col("birth_period_kind") == "all")
OF_THE_COUNTRY = (
    (pl.col("period_kind") == "year") & (pl.col("group_kind") == "country") & (pl.col("attribution") == "responsible")
)

DEFECTS = (
    Defect(
        "counts.more_met_than_owed",
        "Der er talt flere opfyldte end skyldige.",
        "More are counted as met than were owed.",
        Spoiled("counts", values={"numerator_ever": DENOMINATOR + 3}),
        found_by=("counts.numerator_above_denominator",),
        scope="stored",
    ),
    Defect(
        "counts.more_timely_than_met",
        "Der er talt flere rettidige end opfyldte.",
        "More are counted as in time than as met at all.",
        Spoiled("counts", values={"numerator_timely": EVER + 3}),
        found_by=("counts.timely_above_ever",),
        scope="stored",
    ),
    Defect(
        "counts.more_lost_than_open",
        "Der er talt flere tabte end uopfyldte.",
        "More are counted as lost than were not met.",
        Spoiled("counts", values={"lost_to_follow_up": DENOMINATOR - EVER + 3}),
        found_by=("counts.lost_above_open",),
        scope="stored",
    ),
    Defect(
        "counts.below_nought",
        "Et antal er trukket fra to gange og er negativt.",
        "A number was subtracted twice and is negative.",
        Spoiled("counts", values={"excused": pl.lit(-2, pl.Int64)}),
        found_by=("counts.negative",),
        scope="stored",
    ),
    Defect(
        "continuity.grown",
        "Et trin i den røde tråd har flere børn end trinnet før.",
        "A step of the thread has more children than the step before it.",
        Spoiled("continuity", IS_LAST_STEP, {"children": pl.col("children") + 1_000_000}),
        found_by=("funnel.grows",),
        scope="stored",
    ),
    Defect(
        "continuity.silent_loss",
        "Et trin i den røde tråd taber børn uden at sige det.",
        "A step of the thread loses children without saying so.",
        Spoiled("continuity", IS_LATER_STEP, {"lost": pl.col("lost") + 1}),
        found_by=("funnel.loses_without_saying",),
        scope="stored",
    ),
    Defect(
        "linkage_quality.exposures_lost",
        "Registreringer mangler i opgørelsen af koblingen.",
        "Registrations are missing in the account of the linkage.",
        Lost("linkage_quality", "exposures_in_linkage", pl.col("measure") == "exposures"),
        found_by=("conservation.exposures_in_linkage",),
        scope="results",
    ),
    Defect(
        "counts_by_group.doubled",
        "Landets tal er lagt sammen to gange.",
        "The country's figures were added up twice.",
        Doubled("counts_by_group", "denominator", "groups_counted", where=OF_THE_COUNTRY),
        found_by=("conservation.groups_counted",),
        scope="results",
    ),
    Defect(
        "continuity.doubled",
        "Den røde tråd begynder med flere børn, end der er eksponerede.",
        "The thread begins with more children than are exposed.",
        Doubled("continuity", "children", "exposed_in_funnel", where=OF_ALL_CHILDREN & (pl.col("step") == "exposed")),
        found_by=("conservation.exposed_in_funnel",),
        scope="results",
    ),
)
