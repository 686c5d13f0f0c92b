"""What the national release hides: layer by layer, from the country down, each group protected by its neighbours."""
