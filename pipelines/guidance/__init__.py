"""Guidance descriptions: what they must keep, which are shipped, how one is drafted, and how a store has one."""
