"""A copy of a store that is whole by itself, made while people read and even while a run writes; and the way back."""

from pipelines.backup.making import Backup, back_up
from pipelines.backup.manifest import BackupNotWhole, Manifest
from pipelines.backup.restoring import Restored, restore
from pipelines.backup.verifying import verified

__all__ = ["Backup", "BackupNotWhole", "Manifest", "Restored", "back_up", "restore", "verified"]
