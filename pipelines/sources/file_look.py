"""What form a file has, by its content: kind, encoding, separator, decimal sign and date format, each a guess."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.errors import UserError
from pipelines.sources.declarations import Form
from pipelines.sources.files import unreadable
from pipelines.sources.forms.workbook_guard import assert_bounded

FileKind = Literal["delimited", "excel", "parquet", "sas", "json"]

SEPARATORS = (";", "\t", "|", ",")
DATE_FORMATS: Mapping[str, str] = {
    "%d-%m-%Y": r"^\d{2}-\d{2}-\d{4}$",
    "%d.%m.%Y": r"^\d{2}\.\d{2}\.\d{4}$",
    "%d/%m/%Y": r"^\d{2}/\d{2}/\d{4}$",
    "%Y-%m-%d": r"^\d{4}-\d{2}-\d{2}$",
    "%d%m%Y": r"^\d{8}$",
}
DECIMAL_COMMA, DECIMAL_POINT = r"^-?\d{1,3}(\.?\d{3})*,\d+$", r"^-?\d{1,3}(,?\d{3})*\.\d+$"
SHARE_OF_DATES = 0.8
"""A column is one of dates when so many of its values are."""

NO_LETTERS = "it has no letters beyond a-z"
LINES = 200
BLOCK = 1 << 20
UNDEFINED_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"


@dataclass(frozen=True)
class FileLook:
    """A guess at the form of a file. `said`: setting to why it was guessed."""

    kind: FileKind
    form: Form
    said: Mapping[str, str] = field(default_factory=dict)
    is_ascii: bool = False


def look_at_file(file: Path) -> FileLook:
    """The form without the date format and decimal sign, which the values tell (`with_values`)."""
    try:
        with file.open("rb") as stream:
            head = stream.read(BLOCK)
    except OSError as fault:
        raise unreadable(file, fault) from fault
    if not head:
        raise UserError(f"{file.name} is empty", to_do="Draft from a file with rows.")
    if head.startswith(b"PAR1"):
        return FileLook("parquet", Form("parquet"))
    if file.suffix.lower() == ".sas7bdat":
        return FileLook("sas", Form("sas"))
    if head.startswith(b"PK\x03\x04"):
        return _excel(file)
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        return FileLook("json", Form("delimited"))
    return _delimited(file)


def _excel(file: Path) -> FileLook:
    import fastexcel

    assert_bounded(file)
    try:
        sheets = fastexcel.read_excel(file).sheet_names
    except fastexcel.FastExcelError:
        raise UserError(f"{file.name} is not a whole Excel file", to_do="Open and save it again.") from None
    said = f"the first of {len(sheets)} sheets" if len(sheets) > 1 else "the only sheet"
    return FileLook("excel", Form("excel", sheet=sheets[0]), {"sheet": said})


def _delimited(file: Path) -> FileLook:
    encoding, why = _encoding(file)
    separator, said = _separator(file, encoding)
    form = Form("delimited", encoding=encoding, separator=separator)
    return FileLook("delimited", form, {"encoding": why, "separator": said}, is_ascii=why == NO_LETTERS)


def _encoding(file: Path) -> tuple[str, str]:
    """The whole file is read: the first Danish letter may come late."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_latin, has_letters = True, False, False
    with file.open("rb") as stream:
        has_mark = stream.read(3) == codecs.BOM_UTF8
        stream.seek(0)
        while block := stream.read(BLOCK):
            has_letters = has_letters or not block.isascii()
            is_latin = is_latin or any(byte in block for byte in UNDEFINED_IN_CP1252)
            is_utf8 = is_utf8 and _decodes(decoder, block)
    if has_mark:
        return "utf-8-sig", "the file begins with a byte order mark"
    if is_utf8:
        return "utf-8", "all of it is valid UTF-8" if has_letters else NO_LETTERS
    if is_latin:
        return "latin-1", "it is not UTF-8, and has bytes that cp1252 does not know"
    return "cp1252", "it is not UTF-8; latin-1 would read nearly the same"


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _separator(file: Path, encoding: str) -> tuple[str, str]:
    """The one that gives most fields, the same number in most of the first lines."""
    with file.open(encoding=encoding, newline="") as stream:
        lines = [line for line in islice(stream, LINES) if line.strip()]
    scored = {one: _fields(lines, one) for one in SEPARATORS}
    best = max(scored, key=lambda one: scored[one])
    share, fields = scored[best]
    if fields < 2:
        return ";", "no separator was found: one column only"
    return best, f"{share:.0%} of the first lines have {fields} fields"


def _fields(lines: list[str], separator: str) -> tuple[float, int]:
    """Share of the records with as many fields as most have, and how many; one field is no separator at all."""
    try:
        counts = Counter(len(record) for record in csv.reader(lines, delimiter=separator) if record)
    except csv.Error:
        return 0.0, 0
    fields, records = counts.most_common(1)[0] if counts else (1, 0)
    return (records / counts.total(), fields) if fields > 1 else (0.0, 1)


def with_values(look: FileLook, rows: pl.DataFrame) -> FileLook:
    """The guess with date format and decimal sign, by the text columns."""
    texts = [rows.get_column(name) for name in rows.columns if rows.schema[name] == pl.String]
    if look.kind == "excel":
        texts = [_without_date_cells(text) for text in texts]
    form, said = look.form, dict(look.said)
    found = {one: _columns_of_dates(texts, one) for one in DATE_FORMATS}
    date_format = max(found, key=lambda one: sum(found[one]))
    if found[date_format]:
        share = sum(found[date_format]) / len(found[date_format])
        form = replace(form, date_format=date_format)
        said["date_format"] = f"{share:.0%} of the values of the columns of dates look like it"
    comma, point = (sum(_matching(text, one) for text in texts) for one in (DECIMAL_COMMA, DECIMAL_POINT))
    if comma + point:
        form = replace(form, decimal="," if comma >= point else ".")
        said["decimal"] = f"{max(comma, point) / (comma + point):.0%} of the numbers with decimals look like it"
    return replace(look, form=form, said=said)


def share_that_are_dates(text: pl.Series, date_format: str) -> float:
    """Share of the values that are a day in this form; nothing and blanks do not count."""
    given = text.cast(pl.String).str.strip_chars().replace("", None).drop_nulls()
    if given.is_empty():
        return 0.0
    in_form = given.filter(given.str.contains(DATE_FORMATS[date_format]))
    days = in_form.str.to_date(date_format, strict=False)
    return days.filter(days.dt.year().is_between(1900, 2199)).len() / given.len()


def _without_date_cells(text: pl.Series) -> pl.Series:
    """Cells that are dates come in ISO form whatever is declared; where there are others, they tell the form."""
    others = text.filter(~text.str.contains(DATE_FORMATS["%Y-%m-%d"]))
    return others if others.replace("", None).drop_nulls().len() else text


def _columns_of_dates(texts: list[pl.Series], date_format: str) -> list[float]:
    """For each column that is mostly dates in this form: the share of its values that are."""
    shares = [share_that_are_dates(text, date_format) for text in texts]
    return [share for share in shares if share >= SHARE_OF_DATES]


def _matching(text: pl.Series, pattern: str) -> int:
    return int(text.str.strip_chars().str.contains(pattern).sum())
