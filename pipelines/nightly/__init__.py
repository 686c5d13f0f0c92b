"""A night: the commands that bring a store up to date, one after the other, resumed where they stopped."""
