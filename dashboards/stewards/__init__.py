"""What a data steward works with: decisions about gaps, the thread of one child, and what is new since last time."""
