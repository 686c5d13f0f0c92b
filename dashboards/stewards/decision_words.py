"""Decisions about gaps in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.language import Words


def assigned_text(words: Words) -> pl.Expr:
    """Who takes it on, in words; null when nobody does. A steward who took it on is named."""
    named = pl.col("assigned_to").replace(words.section("function"))
    return pl.when(pl.col("assigned_to") == "me").then("assigned_by").otherwise(named).alias("assigned_text")


def decision_lines(row: Mapping[str, Any], words: Words) -> list[tuple[str, str, str | None]]:
    """What holds for a gap: kind, words, and what the steward wrote. Empty when nothing was decided."""
    lines: list[tuple[str, str, str | None]] = []
    if row["accepted_until"] is not None:
        text = words("decision.accepted", day=words.day(row["accepted_until"]), who=row["decided_by"])
        lines.append(("accepted", text, row["accepted_text"]))
    if row["is_back"]:
        lines.append(("back", words("decision.back"), None))
    if row["assigned_to"] is not None:
        lines.append(("assigned", words("decision.assigned", to=row["assigned_text"]), None))
    if row["note"] is not None:
        lines.append(("noted", words("decision.noted"), row["note"]))
    return lines
