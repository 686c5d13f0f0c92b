"""Conformance, derived from the declared tables: each rule of the contract as one check per table, written once here.

The frames hold accepted rows and rows in quarantine. A row fails a rule when it was set aside for it, or when it stands
in the table and breaks it all the same: that would be a fault of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from checks.catalogue.wording import Claims, Said
from checks.declared import Check
from checks.frames.delivered import IS_IN_SCHEDULE, IS_LISTED, SET_ASIDE, SUFFIX
from pipelines.definitions.contract import EARLIEST_DATE, LATEST_DATE, Column, Table
from pipelines.definitions.tables import TABLES

TOLERATED = 0.001
"""One row in a thousand that cannot be used is told, and does not count as a failure."""


@dataclass(frozen=True)
class Rule:
    """A rule of quarantine, when a stored row breaks it (None: not by itself), and its words.

    `also_called` are names that adapters give to the same fault.
    """

    name: str
    breaks: Callable[[Table], pl.Expr | None]
    claim: Said
    supplier: Said
    also_called: tuple[str, ...] = ()

    @property
    def is_in_quarantine(self) -> pl.Expr:
        """Among the rules that the row was set aside for is this one."""
        labels = [f";{name}:" for name in (self.name, *self.also_called)]
        return pl.col(SET_ASIDE).str.contains_any(labels)


def nothing_is_set_aside_for(rule: Rule, table: Table) -> Check:
    """Every delivered row of the table keeps the rule."""
    set_aside = _set_aside_for(rule).fill_null(value=False)
    broken = rule.breaks(table)
    accepted = pl.col(SET_ASIDE).is_null()
    return Claims(table.name + SUFFIX, touches=("*",)).check(
        rule.name,
        "conformance",
        "warning",
        claim=Said(rule.claim.da.format(table.title_da), rule.claim.en.format(table.title_en)),
        fails=set_aside if broken is None else set_aside | (accepted & broken.fill_null(value=False)),
        threshold=TOLERATED,
        supplier=rule.supplier,
        reader=Said(
            "Rækken er sat i karantæne og indgår ikke i noget tal. Det, den skulle vise, ser ud, som om det mangler.",
            "The row is in quarantine and enters no figure. What it should have shown looks as if it were missing.",
        ),
    )


def _set_aside_for(rule: Rule) -> pl.Expr:
    """Unreadable are rows that were set aside for none of the rules that ingest judges by."""
    if rule is UNREADABLE:
        return ~pl.any_horizontal(known.is_in_quarantine for known in JUDGED_BY_INGEST)
    return rule.is_in_quarantine


def required_is_missing(table: Table) -> pl.Expr | None:
    """A field without which a row cannot be used is null."""
    return _any(pl.col(column.name).is_null() for column in table.columns if not column.optional)


def is_no_day_of_ours(table: Table) -> pl.Expr | None:
    """A date that no calendar of ours has, a number that is none."""
    earliest, latest = (pl.lit(bound).str.to_date("%Y-%m-%d") for bound in (EARLIEST_DATE, LATEST_DATE))
    dates = [~pl.col(column.name).is_between(earliest, latest) for column in _of_type(table, "date")]
    numbers = [~pl.col(column.name).is_finite() for column in _of_type(table, "float")]
    return _any([*dates, *numbers])


def is_in_no_list(table: Table) -> pl.Expr | None:
    """A word that is not among the allowed ones, a number out of bounds."""
    words = [~pl.col(column.name).is_in(column.allowed) for column in table.columns if column.allowed]
    numbers = [
        ~pl.col(column.name).is_between(column.lowest, column.highest)
        for column in table.columns
        if column.lowest is not None
    ]
    return _any([*words, *numbers])


def refers_to_nothing(table: Table) -> pl.Expr | None:
    """A code that no reference file has. Children and pregnancies are looked up in `unknown_child` and by ingest."""
    listed = [~pl.col(name) for name in (column.name + IS_LISTED for column in table.columns if _is_a_code(column))]
    return _any([*listed, *([~pl.col(IS_IN_SCHEDULE)] if table.pair_in_schedule else [])])


def is_about_nobody(table: Table) -> pl.Expr | None:
    """None of the fields of which one is needed."""
    return (
        pl.all_horizontal(pl.col(name).is_null() for name in table.at_least_one_of) if table.at_least_one_of else None
    )


def ends_before_it_begins(table: Table) -> pl.Expr | None:
    """An interval without a day in it."""
    return pl.col(table.ends_after[1]) <= pl.col(table.ends_after[0]) if table.ends_after else None


def _only_in_quarantine(_: Table) -> pl.Expr | None:
    return None


def _any(broken: Iterable[pl.Expr]) -> pl.Expr | None:
    rules = list(broken)
    return pl.any_horizontal(rules) if rules else None


def _of_type(table: Table, name: str) -> list[Column]:
    return [column for column in table.columns if column.type_name == name]


def _is_a_code(column: Column) -> bool:
    return column.references in ("municipalities", "services")


REQUIRED = Rule(
    "required",
    required_is_missing,
    Said("{}: alle felter, der skal udfyldes, er udfyldt.", "{}: every field that must be filled in is filled in."),
    Said("Udfyld de manglende felter, og send rækkerne igen.", "Fill in the missing fields and send the rows again."),
)
TYPE = Rule(
    "type",
    is_no_day_of_ours,
    Said("{}: datoer er datoer, og tal er tal.", "{}: dates are dates and numbers are numbers."),
    Said(
        "Skriv datoer som år-måned-dag og tal uden bogstaver; ret opsætningen af udtrækket, hvis alle rækker er ramt.",
        "Write dates as year-month-day and numbers without letters; mend the extract when every row is affected.",
    ),
)
ENUMERATION = Rule(
    "enumeration",
    is_in_no_list,
    Said(
        "{}: hvert felt med faste svar har et af de aftalte svar.",
        "{}: every coded field has one of the agreed values.",
    ),
    Said(
        "Oversæt egne koder til de aftalte i leverancens opsætning, og send rækkerne igen.",
        "Translate your own codes to the agreed ones in the set-up of the delivery and send the rows again.",
    ),
    also_called=("unmapped_code",),
)
REFERENCE = Rule(
    "reference",
    refers_to_nothing,
    Said("{}: det, en række henviser til, findes.", "{}: what a row refers to exists."),
    Said(
        "Send det barn eller den graviditet med, som rækken henviser til, eller ret koden.",
        "Send along the child or the pregnancy that the row refers to, or correct the code.",
    ),
)
IDENTITY = Rule(
    "identity",
    _only_in_quarantine,
    Said("{}: hvert personnummer kan læses.", "{}: every person's number can be read."),
    Said(
        "Ret personnummeret i kildesystemet. Send aldrig et personnummer, hvor der skal stå et pseudonym.",
        "Correct the person's number in the source system. Never send one where a pseudonym belongs.",
    ),
)
KEY = Rule(
    "key",
    _only_in_quarantine,
    Said("{}: to rækker med samme nøgle siger det samme.", "{}: two rows with the same key say the same."),
    Said(
        "Send kun den gældende udgave af rækken, eller giv rækkerne hver sin nøgle.",
        "Send only the valid version of the row, or give each row a key of its own.",
    ),
)
AT_LEAST_ONE = Rule(
    "at_least_one",
    is_about_nobody,
    Said("{}: hver række handler om et barn eller en graviditet.", "{}: every row is about a child or a pregnancy."),
    Said("Skriv, hvem rækken handler om, og send den igen.", "Say whom the row is about and send it again."),
)
INTERVAL = Rule(
    "ends_before_it_begins",
    ends_before_it_begins,
    Said("{}: ingen periode slutter, før den begynder.", "{}: no spell ends before it begins."),
    Said(
        "Ret start eller slut. Slutdatoen er den første dag, der ikke hører med.",
        "Correct start or end. The end is the first day that is not part of the spell.",
    ),
)
UNREADABLE = Rule(
    "unreadable",
    _only_in_quarantine,
    Said(
        "{}: hver række kan læses i det aftalte format og finder den, den handler om.",
        "{}: every row can be read in the agreed form and finds whom it is about.",
    ),
    Said(
        "Ret udtrækket efter det aftalte format. Mangler personnummeret, så send mere at finde barnet ved.",
        "Mend the extract to the agreed form. Without a person's number, send more to find the child by.",
    ),
)
JUDGED_BY_INGEST = (REQUIRED, TYPE, ENUMERATION, REFERENCE, IDENTITY, KEY, AT_LEAST_ONE, INTERVAL)
"""Rows are in quarantine for these rules, or for one of an adapter's own: then nobody could read them at all."""


def rules_of(table: Table) -> list[Rule]:
    """The rules that a row of the table can break."""
    derived = {
        TYPE: _of_type(table, "date") or _of_type(table, "float"),
        ENUMERATION: any(column.allowed or column.lowest is not None for column in table.columns),
        REFERENCE: table.pair_in_schedule or any(column.references for column in table.columns),
        IDENTITY: any(column.identifier == "person" for column in table.columns),
        AT_LEAST_ONE: table.at_least_one_of,
        INTERVAL: table.ends_after,
    }
    return [REQUIRED, *(rule for rule, has in derived.items() if has), KEY, UNREADABLE]


CHECKS: tuple[Check, ...] = tuple(nothing_is_set_aside_for(rule, table) for table in TABLES for rule in rules_of(table))
