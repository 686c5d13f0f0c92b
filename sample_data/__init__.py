"""A synthetic country with a known truth: canonical tables, raw deliveries and the answer key. Nobody in it exists."""

from __future__ import annotations

from sample_data.sample import make_sample

__all__ = ["make_sample"]
