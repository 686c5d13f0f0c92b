"""Claims that hold for every table in the same way, made from its declaration: days, texts, references, repetitions."""

from __future__ import annotations

import polars as pl

from checks.catalogue.wording import IN_USE, MEND_DATES, ONE_IN_A_THOUSAND, Claims, Said
from checks.declared import Check
from pipelines.definitions.contract import Table
from pipelines.definitions.tables import TABLES
from pipelines.identity.event_keys import is_free_text, is_id
from pipelines.scan_rule import STANDS_ALONE

SHORTEST_NUMBER = 10
AHEAD_DAYS = 92
"""Plans and samples may lie a quarter ahead; a date further out has a wrong year."""

MAY_BE_PLANNED = (("residences", "to_date"), ("support_records", "closed_date"), ("treatments", "end_date"))
EARLIEST_EVENT = pl.date(1970, 1, 1)
"""Nobody who is followed here, and no course of treatment of a mother, is older: earlier days are defaults."""

JOINS_THE_CHILD = ("residences", "handovers", "support_records", "contacts", "assessments", "costs", "exposures")
REPEATABLE = {
    "pregnancies": Said("mor, termin og første kontakt", "mother, due date and first contact"),
    "exposures": Said("stof, sikkerhed, dag og registrant", "substance, certainty, day and recorder"),
    "handovers": Said("overgang, afsender, modtager og dag", "transition, sender, receiver and day"),
    "treatments": Said("kvinde, stof og startdag", "woman, substance and first day"),
    "support_records": Said("kommune, sagstype og åbningsdag", "municipality, type and opening day"),
    "assessments": Said("redskab, udviklingsområde, dag og resultat", "instrument, domain, day and result"),
    "costs": Said("indsats, periode og beløb", "service, period and amount"),
}
"""Tables whose frames compare rows, and what agrees in rows that say the same."""


def in_the_future(table: Table) -> Check:
    """No day on which something happened lies more than a quarter after the day of the run; planned ends may."""
    happened = [name for name in (table.known_by, *table.learned_later) if (table.name, name) not in MAY_BE_PLANNED]
    days = [(pl.col(name) - pl.col("latest_day")).dt.total_days() > AHEAD_DAYS for name in happened]
    return Claims(table.name, touches=("*",), tolerated=ONE_IN_A_THOUSAND).check(
        "in_the_future",
        "plausibility",
        "warning",
        claim=Said(
            f"{table.title_da}: ingen dato ligger langt ude i fremtiden.", f"{table.title_en}: no date lies far ahead."
        ),
        fails=pl.any_horizontal(days),
        supplier=MEND_DATES,
        reader=Said(
            "Rækken regnes først med, når dagen er nået; indtil da mangler den i tallene.",
            "The row only counts when its day has come; until then the figures lack it.",
        ),
    )


def too_early(table: Table) -> Check:
    """No date lies before anybody's time: 1 January 1900 is what systems write for nothing."""
    dates = [pl.col(column.name) < EARLIEST_EVENT for column in table.columns if column.type_name == "date"]
    return Claims(table.name, touches=("*",), tolerated=ONE_IN_A_THOUSAND).check(
        "too_early",
        "plausibility",
        "warning",
        claim=Said(
            f"{table.title_da}: ingen dato ligger før 1970.",
            f"{table.title_en}: no date lies before 1970.",
        ),
        fails=pl.any_horizontal(dates),
        supplier=Said(
            "Lad feltet stå tomt, når datoen ikke kendes. 1. januar 1900 og lignende må ikke sendes.",
            "Leave the field empty when the date is not known. 1 January 1900 and the like must not be sent.",
        ),
        reader=IN_USE,
    )


def person_number_in_text(table: Table) -> Check | None:
    """No id and no free text contains something like a person's number; tables without texts have no check."""
    texts = [pl.col(column.name) for column in table.columns if _is_text(table, column.name)]
    if not texts:
        return None
    return Claims(table.name).check(
        "person_number_in_text",
        "conformance",
        "critical",
        claim=Said(
            f"{table.title_da}: ingen tekst indeholder noget, der ligner et personnummer.",
            f"{table.title_en}: no text contains anything that looks like a person's number.",
        ),
        fails=pl.any_horizontal(looks_like_a_person_number(text) for text in texts),
        supplier=Said(
            "Fjern personnummeret fra feltet, og send leverancen igen. Lav numre til rækker, som ikke bygger på det.",
            "Remove the number from the field and send the delivery again. Make row ids that are not built on it.",
        ),
        reader=Said(
            "Tallene er rigtige, men intet fra denne kørsel må udleveres, før rækkerne er slettet.",
            "The figures are right, but nothing of this run may be handed out before the rows are gone.",
        ),
    )


def looks_like_a_person_number(text: pl.Expr) -> pl.Expr:
    """Null is no text. The length is looked at first: most ids are shorter than a person's number."""
    return (text.str.len_bytes() >= SHORTEST_NUMBER) & text.str.contains(STANDS_ALONE)


def _is_text(table: Table, name: str) -> bool:
    """Codes of the schedule are compared with it by ingest; pregnancies are numbers inside."""
    column = table.column(name)
    is_bounded = table.pair_in_schedule is not None and name in table.pair_in_schedule
    is_own_id = is_id(column, table) and column.identifier is None
    return is_own_id or (is_free_text(column, table) and not is_bounded)


def unknown_child(table: Table) -> Check:
    """Every child that a stored row names is there."""
    return Claims(table.name, touches=("*",)).check(
        "unknown_child",
        "conformance",
        "critical",
        claim=Said(
            f"{table.title_da}: hvert barn, en række nævner, findes blandt børnene.",
            f"{table.title_en}: every child that a row names is among the children.",
        ),
        fails=pl.col("birth_date").is_null(),
        applies=pl.col("child_id").is_not_null(),
        supplier=Said("Send barnet med i leverancen af børn.", "Send the child along in the delivery of children."),
        reader=Said(
            "Rækken hører ikke til noget barn og falder ud af alle tal.",
            "The row belongs to no child and drops out of every figure.",
        ),
    )


def near_duplicate(table: Table) -> Check:
    """No other row says the same under an id of its own; all but the one with the lowest id fail."""
    words = REPEATABLE[table.name]
    return Claims(table.name, touches=("*",)).check(
        "near_duplicate",
        "plausibility",
        "warning",
        claim=Said(
            f"{table.title_da}: ingen række er leveret to gange under hver sit nummer (samme {words.da}).",
            f"{table.title_en}: no row was delivered twice under different ids (same {words.en}).",
        ),
        fails=(pl.col(table.key[0]) != pl.col("first_alike")).fill_null(value=False),
        threshold=0.005,
        supplier=Said(
            "Send hver række én gang, og behold dens nummer, når udtrækket laves om.",
            "Send each row once and keep its id when the extract is made again.",
        ),
        reader=Said(
            "Antal og beløb kan være talt to gange. Andele ændres som regel ikke.",
            "Numbers and amounts may be counted twice. Shares rarely change.",
        ),
    )


def _checks() -> list[Check]:
    made: list[Check | None] = []
    for table in TABLES:
        made += [in_the_future(table), too_early(table), person_number_in_text(table)]
        made += [unknown_child(table)] if table.name in JOINS_THE_CHILD else []
        made += [near_duplicate(table)] if table.name in REPEATABLE else []
    return [check for check in made if check is not None]


CHECKS: tuple[Check, ...] = tuple(_checks())
