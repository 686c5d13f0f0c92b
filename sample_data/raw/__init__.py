"""The same country as real senders would deliver it: test numbers, Danish headings, many files, and a few bad rows."""
