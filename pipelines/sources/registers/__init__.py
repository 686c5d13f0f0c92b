"""National registers in their known layouts, turned into canonical tables."""
