"""Days and numbers as their sender writes them, to the way in which the contract does."""

from __future__ import annotations

from datetime import date

import polars as pl

YEARS_IN_FULL = ("%Y", "%F")
"""A form without one of these does not say the century, and it is never guessed."""


def has_century(form: str) -> bool:
    """Whether a date in this form has its year in four digits."""
    return any(part in form for part in YEARS_IN_FULL)


def iso_date(text: pl.Expr, form: str) -> pl.Expr:
    """What is no date in the declared form stays as it is and breaks the type; ISO dates pass (Excel cells).

    Only text of the form's full length: `1-2-23` would else be a day in the year 23.
    """
    if not has_century(form):
        return text
    written = len(date(2000, 11, 11).strftime(form))
    in_form = pl.when(text.str.len_chars() == written).then(text.str.to_date(form, strict=False))
    return pl.coalesce(in_form.dt.to_string("%Y-%m-%d"), text)


def plain_number(text: pl.Expr, decimal: str) -> pl.Expr:
    """`1.234,50` to `1234.50`. What is no number in the declared form breaks the type.

    With a decimal comma `0.5` is no number: it could be five tenths or a slip, so it is not guessed.
    """
    thousands = "." if decimal == "," else ","
    declared = rf"^-?(\d{{1,3}}(\{thousands}\d{{3}})+|\d+)(\{decimal}\d+)?$"
    plain = text.str.replace_all(thousands, "", literal=True).str.replace_all(decimal, ".", literal=True)
    return pl.when(text.str.contains(declared)).then(plain).otherwise(pl.when(text != "").then(pl.lit("?")))
