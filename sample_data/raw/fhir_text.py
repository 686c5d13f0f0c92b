"""FHIR resources as text: a template with `$marks`, filled column-wise for all rows at once."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

MARK = re.compile(r"\$([a-z_]+)")
REGION = "1081"
"""The region whose hospitals and municipalities deliver in FHIR."""
YEARS_IN_FHIR = 4
EMPTY_BUNDLE = '{"resourceType":"Bundle","type":"collection","entry":[]}'
"""What is delivered when there is nothing to tell."""


def delivers_since(as_of: date) -> date:
    """The first day of which is told in FHIR; what was before comes in the senders' lists."""
    return date(as_of.year - YEARS_IN_FHIR, 1, 1)


def filled(template: str, **values: pl.Expr) -> pl.Expr:
    """The template with a value in place of each mark; null where a value is null. Values need no escaping in JSON."""
    pieces = MARK.split(re.sub(r"\n\s*", "", template))
    return pl.concat_str(
        values[piece].cast(pl.String) if at % 2 else pl.lit(piece) for at, piece in enumerate(pieces) if piece
    )


def bundle_of(*resources: pl.Expr, head: pl.Expr) -> pl.Expr:
    """A bundle with the resources that are not null; `head` is what stands before its entries."""
    entries = pl.concat_str(resources, separator=",", ignore_nulls=True)
    return pl.concat_str(head, pl.lit(',"entry":['), entries, pl.lit("]}"))


def organisation(municipality: str) -> str:
    """An id of a health organisation as in SOR: fifteen digits. Made up."""
    return f"99{municipality}100001600"


def organisations(municipalities: list[str]) -> dict[str, str]:
    """Organisation to municipality, for `[fhir.municipalities]`."""
    return {organisation(code): code for code in municipalities}


def organisation_of(code: str) -> pl.Expr:
    """The organisation of a column of municipalities."""
    return pl.concat_str(pl.lit("99"), pl.col(code), pl.lit("100001600"))


def day(name: str) -> pl.Expr:
    """A date as FHIR writes it."""
    return pl.col(name).dt.to_string("%Y-%m-%d")
