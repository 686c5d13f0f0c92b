"""Texts in a CSV that a spreadsheet opens: none of them may begin like a formula, for it would be counted with."""

from __future__ import annotations

import polars as pl

LIKE_A_FORMULA = r"^[\s\u{feff}\u{200b}]*[=+\-@＝＋－＠]|^[\t\r\n]"
"""Blanks before the sign do not help: some programs take them away. The wide signs are of East Asian keyboards."""


def without_formulas() -> pl.Expr:
    """All text columns, with an apostrophe before a text that begins like a formula: it then stays a text."""
    texts = pl.col(pl.String)
    return pl.when(texts.str.contains(LIKE_A_FORMULA)).then(pl.lit("'") + texts).otherwise(texts).name.keep()
