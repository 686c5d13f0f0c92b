"""Checks of data and results."""
