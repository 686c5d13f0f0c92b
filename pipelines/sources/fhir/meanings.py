"""What codes mean: the profile's own list, and the sender's `[fhir.codes.*]` in its place where both have a code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import SOURCE
from pipelines.identity.numbers import NUMBER_AS_TOKEN
from pipelines.sources.declarations import FhirFiles
from pipelines.sources.fhir.verdicts import FAULTY, is_open, judged
from pipelines.sources.reading import UNMAPPED, Reading

NOTHING = "out_of_scope"
"""A meaning too: the code is known, and says nothing that the contract has a place for."""
MAIN_ITEM, TOTAL = {"klgateway-children-topi": "1vurdering"}, "score"
LONGEST_SHOWN = 60
MEANINGS = dict.fromkeys(("list", "code", "meaning"), pl.String())


@cache
def _of_the_profile(profile: str) -> pl.DataFrame:
    file = Path(__file__).with_name(f"{profile}.csv")
    if not file.exists():
        return pl.DataFrame(schema=MEANINGS)
    return pl.read_csv(file, infer_schema=False).select(*MEANINGS)


def meanings(declared: FhirFiles) -> pl.DataFrame:
    """`list, code, meaning`, each code once in a list."""
    told = [
        (name, _whole(name, code), meaning) for name, codes in declared.codes.items() for code, meaning in codes.items()
    ]
    theirs = pl.DataFrame(told, schema=MEANINGS, orient="row")
    both = pl.concat([theirs, _of_the_profile(declared.profile)])
    return both.unique(["list", "code"], keep="first", maintain_order=True)


def _whole(name: str, code: str) -> str:
    """A questionnaire named without an item means its main item: the total, and of TOPI the one that it has."""
    if name != "questionnaire" or "#" in code:
        return code
    return f"{code}#{MAIN_ITEM.get(code, TOTAL)}"


def meaning_of(code: pl.Expr, name: str, known: pl.DataFrame) -> pl.Expr:
    """The meaning of codes of one list; null for codes that nobody has said the meaning of."""
    of_list = known.filter(pl.col("list") == name)
    return code.replace_strict(of_list["code"], of_list["meaning"], default=None, return_dtype=pl.String)


def without_unmapped(
    rows: pl.DataFrame, when: pl.Expr, name: str, code: pl.Expr, column: str, reading: Reading
) -> pl.DataFrame:
    """Resources with an unknown code are faulty and not left out, and the code is counted under the list's name."""
    unknown = rows.filter(is_open() & when.fill_null(value=False))
    count_unmapped(unknown, name, code, reading)
    return judged(rows, when, FAULTY, rule="unmapped_code", column=column)


def count_unmapped(unknown: pl.DataFrame, name: str, code: pl.Expr, reading: Reading) -> None:
    """Into `reading.unmapped`. Text that could be a person's (blanks, length, a number in it) is counted, not shown."""
    if unknown.is_empty():
        return
    is_code = (code.str.len_chars() <= LONGEST_SHOWN) & ~code.str.contains(r"\s") & ~code.str.contains(NUMBER_AS_TOKEN)
    reading.unmapped.append(
        unknown.group_by(pl.col(SOURCE).alias("source"), pl.when(is_code).then(code).alias("code"))
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .with_columns(pl.lit(name).alias("column"))
        .select(*UNMAPPED)
        .sort("source", "rows", "code", descending=[False, True, False])
    )
