"""The gate: counts leave only in a pattern from which no small count can be worked out."""
