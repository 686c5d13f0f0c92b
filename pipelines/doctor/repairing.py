"""What can be mended without losing anything: nothing that was ever confirmed to anybody is touched."""

from __future__ import annotations

from dataclasses import dataclass

from filelock import FileLock, Timeout

from pipelines.doctor.examination import Examination
from pipelines.doctor.findings import Finding, Looked
from pipelines.errors import StoreInUse
from pipelines.store import LOCK


@dataclass(frozen=True)
class Repairs:
    """`done`: what was mended; `failed`: what the system did not allow."""

    done: tuple[Finding, ...]
    failed: tuple[Finding, ...]


def repair(looked: Looked, examined: Examination) -> Repairs:
    """Mend what can be, while nobody writes. StoreInUse when somebody does."""
    done: list[Finding] = []
    failed: list[Finding] = []
    stale = [finding for finding in examined.findings if finding.kind == "stale_lock"]
    others = [finding for finding in examined.findings if finding.repair and finding not in stale]
    for finding in stale:
        (done if _mended(finding) else failed).append(finding)
    if not others:
        return Repairs(tuple(done), tuple(failed))
    try:
        with FileLock(looked.store / LOCK, timeout=0):
            for finding in others:
                (done if _mended(finding) else failed).append(finding)
    except Timeout:
        raise StoreInUse(
            f"A run is writing to {looked.store}, so nothing was mended", to_do="Wait until it has finished."
        ) from None
    return Repairs(tuple(done), tuple(failed))


def _mended(finding: Finding) -> bool:
    try:
        if finding.repair:
            finding.repair()
    except OSError:
        return False
    return True
