"""Published figures for people with a notebook: `figures = opened("demo/store")`, then `figures.comparison(...)`."""

from __future__ import annotations

from dashboards.notebook.figures import Figures, opened
from dashboards.notebook.told import Told

__all__ = ["Figures", "Told", "opened"]
