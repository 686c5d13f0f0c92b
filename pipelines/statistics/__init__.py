"""Statistics without a word of the domain: limits, intervals, curves. From counts and amounts to frames."""
