"""What the registers look like: one declared object per layout. The facts are the public variable lists."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.sources.registers.layout import Layout, Variable, VariableKind
from pipelines.sources.registers.layouts_of_health import HEALTH
from pipelines.sources.registers.layouts_of_municipalities import MUNICIPALITIES
from pipelines.sources.registers.layouts_of_population import POPULATION

__all__ = ["LAYOUTS", "Layout", "Variable", "VariableKind"]

LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in (*HEALTH, *POPULATION, *MUNICIPALITIES)}
