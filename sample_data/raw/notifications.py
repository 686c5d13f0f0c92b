"""Notifications of concern (BUU): about children, about the unborn under the mother's number, and about adults.

Municipalities correct earlier years, so years come again in a later version; and of one municipality only January of
2018 was ever reported.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from sample_data.raw.outbox import QUARANTINED, Outbox, municipality_number
from sample_data.raw.registers import NOTIFIERS, theirs
from sample_data.raw.strangers import stranger

VERSIONS = {2021: (2015, 2021), 2024: (2022, 2024), 2025: (2023, 2025)}
"""Version and the years that it holds: of a year the newest version stands."""
FIRST_YEAR, LAST_YEAR = 2015, 2025
SILENT_MUNICIPALITY, SILENT_YEAR = "0482", 2018
TOLD_AGAIN = [date(2024, 3, 4), date(2024, 3, 7)]
"""The earlier version lacks at most one of two in a row: the other is told in both, however small the sample."""
ADULTS_A_MONTH, STRANGERS, NOWHERE = 8, 40, 999
CHILD, UNBORN = "1", "2"
ABOUT_EXPOSURE, ABOUT_OTHER = "16", "1"
SHORTEST, LONGEST = 280, 300
ADULT_AGE = 18


def deliver_notifications(outbox: Outbox, births: pl.DataFrame, pregnancies: pl.DataFrame) -> None:
    """Takes what the register can tell. `births`: child_id, birth_date; `pregnancies`: those that care knows of."""
    told = [
        _of_children(outbox, births),
        _of_unborn(outbox, pregnancies),
        _of_adults(outbox),
        _of_nowhere(outbox, births),
    ]
    rows = pl.concat(told, how="diagonal").with_columns(
        pl.col("UNDERRETNINGSDATO").dt.year().cast(pl.Int64).alias("AAR"),
        pl.when(_is_silent("UNDERRETNINGSDATO", "KOMNR", int(SILENT_MUNICIPALITY)))
        .then(0)
        .otherwise(1)
        .alias("ALLE_MDR"),
    )
    for version, (first, last) in VERSIONS.items():
        own = rows.filter(pl.col("AAR").is_between(first, last))
        corrected_from = min((start for newer, (start, _) in VERSIONS.items() if newer > version), default=last + 1)
        told_then = _as_first_told(own, corrected_from).with_columns(pl.lit(version).alias("VERSION"))
        outbox.parquet(told_then.sort("AAR", "KOMNR", "UNDERRETNINGSDATO", "PNR"), f"registre/BUU_{version}.parquet")


def _as_first_told(rows: pl.DataFrame, corrected_from: int) -> pl.DataFrame:
    """Before the correction: some notifications were not told yet, and some under another kind of notifier."""
    is_corrected = pl.col("AAR") >= corrected_from
    turn = is_corrected.cum_sum()
    is_missing, is_otherwise = (is_corrected & (turn % every == 1) for every in (9, 7))
    notifier = pl.when(is_otherwise).then(pl.lit("99")).otherwise("UNDRETTYPE")
    return rows.with_columns(notifier.alias("UNDRETTYPE")).filter(~is_missing)


def _is_silent(day: str, place: str, code: str | int) -> pl.Expr:
    return (pl.col(place) == code) & (pl.col(day).dt.year() == SILENT_YEAR)


def _is_told(outbox: Outbox, day: str, place: str) -> pl.Expr:
    """A year that the register holds, and a municipality that reported it."""
    listed = outbox.reference.municipalities["municipality_code"].unique().implode()
    in_time = pl.col(day).dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    return in_time & pl.col(place).is_in(listed) & ~_is_silent(day, place, SILENT_MUNICIPALITY)


def _age(day: str, birth: str) -> pl.Expr:
    """Whole years on a day."""
    before_birthday = pl.col(day).dt.strftime("%m%d") < pl.col(birth).dt.strftime("%m%d")
    return pl.col(day).dt.year() - pl.col(birth).dt.year() - before_birthday.cast(pl.Int32)


def _of_children(outbox: Outbox, births: pl.DataFrame) -> pl.DataFrame:
    """Records without an end that say nothing of the exposure, or say it from the first day on."""
    rows = outbox.left("support_records").join(births, on="child_id", how="left", maintain_order="left")
    status, on = pl.col("exposure_status"), pl.col("exposure_recorded_date")
    says_nothing = status.is_null() & on.is_null()
    says_at_once = (status == "recorded").fill_null(value=False) & on.eq_missing(pl.col("opened_date"))
    wanted = (
        (pl.col("record_type") == "notification")
        & pl.col("closed_date").is_null()
        & (says_nothing | says_at_once)
        & (_age("opened_date", "birth_date") < ADULT_AGE)
        & _is_told(outbox, "opened_date", "municipality_code")
        & ~pl.struct("child_id", "opened_date", "municipality_code").is_duplicated()
    )
    taken = outbox.take("support_records", rows.select(wanted).to_series())
    outbox.taken_without_name(taken)
    since_2024 = pl.col("opened_date").dt.year() >= 2024
    notifier = pl.when(since_2024).then(pl.lit("12")).otherwise(pl.lit("7"))
    return taken.join(births, on="child_id", how="left", maintain_order="left").select(
        outbox.number_of(taken["child_id"], taken["opened_date"]).alias("PNR"),
        municipality_number("municipality_code").alias("KOMNR"),
        pl.col("opened_date").alias("UNDERRETNINGSDATO"),
        pl.lit(CHILD).alias("PERS_TYPE"),
        pl.when(pl.int_range(pl.len()) % 3 == 0).then(notifier).otherwise(pl.lit("1")).alias("UNDRETTYPE"),
        _background(pl.col("exposure_status") == "recorded"),
        _age("opened_date", "birth_date").cast(pl.Int64).alias("BEREGN_ALDER"),
    )


def _background(is_about_exposure: pl.Expr) -> pl.Expr:
    other = pl.lit(ABOUT_OTHER)
    return pl.when(is_about_exposure).then(pl.lit(ABOUT_EXPOSURE)).otherwise(other).alias("BAGGRUND1")


def _of_unborn(outbox: Outbox, pregnancies: pl.DataFrame) -> pl.DataFrame:
    """Notifications before birth, where the mother has one pregnancy that day and no more is said than reads the same.

    The register knows no receipt: what the municipality registers it has received.
    """
    handovers = outbox.left("handovers").join(
        pregnancies.select("pregnancy_id", "mother_id"), on="pregnancy_id", how="left", maintain_order="left"
    )
    can_be_found = _the_only_pregnancy_of_the_day(handovers, pregnancies)
    states_it = pl.col("has_exposure").fill_null(value=False)
    is_received_at_once = (pl.col("received_date") == pl.col("sent_date")).fill_null(value=False)
    wanted = (
        (pl.col("kind") == "prebirth_notification")
        & pl.col("child_id").is_null()
        & (pl.col("to_actor") == "family_department")
        & pl.col("from_actor").is_in(list(NOTIFIERS.values()))
        & pl.col("from_municipality_code").is_null()
        & (~states_it | is_received_at_once)
        & _is_told(outbox, "sent_date", "to_municipality_code")
        & pl.col("handover_id").is_in(can_be_found.implode())
    )
    chosen = handovers.select(wanted.fill_null(value=False)).to_series()
    mothers = handovers.filter(chosen)["mother_id"]
    taken = outbox.take("handovers", chosen)
    return taken.select(
        outbox.number_of(mothers, taken["sent_date"]).alias("PNR"),
        municipality_number("to_municipality_code").alias("KOMNR"),
        pl.col("sent_date").alias("UNDERRETNINGSDATO"),
        pl.lit(UNBORN).alias("PERS_TYPE"),
        pl.col("from_actor").replace_strict(theirs(NOTIFIERS), return_dtype=pl.String).alias("UNDRETTYPE"),
        _background(states_it),
    )


def _the_only_pregnancy_of_the_day(handovers: pl.DataFrame, pregnancies: pl.DataFrame) -> pl.Series:
    """Hand-overs sent when the mother had one pregnancy by the widest reading of its span, and surely was in it."""
    due, end, seen = (pl.col(name) for name in ("due_date", "end_date", "first_contact_date"))
    surely_from = pl.coalesce(seen, due - pl.duration(days=SHORTEST), end - pl.duration(days=LONGEST))
    maybe_from = pl.min_horizontal(seen, due - pl.duration(days=LONGEST), end - pl.duration(days=LONGEST))
    spans = pregnancies.select(
        "mother_id",
        surely_from.alias("surely_from"),
        maybe_from.alias("maybe_from"),
        pl.coalesce(end, due).alias("surely_to"),
        pl.max_horizontal(end, due + pl.duration(days=60)).alias("maybe_to"),
    )
    sent = pl.col("sent_date")
    of_day = (
        handovers.select("handover_id", "mother_id", "sent_date")
        .join(spans, on="mother_id")
        .filter(sent.is_between("maybe_from", "maybe_to"))
    )
    alone = of_day.filter(~pl.col("handover_id").is_duplicated())
    return alone.filter(sent.is_between("surely_from", "surely_to"))["handover_id"]


def _of_adults(outbox: Outbox) -> pl.DataFrame:
    """Strangers over 18, a few every month of the year of which one municipality reported January only.

    And two of a year that is delivered in two versions.
    """
    places = outbox.reference.municipalities["municipality_code"].unique().sort()
    days = pl.DataFrame(
        {"UNDERRETNINGSDATO": [date(SILENT_YEAR, m, 1 + 3 * n) for m in range(1, 13) for n in range(ADULTS_A_MONTH)]}
    )
    rows = places.to_frame("place").join(days, how="cross")
    is_left_out = _is_silent("UNDERRETNINGSDATO", "place", SILENT_MUNICIPALITY)
    reported = rows.filter(~is_left_out | (pl.col("UNDERRETNINGSDATO").dt.month() == 1))
    again = pl.DataFrame({"place": places.head(1).to_list() * 2, "UNDERRETNINGSDATO": TOLD_AGAIN})
    reported = pl.concat([reported, again])
    whom = pl.Series("PNR", [stranger(number) for number in range(STRANGERS)])
    return reported.select(
        whom.gather(pl.int_range(0, reported.height, eager=True) % STRANGERS),
        municipality_number("place").alias("KOMNR"),
        "UNDERRETNINGSDATO",
        pl.lit(CHILD).alias("PERS_TYPE"),
        pl.lit("99").alias("UNDRETTYPE"),
        pl.lit(ABOUT_OTHER).alias("BAGGRUND1"),
        (pl.col("UNDERRETNINGSDATO").dt.year() - 1950).cast(pl.Int64).alias("BEREGN_ALDER"),
    )


def _of_nowhere(outbox: Outbox, births: pl.DataFrame) -> pl.DataFrame:
    """One notification of a child from a municipality that does not exist: it must end in quarantine."""
    someone = births.filter(pl.col("birth_date") < date(2019, 1, 1)).head(1)
    day = pl.Series("UNDERRETNINGSDATO", [date(2019, 6, 3)] * someone.height, dtype=pl.Date)
    outbox.expected["support_records", QUARANTINED] += someone.height
    return pl.DataFrame({"PNR": outbox.number_of(someone["child_id"], day), "UNDERRETNINGSDATO": day}).with_columns(
        pl.lit(NOWHERE, pl.Int32).alias("KOMNR"),
        pl.lit(CHILD).alias("PERS_TYPE"),
        pl.lit("1").alias("UNDRETTYPE"),
        pl.lit(ABOUT_OTHER).alias("BAGGRUND1"),
        pl.lit(1, pl.Int64).alias("BEREGN_ALDER"),
    )
