"""The independent auditor: what an attacker still holds possible after all that was published.

It shares no code with the suppressor.
"""

from pipelines.disclosure.auditor.auditing import audit
from pipelines.disclosure.auditor.verdict import Leak, Proof, Verdict

__all__ = ["Leak", "Proof", "Verdict", "audit"]
