"""The drafted reply to a central request: what was answered, what is missing, and what is published beside it."""
