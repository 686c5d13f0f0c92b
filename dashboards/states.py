"""The five states of a figure. The gate decides which one holds; pages say it in a word and draw it as a mark."""

from __future__ import annotations

from typing import Literal, get_args

State = Literal["number", "suppressed", "missing", "not_applicable", "not_yet_due"]
STATES: tuple[State, ...] = get_args(State)
"""A figure (zero included); hidden by the gate, with one mark for primary and complementary suppression; nobody
delivered anything; nobody was there (denominator 0); the period is not over."""
