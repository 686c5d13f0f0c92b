"""One way to write each kind of variable, whatever form the register came in: text as in the contract, or null.

Registers come with dates as dates, moments, numbers or text, and with municipalities, codes and even persons' numbers
as figures that lost their leading zeros. What cannot be read stays as it was written, so that it breaks the type.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions.contract import EARLIEST_DATE, LATEST_DATE
from pipelines.sources.declarations import Form
from pipelines.sources.registers.layout import Variable
from pipelines.sources.written import plain_number

ISO, SAS, FIGURES = "%Y-%m-%d", "%d%b%Y", "%Y%m%d"
DANISH = ("%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y")
MIDNIGHT = r"[T :]00[:.]00([:.]00(\.0+)?)?Z?$"
TIME_OF_DAY = r"[T :]\d{1,2}[:.]\d{2}.*$"
PERSON_DIGITS = 10
LONGEST_VERSION = 20
SELF_WRITTEN = ("excel", "database")
"""Forms whose text of a number is not the sender's writing: a decimal point, no thousands."""


def normal(variable: Variable, dtype: pl.DataType, form: Form) -> pl.Expr:
    """The variable, under its own name, as text."""
    value = pl.col(variable.name)
    if dtype.is_temporal() and variable.kind != "version":
        return _of_calendar(value, dtype).alias(variable.name)
    text = _plain_text(value, dtype, is_number=variable.kind == "number")
    if variable.kind in ("date", "moment"):
        text = _without_time(text, variable)
        text = pl.coalesce(_day(text, form.date_format, is_figure=dtype.is_numeric()).dt.to_string(ISO), text)
    elif variable.kind == "period":
        text = pl.coalesce(_end_of_period(text, form.date_format).dt.to_string(ISO), text)
    elif variable.kind == "version":
        text = _version(text, form.date_format)
    elif variable.kind == "municipality":
        text = pl.when(text.str.contains(r"^\d{1,4}$")).then(text.str.zfill(4)).otherwise(text)
    elif variable.kind == "id" and dtype == pl.String():
        text = text.str.replace(r"^0+(\d+)$", "$1")
    elif variable.kind == "person" and dtype.is_numeric():
        text = text.str.zfill(PERSON_DIGITS)
    elif variable.kind in ("whole", "number") and dtype == pl.String() and form.kind not in SELF_WRITTEN:
        text = plain_number(text, form.decimal)
    return text.alias(variable.name)


def day(name: str) -> pl.Expr:
    """A normalised variable as a date; null where it is none, or outside the contract's calendar."""
    read = pl.when(pl.col(name).str.len_chars() == len(EARLIEST_DATE)).then(pl.col(name).str.to_date(ISO, strict=False))
    return _in_calendar(read)


def _in_calendar(read: pl.Expr) -> pl.Expr:
    earliest, latest = (pl.lit(bound).str.to_date(ISO) for bound in (EARLIEST_DATE, LATEST_DATE))
    return pl.when(read.is_between(earliest, latest)).then(read)


def is_no_day(name: str) -> pl.Expr:
    """Something is written, but it is no date."""
    return pl.col(name).is_not_null() & day(name).is_null()


def version_in_order(name: str) -> pl.Expr:
    """A normalised version as text whose order is that of the versions: 9 before 10, 2024 before 2024-12-31.

    Of what begins with no figure the text itself is the order.
    """
    text = pl.col(name)
    figures = text.str.extract(r"^(\d+)").str.zfill(LONGEST_VERSION)
    return pl.coalesce(figures + text.str.replace(r"^\d+", ""), text)


def _version(text: pl.Expr, date_format: str) -> pl.Expr:
    """A day in any known form, and the time on it if there is one, as ISO writes it; a number or a name as it is."""
    told = text.str.replace(MIDNIGHT, "")
    forms = dict.fromkeys([ISO, date_format, SAS, *DANISH, FIGURES])
    read = pl.coalesce(_in_form(told.str.replace(TIME_OF_DAY, ""), form) for form in forms)
    time = told.str.extract(r"[T :](\d{1,2}[:.]\d{2}.*)$")
    moment = pl.concat_str(_in_calendar(read).dt.to_string(ISO), time, separator=" ", ignore_nulls=True)
    return pl.when(_in_calendar(read).is_not_null()).then(moment).otherwise(told)


def _of_calendar(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    is_day = dtype == pl.Date() or isinstance(dtype, pl.Datetime)
    return value.dt.to_string(ISO) if is_day else value.cast(pl.String)


def _plain_text(value: pl.Expr, dtype: pl.DataType, *, is_number: bool) -> pl.Expr:
    if dtype == pl.Boolean():
        return pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))
    if dtype.is_decimal():
        value, dtype = value.cast(pl.Float64), pl.Float64()
    if dtype.is_float():
        value = value.fill_nan(None)
        is_whole = (value == value.floor()) & (pl.lit(not is_number) | (value.abs() < 1e15))
        whole = value.cast(pl.Int64, strict=False).cast(pl.String)
        return pl.when(is_whole).then(whole).otherwise(value.cast(pl.String))
    text = value.cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def _without_time(text: pl.Expr, variable: Variable) -> pl.Expr:
    """Midnight belongs to no day of its own; another time of day is left out only where the register has moments."""
    return text.str.replace(TIME_OF_DAY if variable.kind == "moment" else MIDNIGHT, "")


def _day(text: pl.Expr, date_format: str, *, is_figure: bool) -> pl.Expr:
    forms = dict.fromkeys([ISO, date_format, SAS, *([FIGURES] if is_figure else [])])
    return pl.coalesce(_in_form(text, form) for form in forms)


def _in_form(text: pl.Expr, form: str) -> pl.Expr:
    """Only text of the form's full length: `1-2-23` would else be a day in the year 23."""
    length = len(date(2025, 1, 8).strftime(form))
    return pl.when(text.str.len_chars() == length).then(text.str.to_date(form, strict=False))


def _end_of_period(text: pl.Expr, date_format: str) -> pl.Expr:
    quarter = text.str.extract(r"^\d{4}[QK](\d)$", 1).cast(pl.Int32, strict=False) * 3
    of_quarter = pl.concat_str(text.str.slice(0, 4), quarter.cast(pl.String).str.zfill(2), pl.lit("01"))
    of_month = pl.when(text.str.contains(r"^\d{6}$")).then(text + "01")
    of_year = pl.when(text.str.contains(r"^\d{4}$")).then(text + "1201")
    first = pl.coalesce(of_quarter, of_month, of_year).str.to_date(FIGURES, strict=False)
    return pl.coalesce(first.dt.month_end(), _day(text, date_format, is_figure=True))
