"""From one version of the data contract to the next, and back: declared, one version at a time.

A release that changes a canonical table adds one `Migration` to MIGRATIONS and raises CONTRACT_VERSION by one. There is
only version 1 so far, so there is none.
"""

from __future__ import annotations

from pipelines.migrations.declared import Change, Migration

MIGRATIONS: tuple[Migration, ...] = ()
"""In their order, without a gap: each goes from the version that the one before goes to."""

__all__ = ["MIGRATIONS", "Change", "Migration"]
