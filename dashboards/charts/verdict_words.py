"""How a compared share is said, the same in every picture of comparison, on pages and in documents.

Rows are those of `pipelines.comparison.compared`, by column name; a null verdict is one of a place that another is seen
beside, and is not said. Nothing here needs Plotly; `verdicts` draws the marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import polars as pl

from dashboards.language import Words
from dashboards.states import State

Row = Mapping[str, Any]


def verdict_word(row: Row, words: Words) -> str:
    """`Bedre`; `Klart bedre` outside of the 99.8 % limits."""
    return words(f"verdict.{row['verdict']}{'_clear' if row['is_clear'] else ''}")


def figure_words(row: Row, words: Words, figure: Literal["figure", "figure_about"] = "figure") -> str:
    """`83 % (69–91 %), 34 af 41`; the word of its state where there is no figure. `figure_about`: `34 af ca. 40`."""
    if row["share"] is None:
        return state_words(row, words)
    return words(
        f"compared.{figure}",
        share=words.percent(row["share"]),
        interval=words.interval(row["low"], row["high"]),
        part=words.number(row["numerator"]),
        whole=words.number(row["denominator"]),
    )


def state_of(row: Row) -> State:
    """Why there is no share: a number of nobody is not applicable."""
    state: State = row["state"]
    return "not_applicable" if state == "number" else state


def state_words(row: Row, words: Words) -> str:
    """Why there is no share, in a word."""
    return words(f"state.{state_of(row)}")


def point_words(row: Row, name: str, words: Words) -> str:
    """One place (or measure) in words."""
    if row["share"] is None:
        return words("compared.absent", place=name, state=state_words(row, words))
    if row["verdict"] is None:
        return words("compared.beside", place=name, figure=figure_words(row, words))
    return words("compared.point", place=name, figure=figure_words(row, words), verdict=verdict_word(row, words))


def figure_columns(row: Row, words: Words) -> dict[str, str]:
    """Share, interval and count as cells of a table; the state's word and nothing else where there is no figure."""
    names = [words(f"compared_table.{name}") for name in ("share", "interval", "count")]
    if row["share"] is None:
        return dict(zip(names, (state_words(row, words), "", ""), strict=True))
    count = words("chart.count", part=words.number(row["numerator"]), whole=words.number(row["denominator"]))
    cells = (words.percent(row["share"]), words.interval(row["low"], row["high"]), count)
    return dict(zip(names, cells, strict=True))


def comparison_columns(row: Row, words: Words) -> dict[str, str]:
    """Limits, verdict and rank as cells; empty where there is none."""
    limits = "" if row["low_95"] is None else words.interval(row["low_95"], row["high_95"])
    rank = "" if row["rank"] is None else words("compared.rank", rank=row["rank"], ranked=row["ranked"])
    return {
        words("compared_table.limits"): limits,
        words("compared_table.verdict"): "" if row["verdict"] is None else verdict_word(row, words),
        words("compared_table.rank"): rank,
    }


def places_table(rows: pl.DataFrame, names: Mapping[str, str], words: Words) -> pl.DataFrame:
    """The table of the funnel and of the caterpillar: every place by name, figures and states in words."""
    told = [
        {words("compared_table.place"): names[row["place"]]}
        | figure_columns(row, words)
        | comparison_columns(row, words)
        for row in rows.iter_rows(named=True)
    ]
    return pl.DataFrame(sorted(told, key=lambda line: line[words("compared_table.place")]), orient="row")
