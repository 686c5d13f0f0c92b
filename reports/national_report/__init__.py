"""The national report: the state of the country, its regions and its municipalities, by year or as of a quarter."""
