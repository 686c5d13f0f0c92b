"""Returns: what a municipality counts of its own children, as a signed file, and many of them put together."""
