"""What children have cost by the pathway that knowledge took, and what a moved share of them would cost."""

from __future__ import annotations

import polars as pl

from dashboards import published_analysis
from dashboards.charts.costs_by_age import age_name, costs_by_age_chart, costs_by_age_table, costs_by_age_text
from dashboards.charts.pathway_costs import (
    PATHWAYS,
    left_out_text,
    missing_years_text,
    pathway_costs_chart,
    pathway_costs_table,
    pathway_costs_text,
    what_it_says,
)
from dashboards.charts.scenario_bars import (
    difference_bars,
    difference_text,
    scenario_bars,
    scenario_table,
    scenario_text,
)
from dashboards.notebook.asking import Asking
from dashboards.notebook.told import Told
from pipelines.scenario import scenario


def costs(asking: Asking) -> Told:
    """Cost per child by pathway and payer, to the oldest age that is told."""
    rows, words = published_analysis.costs(asking.tables, asking.scope), asking.words
    title = words("notebook.costs")
    return Told(
        title,
        _with_limits(f"{pathway_costs_text(title, rows, words)} {left_out_text(rows, words)}", rows, asking),
        _table_of(*pathway_costs_table(rows, words)),
        rows,
        pathway_costs_chart(rows, words, asking.mode),
    )


def costs_by_age(asking: Asking) -> Told:
    """Cost per child by pathway, added up from before birth."""
    rows, words = published_analysis.costs(asking.tables, asking.scope), asking.words
    title = words("notebook.costs_by_age")
    return Told(
        title,
        _with_limits(costs_by_age_text(title, rows, words), rows, asking),
        _table_of(*costs_by_age_table(rows, words)),
        rows,
        costs_by_age_chart(rows, words, asking.mode),
    )


def differences(asking: Asking, beside: str) -> Told:
    """How much more or less a child of each pathway has cost than one of `beside`, in all."""
    every, words = published_analysis.cost_differences(asking.tables, asking.scope), asking.words
    rows = every.filter((pl.col("from_pathway") == beside) & (pl.col("part") == "all")).with_columns(
        pl.col("difference_dkk", "low_dkk", "high_dkk").name.map(_of_total)
    )
    found = {row["to_pathway"]: row for row in rows.iter_rows(named=True)}
    named = [(words(f"costs.pathway.{name}"), found[name]) for name in PATHWAYS if name in found]
    title = words("notebook.cost_differences", beside=words(f"costs.pathway.{beside}"))
    lines = [[name, difference_text(row, words)] for name, row in named]
    text = "; ".join(": ".join(line) for line in lines)
    return Told(
        title,
        _joined(f"{title}. {text}.", words("costs.says.association"), _missing_years(asking)),
        _table_of([words("costs.column.pathway"), words("costs.column.per_child")], lines),
        rows,
        difference_bars(named, words, asking.mode),
    )


def _of_total(column: str) -> str:
    return f"total_{column.removeprefix('difference_')}"


def moved(asking: Asking, from_pathway: str, to_pathway: str, share: float) -> Told:
    """A scenario: what it would cost, or save, if a share of the children of one pathway cost as those of another."""
    differences, words = published_analysis.cost_differences(asking.tables, asking.scope), asking.words
    rows = scenario(differences, from_pathway, to_pathway, share)
    pair = (pl.col("from_pathway") == from_pathway) & (pl.col("to_pathway") == to_pathway)
    question = words(
        "notebook.scenario",
        share=words.percent(share),
        leaving=words(f"costs.pathway.{from_pathway}"),
        reaching=words(f"costs.pathway.{to_pathway}"),
        age=age_name(differences.filter(pair)["to_age"][0], words),
    )
    return Told(
        question,
        _joined(scenario_text(question, rows, words), words("costs.says.association"), _missing_years(asking)),
        _table_of(*scenario_table(rows, words)),
        rows,
        scenario_bars(rows, words, asking.mode),
    )


def _with_limits(text: str, rows: pl.DataFrame, asking: Asking) -> str:
    is_sample = asking.tables.run.get("is_sample") is True
    return _joined(text, *what_it_says(asking.words, rows, is_sample=is_sample), _missing_years(asking))


def _missing_years(asking: Asking) -> str:
    """Why amounts are not there: the years that the price index lacks; empty where it has all."""
    return missing_years_text(published_analysis.years_without_index(asking.tables, asking.scope), asking.words)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _table_of(headings: list[str], lines: list[list[str]]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=dict.fromkeys(headings, pl.String), orient="row")
