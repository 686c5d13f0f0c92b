"""Documents that leave the house: briefs, the national report, drafted replies. From published tables only."""
