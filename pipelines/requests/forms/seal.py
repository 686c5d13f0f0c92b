"""What a form says of itself on its hidden sheet: request, version, respondent, and upon which answers it was written.

A seal (HMAC with a key of the request, which never leaves the store) shows that nobody has made it another's form.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace

from pipelines.requests.answers import revisions
from pipelines.requests.opened import Opened

FIELDS = ("request", "version", "respondent_kind", "respondent", "revisions", "seal")


@dataclass(frozen=True)
class Facts:
    """The facts of a form, as texts. `version`: the fingerprint of what is asked; `revisions`: JSON, by question."""

    request: str
    version: str
    respondent_kind: str
    respondent: str
    revisions: str
    seal: str

    def is_sealed_with(self, key: str) -> bool:
        """Whether every fact is as it was written."""
        return hmac.compare_digest(_seal(self, key).encode(), self.seal.encode("utf-8", "replace"))

    def seen(self) -> dict[str, int]:
        """By question: the revision that the form was written upon."""
        told: dict[str, int] = json.loads(self.revisions)
        return told


def facts_of(opened: Opened, kind: str, respondent: str) -> Facts:
    """The facts of a form that is written now."""
    seen = json.dumps(revisions(opened, kind, respondent), separators=(",", ":"))
    unsealed = Facts(opened.id, opened.request.fingerprint, kind, respondent, seen, "")
    return replace(unsealed, seal=_seal(unsealed, opened.key))


def _seal(facts: Facts, key: str) -> str:
    told = json.dumps([getattr(facts, name) for name in FIELDS[:-1]])
    return hmac.new(bytes.fromhex(key), told.encode(), hashlib.sha256).hexdigest()
