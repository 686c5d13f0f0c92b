"""Complementary suppression: which counts stay hidden so that no small one can be worked out.

Shares no code with the auditor, which has the last word on every pattern that is made here.
"""

from pipelines.disclosure.suppressor.choosing import suppress
from pipelines.disclosure.suppressor.failures import CannotBeProtected, SuppressionFailed

__all__ = ["CannotBeProtected", "SuppressionFailed", "suppress"]
