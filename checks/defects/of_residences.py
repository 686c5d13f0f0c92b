"""What goes wrong in the register of homes."""

from __future__ import annotations

import polars as pl

from checks.defects.declared import Defect
from checks.defects.planting import changed, lost, repeated
from checks.defects.values import (
    END_OF_TIME,
    UNTIL_FURTHER_NOTICE,
    days,
    has_leading_zero,
    somebody_unknown,
    without_leading_zero,
)

FROM = pl.col("from_date")
NEXT = FROM.shift(-1).over("child_id", order_by="from_date")
IS_FIRST = pl.col("from_date") == pl.col("from_date").min().over("child_id")

DEFECTS = (
    Defect(
        "residences.overlap",
        "Fraflytningen er meldt for sent, så barnet bor to steder på én gang.",
        "The departure was reported too late, so the child lives in two places at once.",
        changed("residences", NEXT.is_not_null(), to_date=NEXT + days(60)),
        found_by=("residences.overlap",),
    ),
    Defect(
        "residences.before_birth",
        "Bopælen begynder, længe før barnet er født.",
        "The home begins long before the child is born.",
        changed("residences", IS_FIRST, from_date=pl.col("_born") - days(400)),
        found_by=("residences.before_birth",),
    ),
    Defect(
        "residences.begins_late",
        "Bopælen begynder med indlæsningen i registret, måneder efter fødslen.",
        "The home begins when the register was filled, months after the birth.",
        changed(
            "residences",
            IS_FIRST & (pl.col("_born") == FROM) & pl.col("to_date").is_null(),
            from_date=pl.col("_born") + days(90),
        ),
        found_by=("children.home_begins_late", "children.without_home"),
    ),
    Defect(
        "residences.until_further_notice",
        "Løbende perioder slutter i 2199.",
        "Running spells end in 2199.",
        changed("residences", pl.col("to_date").is_null(), to_date=UNTIL_FURTHER_NOTICE),
        found_by=("residences.in_the_future",),
    ),
    Defect(
        "residences.after_death",
        "Barnet flytter, efter at det er død.",
        "The child moves after it has died.",
        repeated(
            "residences",
            pl.col("_died").is_not_null() & IS_FIRST,
            from_date=pl.col("_died") + days(60),
            municipality_code=pl.col("_not_home"),
            to_date=pl.lit(None, pl.Date),
        ),
        found_by=("residences.after_death",),
    ),
    Defect(
        "residences.delivered_twice_a_day_apart",
        "Den samme tilflytning er leveret igen med datoen for behandlingen.",
        "The same arrival was delivered again with the date on which it was dealt with.",
        repeated("residences", from_date=FROM + days(1)),
        found_by=("residences.near_duplicate",),
    ),
    Defect(
        "residences.zero_lost",
        "Kommunekoden har mistet sit nul i et regneark.",
        "The municipality code lost its zero in a spreadsheet.",
        changed(
            "residences",
            has_leading_zero("municipality_code"),
            municipality_code=without_leading_zero("municipality_code"),
        ),
        quarantined="reference:municipality_code",
    ),
    Defect(
        "residences.code_from_before_2007",
        "Kommunen er nedlagt ved reformen i 2007.",
        "The municipality was abolished in the reform of 2007.",
        changed("residences", municipality_code="0189"),
        quarantined="reference:municipality_code",
    ),
    Defect(
        "residences.ends_on_its_first_day",
        "Perioden slutter samme dag, som den begynder.",
        "The spell ends on the day it begins.",
        changed("residences", to_date=FROM),
        quarantined="ends_before_it_begins:to_date",
    ),
    Defect(
        "residences.end_of_time",
        "Løbende perioder slutter 31. december 9999.",
        "Running spells end on 31 December 9999.",
        changed("residences", pl.col("to_date").is_null(), to_date=END_OF_TIME),
        quarantined="type:to_date",
    ),
    Defect(
        "residences.of_nobody",
        "Bopælen hører til et barn, som ingen har leveret.",
        "The home belongs to a child whom nobody delivered.",
        changed("residences", child_id=somebody_unknown("child_id")),
        quarantined="reference:child_id",
    ),
    Defect(
        "residences.all_lost",
        "Bopælsregistret har tabt nogle børn helt.",
        "The register of homes lost some children altogether.",
        lost("residences"),
        found_by=("children.without_home",),
        scope="feed",
    ),
)
