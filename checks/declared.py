"""The words in which a check is declared: what is claimed, of which rows, and what it means when it does not hold.

A check says nothing of how rows are read or counted; the runner and the gate both go by the same object.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import polars as pl

Kahn = Literal["conformance", "completeness", "plausibility"]
Context = Literal["verification", "validation"]
Severity = Literal["critical", "warning", "info"]
Status = Literal["error", "not_applicable", "failed", "passed_with_failing_rows", "passed"]

STATUSES: tuple[Status, ...] = get_args(Status)
"""In their fixed order: the first that fits is the status."""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The worst first."""

CATEGORIES: tuple[Kahn, ...] = get_args(Kahn)
"""Kahn et al. 2016: does it have the agreed form, is it there, can it be true."""

EVERY_FIGURE = "*"
"""In `touches`: there is no figure that the check does not touch."""


@dataclass(frozen=True)
class Check:
    """One claim about the rows of one frame.

    `fails` is true for a row that breaks the claim, false for one that keeps it, null for one that cannot be judged.
    `applies` is true for the rows that the claim is about (None: all of them). The denominator are rows that it is
    about and that can be judged: unknown is neither right nor wrong. Where nothing to compare with means that all is
    well (no second row on that day), the rule says false. The share of failing rows may be `threshold` at most. A check
    that judged no row is never passed.
    """

    id: str
    frame: str
    claim_da: str
    claim_en: str
    category: Kahn
    context: Context
    severity: Severity
    fails: pl.Expr
    applies: pl.Expr | None
    threshold: float
    supplier_da: str
    supplier_en: str
    reader_da: str
    reader_en: str
    owner: str = "data_steward"
    since: date = date(2026, 11, 22)
    touches: tuple[str, ...] = ()

    @property
    def is_applicable(self) -> pl.Expr:
        """True for the rows of the denominator: asked about, and with an answer; never null."""
        if self.applies is None:
            return self.fails.is_not_null()
        return self.applies.fill_null(value=False) & self.fails.is_not_null()

    @property
    def is_failing(self) -> pl.Expr:
        """True for the rows of the numerator, which are rows of the denominator by construction; never null."""
        if self.applies is None:
            return self.fails.fill_null(value=False)
        return (self.applies & self.fails).fill_null(value=False)

    @property
    def columns(self) -> set[str]:
        """Columns of the frame that the rule reads."""
        rules = [self.fails] if self.applies is None else [self.fails, self.applies]
        return {name for rule in rules for name in rule.meta.root_names()}
