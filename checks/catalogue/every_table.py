"""Claims that hold for every table in the same way, made from its declaration: days, texts, references, repetitions."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import any_of
from checks.catalogue.wording import IN_USE, ONE_IN_A_THOUSAND, Claims, Said
from checks.declared import Check
from pipelines.definitions.contract import Table
from pipelines.definitions.tables import TABLES
from pipelines.identity import KEYED, NUMBER_AS_TOKEN
from pipelines.identity.event_keys import is_free_text, is_id

SHORTEST_NUMBER = 10
MADE_BY_PROGRAMS = f"x?{KEYED}[0-9a-f]*|[0-9A-Fa-f]{{8}}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}}"
"""Our own keyed names, longer digests, and UUIDs: ten digits in a row are chance there."""

AHEAD_DAYS = 92
"""Plans and samples may lie a quarter ahead; a date further out has a wrong year."""

DUE_AHEAD_DAYS = 400
"""Who is pregnant today is due within 40 weeks."""

PLANNED_AHEAD_DAYS = 1827
"""An end may be planned five years ahead; what lies beyond stands for `until further notice`, or has a wrong year."""

MAY_LIE_AHEAD = {
    ("pregnancies", "due_date"): DUE_AHEAD_DAYS,
    ("residences", "to_date"): PLANNED_AHEAD_DAYS,
    ("treatments", "end_date"): PLANNED_AHEAD_DAYS,
    ("support_records", "closed_date"): PLANNED_AHEAD_DAYS,
    ("costs", "end_date"): PLANNED_AHEAD_DAYS,
}
EARLIEST_EVENT = pl.date(1970, 1, 1)
"""Nobody who is followed here, and no course of treatment of a mother, is older: earlier days are defaults."""

JOINS_THE_CHILD = ("residences", "handovers", "support_records", "contacts", "assessments", "costs", "exposures")
REPEATABLE = {
    "pregnancies": Said("mor, termin og første kontakt", "mother, due date and first contact"),
    "exposures": Said(
        "barn eller graviditet, stof, sikkerhed, dag og registrant",
        "child or pregnancy, substance, certainty, day and recorder",
    ),
    "handovers": Said(
        "barn eller graviditet, overgang, afsender, modtager, dag, og om eksponeringen er nævnt",
        "child or pregnancy, transition, sender, receiver, day, and whether the exposure is stated",
    ),
    "treatments": Said("kvinde, stof og startdag", "woman, substance and first day"),
    "support_records": Said("barn, kommune, sagstype og åbningsdag", "child, municipality, type and opening day"),
    "assessments": Said(
        "barn, redskab, udviklingsområde, dag og resultat", "child, instrument, domain, day and result"
    ),
    "costs": Said("barn, indsats, periode og beløb", "child, service, period and amount"),
}
"""Tables whose frames compare rows, and what agrees in rows that say the same."""


def in_the_future(table: Table) -> Check:
    """No day on which something happened lies more than a quarter after the day of the run; planned ones may."""
    days = [
        (pl.col(name) - pl.col("latest_day")).dt.total_days() > MAY_LIE_AHEAD.get((table.name, name), AHEAD_DAYS)
        for name in _dates(table)
    ]
    return Claims(table.name, touches=("*",), tolerated=ONE_IN_A_THOUSAND).check(
        "in_the_future",
        "plausibility",
        "warning",
        claim=Said(
            f"{table.title_da}: ingen dato ligger langt ude i fremtiden.", f"{table.title_en}: no date lies far ahead."
        ),
        fails=any_of(days),
        supplier=Said(
            "Ret datoen i kildesystemet, og send rækken igen. En slutdato, der ikke kendes, skal stå tom.",
            "Correct the date in the source system and send the row again. Leave an end that is not known empty.",
        ),
        reader=Said(
            "Det, datoen gælder, regnes først med, når dagen er nået; indtil da mangler det i tallene.",
            "What the date is about only counts when its day has come; until then the figures lack it.",
        ),
    )


def too_early(table: Table) -> Check:
    """No date lies before anybody's time: 1 January 1900 is what systems write for nothing."""
    dates = [pl.col(name) < EARLIEST_EVENT for name in _dates(table)]
    return Claims(table.name, touches=("*",), tolerated=ONE_IN_A_THOUSAND).check(
        "too_early",
        "plausibility",
        "warning",
        claim=Said(
            f"{table.title_da}: ingen dato ligger før 1970.",
            f"{table.title_en}: no date lies before 1970.",
        ),
        fails=any_of(dates),
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
        fails=any_of(looks_like_a_person_number(text) for text in texts),
        supplier=Said(
            "Fjern personnummeret fra feltet, og send leverancen igen. "
            "Giv rækkerne numre, der ikke bygger på personnummeret.",
            "Remove the number from the field and send the delivery again. Make row ids that are not built on it.",
        ),
        reader=Said(
            "Tallene er rigtige, men intet fra denne kørsel må udleveres, før rækkerne er slettet.",
            "The figures are right, but nothing of this run may be handed out before the rows are gone.",
        ),
    )


def _dates(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.type_name == "date"]


def looks_like_a_person_number(text: pl.Expr) -> pl.Expr:
    """As ingest sees it in what senders wrote, but for what programs make. Null is no text.

    The length is looked at first: most ids are shorter than a person's number. What is left is looked at twice, the
    second time without keyed names and UUIDs; these are few.
    """
    is_like = (text.str.len_bytes() >= SHORTEST_NUMBER) & text.str.contains(NUMBER_AS_TOKEN)
    suspect = pl.when(is_like).then(text).str.replace_all(MADE_BY_PROGRAMS, "x")
    return suspect.str.contains(NUMBER_AS_TOKEN).fill_null(value=False)


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
            f"{table.title_da}: ingen række er leveret to gange under to forskellige numre (samme {words.da}).",
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
